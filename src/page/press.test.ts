// Whether a mouse's press and its click were a drag or a selection: on events as browsers make them, which no script can.
import { beforeEach, expect, it, vi } from "vitest";
import { createPress } from "./press";

let selection: string | null;
beforeEach(() => {
  selection = "";
  vi.stubGlobal("getSelection", () => selection);
  return () => vi.unstubAllGlobals();
});

const down = (more = {}) =>
  ({ pointerType: "mouse", button: 0, clientX: 100, clientY: 100, ...more }) as PointerEvent;
const click = (more = {}) =>
  ({ isTrusted: true, detail: 1, button: 0, clientX: 100, clientY: 100, ...more }) as MouseEvent;

interface Case {
  readonly from?: object;
  readonly to?: object;
  readonly before?: string;
  readonly after?: string;
  readonly opens?: boolean;
}

function wasDrag({ from, to, before = "", after = before, opens = false }: Case): boolean {
  const press = createPress();
  selection = before;
  press.down(down(from));
  selection = after;
  return press.wasDrag(click(to), opens);
}

it.each<[string, Case]>([
  ["over more than a tremble", { to: { clientX: 111 } }],
  ["upwards", { to: { clientY: 89 } }],
  ["aslant", { to: { clientX: 108, clientY: 108 } }],
  ["that selected a letter", { to: { clientX: 108 }, after: "a" }],
  ["that changed what was selected", { before: "ab", after: "a" }],
  ["over a link that selected its text", { to: { clientX: 150 }, after: "link", opens: true }],
  ["over a link while something was selected", { to: { clientX: 150 }, before: "link", opens: true }],
])("a drag: one %s", (_, given) => {
  expect(wasDrag(given)).toBe(true);
});

it.each<[string, Case]>([
  ["in its place", {}],
  ["with a tremble", { to: { clientX: 106, clientY: 108 } }],
  ["that took a selection away", { before: "ab", after: "" }],
  ["beside an old selection", { before: "ab" }],
  ["over a link, which opens", { to: { clientX: 150 }, opens: true }],
  ["on a link with an old selection", { before: "ab", opens: true }],
  ["on a link that selected a letter of it", { after: "a", to: { clientX: 110 }, opens: true }],
  ["by a finger", { from: { pointerType: "touch" }, to: { clientX: 150 } }],
  ["of another button", { from: { button: 2 }, to: { clientX: 150 } }],
  ["of a script", { to: { isTrusted: false, clientX: 150 } }],
  ["of a key", { to: { detail: 0, clientX: 150 } }],
])("no drag: one %s", (_, given) => {
  expect(wasDrag(given)).toBe(false);
});

it("a press belongs to the click after it, and to no other", () => {
  const press = createPress();
  expect(press.wasDrag(click({ clientX: 150 }), false)).toBe(false);
  press.down(down());
  expect(press.wasDrag(click({ clientX: 150 }), false)).toBe(true);
  expect(press.wasDrag(click({ clientX: 150 }), false)).toBe(false);
});

it("what has no press of its own leaves it to the click", () => {
  const press = createPress();
  press.down(down());
  for (const other of [{ isTrusted: false }, { detail: 0 }, { button: 1 }])
    expect(press.wasDrag(click({ clientX: 150, ...other }), false)).toBe(false);
  expect(press.wasDrag(click({ clientX: 150 }), false)).toBe(true);
});

it("a finger's press ends the mouse's", () => {
  const press = createPress();
  press.down(down());
  press.down(down({ pointerType: "touch" }));
  expect(press.wasDrag(click({ clientX: 150 }), false)).toBe(false);
});

it("a document without a selection has none", () => {
  const press = createPress();
  selection = null;
  press.down(down());
  expect(press.wasDrag(click({ clientX: 150 }), true)).toBe(false);
  press.down(down());
  expect(press.wasDrag(click(), false)).toBe(false);
});
