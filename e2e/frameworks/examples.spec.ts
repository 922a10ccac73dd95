// Owns the proof of demo/examples: each page is used as a person would, and the stand-in's record says what it reported.
import { fileURLToPath } from "node:url";
import { test as base, expect } from "../fixtures.ts";
import { DIST } from "../site.ts";
import type { Tab } from "../tabs.ts";

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
/** As many results as the examples ask for at a time. */
const PAGE_SIZE = 6;

interface Received {
  readonly status: number;
  readonly title?: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: {
    readonly request_id: string;
    readonly clicked_chunk_id: string;
    readonly position: number;
    readonly ctr_type: string;
  };
}

interface Api {
  readonly url: string;
  requests(): readonly Received[];
  close(): Promise<void>;
}

interface Demo {
  /** Address of a path of the demo's. */
  at(path: string): string;
  /** Waits until the stand-in has accepted so many clicks; all that it received were well. */
  received(count: number): Promise<readonly Received[]>;
}

/** The demo is JavaScript of its own: only what is used here has a type. */
function load<Module>(path: string): Promise<Module> {
  return import(new URL(path, import.meta.url).href);
}

const test = base.extend<{ demo: Demo }>({
  demo: async ({ browserHere: _ }, use) => {
    const { startApi } = await load<{ startApi(): Promise<Api> }>("../../demo/api.mjs");
    const { startSite } = await load<{
      startSite(options: object): Promise<{ url: string; close(): Promise<void> }>;
    }>("../../demo/site.mjs");
    const api = await startApi();
    const site = await startSite({ api: { url: api.url, standIn: true }, dist: fileURLToPath(DIST) });
    await use({
      at: (path) => site.url + path,
      async received(count) {
        await expect.poll(() => api.requests().length, { message: "clicks received" }).toBe(count);
        expect(api.requests().map(({ status }) => status)).toEqual(Array(count).fill(204));
        return api.requests();
      },
    });
    await site.close();
    await api.close();
  },
});

/** What the page itself says of its nth result, from 1: in the document or in a shadow root. */
async function resultAt(tab: Tab, position: number) {
  const result = () =>
    tab.evaluate((index) => {
      const root = document.querySelector("search-results")?.shadowRoot ?? document;
      const element = root.querySelectorAll("ol > [data-ctr-chunk-id]")[index];
      const request = element?.closest("[data-ctr-request-id]");
      return {
        name: element?.querySelector("a")?.textContent ?? "",
        clicked_chunk_id: element?.getAttribute("data-ctr-chunk-id") ?? "",
        request_id: request?.getAttribute("data-ctr-request-id") ?? "",
      };
    }, position - 1);
  await expect
    .poll(async () => (await result()).request_id, { message: "the results are tagged" })
    .toMatch(UUID);
  return result();
}

function link(position: number): string {
  return `ol > li:nth-child(${position}) a`;
}

for (const name of ["plain", "component", "server"]) {
  test(`${name}: a click on the third result`, {
    tag: name === "component" ? ["@full"] : ["@once", "@full"],
  }, async ({ tab, demo }) => {
    await tab.goto(demo.at(`/examples/${name}`));
    const { name: title, ...expected } = await resultAt(tab, 3);
    await tab.click(link(3));
    await tab.at("/feature/");
    const [click] = await demo.received(1);
    expect(click).toMatchObject({ title, body: { ...expected, position: 3, ctr_type: "search" } });
  });
}

for (const name of ["plain", "component"]) {
  test(`${name}: a second search has its own request`, { tag: ["@once", "@full"] }, async ({ tab, demo }) => {
    await tab.goto(demo.at(`/examples/${name}`));
    const before = await resultAt(tab, 1);
    await tab.evaluate(() => {
      const form = document.querySelector("form");
      form?.querySelector("input")?.setAttribute("value", "dialog");
      form?.requestSubmit();
    });
    await expect.poll(async () => (await resultAt(tab, 1)).request_id).not.toBe(before.request_id);
    const { name: title, ...expected } = await resultAt(tab, 1);
    await tab.click(link(1));
    await tab.at("/feature/");
    const [click] = await demo.received(1);
    expect(click).toMatchObject({ title, body: { ...expected, position: 1 } });
  });
}

test("server: positions go on over pages, and the example has no script of its own", {
  tag: ["@once", "@full"],
}, async ({ tab, demo }) => {
  await tab.goto(demo.at("/examples/server"));
  const own = () => document.querySelectorAll('script[src^="/examples/"]').length;
  expect(await tab.evaluate(own)).toBe(0);
  await tab.click("#next");
  await tab.at("page=2");
  const { name: title, ...expected } = await resultAt(tab, 2);
  await tab.click(link(2));
  await tab.at("/feature/");
  const [click] = await demo.received(1);
  expect(click).toMatchObject({ title, body: { ...expected, position: PAGE_SIZE + 2 } });
});

test("react: navigation on the client, back, and another result", { tag: ["@once", "@full"] }, async ({
  tab,
  demo,
}) => {
  await tab.goto(demo.at("/examples/react"));
  const first = await resultAt(tab, 2);
  await tab.click(link(2));
  await tab.at("/examples/react/");
  await expect
    .poll(() => tab.evaluate(() => document.querySelector("#opened h2")?.textContent))
    .toBe(first.name);
  await demo.received(1);
  const said = () => tab.evaluate(() => document.querySelector("#root [role=status]")?.textContent);
  await expect.poll(said).toContain("position 2");
  await tab.click("#opened button");
  await tab.at("/examples/react");
  await expect.poll(() => tab.evaluate(() => document.querySelector("#opened"))).toBeNull();
  const second = await resultAt(tab, 4);
  await tab.click(link(4));
  await demo.received(2);
  const [one, two] = await demo.received(2);
  expect(one).toMatchObject({ title: first.name, body: { request_id: first.request_id, position: 2 } });
  expect(two).toMatchObject({ title: second.name, body: { request_id: second.request_id, position: 4 } });
});

test("react: infinite scroll keeps each page's request and goes on counting", {
  tag: ["@once", "@full"],
}, async ({ tab, demo }) => {
  await tab.goto(demo.at("/examples/react"));
  const first = await resultAt(tab, 1);
  await tab.evaluate(() => document.querySelector("#root p")?.scrollIntoView());
  await expect
    .poll(() => tab.evaluate(() => document.querySelectorAll("#results > li").length))
    .toBeGreaterThan(PAGE_SIZE);
  const later = await resultAt(tab, PAGE_SIZE + 2);
  expect(later.request_id).not.toBe(first.request_id);
  await tab.click(link(PAGE_SIZE + 2));
  const [click] = await demo.received(1);
  const { name: title, ...expected } = later;
  expect(click).toMatchObject({ title, body: { ...expected, position: PAGE_SIZE + 2 } });
});

test("the menu leads to the examples, and each shows its source", { tag: ["@once", "@full"] }, async ({
  tab,
  demo,
}) => {
  await tab.goto(demo.at("/"));
  await tab.click('nav a[href="/examples"]');
  await tab.at("/examples");
  const hrefs = await tab.evaluate(() =>
    [...document.querySelectorAll("main a")].map((a) => a.getAttribute("href")),
  );
  expect(hrefs).toHaveLength(4);
  for (const href of hrefs) {
    await tab.goto(demo.at(href ?? ""));
    expect(await tab.evaluate(() => document.querySelector(".sources-of")?.textContent)).toContain(
      "clicktrail",
    );
    // A search that a new page cuts off is an error that no example hides.
    await resultAt(tab, 1);
  }
});
