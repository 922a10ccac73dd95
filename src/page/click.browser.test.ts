// What is a click, clause by clause, with real input in real Chromium.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { userEvent } from "vitest/browser";
import { CHUNK, OTHER_CHUNK, REQUEST } from "../test/entries";
import { chunkId, find, LIST, shade, show, staysOnPage, untilTheEnd } from "../test/page";
import { createCapture, OF_CLICKS, type Rule } from "./click";
import type { How } from "./record";

/** The result, or the rule that stopped it, of each DOM event so far. */
let seen: (Element | Rule | undefined)[];

staysOnPage();
beforeEach(() => {
  seen = [];
  const { capture } = createCapture({
    record: (_, { element }) => void seen.push(element),
    firstPosition: 1,
    near() {},
    rejected: (rule) => seen.push(rule),
  });
  for (const type of OF_CLICKS.split(" "))
    addEventListener(type, (event) => capture(event as MouseEvent), {
      capture: true,
      signal: untilTheEnd(),
    });
});

const result = (html: string, attributes = "") =>
  `<div data-ctr-request-id="${REQUEST}"><div id="result" data-ctr-chunk-id="${CHUNK}" ${attributes}>${html}</div></div>`;

it("a click that repeats another is rejected as that", () => {
  const rejected = vi.fn();
  const { capture } = createCapture({
    record: (_, { repeats }) => void repeats?.(),
    firstPosition: 1,
    near() {},
    rejected,
  });
  show(LIST);
  addEventListener("click", capture as (event: Event) => void, { capture: true, signal: untilTheEnd() });
  find("#first a").click();
  expect(rejected.mock.calls.map(([rule]) => rule)).toEqual(["repeat"]);
});

describe("a click with", () => {
  it("the left button on a result's link counts", async () => {
    show(LIST);
    await userEvent.click(find("#first a"));
    expect(seen).toEqual([find("#first")]);
  });

  it("the middle button counts", async () => {
    show(LIST);
    await userEvent.click(find("#first a"), { button: "middle" });
    expect(seen).toEqual([find("#first")]);
  });

  it("the right button does not count", async () => {
    show(LIST);
    await userEvent.click(find("#first a"), { button: "right" });
    expect(seen.filter((what) => what !== "button")).toEqual([]);
  });

  it.each([3, 4])("the side button %i does not count", (button) => {
    show(LIST);
    find("#first a").dispatchEvent(new MouseEvent("auxclick", { button, bubbles: true, composed: true }));
    expect(seen).toEqual(["button"]);
  });

  it.each(["Control", "Shift", "Alt", "Meta"] as const)("%s held counts", async (modifier) => {
    show(LIST);
    await userEvent.click(find("#first a"), { modifiers: [modifier] });
    expect(seen).toEqual([find("#first")]);
  });

  it("the keyboard counts", async () => {
    show(LIST);
    find("#first a").focus();
    await userEvent.keyboard("{Enter}");
    expect(seen).toEqual([find("#first")]);
  });

  it("the keyboard counts even after a press elsewhere", async () => {
    show(LIST);
    await userEvent.click(find("#beside"));
    find("#second a").focus();
    await userEvent.keyboard("{Enter}");
    expect(seen).toEqual(["untagged", find("#second")]);
  });

  it("a script's click() counts, as keyboards of assistive tools do", async () => {
    show(result("Text"));
    await userEvent.click(find("#result"));
    find("#result").click();
    expect(seen).toEqual([find("#result"), find("#result")]);
  });
});

describe("a result is found from", () => {
  it("a child of the link", async () => {
    show(LIST);
    await userEvent.click(find("#inside"));
    expect(seen).toEqual([find("#first")]);
  });

  it("nothing outside of the results", async () => {
    show(LIST);
    await userEvent.click(find("#beside"));
    expect(seen).toEqual(["untagged"]);
  });

  it("the nearest tagged element of several", async () => {
    show(result(`<p id="inner" data-ctr-chunk-id="${OTHER_CHUNK}">Inner</p>`));
    await userEvent.click(find("#inner"));
    expect(seen).toEqual([find("#inner")]);
  });

  it("an element with a tracking id alone", async () => {
    show(`<p data-ctr-request-id="${REQUEST}" data-ctr-chunk-tracking-id="doc-1">Text</p>`);
    await userEvent.click(find("p"));
    expect(seen).toEqual([find("p")]);
  });

  it("results and children that were added later", async () => {
    show(`<ol data-ctr-request-id="${REQUEST}"></ol>`);
    find("ol").innerHTML = `<li data-ctr-chunk-id="${CHUNK}"></li>`;
    find("li").innerHTML = '<a href="/late"><span>Late</span></a>';
    await userEvent.click(find("span"));
    expect(seen).toEqual([find("li")]);
  });

  it("results that took the place of others", async () => {
    show(LIST);
    find("ol").innerHTML = `<li data-ctr-chunk-id="${chunkId(3)}"><a href="/three">Three</a></li>`;
    await userEvent.click(find("li a"));
    expect(seen).toEqual([find("li")]);
  });

  it("an icon in SVG inside of the link", async () => {
    show(
      result(
        '<a href="/one"><svg width="40" height="40"><g><circle cx="20" cy="20" r="20"></circle></g></svg></a>',
      ),
    );
    await userEvent.click(find("circle"));
    expect(seen).toEqual([find("#result")]);
  });

  it("a result that is drawn in SVG", async () => {
    show(
      `<svg width="40" height="40" data-ctr-request-id="${REQUEST}"><g data-ctr-chunk-id="${CHUNK}"><rect width="40" height="40"></rect></g></svg>`,
    );
    await userEvent.click(find("rect"));
    expect(seen).toEqual([find("g")]);
  });

  it("a text node, which is what old pages name as a target", () => {
    show(LIST);
    const text = find("#inside").firstChild as Text;
    const path = [text, find("#inside"), find("#first a"), find("#first"), document.body, document, window];
    createCapture({
      record: (_, { element }) => void seen.push(element),
      firstPosition: 1,
      rejected() {},
      near() {},
    }).capture(new MouseEvent("click"), path);
    expect(seen).toEqual([find("#first")]);
  });
});

describe("across shadow roots", () => {
  it("a link in the result's own root counts", async () => {
    show(result("", 'style="display: block"'));
    const root = shade("#result", '<a href="/one"><b>One</b></a><button>Favourite</button>');
    await userEvent.click(find("b", root));
    await userEvent.click(find("button", root));
    expect(seen).toEqual([find("#result"), "beside-link"]);
  });

  it("a card in the result counts where its link is clicked", async () => {
    show(result("<a-card></a-card>"));
    const root = shade("a-card", '<a href="/one">One</a><button>Favourite</button>');
    await userEvent.click(find("a", root));
    expect(seen).toEqual([find("#result")]);
  });

  it("a favourite button of a card in the result does not count", async () => {
    show(result("<a-card></a-card>"));
    const root = shade("a-card", '<a href="/one">One</a><button>Favourite</button>');
    await userEvent.click(find("button", root));
    expect(seen).toEqual(["beside-link"]);
  });

  it("roots may be nested", async () => {
    show(result("<a-card></a-card>"));
    const outer = shade("a-card", "<a-title></a-title>");
    const inner = shade("a-title", '<a href="/one">One</a>', outer);
    await userEvent.click(find("a", inner));
    expect(seen).toEqual([find("#result")]);
  });

  it("the tag may be inside of the root", async () => {
    show(`<a-card data-ctr-request-id="${REQUEST}"></a-card>`);
    const root = shade("a-card", `<div data-ctr-chunk-id="${CHUNK}"><a href="/one">One</a></div>`);
    await userEvent.click(find("a", root));
    expect(seen).toEqual([find("div", root)]);
  });

  it("slotted content belongs to the result around it", async () => {
    show(result('<a-card><a href="/one">One</a><i>Text</i></a-card>'));
    shade("a-card", "<article><slot></slot></article>");
    await userEvent.click(find("#result a"));
    await userEvent.click(find("#result i"));
    expect(seen).toEqual([find("#result"), "beside-link"]);
  });

  it("what says ignore in a root is ignored", async () => {
    show(result("<a-card></a-card>"));
    const root = shade("a-card", '<a href="/one"><b data-ctr-ignore>Menu</b></a>');
    await userEvent.click(find("b", root));
    expect(seen).toEqual(["ignored"]);
  });
});

describe("in a result with a link", () => {
  it("a favourite button does not count", async () => {
    show(LIST);
    await userEvent.click(find("#first button"));
    expect(seen).toEqual(["beside-link"]);
  });

  it("text beside the link does not count", async () => {
    show(LIST);
    await userEvent.click(find("#first p"));
    expect(seen).toEqual(["beside-link"]);
  });

  it("each of several links counts", async () => {
    show(result('<a href="/one">One</a> <a href="/more">More</a>'));
    for (const link of document.querySelectorAll("a")) await userEvent.click(link);
    expect(seen).toEqual([find("#result"), find("#result")]);
  });

  it("what says data-ctr-click counts too", async () => {
    show(
      result('<a href="/one">One</a> <button data-ctr-click><i>Preview</i></button> <button>Other</button>'),
    );
    await userEvent.click(find("i"));
    await userEvent.click(find("button:last-child"));
    expect(seen).toEqual([find("#result"), "beside-link"]);
  });

  it("a link that is the result itself counts", async () => {
    show(
      `<div data-ctr-request-id="${REQUEST}"><a id="result" href="/one" data-ctr-chunk-id="${CHUNK}">One</a></div>`,
    );
    await userEvent.click(find("#result"));
    expect(seen).toEqual([find("#result")]);
  });

  it("a link around the result counts", async () => {
    show(
      `<a href="/one" data-ctr-request-id="${REQUEST}"><p id="result" data-ctr-chunk-id="${CHUNK}">One</p></a>`,
    );
    await userEvent.click(find("#result"));
    expect(seen).toEqual([find("#result")]);
  });

  it("links of SVG count, in the old way of writing and the new", async () => {
    const rect = (x: number) => `<rect x="${x}" width="30" height="30"></rect>`;
    show(
      result(
        `<svg width="100" height="40"><a href="/new">${rect(0)}</a><a xlink:href="/old">${rect(35)}</a><g>${rect(70)}</g></svg>`,
      ),
    );
    for (const drawn of document.querySelectorAll("rect")) await userEvent.click(drawn);
    expect(seen).toEqual([find("#result"), find("#result"), "beside-link"]);
  });

  it("an anchor that leads nowhere is no link", async () => {
    show(result('<a name="top">Anchor</a> <p>Text</p>'));
    await userEvent.click(find("p"));
    expect(seen).toEqual([find("#result")]);
  });

  it("data-ctr-ignore wins over the link around it", async () => {
    show(result('<a href="/one">One <button data-ctr-ignore>Menu</button></a>'));
    await userEvent.click(find("button"));
    expect(seen).toEqual(["ignored"]);
  });
});

describe("in a result without a link", () => {
  it("any click counts", async () => {
    show(result("<p>Text</p><button>Open</button>"));
    await userEvent.click(find("p"));
    await userEvent.click(find("button"));
    expect(seen).toEqual([find("#result"), find("#result")]);
  });

  it("data-ctr-ignore does not count", async () => {
    show(result("<p>Text</p><div data-ctr-ignore><button>Menu</button></div>"));
    await userEvent.click(find("button"));
    expect(seen).toEqual(["ignored"]);
  });

  it("data-ctr-ignore on the result itself does not count", async () => {
    show(result("Text", "data-ctr-ignore"));
    await userEvent.click(find("#result"));
    expect(seen).toEqual(["ignored"]);
  });

  it("data-ctr-ignore around the result does not count", async () => {
    show(`<section data-ctr-ignore>${result("Text")}</section>`);
    await userEvent.click(find("#result"));
    expect(seen).toEqual(["ignored"]);
  });
});

describe("a drag", () => {
  const drag = (selector: string, from: number, to: number) =>
    userEvent.dragAndDrop(find(selector), find(selector), {
      sourcePosition: { x: from, y: 8 },
      targetPosition: { x: to, y: 8 },
    });

  it("over text is a selection and no click", async () => {
    show(result('<p style="width: 300px">Some words that somebody wants to copy</p>'));
    await drag("p", 5, 120);
    expect(`${getSelection()}`).not.toBe("");
    expect(seen).toEqual(["selection"]);
  });

  it("over what can't be selected is no click either", async () => {
    show(result('<p style="width: 300px; user-select: none">A slider</p>'));
    await drag("p", 5, 120);
    expect(seen).toEqual(["selection"]);
  });

  it("of a hand's tremble is a click", async () => {
    show(result('<p style="width: 300px; user-select: none">Text</p>'));
    await drag("p", 20, 24);
    expect(seen).toEqual([find("#result")]);
  });

  it("from one word to another is no click", async () => {
    const word = '<span style="display: inline-block; width: 90px; user-select: none">Word</span>';
    show(result(`<p style="width: 300px">${word}${word}</p>`));
    await drag("p", 80, 95);
    expect(seen).toEqual(["selection"]);
  });

  const WIDE =
    '<a href="#/one" draggable="false" style="display: block; width: 300px; user-select: none">One</a>';

  it("that ends on the link it began on opens it: that counts", async () => {
    show(result(WIDE));
    const letsItOpen = (event: Event) => Object.assign(event, { preventDefault() {} });
    addEventListener("click", letsItOpen, { capture: true, once: true });
    await drag("a", 5, 120);
    expect(seen).toEqual([find("#result")]);
  });

  it("that ends on the link it began on is no click where the page forbids the link to open", async () => {
    show(result(WIDE));
    await drag("a", 5, 120);
    expect(seen).toEqual(["selection"]);
  });

  it("whose click the page keeps to itself is no click, and the next one counts once", async () => {
    show(result(WIDE));
    find("a").addEventListener("click", (event) => event.stopPropagation(), { once: true });
    await drag("a", 5, 120);
    expect(seen).toEqual([]);
    await userEvent.click(find("a"));
    expect(seen).toEqual([find("#result")]);
  });

  it("is over with its click: the next one counts", async () => {
    show(result('<p style="width: 300px">Some words that somebody wants to copy</p>'));
    await drag("p", 5, 120);
    await userEvent.click(find("p"));
    expect(seen).toEqual(["selection", find("#result")]);
  });
});

describe("a label for a button", () => {
  const pair = (label: string, button: string) => `<div data-ctr-request-id="${REQUEST}">
    <div id="one" data-ctr-chunk-id="${CHUNK}"><label for="open">Open</label> ${label}</div>
    <div id="two" data-ctr-chunk-id="${OTHER_CHUNK}"><i>Text</i> ${button}</div>
  </div>`;
  const BUTTON = '<button id="open" type="button">Open</button>';

  // These tests' page lets nothing happen by itself: what the browser passes on is clicked here.
  const label = () => find("label").click();
  const button = () => find("#open").click();

  it("in another result leaves the click to the button", () => {
    show(pair("", BUTTON));
    label();
    button();
    expect(seen).toEqual(["control", find("#two")]);
  });

  it("in the same result counts there", () => {
    show(pair(BUTTON, ""));
    label();
    button();
    expect(seen).toEqual([find("#one"), find("#one")]);
  });
});

describe("a pointer or the focus that moves", () => {
  it.each(["pointerover", "pointerdown", "focusin"])("by %s may be on a result or not", (type) => {
    const near = vi.fn((isOnResult: () => boolean) => isOnResult());
    const { capture } = createCapture({ record: () => undefined, firstPosition: 1, near, rejected() {} });
    show(LIST);
    for (const selector of ["#inside", "#beside"]) {
      find(selector).addEventListener(type, (event) => capture(event as MouseEvent));
      find(selector).dispatchEvent(new PointerEvent(type, { bubbles: true, composed: true }));
    }
    expect(near.mock.results.map(({ value }) => value)).toEqual([true, false]);
  });
});

describe("a click that the stub kept", () => {
  it("is read from the elements where only a later call tagged them", () => {
    show(LIST);
    const path = [find("#inside"), find("#first a"), find("#first"), find("ol"), document.body];
    const record = vi.fn((_: unknown, __: How) => undefined);
    const live = path.map((element) => new WeakRef<EventTarget>(element));
    createCapture({ record, firstPosition: 1, near() {}, rejected() {} }).capture({
      type: "click",
      button: 0,
      detail: 1,
      at: 5,
      path: [["b", {}, []]],
      live,
    });
    expect(record.mock.lastCall).toMatchObject([
      { requestId: REQUEST, chunkId: CHUNK, position: 1 },
      { action: "click", element: find("#first"), at: 5 },
    ]);
  });
});

describe("trackClick", () => {
  const record = vi.fn((_: unknown, __: How): string | undefined => "id");
  const { trackClick, read } = createCapture({ record, firstPosition: 3, near() {}, rejected() {} });
  beforeEach(() => void record.mockReset().mockReturnValue("id"));

  it("reads an element as a click on it would be, but for what is given beside it", () => {
    show(LIST);
    expect(trackClick(find("#inside"), { position: 9 })).toBe("id");
    expect(record.mock.lastCall).toMatchObject([
      { requestId: REQUEST, chunkId: CHUNK, position: 9 },
      { action: "manual", element: find("#first") },
    ]);
  });

  it("takes fields, which have no element", () => {
    const fields = { requestId: REQUEST, chunkId: CHUNK, position: 2 };
    trackClick(fields);
    expect(record.mock.lastCall).toEqual([fields, { action: "manual", element: undefined }]);
  });

  it("hands on an element that is in no result, and what is given beside it", () => {
    show(LIST);
    trackClick(find("#beside"), { position: 9 });
    expect(record.mock.lastCall).toEqual([{ position: 9 }, { action: "manual", element: find("#beside") }]);
  });

  it("tells what is thrown, and throws nothing", () => {
    const told = vi.spyOn(console, "error").mockImplementation(() => {});
    record.mockImplementation(() => {
      throw new Error("a fault of the tests");
    });
    expect(trackClick(find("body"))).toBeUndefined();
    expect(told).toHaveBeenCalled();
    told.mockRestore();
  });

  it("says what a click would, without one", () => {
    show(LIST);
    expect(read(find("#second a"))).toMatchObject({ chunkId: OTHER_CHUNK, position: 4, firstPosition: 3 });
    expect(read(find("#beside"))).toBeUndefined();
    expect(record).not.toHaveBeenCalled();
  });
});
