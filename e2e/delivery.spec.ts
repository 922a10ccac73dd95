// Owns what becomes of a click when the endpoint or the page fails it: how often it arrives, and what the page is told.
import { clickMark } from "./arrivals.ts";
import {
  attempt,
  firstPositions,
  flushNow,
  LONG_WAITS,
  makeClicks,
  makeClicksInVain,
} from "./faults/couriers.ts";
import { scopeOf, visitLater } from "./faults/rows.ts";
import { expect, test } from "./fixtures.ts";
import { expectOutcomes, expectStats, recordOutcomes } from "./tracker.ts";

test("a click that took its page away is not sent again by the next one", async ({
  tab,
  site,
  collector,
}) => {
  collector.behave({ delayMs: 500 });
  const url = site.search({ links: "detail-with-snippet" });
  await tab.goto(url);
  await tab.click("#link-1");
  await tab.at("/detail-with-snippet");
  await tab.goto(url);
  await collector.expectPuts([{ position: 1 }], { settleMs: 2_000 });
  await expectStats(tab, { made: 1, dropped: {} });
});

test("a delivered click is told and counted", async ({ tab, site, collector }) => {
  await tab.goto(site.search());
  await recordOutcomes(tab);
  const [id] = await makeClicks(tab, [1]);
  await expectOutcomes(tab, [
    { name: "click", id },
    { name: "delivered", id, attempt: 1, status: 204 },
  ]);
  await expectStats(tab, { made: 1, delivered: 1, waiting: 0, inDoubt: 0, dropped: {}, unreadable: 0 });
  await collector.expectPuts([attempt(id, 1)]);
});

test("503, then fine: once more, with the same id", async ({ tab, site, collector }) => {
  collector.behaveInTurn({ status: 503, message: "busy" });
  await tab.goto(site.search());
  await recordOutcomes(tab);
  const [id] = await makeClicks(tab, [1]);
  await collector.expectPuts([attempt(id, 1), attempt(id, 2)], { inOrder: true });
  await expectOutcomes(tab, [
    { name: "click", id },
    { name: "waiting", id, attempt: 1, status: 503, message: "busy" },
    { name: "delivered", id, attempt: 2, status: 204 },
  ]);
  await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
});

test("a 503 without CORS headers is a failure like any other", async ({ tab, site, collector }) => {
  collector.behaveInTurn({ status: 503, cors: "preflight" });
  await tab.goto(site.search());
  const [id] = await makeClicks(tab, [1]);
  await collector.expectPuts([attempt(id, 1), attempt(id, 2)], { inOrder: true });
  await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
});

test("a 400 about the body is dropped with the server's message, and the next click goes", async ({
  tab,
  site,
  collector,
}) => {
  const message = "Json deserialize error: UUID parsing failed";
  collector.behaveInTurn({ status: 400, message });
  await tab.goto(site.search());
  await recordOutcomes(tab);
  const [refused] = await makeClicks(tab, [1]);
  await expectOutcomes(tab, [
    { name: "click", id: refused },
    { name: "dropped", id: refused, attempt: 1, status: 400, message, reason: "refused" },
  ]);
  const [next] = await makeClicks(tab, [2]);
  await collector.expectPuts([attempt(refused, 1), attempt(next, 1)], { settleMs: 2_500 });
  await expectStats(tab, { made: 2, delivered: 1, waiting: 0, dropped: { refused: 1 } });
});

test("401 for two clicks: kept without a storm, and sent when the configuration is mended", async ({
  tab,
  site,
  collector,
}) => {
  collector.behave({ status: 401, message: "Unauthorized" });
  await tab.goto(site.search({ snippet: { apiKey: "wrong" }, head: LONG_WAITS }));
  // The flush of the page's start is over.
  await flushNow(tab);
  await recordOutcomes(tab);
  const [first] = await makeClicks(tab, [1]);
  await expectOutcomes(tab, [{ name: "click" }, { name: "waiting", id: first, status: 401 }]);
  // One refusal may be about its click alone.
  await makeClicksInVain(tab, [2]);
  await makeClicks(tab, [3]);
  await expectStats(tab, { made: 3, waiting: 3 });
  const refused = [{ position: 1 }, { position: 2 }];
  await collector.expectPuts(refused, { settleMs: 2_500 });
  collector.behave({});
  await visitLater(tab, site, scopeOf(collector.endpoint), site.search({ snippet: { apiKey: "right" } }));
  const right = [...refused, { position: 3 }];
  const puts = await collector.expectPuts(right, { only: "taken" });
  expect(puts.map((put) => put.headers.authorization)).toEqual(["right", "right", "right"]);
  await expectStats(tab, { made: 3, delivered: 3, waiting: 0 });
});

test("unreachable, then reachable: each once", async ({ tab, site, collector }) => {
  await tab.goto(site.search());
  await collector.goDown();
  const ids = await makeClicksInVain(tab, [1, 2]);
  await expectStats(tab, { made: 2, waiting: 2 });
  await collector.comeUp();
  const arrived = ids.map((id) => attempt(id));
  const puts = await collector.expectPuts(arrived, { timeoutMs: 60_000 });
  expect(puts.every((put) => Number(clickMark(put).attempt) > 1)).toBe(true);
  await expectStats(tab, { made: 2, delivered: 2, waiting: 0 });
});

test("a reload with a backlog: each once", async ({ tab, site, collector }) => {
  await tab.goto(site.search({ head: LONG_WAITS }));
  await collector.goDown();
  const ids = await makeClicksInVain(tab, firstPositions(3));
  await expectStats(tab, { made: 3, waiting: 3 });
  await tab.reload();
  await expectStats(tab, { made: 3, waiting: 3 });
  await collector.comeUp();
  await tab.reload();
  const arrived = ids.map((id) => attempt(id));
  // The back-off has grown with each failure, and a busy machine sees more of them.
  await collector.expectPuts(arrived, { timeoutMs: 60_000 });
  // One that the reload met on its way, just as the server came back, is in doubt where the page is the courier.
  await expectStats(tab, { made: 3, waiting: 0, dropped: {} });
});

test("two tabs with one backlog: each click once", async ({ tab, tabs, site, collector }) => {
  await collector.goDown();
  const url = site.search();
  await tab.goto(url);
  const ids = await makeClicksInVain(tab, firstPositions(5));
  await expectStats(tab, { made: 5, waiting: 5 });
  await collector.comeUp();
  const second = await tabs.open();
  await second.goto(url);
  await Promise.all([tab, second].map((one) => one.evaluate(() => window.clicktrail.flush())));
  await collector.expectPuts(ids.map((id) => attempt(id)));
  await expectStats(second, { made: 5, delivered: 5, waiting: 0 });
});
