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

test("unreachable, then reachable: each once", { tag: "@once" }, async ({ tab, site, collector }) => {
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

test("a reload with a backlog: each once", { tag: "@once" }, async ({ tab, site, collector }) => {
  await tab.goto(site.search({ head: LONG_WAITS }));
  await collector.goDown();
  const ids = await makeClicksInVain(tab, firstPositions(3));
  await expectStats(tab, { made: 3, waiting: 3 });
  await tab.reload();
  await expectStats(tab, { made: 3, waiting: 3 });
  // The worker's attempt at the start must not be under way when the endpoint is back.
  await flushNow(tab);
  await tab.goto(site.landing(null));
  await collector.comeUp();
  await visitLater(tab, site, scopeOf(collector.endpoint));
  await collector.expectPuts(ids.map((id) => attempt(id)));
  await expectStats(tab, { made: 3, delivered: 3, waiting: 0, inDoubt: 0, dropped: {} });
});
