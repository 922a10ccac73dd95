// What is a click, clause by clause, with real input in real Chromium.
import { beforeEach, describe, expect, it } from "vitest";
import { userEvent } from "vitest/browser";
import { CHUNK, OTHER_CHUNK, OTHER_REQUEST, REQUEST } from "../test/entries";
import { chunkId, find, LIST, shade, show, staysOnPage, untilTheEnd } from "../test/page";
import { findResult, type Rule, readClick } from "./capture";

/** The result, or the rule that stopped it, of each DOM event so far. */
let seen: (Element | Rule)[];
let pressed: MouseEvent | undefined;

staysOnPage();
beforeEach(() => {
  seen = [];
  pressed = undefined;
  const options = { capture: true, signal: untilTheEnd() };
  for (const type of ["click", "auxclick"] as const) {
    addEventListener(
      type,
      (event) => seen.push(findResult(event as MouseEvent, event.composedPath(), pressed)),
      options,
    );
  }
  addEventListener(
    "pointerdown",
    (event) => {
      pressed = event;
    },
    options,
  );
});

const result = (html: string, attributes = "") =>
  `<div data-ctr-request-id="${REQUEST}"><div id="result" data-ctr-chunk-id="${CHUNK}" ${attributes}>${html}</div></div>`;

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
    expect(findResult(new MouseEvent("click"), path, undefined)).toBe(find("#first"));
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

  it("that ends on the link it began on opens it: that counts", async () => {
    show(
      result(
        '<a href="/one" draggable="false" style="display: block; width: 300px; user-select: none">One</a>',
      ),
    );
    await drag("a", 5, 120);
    expect(seen).toEqual([find("#result")]);
  });

  it("is over with its click: the next one counts", async () => {
    show(result('<p style="width: 300px">Some words that somebody wants to copy</p>'));
    await drag("p", 5, 120);
    await userEvent.click(find("p"));
    expect(seen).toEqual(["selection", find("#result")]);
  });
});

describe("the fields of a click", () => {
  it("come from the result and its ancestors", () => {
    show(`
      <main data-ctr-type="recommendation"><ol data-ctr-request-id="${REQUEST}">
        <li data-ctr-chunk-id="${CHUNK}" data-ctr-chunk-tracking-id="doc-1" data-ctr-position="7"
          data-ctr-metadata='{"variant":"b"}'></li>
      </ol></main>`);
    expect(readClick(find("li"))).toEqual({
      requestId: REQUEST,
      chunkId: CHUNK,
      chunkTrackingId: "doc-1",
      position: 7,
      type: "recommendation",
      metadata: { variant: "b" },
      firstPosition: 1,
    });
  });

  it("come from the nearest, not from the latest search", () => {
    show(`
      <main data-ctr-request-id="${OTHER_REQUEST}" data-ctr-type="search">
        <ol data-ctr-request-id="${REQUEST}"><li data-ctr-chunk-id="${CHUNK}" data-ctr-type="rag"></li></ol>
      </main>`);
    expect(readClick(find("li"))).toMatchObject({ requestId: REQUEST, type: "rag" });
  });

  it("come from outside of the shadow root, too", () => {
    show(
      `<section data-ctr-request-id="${REQUEST}" data-ctr-type="rag" data-ctr-first-position="5"><a-card></a-card></section>`,
    );
    const outer = shade("a-card", "<a-title></a-title>");
    const inner = shade("a-title", `<p data-ctr-chunk-id="${CHUNK}" data-ctr-position="2"></p>`, outer);
    expect(readClick(find("p", inner))).toMatchObject({
      requestId: REQUEST,
      type: "rag",
      position: 2,
      firstPosition: 5,
    });
  });

  it("are undefined where the page does not say", () => {
    show(`<p data-ctr-chunk-id="${CHUNK}" data-ctr-position="1"></p>`);
    expect(readClick(find("p"))).toMatchObject({ requestId: "", type: undefined, metadata: undefined });
    expect(readClick(find("p")).chunkTrackingId).toBeUndefined();
  });

  it("leave metadata that is no JSON to the payload's check, and take null for none", () => {
    show(
      `<p data-ctr-chunk-id="${CHUNK}" data-ctr-metadata="{variant}"></p><i data-ctr-metadata="null"></i>`,
    );
    expect(readClick(find("p")).metadata).toBe("{variant}");
    expect(readClick(find("i")).metadata ?? undefined).toBe(undefined);
  });
});

describe("the position", () => {
  const list = (id: string, chunks: number[], attributes = "") =>
    `<ol data-ctr-request-id="${id}" ${attributes}>${chunks
      .map((n) => `<li id="c${n}" data-ctr-chunk-id="${chunkId(n)}"></li>`)
      .join("")}</ol>`;
  const positions = (root: ParentNode = document) =>
    [...root.querySelectorAll("[data-ctr-chunk-id]")].map((element) => readClick(element).position);

  it("is the rank among the request's chunks, from 1", () => {
    show(list(REQUEST, [1, 2, 3]));
    expect(positions()).toEqual([1, 2, 3]);
  });

  it("does not count what is between the results", () => {
    show(`<div data-ctr-request-id="${REQUEST}">
      <p data-ctr-chunk-id="${chunkId(1)}"></p><aside>Ad</aside>
      <section><p data-ctr-chunk-id="${chunkId(2)}"></p></section><p data-ctr-chunk-tracking-id="doc-3"></p>
    </div>`);
    expect([...document.querySelectorAll("p")].map((element) => readClick(element).position)).toEqual([
      1, 2, 3,
    ]);
  });

  it("starts at the list's own first position: paging", () => {
    show(list(REQUEST, [1, 2], 'data-ctr-first-position="21"'));
    expect(positions()).toEqual([21, 22]);
    expect(readClick(find("#c1")).firstPosition).toBe(21);
  });

  it("starts at the tracker's first position where the list has none", () => {
    show(list(REQUEST, [1, 2]));
    expect(readClick(find("#c2"), 0).position).toBe(1);
    expect(readClick(find("#c1"), 0)).toMatchObject({ position: 0, firstPosition: 0 });
  });

  it("may start at 0 by attribute", () => {
    show(list(REQUEST, [1, 2], 'data-ctr-first-position="0"'));
    expect(positions()).toEqual([0, 1]);
  });

  it("is the element's own where it has one; 0 is a number", () => {
    show(list(REQUEST, [1, 2, 3]));
    find("#c1").dataset.ctrPosition = "0";
    find("#c2").dataset.ctrPosition = "42";
    find("#c3").dataset.ctrPosition = "-1";
    expect(positions()).toEqual([0, 42, -1]);
  });

  it.each(["", " ", "first", "1.5", "1e1", "0x10"])("%j of an element is not guessed at", (text) => {
    show(list(REQUEST, [1]));
    find("#c1").dataset.ctrPosition = text;
    expect(
      Number.isNaN(readClick(find("#c1")).position) || readClick(find("#c1")).position === Number(text),
    ).toBe(true);
    expect(readClick(find("#c1")).position).not.toBe(0);
  });

  it("is counted for each list on the page by itself", () => {
    show(list(REQUEST, [1, 2]) + list(OTHER_REQUEST, [3, 4]));
    expect(positions()).toEqual([1, 2, 1, 2]);
  });

  it("goes on over the parts of one request: infinite scroll", () => {
    show(list(REQUEST, [1, 2]) + list(OTHER_REQUEST, [3]) + list(REQUEST, [4]));
    expect(positions()).toEqual([1, 2, 1, 3]);
  });

  it("is found where the elements carry the request themselves", () => {
    show(
      [1, 2, 3]
        .map(
          (n) =>
            `<p data-ctr-request-id="${n < 3 ? REQUEST : OTHER_REQUEST}" data-ctr-chunk-id="${chunkId(n)}"></p>`,
        )
        .join(""),
    );
    expect(positions()).toEqual([1, 2, 1]);
  });

  it("does not count the results of a list of another request within", () => {
    show(`<main data-ctr-request-id="${REQUEST}">
      ${list(OTHER_REQUEST, [8, 9])}<p id="p1" data-ctr-chunk-id="${chunkId(1)}"></p>
    </main>`);
    expect(readClick(find("#p1")).position).toBe(1);
    expect(readClick(find("#c9")).position).toBe(2);
  });

  it("is the rank in a shadow root whose request is outside", () => {
    show(`<a-list data-ctr-request-id="${REQUEST}"></a-list>`);
    const root = shade("a-list", [1, 2, 3].map((n) => `<p data-ctr-chunk-id="${chunkId(n)}"></p>`).join(""));
    expect(positions(root)).toEqual([1, 2, 3]);
  });

  it("is the rank in a shadow root with the request inside", () => {
    show("<a-list></a-list>");
    const root = shade("a-list", list(REQUEST, [1, 2]));
    expect(positions(root)).toEqual([1, 2]);
  });
});
