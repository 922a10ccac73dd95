// Whether a mouse's press and its click were a drag or a selection: on events as browsers make them, which no script can.
import { beforeEach, expect, it, vi } from "vitest";
import { wasDrag as isDrag, down as press } from "./click";

let selection: string | null;
/** Where the pressed element stands. */
let box: { readonly x: number; readonly y: number };
const isConnected = vi.fn(() => true);

beforeEach(() => {
  selection = "";
  box = { x: 50, y: 50 };
  isConnected.mockReturnValue(true);
  vi.stubGlobal("getSelection", () =>
    selection === null ? null : { type: selection ? "Range" : "Caret", toString: () => selection },
  );
  vi.stubGlobal(
    "Element",
    class {
      get isConnected() {
        return isConnected();
      }
    },
  );
  Element.prototype.getBoundingClientRect = () => box as DOMRect;
  // A finger's press ends what the test before has left.
  press(down({ pointerType: "touch" }), target);
  return () => vi.unstubAllGlobals();
});

const down = (more = {}) =>
  ({ pointerType: "mouse", button: 0, clientX: 100, clientY: 100, ...more }) as PointerEvent;
const target = {} as Element;
const click = (more = {}) =>
  ({ isTrusted: true, detail: 1, button: 0, clientX: 100, clientY: 100, ...more }) as MouseEvent;

interface Case {
  readonly from?: object;
  readonly to?: object;
  readonly before?: string;
  readonly after?: string;
  readonly opens?: boolean;
  /** How far the pressed element has moved. */
  readonly moved?: readonly [number, number];
}

function wasDrag({ from, to, before = "", after = before, opens = false, moved = [0, 0] }: Case) {
  selection = before;
  press(down(from), target);
  selection = after;
  box = { x: 50 + moved[0], y: 50 + moved[1] };
  return isDrag(click(to), opens);
}

it.each<[string, Case]>([
  ["over more than a tremble", { to: { clientX: 111 } }],
  ["upwards", { to: { clientY: 89 } }],
  ["aslant", { to: { clientX: 108, clientY: 108 } }],
  ["that selected a letter", { to: { clientX: 108 }, after: "a" }],
  ["that changed what was selected", { to: { clientX: 106 }, before: "ab", after: "a" }],
  ["over a link that selected its text", { to: { clientX: 150 }, after: "link", opens: true }],
  ["over a link while something was selected", { to: { clientX: 150 }, before: "link", opens: true }],
  ["by a pen", { from: { pointerType: "pen" }, to: { clientX: 111 } }],
  ["by a pen that selected a word", { from: { pointerType: "pen" }, to: { clientX: 106 }, after: "word" }],
  ["that selected by a second click", { to: { detail: 2 }, after: "word" }],
  ["that selected up to here, with the shift key", { to: { shiftKey: true }, after: "words" }],
])("a drag: one %s", (_, given) => {
  expect(wasDrag(given)).toBe(true);
});

it.each<[string, Case]>([
  ["in its place", {}],
  ["with a tremble", { to: { clientX: 106, clientY: 108 } }],
  ["that took a selection away", { before: "ab", after: "" }],
  ["beside an old selection", { before: "ab" }],
  ["on a link with an old selection", { before: "ab", opens: true }],
  ["on a link that selected a letter of it", { after: "a", to: { clientX: 110 }, opens: true }],
  ["on a link, by a little", { to: { clientX: 110 }, opens: true }],
  ["by a finger", { from: { pointerType: "touch" }, to: { clientX: 150 } }],
  ["of another button", { from: { button: 2 }, to: { clientX: 150 } }],
  ["of a script", { to: { isTrusted: false, clientX: 150 } }],
  ["of a key", { to: { detail: 0, clientX: 150 } }],
  ["on a link that rose under the pointer", { to: { clientX: 106 }, moved: [0, -6], opens: true }],
  ["on a link that moved by itself", { moved: [0, -40], opens: true }],
])("no drag: one %s", (_, given) => {
  expect(wasDrag(given)).toBe(false);
});

it.each<[string, Case]>([
  ["over a link", { to: { clientX: 150 }, opens: true }],
  ["over a link that went the other way", { to: { clientX: 150 }, moved: [-40, 0], opens: true }],
  ["of a slide that is a link", { to: { clientX: 20 }, moved: [-80, 0], opens: true }],
  ["of a slide at its carousel's end", { to: { clientX: 180 }, moved: [28, 0], opens: true }],
  ["of a row that scrolls at twice the pace", { to: { clientX: 60 }, moved: [-80, 0], opens: true }],
  ["of a slide, upwards", { to: { clientY: 60 }, moved: [0, -40], opens: true }],
  ["of a slide by little", { to: { clientX: 106 }, moved: [6, 0], opens: true }],
])("the page says whether it was a drag: one %s", (_, given) => {
  expect(wasDrag(given)).toBe("unless it opens");
});

it("no drag: one on a link that was taken away meanwhile", () => {
  isConnected.mockReturnValue(false);
  expect(wasDrag({ to: { clientX: 106 }, moved: [50, 50], opens: true })).toBe(false);
});

it("what is selected is not read, where nothing is and the pointer has not moved", () => {
  const read = vi.fn(() => "");
  vi.stubGlobal("getSelection", () => ({ type: "None", toString: read }));
  press(down(), target);
  isDrag(click(), false);
  expect(read).not.toHaveBeenCalled();
});

it("a press belongs to the click after it, and to no other", () => {
  expect(isDrag(click({ clientX: 150 }), false)).toBe(false);
  press(down(), target);
  expect(isDrag(click({ clientX: 150 }), false)).toBe(true);
  expect(isDrag(click({ clientX: 150 }), false)).toBe(false);
});

it("what has no press of its own leaves it to the click", () => {
  press(down(), target);
  for (const other of [{ isTrusted: false }, { detail: 0 }, { button: 1 }])
    expect(isDrag(click({ clientX: 150, ...other }), false)).toBe(false);
  expect(isDrag(click({ clientX: 150 }), false)).toBe(true);
});

it("a finger's press ends the mouse's", () => {
  press(down(), target);
  press(down({ pointerType: "touch" }), target);
  expect(isDrag(click({ clientX: 150 }), false)).toBe(false);
});

it("a document without a selection has none", () => {
  selection = null;
  press(down(), target);
  expect(isDrag(click({ clientX: 108 }), true)).toBe(false);
  press(down(), target);
  expect(isDrag(click(), false)).toBe(false);
});
