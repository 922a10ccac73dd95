// Owns the proof that tagResults tags the right chunk or none, in lists that are not the response: an advertisement, a hidden product, a
// list sorted in the page, a table, more of them. What the library decides, no engine has a part in.
import { expect, test } from "../fixtures.ts";
import { requestId } from "../pages.ts";
import { open, type Paired, said, tag } from "./page.ts";

const item = (id: string, link: string) =>
  `<li id="${id}"><a href="/category">Shoes</a> <a href="${link}">${id}</a></li>`;
const text = (id: string, more = "") => `<li id="${id}" ${more}>${id}</li>`;
const list = (...items: string[]) => `<ol id="list">${items.join("")}</ol>`;
const LINKS = ["/p/1", "/p/2", "/p/3"];
const NO_LINKS = ["", "", ""];

interface Row extends Paired {
  readonly name: string;
  readonly right: Record<string, string>;
}

const ROWS: readonly Row[] = [
  {
    name: "an advertisement first",
    html: list(item("r0", "/ad"), item("r1", "/p/1"), item("r2", "/p/2"), item("r3", "/p/3")),
    links: LINKS,
    right: { r0: "none", r1: "1 at 1", r2: "2 at 2", r3: "3 at 3" },
  },
  {
    name: "a sold-out product left out, and an advertisement in the list",
    html: list(item("r0", "/ad"), item("r1", "/p/1"), item("r3", "/p/3")),
    links: LINKS,
    right: { r0: "none", r1: "1 at 1", r3: "3 at 3" },
  },
  {
    name: "sorted in the page, on page 2",
    html: list(item("r3", "/p/3"), item("r1", "/p/1"), item("r2", "/p/2")),
    links: LINKS,
    options: { page: "2", pageSize: 10 },
    right: { r3: "3 at 13", r1: "1 at 11", r2: "2 at 12" },
  },
  {
    name: "an absolute link with a campaign, and one without its fragment",
    html: list(item("r2", "?x#y"), item("r1", "/p/2?utm_source=search"), item("r3", "/p/1#part")),
    links: LINKS,
    right: { r2: "none", r1: "2 at 2", r3: "1 at 1" },
  },
  {
    name: "many chunks of one page",
    html: list(item("r2", "/p#b"), item("r3", "/p#c"), item("r1", "/p#a")),
    links: ["/p#a", "/p#b", "/p#c", "/p#d"],
    right: { r2: "2 at 2", r3: "3 at 3", r1: "1 at 1" },
  },
  {
    name: "no links, one child too many",
    html: list(text("r0"), text("r1"), text("r2"), text("r3")),
    links: NO_LINKS,
    right: { r0: "none", r1: "none", r2: "none", r3: "none" },
  },
  {
    name: "no links, one child too many, and the caller knows",
    html: list(text("r1"), text("r2"), text("r3"), text("r4")),
    links: NO_LINKS,
    options: { match: "order" },
    right: { r1: "1 at 1", r2: "2 at 2", r3: "3 at 3", r4: "none" },
  },
  {
    name: "no links, as many children",
    html: list(text("r1"), "<hr>", text("r2"), text("r0", "hidden"), text("r3")),
    links: NO_LINKS,
    right: { r1: "1 at 1", r2: "2 at 2", r0: "none", r3: "3 at 3" },
  },
  {
    name: "the best hit alone",
    html: `<div id="list"><article id="r2"><h2><a href="/p/2">Best</a></h2><p>2</p><p>3</p></article></div>`,
    links: LINKS,
    right: { r2: "2 at 2" },
  },
  {
    name: "a table with a head",
    html: `<table id="list"><thead><tr id="r0"><th>Name</th></tr></thead><tbody><tr id="r1"><td>1</td></tr><tr id="r2"><td>2</td></tr></tbody></table>`,
    links: ["", ""],
    right: { r0: "none", r1: "1 at 1", r2: "2 at 2" },
  },
  {
    name: "page: NaN, which is page 1",
    html: list(text("r1"), text("r2")),
    links: ["", ""],
    // Over the wire NaN is null: the page makes its own.
    options: { page: null, pageSize: 10 },
    right: { r1: "1 at 1", r2: "2 at 2" },
  },
  {
    name: "page 2 without pageSize",
    html: list(text("r1"), text("r2")),
    links: ["", ""],
    options: { page: 2 },
    right: { r1: "none", r2: "none" },
  },
];

for (const { name, html, right, ...given } of ROWS)
  test(`the right chunk or none: ${name}`, { tag: "@once" }, async ({ tab, site, collector }) => {
    await open(tab, site, html);
    await tag(tab, given);
    expect(await said(tab)).toEqual(right);
    const [shown] = Object.entries(right).filter(([, click]) => click !== "none");
    if (!shown) return collector.expectNothing();
    // The last link is the result's own, the first one its category's.
    await tab.evaluate((id) => {
      const result = document.querySelector(`#${id}`) as HTMLElement;
      ([...result.querySelectorAll("a")].pop() ?? result).click();
    }, shown[0]);
    const [chunk, position] = shown[1].split(" at ").map(Number);
    await collector.expectPuts([
      { clicked_chunk_id: expect.stringMatching(new RegExp(`0${chunk}$`)), position },
    ]);
  });

test("after “load more” the whole list may be given again: page 1 keeps its request", async ({
  tab,
  site,
  collector,
}) => {
  await open(tab, site, list(item("r1", "/p/1"), item("r2", "/p/2")));
  await tag(tab, { links: ["/p/1", "/p/2"], options: { page: 1, pageSize: 2 } });
  await tab.evaluate(() =>
    document
      .querySelector("#list")
      ?.insertAdjacentHTML(
        "beforeend",
        '<li id="r3"><a id="new" href="/p/3">3</a></li><li id="r4"><a href="/p/4">4</a></li>',
      ),
  );
  await tag(tab, { links: ["/p/3", "/p/4"], id: requestId(2), options: { page: 2, pageSize: 2 } });
  expect(await said(tab)).toEqual({ r1: "1 at 1", r2: "2 at 2", r3: "1 at 3", r4: "2 at 4" });
  await tab.click("#r1 a:last-child");
  await tab.click("#new");
  await collector.expectPuts([
    { request_id: requestId(1), position: 1 },
    { request_id: requestId(2), position: 3 },
  ]);
});

test("a card for each group is a result, and so are the group's parts where it shows them", {
  tag: "@once",
}, async ({ tab, site, collector }) => {
  await open(tab, site, '<div id="list"><p id="r1">1</p><p id="r2">2</p></div><div id="parts"></div>');
  await tab.evaluate(() => {
    const chunk = (n: number) => ({
      chunk: { id: `c0000000-0000-4000-8000-00000000000${n}`, link: `/p/${n}` },
    });
    const id = "a0000000-0000-4000-8000-000000000001";
    const response = { id, results: [{ chunks: [chunk(1), chunk(2)] }, { chunks: [chunk(3)] }] };
    window.clicktrail.tagResults(document.querySelector("#list") as Element, response);
  });
  expect(await said(tab)).toEqual({ r1: "1 at 1", r2: "3 at 2" });
  await tab.click("#r2");
  await collector.expectPuts([{ position: 2 }]);
});
