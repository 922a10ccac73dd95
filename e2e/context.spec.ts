// Owns what a click says about what had been seen, with the add-on context: by real scrolling, leaving and coming back. Only the
// hidden tab is a stub, for a headless tab never becomes hidden by itself.
import type { Put } from "./arrivals.ts";
import { expect, test } from "./fixtures.ts";
import { chunkId, REQUEST_ID, requestId, type SearchPage } from "./pages.ts";
import type { Site } from "./site.ts";
import type { Tab } from "./tabs.ts";
import { trackerReady } from "./tracker.ts";

const ADD_ON = '<script async src="/dist/clicktrail.context.js"></script>';

/** A page whose results fill `share` of the viewport each. */
function search(site: Site, share: number, page: SearchPage = {}): string {
  const style = `<style>body{margin:0} ol{margin:0;padding:0} li{list-style:none;height:${100 * share}vh}</style>`;
  return site.search({ results: 12, ...page, head: `${ADD_ON}${style}${page.head ?? ""}` });
}

/** What a click on the request would say now. */
function said(tab: Tab, request = REQUEST_ID): Promise<unknown> {
  return tab
    .evaluate(
      (click) => (window.clicktrail.extras(click) as { context?: unknown }).context ?? "no add-on yet",
      { requestId: request, chunkId: request, position: 1 },
    )
    .catch(String);
}

interface Trail {
  readonly id: string;
  readonly context: {
    readonly ms: number;
    readonly previous?: { readonly id: string; readonly position: number; readonly away_ms?: number };
  };
}

/** What the library has put on a click that has arrived. */
function trailOf(put: Put | undefined): Trail {
  const body = put?.body as unknown as { readonly metadata: { readonly clicktrail: Trail } };
  return body.metadata.clicktrail;
}

async function expectSeen(tab: Tab, seen: unknown, request = REQUEST_ID): Promise<void> {
  await expect.poll(() => said(tab, request), { message: "what was seen" }).toMatchObject({ seen });
}

/** Tasks of 30 ms without a pause: the browser has no idle time to give. */
const BUSY = `<script>
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    for (const end = performance.now() + 30; performance.now() < end; );
    port2.postMessage(0);
  };
  port2.postMessage(0);
</script>`;

const scrollTo = (tab: Tab, selector: string) =>
  tab.evaluate((to) => document.querySelector(to)?.scrollIntoView({ block: "start" }), selector);

test("what was seen, by scrolling, is on the click", async ({ tab, site, collector }) => {
  await tab.goto(search(site, 0.25));
  await expectSeen(tab, [[1, 4]]);
  await scrollTo(tab, "#result-7");
  await expectSeen(tab, [
    [1, 4],
    [7, 10],
  ]);
  await tab.click("#link-8");
  await tab.at("/detail");
  const [put] = await collector.expectPuts([{ position: 8 }]);
  expect(put?.body).toMatchObject({ metadata: { clicktrail: { context: { nth: 1 } } } });
  const { context } = trailOf(put);
  expect(Object.keys(context).sort()).toEqual(["ms", "nth", "seen"]);
  expect(context.ms).toBeGreaterThan(0);
});

test("results higher than the viewport are seen when they fill half of it", { tag: "@once" }, async ({
  tab,
  site,
}) => {
  await tab.goto(search(site, 3));
  await expectSeen(tab, [[1, 1]]);
  await scrollTo(tab, "#result-2");
  await expectSeen(tab, [[1, 2]]);
});

test("what was seen is known where the page's own work leaves no idle time", { tag: "@once" }, async ({
  tab,
  site,
}) => {
  await tab.goto(search(site, 0.25, { body: BUSY }));
  await expectSeen(tab, [[1, 4]]);
});

/** Long enough to be told from none. */
const AWAY_MS = 400;

test("the page left by a click and loaded again goes on: seen, the click before, how long away", async ({
  tab,
  site,
  collector,
}) => {
  await tab.goto(search(site, 0.25));
  await expectSeen(tab, [[1, 4]]);
  const left = Date.now();
  await tab.click("#link-2");
  await tab.at("/detail");
  await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
  await tab.goBack();
  await trackerReady(tab);
  await expectSeen(tab, [[1, 4]]);
  await expect
    .poll(() => said(tab))
    .toMatchObject({ nth: 2, previous: { position: 2, away_ms: expect.any(Number) } });
  await tab.click("#link-3");
  await tab.at("/detail");
  const [first, second] = await collector.expectPuts([{ position: 2 }, { position: 3 }]);
  const { previous } = trailOf(second).context;
  expect(previous).toMatchObject({ id: trailOf(first).id, position: 2 });
  expect(previous?.away_ms).toBeGreaterThanOrEqual(AWAY_MS);
  expect(previous?.away_ms).toBeLessThanOrEqual(Date.now() - left);
});

test("a second tab has seen nothing yet", async ({ tab, tabs, site }) => {
  const url = search(site, 0.25);
  await tab.goto(url);
  await expectSeen(tab, [[1, 4]]);
  const click = { requestId: REQUEST_ID, chunkId: REQUEST_ID, position: 1 };
  await tab.evaluate((made) => void window.clicktrail.trackClick(made), click);
  // As it is left, a page writes down what was seen.
  await tab.goto(site.landing(null));
  const second = await tabs.open();
  await second.goto(url);
  await expect.poll(() => said(second)).toMatchObject({ nth: 1 });
  await tab.goto(url);
  await expect.poll(() => said(tab)).toMatchObject({ nth: 2 });
});

test("while the tab is hidden no time is counted, and back in it a click knows how long it was (a stub)", async ({
  tab,
  site,
}) => {
  await tab.goto(search(site, 0.25));
  await expectSeen(tab, [[1, 4]]);
  const { passed, context } = await tab.evaluate(async (request) => {
    const hide = (hidden: boolean) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
      document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    };
    const click = { requestId: request, chunkId: request, position: 2 };
    const look = () => (window.clicktrail.extras(click) as { context: { ms: number } }).context;
    // Opened in a tab of its own, which hides this one.
    window.clicktrail.trackClick(click);
    hide(true);
    const before = look().ms;
    await new Promise((resolve) => setTimeout(resolve, 400));
    hide(false);
    const passed = look().ms - before;
    // What is in view is looked at again as soon as the browser says so.
    await new Promise((resolve) => setTimeout(resolve, 200));
    return { passed, context: look() };
  }, REQUEST_ID);
  expect(passed).toBeLessThan(AWAY_MS);
  expect(context).toMatchObject({ nth: 2, previous: { position: 2, away_ms: expect.any(Number) } });
  const { previous } = context as Trail["context"];
  expect(previous?.away_ms).toBeGreaterThanOrEqual(AWAY_MS);
  expect(previous?.away_ms).toBeLessThan(10_000);
});

test("infinite scroll, and results used again for the next request", { tag: "@once" }, async ({
  tab,
  site,
}) => {
  await tab.goto(search(site, 0.25, { tag: "none" }));
  await trackerReady(tab);
  const tag = (request: string, from: number) =>
    tab.evaluate(
      ({ id, first, chunks }) => {
        const results = [...document.querySelectorAll("#results > li")].slice(first - 1, first + 3);
        window.clicktrail.tagResults(results, { id, chunks }, { firstPosition: first });
      },
      {
        id: request,
        first: from,
        chunks: [0, 1, 2, 3].map((n) => ({ chunk: { id: chunkId(from + n) } })),
      },
    );
  await tag(requestId(1), 1);
  await expectSeen(tab, [[1, 4]], requestId(1));
  await tag(requestId(2), 5);
  await scrollTo(tab, "#result-5");
  await expectSeen(tab, [[5, 8]], requestId(2));
  await tag(requestId(3), 5);
  await expectSeen(tab, [[5, 8]], requestId(3));
  await expectSeen(tab, [[1, 4]], requestId(1));
});

test("nothing is stored before consent, and nothing after it was withdrawn", async ({
  tab,
  site,
  collector,
}) => {
  const url = search(site, 0.25, { snippet: { consent: "required" } });
  const stored = () =>
    tab.evaluate(() => Object.keys(sessionStorage).filter((key) => /context/.test(key)).length);
  await tab.goto(url);
  await expectSeen(tab, [[1, 4]]);
  await tab.goto(site.landing(null));
  expect(await stored()).toBe(0);
  await tab.goto(url);
  await expectSeen(tab, [[1, 4]]);
  await tab.evaluate(() => window.clicktrail.grantConsent());
  await tab.goto(site.landing(null));
  expect(await stored()).toBe(1);
  await tab.goto(url);
  await trackerReady(tab);
  await tab.evaluate(() => window.clicktrail.revokeConsent());
  expect(await stored()).toBe(0);
  await tab.goto(site.landing(null));
  expect(await stored()).toBe(0);
  await collector.expectNothing();
});

for (const then of ["withdrawn", "granted again"] as const) {
  test(`a tab that was elsewhere when consent was withdrawn, then ${then}: what it had stored is gone at its next start`, {
    tag: then === "withdrawn" ? [] : "@once",
  }, async ({ tab, tabs, site }) => {
    const url = search(site, 0.25);
    const elsewhere = site.landing(null);
    await tab.goto(url);
    await expectSeen(tab, [[1, 4]]);
    await tab.goto(elsewhere);
    const stored = () => tab.evaluate(() => JSON.stringify({ ...sessionStorage }));
    expect(await stored()).toContain(REQUEST_ID);
    const second = await tabs.open();
    await second.goto(url);
    await trackerReady(second);
    await second.evaluate(() => window.clicktrail.revokeConsent());
    if (then === "granted again") await second.evaluate(() => window.clicktrail.grantConsent());
    await tab.goto(search(site, 0.25, { results: 0 }));
    await expect.poll(stored, { message: "what the tab has stored" }).not.toContain(REQUEST_ID);
    await tab.goto(elsewhere);
    expect(await stored()).not.toContain(REQUEST_ID);
  });
}

for (const order of ["before", "after"]) {
  test(`the add-on's script ${order} the other`, { tag: "@once" }, async ({ tab, site, collector }) => {
    const body =
      order === "after"
        ? `<script>addEventListener("load", () => setTimeout(() => {
      const script = document.createElement("script");
      script.src = "/dist/clicktrail.context.js";
      document.head.append(script);
    }, 700))</script>`
        : "";
    await tab.goto(site.search({ head: order === "before" ? ADD_ON : "", body }));
    await expectSeen(tab, [[1, 3]]);
    await tab.click("#link-1");
    await tab.at("/detail");
    await collector.expectPuts([{ metadata: { clicktrail: { context: { seen: [[1, 3]] } } } }]);
  });
}
