// Tagging from each response that results are rendered from, by order and by link, and plain attributes for frameworks.
import { beforeEach, describe, expect, it, vi } from "vitest";
import { setRunningTracker } from "../announce";
import { resultAttributes } from "../attributes";
import { CHUNK, OTHER_REQUEST, REQUEST } from "../test/entries";
import { chunkId, find, readClick, shade, show, staysOnPage, untilTheEnd } from "../test/page";
import { tagResults } from "./tag";

staysOnPage();
beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  return () => vi.restoreAllMocks();
});

const chunk = (n: number) => ({ id: chunkId(n), tracking_id: `doc-${n}`, link: `/docs/${n}` });
const scored = (...numbers: number[]) => numbers.map((n) => ({ chunk: chunk(n), score: 1 / n }));
const v2 = (...numbers: number[]) => ({ id: REQUEST, chunks: scored(...numbers) });

/** A list of so many results, each with the link of its chunk. */
function list(count: number): HTMLElement {
  const items = Array.from({ length: count }, (_, at) => `<li><a href="/docs/${at + 1}">${at + 1}</a></li>`);
  show(`<ol>${items.join("")}</ol>`);
  return find("ol");
}

/** What a click on each tagged element would report. */
const clicks = () =>
  [...document.querySelectorAll("[data-ctr-chunk-id],[data-ctr-chunk-tracking-id]")].map((element) => {
    const { requestId, chunkId: id, position } = readClick(element);
    return { requestId, chunkId: id, position };
  });
const expected = (...numbers: number[]) =>
  numbers.map((n, at) => ({ requestId: REQUEST, chunkId: chunkId(n), position: at + 1 }));

// First: a message is told once a page.
describe("what is tagged", () => {
  it("is said to the page's other scripts, and nothing to the developer", () => {
    const details: unknown[] = [];
    const listener = (event: Event) => details.push((event as CustomEvent).detail);
    addEventListener("clicktrail", listener, { signal: untilTheEnd() });
    tagResults(list(2), v2(1, 2));
    expect(details).toEqual([{ tagged: [...document.querySelectorAll("li")] }]);
    expect(console.error).not.toHaveBeenCalled();
  });

  it("is said without the elements that show no chunk, which the developer is told of", async () => {
    const details: unknown[] = [];
    const listener = (event: Event) => details.push((event as CustomEvent).detail);
    addEventListener("clicktrail", listener, { signal: untilTheEnd() });
    tagResults(list(2), v2(1));
    expect(details).toEqual([{ tagged: [find("li")] }]);
    await vi.waitFor(() =>
      expect(console.error).toHaveBeenCalledExactlyOnceWith(
        expect.stringMatching(/show no chunk .*put data-ctr-ignore on them/),
        ["2"],
        [find("li:last-child")],
        [],
        find("ol"),
        [...document.querySelectorAll("li")],
      ),
    );
  });
});

describe("a response of", () => {
  it("search and recommendations (v2) is understood", () => {
    expect(tagResults(list(3), v2(1, 2, 3))).toEqual({
      tagged: 3,
      unmatchedChunks: [],
      unmatchedElements: [],
    });
    expect(clicks()).toEqual(expected(1, 2, 3));
  });

  it("search over groups (v2) is understood: its chunks in their order", () => {
    const response = {
      id: REQUEST,
      results: [
        { group: { id: chunkId(90) }, chunks: scored(1, 2) },
        { group: { id: chunkId(91) }, chunks: scored(3) },
      ],
    };
    expect(tagResults(list(3), response).tagged).toBe(3);
    expect(clicks()).toEqual(expected(1, 2, 3));
  });

  it("search within a group (v2) is understood", () => {
    tagResults(list(2), { ...v2(1, 2), group: { id: chunkId(90) } } as object);
    expect(clicks()).toEqual(expected(1, 2));
  });

  it("search (v1) is understood, with the id from its header", () => {
    const response = { score_chunks: [1, 2].map((n) => ({ metadata: [chunk(n)], score: 1 })) };
    tagResults(list(2), response, { requestId: REQUEST });
    expect(clicks()).toEqual(expected(1, 2));
  });

  it("RAG is understood: the chunks of the streamed answer, with the id from the header", () => {
    tagResults(list(2), [chunk(1), chunk(2)], { requestId: REQUEST, type: "rag" });
    expect(clicks()).toEqual(expected(1, 2));
    expect(readClick(find("li")).type).toBe("rag");
    tagResults(list(2), { chunks: scored(1, 2) }, { requestId: REQUEST, type: "rag" });
    expect(clicks()).toEqual(expected(1, 2));
  });

  it("chunks whose own metadata is no list of chunks is understood", () => {
    tagResults(
      list(2),
      [
        { ...chunk(1), metadata: { title: "x" } },
        { ...chunk(2), metadata: null },
      ],
      {
        requestId: REQUEST,
      },
    );
    expect(clicks()).toEqual(expected(1, 2));
  });

  it("no results tags nothing", () => {
    show("<ol></ol>");
    expect(tagResults(find("ol"), { id: REQUEST, chunks: [] })).toEqual({
      tagged: 0,
      unmatchedChunks: [],
      unmatchedElements: [],
    });
  });

  it("chunks without an id is tagged with the tracking id", () => {
    const { id: _, ...bare } = chunk(1);
    tagResults(list(1), { id: REQUEST, chunks: [{ chunk: bare }] });
    expect(readClick(find("li"))).toMatchObject({ chunkId: undefined, chunkTrackingId: "doc-1" });
  });
});

describe("elements", () => {
  it.each<[string, () => ArrayLike<Element> | Iterable<Element>]>([
    ["a NodeList", () => document.querySelectorAll("li")],
    ["an HTMLCollection", () => find("ol").children],
    ["an array", () => [...document.querySelectorAll("li")]],
    ["a set", () => new Set(document.querySelectorAll("li"))],
  ])("may be given as %s: each carries the request itself", (_, get) => {
    list(2);
    tagResults(get(), v2(1, 2), { firstPosition: 1 });
    expect(clicks()).toEqual(expected(1, 2));
    expect(find("ol").attributes).toHaveLength(0);
    expect(find("li").dataset.ctrRequestId).toBe(REQUEST);
  });

  it("of two requests in one list keep their own: infinite scroll", () => {
    list(4);
    const items = [...document.querySelectorAll("li")];
    tagResults(items.slice(0, 2), v2(1, 2), { page: 1, pageSize: 2 });
    tagResults(items.slice(2), { id: OTHER_REQUEST, chunks: scored(3, 4) }, { page: 2, pageSize: 2 });
    expect(clicks()).toEqual([
      { requestId: REQUEST, chunkId: chunkId(1), position: 1 },
      { requestId: REQUEST, chunkId: chunkId(2), position: 2 },
      { requestId: OTHER_REQUEST, chunkId: chunkId(3), position: 3 },
      { requestId: OTHER_REQUEST, chunkId: chunkId(4), position: 4 },
    ]);
  });

  it("that are used again carry nothing of the response before", () => {
    const ol = list(3);
    tagResults(document.querySelectorAll("li"), v2(1, 2, 3), { firstPosition: 11, type: "recommendation" });
    find("li:nth-child(1) a").setAttribute("href", "/docs/7");
    find("li:nth-child(2) a").setAttribute("href", "/docs/8");
    tagResults(ol, { id: OTHER_REQUEST, chunks: scored(7, 8) });
    expect(clicks()).toEqual([
      { requestId: OTHER_REQUEST, chunkId: chunkId(7), position: 1 },
      { requestId: OTHER_REQUEST, chunkId: chunkId(8), position: 2 },
    ]);
    expect(find("li:last-child").getAttributeNames()).toEqual([]);
    expect(readClick(find("li")).type).toBeUndefined();
  });

  it("that carry a position alone lose it: without a page it would be of another response", () => {
    const ol = list(1);
    find("li").dataset.ctrPosition = "9";
    tagResults(ol, v2(1));
    expect(clicks()).toEqual(expected(1));
  });

  it("that are used again without a page carry no position of the page before", () => {
    const ol = list(2);
    tagResults(ol, v2(1, 2), { page: 3, pageSize: 10 });
    tagResults(ol, v2(1, 2));
    expect(clicks()).toEqual(expected(1, 2));
  });
});

describe("positions", () => {
  it("start at firstPosition", () => {
    tagResults(list(2), v2(1, 2), { firstPosition: 0 });
    expect(clicks().map(({ position }) => position)).toEqual([0, 1]);
  });

  it("start where page and pageSize say", () => {
    tagResults(list(2), v2(1, 2), { page: 3, pageSize: 10 });
    expect(clicks().map(({ position }) => position)).toEqual([21, 22]);
  });

  it("start at 1 on the first page, whatever the tracker's are", () => {
    setRunningTracker({ options: { firstPosition: 0 } } as never);
    tagResults(list(2), v2(1, 2), { page: 1, pageSize: 10 });
    setRunningTracker(undefined);
    expect(clicks().map(({ position }) => position)).toEqual([1, 2]);
    expect(find("ol").dataset.ctrFirstPosition).toBe("1");
    expect(console.error).not.toHaveBeenCalled();
  });

  it("are the tracker's where nothing is said", () => {
    setRunningTracker({ options: { firstPosition: 0 } } as never);
    tagResults(list(2), v2(1, 2));
    setRunningTracker(undefined);
    expect(clicks().map(({ position }) => position)).toEqual([0, 1]);
  });
});

describe("match: link", () => {
  it("finds the element that links to the chunk, in whatever order", () => {
    list(3);
    expect(tagResults(find("ol"), v2(3, 1, 2), { match: "link" })).toMatchObject({ tagged: 3 });
    expect([...document.querySelectorAll("li")].map(({ dataset }) => dataset.ctrChunkId)).toEqual(
      [1, 2, 3].map(chunkId),
    );
    expect(clicks().map(({ position }) => position)).toEqual([2, 3, 1]);
  });

  it("finds links in the open shadow roots of elements that have none beside", () => {
    show(`<ol><li><a href="/docs/1">1</a></li><li><div></div></li></ol>`);
    shade("div", `<a href="/docs/2">2</a>`);
    expect(tagResults(find("ol"), v2(2, 1))).toMatchObject({ tagged: 2 });
    expect(readClick(find("li:last-child")).chunkId).toBe(chunkId(2));
  });

  it("takes relative and absolute links for the same", () => {
    list(1);
    const absolute = new URL("/docs/1", location.href).href;
    expect(
      tagResults(
        find("ol"),
        { id: REQUEST, chunks: [{ chunk: { ...chunk(1), link: absolute } }] },
        { match: "link" },
      ).tagged,
    ).toBe(1);
  });

  it("takes elements that are the link themselves", () => {
    show('<nav><a href="/docs/2">Two</a><a href="/docs/1">One</a></nav>');
    expect(tagResults(find("nav"), v2(1, 2), { match: "link" }).tagged).toBe(2);
    expect(find("a").dataset.ctrChunkId).toBe(chunkId(2));
  });

  it("takes for 1,000 in reverse a few times what it takes for 1,000 by their order", () => {
    const ol = list(1_000);
    const response = v2(...Array.from({ length: 1_000 }, (_, at) => 1_000 - at));
    // The fastest: what else the machine does is not the code's.
    const fastest = (match: "link" | "order") =>
      Math.min(
        ...Array.from({ length: 7 }, () => {
          const start = performance.now();
          tagResults(ol, response, { match });
          return performance.now() - start;
        }),
      );
    const inOrder = fastest("order");
    const byLink = fastest("link");
    expect(byLink).toBeLessThan(25 * inOrder);
    expect(find("li").dataset.ctrChunkId).toBe(chunkId(1));
  });

  it("says what it could not match", () => {
    list(3);
    const tagging = tagResults(find("ol"), v2(2, 9), { match: "link" });
    expect(tagging.tagged).toBe(1);
    expect(tagging.unmatchedChunks).toEqual([chunkId(9)]);
    expect(tagging.unmatchedElements).toEqual([find("li:first-child"), find("li:last-child")]);
    expect(find("li:first-child").dataset.ctrChunkId).toBeUndefined();
  });

  it("matches no chunk that has no link, or one that is none", () => {
    list(1);
    const { link: _, ...bare } = chunk(9);
    const chunks = [
      { chunk: bare },
      { chunk: { ...chunk(2), link: null } },
      { chunk: { ...chunk(3), link: "http://[" } },
    ];
    const tagging = tagResults(
      find("ol"),
      { id: REQUEST, chunks: [...chunks, ...scored(1)] },
      { match: "link" },
    );
    expect(tagging.tagged).toBe(1);
    expect(find("li").dataset.ctrChunkId).toBe(chunkId(1));
  });
});

describe("by link, without being asked,", () => {
  /** Children of a list by what they hold. */
  function children(...items: string[]): HTMLElement {
    show(`<ol>${items.map((item) => `<li>${item}</li>`).join("")}</ol>`);
    return find("ol");
  }
  const to = (href: string, text = href) => `<a href="${href}">${text}</a>`;
  const linking = (...links: string[]) => ({
    id: REQUEST,
    chunks: links.map((link, at) => ({ chunk: { id: chunkId(at + 1), link } })),
  });
  /** The number of the chunk that each child shows. */
  const shown = () =>
    [...find("ol").children].map((item) => +((item as HTMLElement).dataset.ctrChunkId ?? "").slice(-3));
  const positions = () =>
    [...find("ol").children].map((item) => +((item as HTMLElement).dataset.ctrPosition ?? 0));

  it("an advertisement is left out", () => {
    const ol = children(to("/ad"), to("/docs/1"), to("/docs/2"));
    expect(tagResults(ol, v2(1, 2)).unmatchedElements).toEqual([find("li")]);
    expect(shown()).toEqual([0, 1, 2]);
  });

  it("a chunk that is hidden is passed over, and keeps its position", () => {
    const ol = children(to("/docs/1"), to("/docs/3"));
    expect(tagResults(ol, v2(1, 2, 3), { page: "2", pageSize: "3" }).unmatchedChunks).toEqual([chunkId(2)]);
    expect(shown()).toEqual([1, 3]);
    expect(positions()).toEqual([4, 6]);
  });

  it("an advertisement in a hidden chunk's stead is not taken for it", () => {
    tagResults(children(to("/docs/1"), to("/ad"), to("/docs/3")), v2(1, 2, 3));
    expect(shown()).toEqual([1, 0, 3]);
  });

  it("a list that is sorted in the page says the response's positions", () => {
    tagResults(children(to("/docs/3"), to("/docs/1"), to("/docs/2")), v2(1, 2, 3));
    expect(shown()).toEqual([3, 1, 2]);
    expect(positions()).toEqual([3, 1, 2]);
  });

  it("the best hit alone is tagged", () => {
    tagResults(children(`${to("/docs/1")}<i>1</i>`), v2(1, 2));
    expect(shown()).toEqual([1]);
  });

  it("links of an image, a category and the shop do no harm", () => {
    const card = (n: number) => to("/all") + to("/shoes") + to(`/docs/${n}`, "<img>") + to(`/docs/${n}`);
    tagResults(children(card(2), card(1)), v2(1, 2));
    expect(shown()).toEqual([2, 1]);
  });

  it("a result that leads to another one, too, is told from it", () => {
    const ol = children(to("/docs/1"), to("/docs/1") + to("/docs/3"), to("/docs/1") + to("/docs/2"));
    tagResults(ol, v2(1, 2, 3));
    expect(shown()).toEqual([1, 3, 2]);
  });

  it("results that lead to each other are told apart by their order", () => {
    const ol = children(to("/docs/2") + to("/docs/1"), to("/docs/1") + to("/docs/2"));
    tagResults(ol, v2(1, 2));
    expect(shown()).toEqual([1, 2]);
  });

  it("a result that may show two chunks is left out where the order doesn't say which", () => {
    const ol = children(to("/docs/2") + to("/docs/1"), to("/docs/3"));
    tagResults(ol, v2(1, 2, 3));
    expect(shown()).toEqual([0, 3]);
  });

  it("chunks of one page are told apart by their fragments", () => {
    tagResults(children(to("/p#c"), to("/p#a"), to("/p#other")), linking("/p#a", "/p#b", "/p#c"));
    expect(shown()).toEqual([3, 1, 0]);
  });

  it("several chunks with one link are paired in their order, if all of them are there", () => {
    tagResults(children(to("/p"), to("/q"), to("/p")), linking("/p", "/p", "/q"));
    expect(shown()).toEqual([1, 3, 2]);
    tagResults(children(to("/p"), to("/q"), to("/ad")), linking("/p", "/p", "/q"));
    expect(shown()).toEqual([0, 3, 0]);
  });

  it.each([
    ["/p?utm_source=search&id=1&gclid=2", "/p?id=1"],
    ["/p?id=1", "/p?utm_campaign=x&id=1"],
    ["/p?fbclid=1#part", "/p#part"],
    ["/p?ref=home", "/p"],
    ["/p#part", "/p"],
    ["/p", "/p?ref=a#part"],
    ["./p", "/p"],
  ])("%s is the chunk %s", (href, link) => {
    const ol = children(to("/x"), to(href));
    tagResults(ol, linking(link));
    expect(shown()).toEqual([0, 1]);
  });

  it("what is only alike is another page: a filter, another page's fragment", () => {
    const ol = children(to("/p?id=1"), to("/q#a"));
    tagResults(ol, linking("/p?id=2", "/q#b", "/x"));
    expect(shown()).toEqual([0, 0]);
  });

  it("links that lead nowhere leave it to the order, where the counts agree", () => {
    tagResults(children(to("/product/1"), to("/product/2")), v2(1, 2));
    expect(shown()).toEqual([1, 2]);
  });

  it.each([
    "<hr>",
    "<li role=separator></li>",
    "<li hidden><a href=/docs/2></a></li>",
    "<template></template>",
  ])("%s is never a result", (html) => {
    const ol = children("1", "2");
    ol.firstElementChild?.insertAdjacentHTML("afterend", html);
    expect(
      tagResults(ol, { id: REQUEST, chunks: [{ chunk: { id: CHUNK } }, { chunk: { id: chunkId(2) } }] }),
    ).toEqual({
      tagged: 2,
      unmatchedChunks: [],
      unmatchedElements: [],
    });
  });
});

describe("a table's rows", () => {
  const table = (head: string, ...rows: string[]) =>
    show(`<table>${head}<tbody>${rows.map((row) => `<tr><td>${row}</td></tr>`).join("")}</tbody></table>`);

  it("are its results, without its head", () => {
    table("<thead><tr><th>Name</th></tr></thead>", "<table><tr><td>1</td></tr></table>", "2");
    tagResults(find("table"), {
      id: REQUEST,
      chunks: [{ chunk: { id: CHUNK } }, { chunk: { id: chunkId(2) } }],
    });
    expect(clicks().map(({ chunkId: id }) => id)).toEqual([CHUNK, chunkId(2)]);
    expect(find("tbody > tr").dataset.ctrChunkId).toBe(CHUNK);
  });

  it("are none where a row of headings makes one too many", () => {
    table("", "Name", "1", "2");
    expect(tagResults(find("table"), v2(1, 2)).tagged).toBe(0);
  });
});

describe("after more has been loaded", () => {
  const second = { id: OTHER_REQUEST, chunks: scored(3, 4) };
  const requests = () => clicks().map(({ requestId, chunkId: id, position }) => [requestId, id, position]);
  const right = [
    [REQUEST, chunkId(1), 1],
    [REQUEST, chunkId(2), 2],
    [OTHER_REQUEST, chunkId(3), 3],
    [OTHER_REQUEST, chunkId(4), 4],
  ];

  it.each<[string, boolean]>([
    ["with links", true],
    ["without", false],
  ])("the whole list may be given %s: what is tagged keeps its request", (_, hasLinks) => {
    const ol = list(2);
    const items = (from: number) =>
      [from, from + 1].map((n) => `<li>${hasLinks ? `<a href="/docs/${n}">` : ""}${n}</li>`).join("");
    ol.innerHTML = items(1);
    tagResults(ol, v2(1, 2), { page: 1, pageSize: 2 });
    ol.insertAdjacentHTML("beforeend", items(3));
    tagResults(ol, second, { page: 2, pageSize: 2 });
    expect(requests()).toEqual(right);
    tagResults(ol, second, { page: 2, pageSize: 2 });
    expect(requests()).toEqual(right);
  });

  it("the list may be given too early: what is tagged keeps its request", () => {
    const ol = list(2);
    tagResults(ol, v2(1, 2));
    expect(tagResults(ol, second).tagged).toBe(0);
    expect(clicks()).toEqual(expected(1, 2));
  });

  it("elements that are used again, and new ones, show the new response by its links", () => {
    const ol = list(2);
    tagResults(ol, v2(1, 2));
    ol.innerHTML = ol.innerHTML.replace("/docs/1", "/docs/3").replace("/docs/2", "/x");
    ol.insertAdjacentHTML("beforeend", '<li><a href="/docs/4"></a></li>');
    tagResults(ol, second);
    expect(clicks()).toEqual([
      { requestId: OTHER_REQUEST, chunkId: chunkId(3), position: 1 },
      { requestId: OTHER_REQUEST, chunkId: chunkId(4), position: 2 },
    ]);
  });
});

describe("a search over groups", () => {
  const response = {
    id: REQUEST,
    results: [{ chunks: scored(1, 2) }, { chunks: scored(3) }, { chunks: scored(4, 5) }],
  };
  const card = (...numbers: number[]) =>
    `<section>${numbers.map((n) => `<p><a href="/docs/${n}">${n}</a></p>`).join("")}</section>`;

  it("with a card for each group tags it with the group's first chunk, at the card's position", () => {
    show("<main><p>1</p><p>2</p><p>3</p></main>");
    expect(tagResults(find("main"), response)).toEqual({
      tagged: 3,
      unmatchedChunks: [],
      unmatchedElements: [],
    });
    expect(clicks().map(({ chunkId: id, position }) => [id, position])).toEqual([
      [chunkId(1), 1],
      [chunkId(3), 2],
      [chunkId(4), 3],
    ]);
  });

  it("tags the chunk that a card links to, whatever the cards' order", () => {
    show(`<main>${card(5)}${card(1)}${card(3)}</main>`);
    tagResults(find("main"), response);
    expect(clicks().map(({ chunkId: id, position }) => [id, position])).toEqual([
      [chunkId(5), 3],
      [chunkId(1), 1],
      [chunkId(3), 2],
    ]);
  });

  it("tags what shows the chunks in the cards, where there is such", () => {
    show(`<main>${card(1, 2)}${card(3)}${card(4, 5)}</main>`);
    tagResults(find("main").children, response);
    tagResults(find("main"), response);
    expect(clicks()).toEqual(expected(1, 2, 3, 4, 5));
  });

  it("leaves no tag in a card that it tags itself", () => {
    show(`<main>${card(1, 2)}${card(3)}${card(4, 5)}</main>`);
    tagResults(find("main"), response);
    for (const p of document.querySelectorAll("p + p, p:only-child")) p.querySelector("a")?.remove();
    tagResults(find("main"), response);
    expect(document.querySelectorAll("p[data-ctr-chunk-id]")).toHaveLength(0);
  });
});

describe("the page of the results", () => {
  it.each<[unknown, unknown, readonly number[]]>([
    [Number.NaN, 10, [1, 2]],
    [null, 10, [1, 2]],
    [undefined, 10, [1, 2]],
    ["", "10", [1, 2]],
    ["2", "10", [11, 12]],
    [null, undefined, [1, 2]],
    [Number.NaN, Number.NaN, [1, 2]],
    [2, undefined, []],
    ["2", null, []],
    [2, 0, []],
  ])("%j of size %j", (page, pageSize, positions) => {
    tagResults(list(2), v2(1, 2), { page, pageSize } as object);
    expect(clicks().map(({ position }) => position)).toEqual(positions);
  });
});

describe("the position that is written", () => {
  const positions = () => [...document.querySelectorAll("li")].map(({ dataset }) => dataset.ctrPosition);

  it("goes with each element, so that a carousel's clones and turns keep it", () => {
    const ol = list(3);
    tagResults(ol, v2(1, 2, 3));
    ol.prepend(ol.lastElementChild?.cloneNode(true) as Element);
    expect(clicks().map(({ position }) => position)).toEqual([3, 1, 2, 3]);
  });

  it("passes over what is no result: an ad, templates, scripts", () => {
    const ol = list(3);
    find("li:nth-child(2)").dataset.ctrIgnore = "";
    ol.prepend(...["template", "style", "meta", "link"].map((name) => document.createElement(name)));
    expect(tagResults(ol, v2(1, 3))).toEqual({ tagged: 2, unmatchedChunks: [], unmatchedElements: [] });
    expect(positions()).toEqual(["1", undefined, "2"]);
  });

  it("is a number also where the option is text", () => {
    tagResults(list(2), v2(1, 2), { firstPosition: "11" as never });
    expect(positions()).toEqual(["11", "12"]);
  });
});

describe("a mistake in the call is told:", () => {
  const told = () => `${vi.mocked(console.error).mock.calls.map(([message]) => message)}`;

  it("a page without its size, of which nothing is tagged", async () => {
    expect(tagResults(list(1), v2(1), { page: 4 }).tagged).toBe(0);
    await vi.waitFor(() => expect(told()).toContain("for page 4 without pageSize"));
    expect(clicks()).toEqual([]);
  });

  it("page 0", async () => {
    tagResults(list(1), v2(1), { page: 0, pageSize: 10 });
    await vi.waitFor(() => expect(told()).toContain('page of tagResults is "0", and pages begin at 1'));
    expect(find("li").dataset.ctrPosition).toBe("1");
  });

  it("the body given for the list, whatever is in it", async () => {
    show("<p>1</p><p>2</p>");
    expect(tagResults(document.body, v2(1, 2)).tagged).toBe(0);
    await vi.waitFor(() => expect(told()).toContain("the page's <body>"));
  });

  it("a list without a child", async () => {
    show("<ul></ul>");
    expect(tagResults(find("ul"), v2(1, 2)).unmatchedChunks).toEqual([chunkId(1), chunkId(2)]);
    await vi.waitFor(() => expect(told()).toContain("has no results in it: call it after"));
  });

  it("a response without a request id, of which nothing is tagged", async () => {
    expect(tagResults(list(2), scored(1, 2)).tagged).toBe(0);
    await vi.waitFor(() => expect(told()).toContain("tagResults has no request id"));
    expect(clicks()).toEqual([]);
  });

  it("what holds no elements", async () => {
    tagResults(7 as never, v2(1));
    await vi.waitFor(() => expect(told()).toContain("a list of elements, not a number"));
  });

  it.each<[string, unknown, unknown, string]>([
    ["a selector", "#results", v2(1), "not a selector: pass document.querySelector"],
    ["no list", null, v2(1), "isn't in the page (null)"],
    ["a ref", { current: 1 }, v2(1), "React ref, pass ref.current"],
    ["a Promise", [], Promise.resolve(v2(1)), "is a Promise: await it first"],
    ["a response that was not read", [], new Response("{}"), "pass await response.json()"],
    ["text", [], "{}", "pass JSON.parse(text)"],
    ["no response", [], undefined, "without a response (undefined)"],
    ["a response of another kind", [], { message: "Unauthorized" }, "has no list of chunks"],
  ])("%s", async (_, where, response, message) => {
    expect(tagResults(where as never, response as never)).toMatchObject({ tagged: 0, unmatchedElements: [] });
    await vi.waitFor(() => expect(told()).toContain(message));
    expect(told()).not.toMatch(/TypeError|not "/);
  });
});

describe("what does not fit", () => {
  const told = () => vi.mocked(console.error).mock.calls.map(([message]) => `${message}`);

  /** A list of results without links. */
  function texts(...children: string[]): HTMLElement {
    show(`<ol>${children.map((text) => `<li>${text}</li>`).join("")}</ol>`);
    return find("ol");
  }

  it("fewer elements than chunks, without links: nothing is tagged", async () => {
    expect(tagResults(texts("1"), v2(1, 2, 3))).toEqual({
      tagged: 0,
      unmatchedChunks: [chunkId(1), chunkId(2), chunkId(3)],
      unmatchedElements: [find("li")],
    });
    expect(clicks()).toEqual([]);
    await vi.waitFor(() => expect(`${told()}`).toContain("has 1 child, and the response has 3 chunks"));
  });

  it("more elements than chunks, without links: nothing is tagged", () => {
    expect(tagResults(texts("1", "Ad", "2"), v2(1, 2)).tagged).toBe(0);
    expect(find("ol").dataset.ctrRequestId).toBeUndefined();
  });

  it("names the one child that is unlike the others", async () => {
    show("<ol><li><a href=x>1</a></li><li>The shop's advertisement</li><li><a href=x>2</a></li></ol>");
    tagResults(find("ol"), v2(1, 2));
    await vi.waitFor(() => expect(`${told()}`).toContain(`"The shop's advertisement" is the only child`));
  });

  it("is tagged all the same where the caller says that the order is right", () => {
    expect(tagResults(texts("1", "2", "More"), v2(1, 2), { match: "order" })).toMatchObject({
      tagged: 2,
      unmatchedElements: [find("li:last-child")],
    });
    expect(clicks()).toEqual(expected(1, 2));
  });

  it("takes the tags of a response before away, because the elements may show anything now", () => {
    const ol = texts("1", "2");
    tagResults(ol, v2(1, 2));
    tagResults(ol, { id: OTHER_REQUEST, chunks: scored(3) });
    expect(clicks()).toEqual([]);
  });
});

describe("resultAttributes", () => {
  it("is a plain object of all that is given", () => {
    expect(
      resultAttributes({
        requestId: REQUEST,
        chunkId: CHUNK,
        chunkTrackingId: "doc-1",
        position: 0,
        type: "rag",
        metadata: { variant: "b" },
        firstPosition: 0,
      }),
    ).toStrictEqual({
      "data-ctr-request-id": REQUEST,
      "data-ctr-chunk-id": CHUNK,
      "data-ctr-chunk-tracking-id": "doc-1",
      "data-ctr-position": "0",
      "data-ctr-type": "rag",
      "data-ctr-metadata": '{"variant":"b"}',
      "data-ctr-first-position": "0",
    });
  });

  it("leaves out what is not given", () => {
    expect(
      resultAttributes({ requestId: REQUEST, chunkId: CHUNK, chunkTrackingId: null, position: undefined }),
    ).toStrictEqual({ "data-ctr-request-id": REQUEST, "data-ctr-chunk-id": CHUNK });
  });

  it("is what a click reads", () => {
    show("<p></p>");
    const tag = { requestId: REQUEST, chunkId: CHUNK, position: 4, metadata: { quote: `"'<&` } };
    for (const [name, value] of Object.entries(resultAttributes(tag))) find("p").setAttribute(name, value);
    expect(readClick(find("p"))).toMatchObject(tag);
  });
});
