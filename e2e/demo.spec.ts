// Owns the proof that the demo does what it shows: real pages, and a stand-in that takes clicks under the real rules.
import { fileURLToPath } from "node:url";
import { test as base, expect } from "./fixtures.ts";
import { matches } from "./matches.ts";
import { DIST } from "./site.ts";
import type { Tab } from "./tabs.ts";
import { expectStats } from "./tracker.ts";

interface Received {
  readonly status: number;
  readonly message?: string;
  readonly body: unknown;
}

interface Api {
  readonly url: string;
  requests(): readonly Received[];
  setMood(mood: "fine" | "503"): void;
  close(): Promise<void>;
}

interface Demo {
  readonly url: string;
  readonly api: Api;
  /** Waits until the stand-in has received exactly these, in this order, and accepted each. */
  expectReceived(expected: readonly object[]): Promise<void>;
}

/** The demo is JavaScript of its own: only what is used here has a type. */
function load<Module>(path: string): Promise<Module> {
  return import(new URL(path, import.meta.url).href);
}

async function startDemo() {
  const { startApi } = await load<{ startApi(options: object): Promise<Api> }>("../demo/api.mjs");
  const { startSite } = await load<{
    startSite(options: object): Promise<{ url: string; close(): Promise<void> }>;
  }>("../demo/site.mjs");
  const api = await startApi({ wordMs: 0 });
  const site = await startSite({ api: { url: api.url, standIn: true }, dist: fileURLToPath(DIST) });
  return { api, site };
}

const test = base.extend<{ demo: Demo }>({
  demo: async ({ browserHere: _ }, use) => {
    const { api, site } = await startDemo();
    async function expectReceived(expected: readonly object[]): Promise<void> {
      const isExactly = () => {
        const bodies = api.requests().map(({ body }) => body);
        return matches(expected, bodies) || JSON.stringify(bodies, undefined, 2);
      };
      await expect.poll(isExactly, { message: "what the stand-in received" }).toBe(true);
      const answers = api.requests().map(({ status }) => status);
      expect(answers).toEqual(expected.map(() => 204));
    }
    await use({ url: site.url, api, expectReceived });
    await site.close();
    await api.close();
  },
});

async function search(tab: Tab, demo: Demo, query: string): Promise<void> {
  await tab.goto(demo.url);
  await tab.evaluate((words) => {
    const input = document.querySelector<HTMLInputElement>("#q");
    if (input) input.value = words;
    input?.form?.requestSubmit();
  }, query);
  const isShown = () =>
    tab.evaluate(() => {
      const answer = document.querySelector("#answer .words")?.getAttribute("aria-busy");
      const results = document.querySelector("#search")?.getAttribute("data-state");
      const also = document.querySelectorAll("#also:not([hidden]) #also-list a").length > 0;
      return `results: ${results}, answer busy: ${answer}, recommendations: ${also}`;
    });
  await expect.poll(isShown).toBe("results: results, answer busy: false, recommendations: true");
}

/** The chunk that the detail page at hand is about. */
async function chunkOfPage(tab: Tab): Promise<string | undefined> {
  await tab.at("/feature/");
  return tab.evaluate(() => document.querySelector<HTMLElement>("article.feature")?.dataset.chunkId);
}

const UUID = expect.stringMatching(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);

test("a search, and a click on its first result", { tag: "@once" }, async ({ tab, demo }) => {
  await search(tab, demo, "popover");
  await tab.click("#results > li:nth-child(1) h3 a");
  const clicked_chunk_id = await chunkOfPage(tab);
  await demo.expectReceived([{ request_id: UUID, ctr_type: "search", position: 1, clicked_chunk_id }]);
});

test("the result that is a web component", { tag: ["@once", "@full"] }, async ({ tab, demo }) => {
  await search(tab, demo, "animation");
  await tab.click(".card[data-component] h3 a");
  const clicked_chunk_id = await chunkOfPage(tab);
  await demo.expectReceived([{ request_id: UUID, ctr_type: "search", position: 3, clicked_chunk_id }]);
});

test("the second page of results", { tag: ["@once", "@full"] }, async ({ tab, demo }) => {
  await search(tab, demo, "css");
  await tab.click('#pages a[href$="page=2"]');
  await tab.at("page=2");
  const start = () => tab.evaluate(() => document.querySelector<HTMLOListElement>("#results")?.start);
  await expect.poll(start).toBe(9);
  await tab.click("#results > li:nth-child(2) h3 a");
  const clicked_chunk_id = await chunkOfPage(tab);
  await demo.expectReceived([{ ctr_type: "search", position: 10, clicked_chunk_id }]);
});

test("a citation in the answer's text, then a source below it", { tag: ["@once", "@full"] }, async ({
  tab,
  demo,
}) => {
  await search(tab, demo, "container queries");
  await tab.click("#answer .words .citation");
  const cited = await chunkOfPage(tab);
  await search(tab, demo, "container queries");
  await tab.click("#answer .sources li:nth-child(2) a");
  const source = await chunkOfPage(tab);
  await demo.expectReceived([
    { request_id: UUID, ctr_type: "rag", position: 1, clicked_chunk_id: cited },
    { request_id: UUID, ctr_type: "rag", position: 2, clicked_chunk_id: source },
  ]);
});

test("a recommendation", { tag: ["@once", "@full"] }, async ({ tab, demo }) => {
  await search(tab, demo, "dialog");
  await tab.click("#also-list > li:nth-child(2) a");
  const clicked_chunk_id = await chunkOfPage(tab);
  await demo.expectReceived([
    { request_id: UUID, ctr_type: "recommendation", position: 2, clicked_chunk_id },
  ]);
});

test("favourites send nothing, in a plain card and in a web component", { tag: "@once" }, async ({
  tab,
  demo,
}) => {
  await search(tab, demo, "animation");
  await tab.click("#results > li:nth-child(1) .favourite");
  await tab.click(".card[data-component] .favourite");
  const pressed = await tab.evaluate(() => localStorage.getItem("atlas-favourites"));
  expect(JSON.parse(pressed ?? "[]")).toHaveLength(2);
  await tab.click("#results > li:nth-child(2) h3 a");
  const clicked_chunk_id = await chunkOfPage(tab);
  await demo.expectReceived([{ ctr_type: "search", position: 2, clicked_chunk_id }]);
});

test("a click during an outage is accepted once when it is over", { tag: "@once" }, async ({ tab, demo }) => {
  await search(tab, demo, "popover");
  demo.api.setMood("503");
  // The visitor stays: what becomes of a refused click whose page is gone depends on the courier (see faults).
  await tab.evaluate(() => addEventListener("click", (event) => event.preventDefault()));
  await tab.click("#results > li:nth-child(1) h3 a");
  await expect.poll(() => demo.api.requests().length).toBeGreaterThan(0);
  demo.api.setMood("fine");
  const accepted = () => demo.api.requests().filter(({ status }) => status === 204);
  await expect.poll(() => accepted().length).toBe(1);
  await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
  expect(accepted()).toMatchObject([{ body: { ctr_type: "search", position: 1 } }]);
});
