// Owns what goes over the wire, field by field: the body and the headers of a PUT, for each kind of request and each API.

import { readFileSync } from "node:fs";
import type { Put } from "./arrivals.ts";
import { expect, test } from "./fixtures.ts";
import { API_KEY, chunkId, DATASET, REQUEST_ID, requestId } from "./pages.ts";
import type { Tab } from "./tabs.ts";
import { offContract } from "./witness.ts";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const UUID_V7 = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const trail = {
  id: expect.stringMatching(UUID_V7),
  clicked_at: expect.stringMatching(ISO_8601),
  attempt: 1,
  version,
  action: "click",
  first_position: 1,
};

/** A v2 search response; its chunks are `chunkId(first)` and on. */
function response(id: string, first: number, count: number) {
  const chunks = Array.from({ length: count }, (_, index) => {
    const chunk = { id: chunkId(first + index), tracking_id: `track-${first + index}`, link: null };
    return { chunk, score: 1 };
  });
  return { id, chunks };
}

async function clickAway(tab: Tab, number: number): Promise<void> {
  await tab.click(`#link-${number}`);
  await tab.at(`/detail?result=${number}`);
}

/** Waits until the page has been measured, and the add-on knows these. */
async function measured(tab: Tab, names: readonly string[]): Promise<void> {
  const isMeasured = () =>
    tab.evaluate(() => {
      const [page] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
      return !!page?.loadEventEnd && performance.getEntriesByName("first-contentful-paint").length > 0;
    });
  await expect.poll(isMeasured, { message: "loaded and painted", intervals: [20] }).toBe(true);
  const known = () =>
    tab.evaluate((id) => {
      const extras = window.clicktrail.extras({ requestId: id, chunkId: id, position: 1 });
      return Object.keys((extras as { readonly web_vitals?: object }).web_vitals ?? {});
    }, REQUEST_ID);
  await expect.poll(known, { message: "what the add-on knows" }).toEqual(expect.arrayContaining([...names]));
}

function bodyOf(puts: readonly Put[]): unknown {
  return puts[0]?.body;
}

for (const type of ["search", "rag", "recommendation"] as const) {
  test(`a click on a ${type} result, every field`, {
    tag: type === "search" ? [] : ["@once"],
  }, async ({ tab, site, collector }) => {
    await tab.goto(site.search({ type }));
    const before = Date.now();
    await clickAway(tab, 2);
    const [put] = await collector.expectPuts([{ ctr_type: type }]);
    expect(put?.body).toEqual({
      request_id: REQUEST_ID,
      ctr_type: type,
      position: 2,
      clicked_chunk_id: chunkId(2),
      metadata: { clicktrail: trail },
    });
    expect(put?.path).toBe("/api/analytics/ctr");
    expect(put?.headers).toMatchObject({
      "tr-dataset": DATASET,
      authorization: API_KEY,
      "content-type": "application/json",
    });
    expect(put?.headers.cookie).toBeUndefined();
    const clickedAt = Date.parse(JSON.stringify(put?.body).match(/"clicked_at":"([^"]+)"/)?.[1] ?? "");
    expect(clickedAt).toBeGreaterThanOrEqual(before - 1_000);
    expect(clickedAt).toBeLessThanOrEqual(Date.now() + 1_000);
  });
}

test("what the page and the options add", {
  tag: "@once",
  annotation: offContract("headers", "a page behind a first-party proxy has no key"),
}, async ({ tab, site, collector }) => {
  const organization = requestId(99);
  const metadata = { source: "spec", nested: { deep: [1, null, "ü"] } };
  const snippet = { organization, userId: "u-1", apiKey: undefined };
  await tab.goto(site.search({ metadata, trackingIds: true, snippet }));
  await clickAway(tab, 1);
  const [put] = await collector.expectPuts([{ position: 1 }]);
  expect(put?.body).toEqual({
    request_id: REQUEST_ID,
    ctr_type: "search",
    position: 1,
    clicked_chunk_id: chunkId(1),
    clicked_chunk_tracking_id: "track-1",
    metadata: { ...metadata, clicktrail: { ...trail, user_id: "u-1" } },
  });
  expect(put?.headers["tr-organization"]).toBe(organization);
  expect(put?.headers.authorization).toBeUndefined();
});

test("the third page of ten, said by the list", { tag: "@once" }, async ({ tab, site, collector }) => {
  await tab.goto(site.search({ tag: "rank", firstPosition: 21 }));
  await clickAway(tab, 3);
  await collector.expectPuts([{ position: 23, metadata: { clicktrail: { first_position: 21 } } }]);
});

test("positions that start at 0", { tag: "@once" }, async ({ tab, site, collector }) => {
  await tab.goto(site.search({ tag: "rank", snippet: { firstPosition: 0 } }));
  await clickAway(tab, 1);
  await collector.expectPuts([{ position: 0, metadata: { clicktrail: { first_position: 0 } } }]);
});

test("the second page, tagged by tagResults", { tag: "@once" }, async ({ tab, site, collector }) => {
  await tab.goto(site.search({ tag: "none" }));
  const tagging = await tab.evaluate(
    (found) => {
      const list = document.querySelector("#results") as HTMLElement;
      return window.clicktrail.tagResults(list, found, { page: 2, pageSize: 10, type: "search" });
    },
    response(requestId(5), 11, 3),
  );
  expect(tagging.tagged).toBe(3);
  await clickAway(tab, 2);
  const puts = await collector.expectPuts([{ position: 12 }]);
  expect(bodyOf(puts)).toMatchObject({
    request_id: requestId(5),
    ctr_type: "search",
    clicked_chunk_id: chunkId(12),
  });
});

test("infinite scroll: one list, two requests, positions that go on", { tag: "@once" }, async ({
  tab,
  site,
  collector,
}) => {
  await tab.goto(site.search({ tag: "none", results: 4, target: "_blank" }));
  const found = { first: response(requestId(1), 1, 2), second: response(requestId(2), 3, 2) };
  await tab.evaluate(({ first, second }) => {
    const results = [...document.querySelectorAll("#results > li")];
    window.clicktrail.tagResults(results.slice(0, 2), first, { firstPosition: 1 });
    window.clicktrail.tagResults(results.slice(2), second, { firstPosition: 3 });
  }, found);
  await tab.click("#link-2");
  await tab.click("#link-4");
  await collector.expectPuts([
    { request_id: requestId(1), clicked_chunk_id: chunkId(2), position: 2 },
    { request_id: requestId(2), clicked_chunk_id: chunkId(4), position: 4 },
  ]);
});

test("a manual call", { tag: "@once" }, async ({ tab, site, collector }) => {
  await tab.goto(site.search());
  const click = { requestId: requestId(7), chunkId: chunkId(7), position: 7, metadata: { action: "copy" } };
  const id = await tab.evaluate((made) => window.clicktrail.trackClick({ ...made, type: "rag" }), click);
  const [put] = await collector.expectPuts([{ position: 7 }]);
  expect(put?.body).toEqual({
    request_id: requestId(7),
    ctr_type: "rag",
    position: 7,
    clicked_chunk_id: chunkId(7),
    metadata: { action: "copy", clicktrail: { ...trail, id, action: "manual" } },
  });
});

test("a manual call that cannot be valid answers undefined and sends nothing", { tag: "@once" }, async ({
  tab,
  site,
  collector,
}) => {
  await tab.goto(site.search());
  const id = await tab.evaluate(
    (chunk) =>
      window.clicktrail.trackClick({ requestId: "latest", chunkId: chunk, position: 1 }) ?? "nothing",
    chunkId(1),
  );
  expect(id).toBe("nothing");
  await collector.expectNothing();
});

test("the events API", { tag: "@once" }, async ({ tab, site, collector }) => {
  const snippet = { api: "events", endpoint: collector.eventsEndpoint, userId: "u-1" };
  await tab.goto(site.search({ snippet, type: "recommendation" }));
  await clickAway(tab, 3);
  const [put] = await collector.expectPuts([{ event_type: "click" }]);
  expect(put?.path).toBe("/api/analytics/events");
  expect(put?.body).toEqual({
    event_type: "click",
    event_name: "Click",
    request: { request_id: REQUEST_ID, request_type: "recommendation" },
    clicked_items: { chunk_id: chunkId(3), position: 3 },
    user_id: "u-1",
    metadata: { clicktrail: { ...trail, user_id: "u-1" } },
  });
});

test("the add-on web vitals adds them under its own key", async ({ tab, tabs, site, collector }) => {
  await tab.goto(site.search({ head: '<script async src="/dist/clicktrail.web-vitals.js"></script>' }));
  // web-vitals leaves out what an engine does not give it. In Firefox 153 that is now and then TTFB.
  const always = {
    chromium: ["FCP", "TTFB", "LCP", "CLS"],
    firefox: ["FCP"],
    webkit: ["FCP", "TTFB"],
  }[tabs.engine];
  await measured(tab, always);
  await clickAway(tab, 1);
  const web_vitals = Object.fromEntries(always.map((name) => [name, expect.any(Number)]));
  await collector.expectPuts([{ position: 1, metadata: { clicktrail: { ...trail, web_vitals } } }]);
});
