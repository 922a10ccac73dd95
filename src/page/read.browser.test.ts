// What a click says: its fields along the path, and its position in the document as it stands.
import { describe, expect, it } from "vitest";
import { CHUNK, OTHER_REQUEST, REQUEST } from "../test/entries";
import { chunkId, find, readClick, shade, show, staysOnPage } from "../test/page";

staysOnPage();

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
      `<p data-ctr-chunk-id="${CHUNK}" data-ctr-metadata="{variant}"></p><i data-ctr-chunk-id="${CHUNK}" data-ctr-metadata="null"></i>`,
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

  it.each(["first", "1.5", "1e1", "0x10"])("%j of an element is not guessed at", (text) => {
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

  it("is counted for each list of one request by itself", () => {
    show(list(REQUEST, [3]) + list(OTHER_REQUEST, [3]) + list(REQUEST, [1, 2, 3]));
    expect(positions()).toEqual([1, 1, 1, 2, 3]);
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

  it("of a chunk that is shown twice is its first one's; what is no result between them counts for nothing", () => {
    const [first, rest] = [`<li data-ctr-chunk-id="${chunkId(1)}"></li>`, "<li>Ad</li>"];
    show(
      `<ol data-ctr-request-id="${REQUEST}">${first}${rest}<li data-ctr-chunk-id="${chunkId(2)}"></li>${first}</ol>`,
    );
    expect(positions()).toEqual([1, 2, 1]);
  });

  it("counts results in a card's shadow root among those beside the card", () => {
    const item = (n: number) => `<li data-ctr-chunk-id="${chunkId(n)}"></li>`;
    show(`<ol data-ctr-request-id="${REQUEST}">${item(1)}<a-card></a-card>${item(3)}</ol>`);
    const root = shade("a-card", `<p data-ctr-chunk-id="${chunkId(2)}"></p>`);
    expect([...positions(), ...positions(root)]).toEqual([1, 3, 2]);
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
