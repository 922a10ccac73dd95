// Clicks in the documents that people really have: shadow roots and slots, shadowed names, other frames' nodes, labels, controls.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { cdp, userEvent } from "vitest/browser";
import type { Click } from "../payload";
import { CHUNK, OTHER_CHUNK, OTHER_REQUEST, REQUEST } from "../test/entries";
import { chunkId, find, readClick, shade, show, staysOnPage, untilTheEnd } from "../test/page";
import { createCapture } from "./click";

/** The click, or the rule that stopped it, of each DOM event so far. */
let seen: unknown[];
let trackClick: ReturnType<typeof createCapture>["trackClick"];

staysOnPage();
beforeEach(() => {
  trackClick = listen();
});

/** Listens after all that listens by now. */
function listen(): typeof trackClick {
  const mine: unknown[] = [];
  seen = mine;
  const made = createCapture({
    record: (click: Click) => void mine.push(click.chunkId ?? click.chunkTrackingId),
    firstPosition: 1,
    near() {},
    rejected: (rule) => mine.push(rule),
  });
  for (const type of ["click", "auxclick", "pointerdown"])
    addEventListener(type, (event) => made.capture(event as MouseEvent), {
      capture: true,
      signal: untilTheEnd(),
    });
  return made.trackClick;
}

const result = (html: string, attributes = "") =>
  `<div data-ctr-request-id="${REQUEST}"><div id="result" data-ctr-chunk-id="${CHUNK}" ${attributes}>${html}</div></div>`;

describe("a favourite button does not count", () => {
  it("beside a link in a sibling's shadow root", () => {
    show(result("<a-title></a-title><button>Fav</button>"));
    shade("a-title", '<a href="/x">One</a>');
    find("button").click();
    expect(seen).toEqual(["beside-link"]);
  });

  it("beside a link that is slotted in", () => {
    show(`<a-card data-ctr-request-id="${REQUEST}"><a href="/x">One</a></a-card>`);
    const root = shade("a-card", `<div data-ctr-chunk-id="${CHUNK}"><slot></slot><button>Fav</button></div>`);
    find("button", root).click();
    expect(seen).toEqual(["beside-link"]);
  });
});

describe("a favourite button beside a link does not count where the link is", () => {
  it("what a slot shows as long as nobody fills it", () => {
    show("<a-card></a-card>");
    const root = shade("a-card", result('<slot><a href="/x">One</a></slot><button>Fav</button>'));
    find("button", root).click();
    expect(seen).toEqual(["beside-link"]);
  });

  it("handed on from slot to slot", () => {
    show('<a-card><a href="/x">One</a></a-card>');
    const outer = shade("a-card", "<b-card><slot></slot></b-card>");
    const inner = shade("b-card", result("<slot></slot><button>Fav</button>"), outer);
    find("button", inner).click();
    find("a").click();
    expect(seen).toEqual(["beside-link", CHUNK]);
  });

  it("drawn in SVG, or part of an image map", () => {
    show(result('<svg><a href="/x"><circle r="9"/></a></svg><button>Fav</button>'));
    find("button").click();
    show(result('<map name="m"><area href="/x"></map><img usemap="#m" alt=""><button>Fav</button>'));
    find("button").click();
    find("area").click();
    expect(seen).toEqual(["beside-link", "beside-link", CHUNK]);
  });
});

describe("what a click says is read along its path", () => {
  it("through a slot", () => {
    show(
      `<a-list><p data-ctr-chunk-id="${CHUNK}">One</p><p data-ctr-chunk-id="${OTHER_CHUNK}">Two</p></a-list>`,
    );
    shade("a-list", `<div data-ctr-request-id="${REQUEST}" data-ctr-type="rag"><slot></slot></div>`);
    expect(readClick(find("p:last-child"))).toMatchObject({ requestId: REQUEST, type: "rag", position: 2 });
  });

  it("and ranks cards that each tag inside their own root", () => {
    show(`<div data-ctr-request-id="${REQUEST}"><a-card></a-card><a-card></a-card><b-card></b-card></div>`);
    const cards = [...document.querySelectorAll("a-card,b-card")].map((card, at) => {
      const root = card.attachShadow({ mode: "open" });
      root.innerHTML = `<p data-ctr-chunk-id="${chunkId(at)}"></p>`;
      return find("p", root);
    });
    expect(cards.map((card) => readClick(card).position)).toEqual([1, 2, 3]);
  });

  it("and a rank is that of what slots show, wherever the request stands", () => {
    const items = `<p slot="b" data-ctr-chunk-id="${CHUNK}"></p><p slot="a" data-ctr-chunk-id="${OTHER_CHUNK}"></p>`;
    const request = `data-ctr-request-id="${REQUEST}"`;
    const slots = '<slot name="a"></slot><slot name="b"></slot>';
    const ranks = () => [find("[slot=a]"), find("[slot=b]")].map((item) => readClick(item).position);
    show(`<a-list>${items}</a-list>`);
    shade("a-list", `<div ${request}>${slots}</div>`);
    expect(ranks()).toEqual([1, 2]);
    show(`<a-list ${request}>${items}</a-list>`);
    shade("a-list", slots);
    expect(ranks()).toEqual([1, 2]);
  });

  it("and a list of another request takes nothing from the list around it", () => {
    show(`<div data-ctr-request-id="${REQUEST}" data-ctr-type="rag" data-ctr-first-position="5">
      <p data-ctr-chunk-id="${CHUNK}"></p>
      <div data-ctr-request-id="${OTHER_REQUEST}"><p id="inner" data-ctr-chunk-id="${OTHER_CHUNK}"></p></div></div>`);
    expect(readClick(find("#inner"))).toMatchObject({
      requestId: OTHER_REQUEST,
      type: undefined,
      position: 1,
    });
  });

  it("and white space around a value is none of it", () => {
    show(`<ol data-ctr-request-id=" ${REQUEST}\n" data-ctr-type=" rag ">
      <li data-ctr-chunk-id="\t${CHUNK} " data-ctr-position=" 3 " data-ctr-metadata="  "></li></ol>`);
    expect(readClick(find("li"))).toMatchObject({
      requestId: REQUEST,
      chunkId: CHUNK,
      type: "rag",
      position: 3,
      metadata: undefined,
    });
  });

  it("and an empty attribute is none", () => {
    show(`<ol data-ctr-request-id="${REQUEST}" data-ctr-type="rag" data-ctr-first-position="11">
      <li data-ctr-chunk-id="" data-ctr-chunk-tracking-id="doc-1" data-ctr-type="" data-ctr-first-position=" "></li>
      <li data-ctr-chunk-id="" data-ctr-chunk-tracking-id="doc-2" data-ctr-request-id=""></li>
      <li data-ctr-chunk-id="" data-ctr-chunk-tracking-id="doc-3" data-ctr-position=""></li></ol>`);
    const clicks = [...document.querySelectorAll("li")].map((item) => readClick(item));
    expect(clicks.map(({ position }) => position)).toEqual([11, 12, 13]);
    expect(clicks.map(({ type, requestId }) => `${type} ${requestId}`)).toEqual(
      Array(3).fill(`rag ${REQUEST}`),
    );
    expect(clicks[1]).toMatchObject({ chunkId: undefined, chunkTrackingId: "doc-2" });
  });
});

describe("names that a page takes", () => {
  const names =
    "matches dataset getAttribute closest children childNodes parentNode shadowRoot nodeType localName querySelectorAll contains";
  it("of a form around the results shadow nothing", () => {
    const fields = names
      .split(" ")
      .map((name) => `<input name="${name}" type="hidden">`)
      .join("");
    show(`<form data-ctr-request-id="${REQUEST}">${fields}
      <p data-ctr-chunk-id="${CHUNK}"><a href="/x">One</a></p><p data-ctr-chunk-id="${OTHER_CHUNK}"><a href="/y">Two</a></p></form>`);
    find("p:last-child a").click();
    expect(seen).toEqual([OTHER_CHUNK]);
    expect(readClick(find("p:last-child")).position).toBe(2);
  });

  it("of a result that is a form shadow nothing", () => {
    const fields = names
      .split(" ")
      .map((name) => `<input name="${name}" type="hidden">`)
      .join("");
    show(
      `<div data-ctr-request-id="${REQUEST}"><form data-ctr-chunk-id="${CHUNK}">${fields}<b>Text</b></form></div>`,
    );
    find("b").click();
    expect(seen).toEqual([CHUNK]);
    expect(trackClick(find("form"))).toBeUndefined();
    expect(seen).toEqual([CHUNK, CHUNK]);
  });
});

describe("names that a page gives to its window", () => {
  it("make no node of it", () => {
    show(`<iframe name="nodeType"></iframe>${result('<a href="/x">One</a>')}`);
    expect(Reflect.get(window, "nodeType")).toBeTruthy();
    find("a").click();
    expect(seen).toEqual([CHUNK]);
  });
});

describe("nodes of another world", () => {
  it("that were adopted from a frame count", () => {
    show(`<iframe></iframe><ol data-ctr-request-id="${REQUEST}"></ol>`);
    const other = find<HTMLIFrameElement>("iframe").contentDocument as Document;
    const item = other.createElement("li");
    item.innerHTML = '<a href="/x">One</a>';
    item.setAttribute("data-ctr-chunk-id", CHUNK);
    find("ol").append(item);
    find("li a").click();
    expect(seen).toEqual([CHUNK]);
    expect(readClick(find("li")).position).toBe(1);
  });

  it("of an unknown namespace count", () => {
    show(`<div data-ctr-request-id="${REQUEST}"></div>`);
    const item = document.createElementNS("urn:shop", "item");
    item.setAttribute("data-ctr-chunk-id", CHUNK);
    find("div").append(item);
    item.dispatchEvent(new MouseEvent("click", { bubbles: true, composed: true }));
    expect(seen).toEqual([CHUNK]);
  });

  it("that are called slot and are none show what is in them", () => {
    show(result(""));
    const slot = document.createElementNS("urn:shop", "slot");
    slot.append(Object.assign(document.createElement("a"), { href: "/x" }));
    find("#result").append(slot, document.createElement("button"));
    find("button").click();
    find("a").click();
    expect(seen).toEqual(["beside-link", CHUNK]);
  });
});

describe("a label", () => {
  const two = (first: string, second: string) =>
    `<ol data-ctr-request-id="${REQUEST}"><li data-ctr-chunk-id="${CHUNK}">${first}</li><li data-ctr-chunk-id="${OTHER_CHUNK}">${second}</li></ol>`;

  it.each([
    ["checkbox", ["control", "control"]],
    ["button", ["control", OTHER_CHUNK]],
  ])("for a %s in another result is part of that one", (type, expected) => {
    show(two('<label for="other">Words</label>', `<input id="other" type="${type}" value="x">`));
    // The test's own listener keeps the browser from passing it on.
    find("label").click();
    find("input").click();
    expect(seen).toEqual(expected);
  });

  it("around a result does not count for a checkbox in it", () => {
    show(`<label>${result('Words <input type="checkbox">')}</label>`);
    find("#result").click();
    expect(seen).toEqual(["control"]);
  });

  it("for a checkbox of its own result does not count", () => {
    show(two('<label for="own">Words</label><input id="own" type="checkbox">', ""));
    find("label").click();
    find("input").click();
    expect(seen).toEqual(["control", "control"]);
  });
});

describe("in a result without a link", () => {
  it.each([
    '<input type="checkbox">',
    '<input type="range">',
    "<input>",
    "<textarea></textarea>",
    "<select><option>1</option></select>",
    "<details><summary>More</summary>Text</details>",
    '<p contenteditable="">Text</p>',
    '<p contenteditable="true"><b>Text</b></p>',
    "<video controls></video>",
    "<dialog open><button>Close</button></dialog>",
    '<span role="switch">On</span>',
    '<span role="MenuItemCheckbox">On</span>',
    '<span role="alertdialog">Sure?</span>',
    '<span role="none listbox">One</span>',
    '<p contenteditable="plaintext-only">Text</p>',
    "<p popover>Help <button>Close</button></p>",
    "<audio controls></audio>",
    "<my-player controls></my-player>",
    "<label>Colour <select></select></label>",
    "<label><input type=checkbox></label>",
  ])("%s does not count", (html) => {
    show(result(html));
    const inner =
      find("#result").querySelector<HTMLElement>("b,summary,button,label > input,label > select") ??
      find("#result > *");
    inner.click();
    expect(seen).toEqual(["control"]);
  });

  it.each([
    "<button>Open</button>",
    '<input type="submit" form="none">',
    '<p contenteditable="FALSE">Text</p>',
    "<video></video>",
    '<button popovertarget="x">More</button>',
    '<span role="button">Open</span>',
    "<label>Words <button>Open</button></label>",
    "<details open><summary>More</summary><b>Text</b></details>",
  ])("%s counts", (html) => {
    show(result(html));
    (find("#result").querySelector("b") ?? find("#result > *")).click();
    expect(seen).toEqual([CHUNK]);
  });

  it("the middle button does not count, for it opens nothing", async () => {
    show(result("<p>Text</p>"));
    await userEvent.click(find("p"), { button: "middle" });
    expect(seen).toEqual(["middle"]);
  });
});

describe("links beside the link", () => {
  it.each(["mailto:a@b.example", "TEL:+123", " javascript:void 0", "#", "#item", "whatsapp://send"])(
    "%s does not count beside a real one",
    (href) => {
      show(result(`<a href="/x">One</a> <a id="beside" href="${href}">Other</a>`));
      find("#beside").click();
      expect(seen).toEqual(["beside-link"]);
    },
  );

  it.each(["", "#/item", "//other.example/x", "?q=mailto:x"])("%s counts beside another", (href) => {
    show(result(`<a href="/x">One</a> <a id="beside" href="${href}">Other</a>`));
    find("#beside").click();
    expect(seen).toEqual([CHUNK]);
  });

  it.each(["javascript:void 0", "#", "#item"])("%s alone counts", (href) => {
    show(result(`<a href="${href}">One</a>`));
    find("a").click();
    expect(seen).toEqual([CHUNK]);
  });

  it.each(["mailto:a@b.example", "tel:+123"])("%s alone opens no page and does not count", (href) => {
    show(result(`<a href="${href}">One</a>`));
    find("a").click();
    expect(seen).toEqual(["beside-link"]);
  });

  it("an anchor without an address needs data-ctr-click", () => {
    show(result('<a href="/x">One</a> <a id="plain">Two</a> <a id="said" data-ctr-click>Three</a>'));
    find("#plain").click();
    find("#said").click();
    expect(seen).toEqual(["beside-link", CHUNK]);
  });
});

describe("presses", () => {
  const press = (type: string, init: PointerEventInit) =>
    find("#result").dispatchEvent(new PointerEvent(type, { bubbles: true, composed: true, ...init }));

  it("that trembled count when they are a finger's", () => {
    show(result("Text"));
    press("pointerdown", { pointerType: "touch", pointerId: 5 });
    press("click", { pointerType: "touch", pointerId: 5, detail: 1, clientX: 14 });
    expect(seen).toEqual([CHUNK]);
  });

  it("elsewhere don't spoil a scripted click with a detail", async () => {
    show(`${result("Text")}<p id="beside" style="margin-top: 200px">Beside</p>`);
    await userEvent.click(find("#beside"));
    press("click", { detail: 1 });
    expect(seen).toEqual(["untagged", CHUNK]);
  });

  /** The browser's own input, on the middle of an element: the tests run in a frame of its page. */
  function input(type: string, selector: string, button: "left" | "right", buttons: number) {
    const session = cdp() as unknown as { send(method: string, options: object): Promise<unknown> };
    const [frame, box] = [window.frameElement, find(selector)].map((one) => one?.getBoundingClientRect());
    const scale = (frame?.width ?? 0) / innerWidth;
    const middle = (start = 0, from = 0, size = 0) => start + (from + size / 2) * scale;
    const [x, y] = [middle(frame?.x, box?.x, box?.width), middle(frame?.y, box?.y, box?.height)];
    if (/touch/.test(type))
      return session.send("Input.dispatchTouchEvent", {
        type,
        touchPoints: buttons ? [{ x, y }] : [],
      });
    return session.send("Input.dispatchMouseEvent", { type, x, y, button, buttons, clickCount: 1 });
  }
  const APART = `${result("Text")}<p id="beside" style="margin-top: 200px">Beside</p>`;

  it("of the left button count while the right one is held elsewhere", async () => {
    show(APART);
    addEventListener("contextmenu", (event) => event.preventDefault(), { signal: untilTheEnd() });
    await input("mousePressed", "#beside", "right", 2);
    await input("mouseMoved", "#result", "right", 2);
    await input("mousePressed", "#result", "left", 3);
    await input("mouseReleased", "#result", "left", 2);
    await input("mouseReleased", "#result", "right", 0);
    expect(seen.filter((what) => what !== "button")).toEqual([CHUNK]);
  });

  it("of the mouse count though a finger touches something else meanwhile", async () => {
    show(APART);
    await input("mousePressed", "#result", "left", 1);
    await input("touchStart", "#beside", "left", 1);
    await input("mouseReleased", "#result", "left", 0);
    await input("touchEnd", "#beside", "left", 0);
    expect(seen).toContain(CHUNK);
    expect(seen).not.toContain("selection");
  });

  it("that the page's own listener keeps to itself count", async () => {
    show(APART);
    const stop = (event: Event) => event.stopImmediatePropagation();
    addEventListener("pointerdown", stop, { capture: true, signal: untilTheEnd() });
    listen();
    await userEvent.click(find("#beside"));
    await userEvent.click(find("#result"));
    expect(seen).toEqual(["untagged", CHUNK]);
  });

  it("with Shift that select don't count on a card", async () => {
    show(result('<p style="width: 300px">Some words that somebody wants to copy</p>'));
    const p = find("p");
    await userEvent.click(p, { position: { x: 5, y: 8 } });
    await userEvent.click(p, { position: { x: 120, y: 8 }, modifiers: ["Shift"] });
    expect(`${getSelection()}`).not.toBe("");
    expect(seen).toEqual([CHUNK, "selection"]);
  });

  it("of 8 px that select a letter don't count", async () => {
    show(result('<p style="width: 300px; font-size: 20px">Some words</p>'));
    await userEvent.dragAndDrop(find("p"), find("p"), {
      sourcePosition: { x: 5, y: 12 },
      targetPosition: { x: 13, y: 12 },
    });
    expect(`${getSelection()}`).not.toBe("");
    expect(seen).toEqual(["selection"]);
  });

  it("that select don't count where nothing prevents them either", async () => {
    show(result('<p style="width: 300px; font-size: 20px">Some words</p>'));
    find("p").addEventListener("click", (event) =>
      Object.defineProperty(event, "defaultPrevented", { get: () => false }),
    );
    await userEvent.dragAndDrop(find("p"), find("p"), {
      sourcePosition: { x: 5, y: 12 },
      targetPosition: { x: 40, y: 12 },
    });
    expect(seen).toEqual(["selection"]);
  });
});

describe("content that isn't trusted", () => {
  const forged = `<div data-ctr-untrusted><p data-ctr-chunk-id="${OTHER_CHUNK}" data-ctr-request-id="${OTHER_REQUEST}" data-ctr-position="1"
    data-ctr-metadata='{"a":1}'>Text <i data-ctr-ignore>i</i> <a href="/x">link</a></p></div>`;
  it("says nothing, and its link counts for the result around it", () => {
    show(
      `<ol data-ctr-request-id="${REQUEST}"><li data-ctr-chunk-id="${CHUNK}">${forged}</li><li data-ctr-chunk-id="${chunkId(2)}"></li></ol>`,
    );
    find("a").click();
    expect(seen).toEqual([CHUNK]);
    expect(readClick(find("i"))).toMatchObject({ requestId: REQUEST, position: 1, metadata: undefined });
    expect(readClick(find("ol > li:last-child")).position).toBe(2);
  });

  it("neither makes a click of it nor keeps one from counting", () => {
    show(
      result(`<a href="/x">One</a>
      <div data-ctr-ignore><button data-ctr-click id="a"></button></div>
      <div data-ctr-click><button data-ctr-ignore id="b"></button><button id="c"></button></div>
      <div data-ctr-untrusted data-ctr-click><i data-ctr-ignore id="d"></i></div>
      <div data-ctr-untrusted><b data-ctr-click id="e"></b></div>
      <div data-ctr-untrusted data-ctr-ignore><b data-ctr-click id="f"></b></div>`),
    );
    for (const id of "abcdef") find(`#${id}`).click();
    expect(seen).toEqual(["ignored", "ignored", CHUNK, CHUNK, "beside-link", "ignored"]);
  });

  it("is what a component shows in a slot that it doesn't trust", () => {
    show(`<ol data-ctr-request-id="${REQUEST}"><a-card data-ctr-chunk-id="${CHUNK}">
      <p data-ctr-chunk-id="${OTHER_CHUNK}" data-ctr-position="9"><a href="/y">Theirs</a></p></a-card></ol>`);
    shade("a-card", "<div data-ctr-untrusted><slot></slot></div>");
    find("a").click();
    expect(seen).toEqual([CHUNK]);
    expect(readClick(find("a")).position).toBe(1);
  });
});

describe("trackClick", () => {
  it("takes an element, and what is said beside it", () => {
    const clicks: Click[] = [];
    const record = (click: Click) => `${clicks.push(click)}`;
    const made = createCapture({ record, firstPosition: 1, near() {}, rejected() {} });
    show(
      `<ul data-ctr-request-id="${REQUEST}"><li data-ctr-chunk-id="${OTHER_CHUNK}"></li><li data-ctr-chunk-id="${CHUNK}"><b>One</b></li></ul>`,
    );
    expect(made.trackClick(find("b"), { metadata: { action: "keyboard" } })).toBe("1");
    expect(clicks).toMatchObject([
      { requestId: REQUEST, chunkId: CHUNK, position: 2, metadata: { action: "keyboard" } },
    ]);
  });

  it("leaves no listener on the element", () => {
    show(result("<b>One</b>"));
    trackClick(find("b"));
    const event = new Event("clicktrail");
    const asked = vi.spyOn(event, "composedPath");
    find("b").dispatchEvent(event);
    expect(asked).not.toHaveBeenCalled();
  });
});

describe("the rank by hand-written tags", () => {
  const slide = (n: number, attributes = "") => `<li data-ctr-chunk-id="${chunkId(n)}" ${attributes}></li>`;
  const hidden = (n: number) => slide(n, 'aria-hidden="true"');
  const positions = () =>
    [...document.querySelectorAll("li:not([aria-hidden],[inert])")].map(
      (element) => readClick(element).position,
    );

  it("skips a carousel's copies", () => {
    show(
      `<ol data-ctr-request-id="${REQUEST}">${hidden(2)}${slide(3, "inert")}${slide(1)}${slide(2)}${slide(3)}${hidden(1)}</ol>`,
    );
    expect(positions()).toEqual([1, 2, 3]);
  });

  it("is that of the slides themselves, which a carousel hides like their copies until they have their turn", () => {
    const copy = (n: number, isShown?: boolean) => slide(n, `class="slick-cloned" aria-hidden="${!isShown}"`);
    const own = (n: number, isShown: boolean) => slide(n, `class="slide" aria-hidden="${!isShown}"`);
    const turned = [...[2, 3].map((n) => own(n, false)), own(4, true)].join("");
    show(
      `<ol data-ctr-request-id="${REQUEST}">${copy(3)}${copy(4)}${own(1, false)}${turned}${copy(1, true)}${copy(2)}</ol>`,
    );
    const ranks = [...document.querySelectorAll("li")].map((item) => readClick(item).position);
    expect(ranks).toEqual([3, 4, 1, 2, 3, 4, 1, 2]);
  });

  it("is none where nobody can tell it: in a closed root", () => {
    show(`<div data-ctr-request-id="${REQUEST}"><a-card></a-card><b-card></b-card></div>`);
    const [, last] = ["a-card", "b-card"].map((name, at) => {
      const root = find(name).attachShadow({ mode: "closed" });
      root.innerHTML = `<p data-ctr-chunk-id="${chunkId(at)}"></p>`;
      return find("p", root);
    });
    expect(readClick(last as Element).position).toBeNaN();
  });

  it("counts a slide that is out of sight and has no copy", () => {
    show(`<ol data-ctr-request-id="${REQUEST}">${hidden(1)}${slide(2)}${slide(3)}</ol>`);
    expect(positions()).toEqual([2, 3]);
  });

  it("takes no longer in a list of 10,000 than looking at each of them a few times", () => {
    show(
      `<ol data-ctr-request-id="${REQUEST}">${Array.from({ length: 10_000 }, (_, n) => slide(n)).join("")}</ol>`,
    );
    const last = find("li:last-child");
    const look = () =>
      [...document.querySelectorAll("[data-ctr-chunk-id]")].map((one) =>
        one.getAttribute("data-ctr-chunk-id"),
      );
    const times = Array.from({ length: 25 }, () => {
      const start = performance.now();
      expect(readClick(last).position).toBe(10_000);
      const between = performance.now();
      look();
      return [between - start, performance.now() - between] as const;
    });
    // The fastest of each: what else the machine does is not the code's.
    const [reading, looking] = [0, 1].map((which) => Math.min(...times.map((pair) => pair[which as 0 | 1])));
    expect(reading).toBeLessThan(5 * (looking as number));
  });
});
