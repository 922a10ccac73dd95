// Owns that a click is kept for a week and no longer: what is older is dropped without a request, in this database and in those
// that nobody opens any more. A clock that was wrong for one visit costs no click.
import { expect, test } from "../fixtures.ts";
import type { Tab } from "../tabs.ts";
import { expectStats, trackerReady } from "../tracker.ts";
import { offContract } from "../witness.ts";
import {
  allAnswered,
  before,
  COURIERS,
  courierReady,
  flushNow,
  giveCourier,
  LONG_WAITS,
  makeClicksInVain,
  WITH,
} from "./couriers.ts";
import { advanceClock } from "./hooks.ts";
import { age, clickRow, scopeOf, storedText, storeRows } from "./rows.ts";

const DAY_MS = 86_400_000;
const YEAR_HOURS = 365 * 24;

/** Two visits, a day apart. The first finds so many old rows. */
async function visitTwice(tab: Tab, blank: string, scope: string, url: string, old: number): Promise<void> {
  await tab.goto(url);
  await flushNow(tab);
  // A page that leaves before it has counted its response has a click in doubt.
  await expectStats(tab, { waiting: old, inDoubt: 0 });
  await tab.goto(blank);
  await age(tab, scope, DAY_MS);
  await tab.goto(url);
  await flushNow(tab);
}

for (const courier of COURIERS) {
  test(`rows of 8 and 60 days beside one of a minute: only that one is sent, the others have expired ${WITH[courier]}`, async ({
    tab,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    const scope = scopeOf(collector.endpoint);
    const blank = site.landing(null);
    await tab.goto(blank);
    await storeRows(tab, scope, [clickRow(1, 8 * DAY_MS), clickRow(2, 60 * DAY_MS), clickRow(3)]);
    await visitTwice(tab, blank, scope, site.landing(), 2);
    await collector.expectPuts([{ position: 3 }], { settleMs: 1_000 });
    await expectStats(tab, { made: 3, delivered: 1, waiting: 0, dropped: { expired: 2 } });
  });

  test(`a row of 9 days, sent before, to an endpoint that takes each id once and forgets it after 8: expired ${WITH[courier]}`, {
    tag: "@once",
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    const scope = scopeOf(collector.endpoint);
    const blank = site.landing(null);
    await tab.goto(blank);
    const due = Date.now() - 9 * DAY_MS;
    await storeRows(tab, scope, [clickRow(1, 9 * DAY_MS, { begun: true, due, silent: 1 })]);
    await visitTwice(tab, blank, scope, site.landing({ idempotent: true }), 1);
    await collector.expectNothing(1_000);
    const { delivered, waiting } = await tab.evaluate(() => window.clicktrail.stats());
    expect({ delivered, waiting }).toEqual({ delivered: 0, waiting: 0 });
  });

  test(`401 for more than a week: what it refused has expired, and nothing of it is left ${WITH[courier]}`, {
    tag: "@once",
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    const scope = scopeOf(collector.endpoint);
    const blank = site.landing(null);
    const snippet = { userId: "visitor-4711" };
    collector.behave({ status: 401, message: "Unauthorized" });
    await tab.goto(site.search({ snippet }));
    await courierReady(tab, courier);
    await makeClicksInVain(tab, [1]);
    await makeClicksInVain(tab, [2]);
    await allAnswered(collector);
    await tab.goto(blank);
    await age(tab, scope, 8 * DAY_MS);
    await visitTwice(tab, blank, scope, site.landing(snippet), 2);
    await expectStats(tab, { made: 2, waiting: 0, dropped: { expired: 2 } });
    await expect.poll(() => storedText(tab)).not.toContain("visitor-4711");
  });

  test(`a visit with the clock a year ahead between click and delivery: nothing is dropped, once ${WITH[courier]}`, {
    tag: "@once",
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    await tab.goto(site.search());
    await courierReady(tab, courier);
    await collector.goDown();
    await makeClicksInVain(tab, [1, 2]);
    await tab.goto(site.search({ head: before(advanceClock, YEAR_HOURS) + LONG_WAITS }));
    await flushNow(tab);
    await tab.goto(site.landing(null));
    await collector.comeUp();
    await age(tab, scopeOf(collector.endpoint));
    await tab.goto(site.landing());
    await flushNow(tab);
    await collector.expectPuts([{ position: 1 }, { position: 2 }]);
    await expectStats(tab, { made: 2, delivered: 2, waiting: 0, dropped: {} });
  });

  test(`clicks made with the clock a year ahead, then it is right: once ${WITH[courier]}`, {
    tag: "@once",
    annotation: offContract("clicked_at", "the page's clock is a year ahead"),
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    await tab.goto(site.search({ head: before(advanceClock, YEAR_HOURS) + LONG_WAITS }));
    await courierReady(tab, courier);
    await collector.goDown();
    await makeClicksInVain(tab, [1, 2]);
    await tab.goto(site.landing(null));
    await collector.comeUp();
    await tab.goto(site.landing());
    await flushNow(tab);
    await collector.expectPuts([{ position: 1 }, { position: 2 }]);
    await expectStats(tab, { made: 2, delivered: 2, waiting: 0, dropped: {} });
  });
}

test("another endpoint's database: rows of more than a week are removed, younger ones stay", async ({
  tab,
  site,
  collector,
}) => {
  const blank = site.landing(null);
  const named = (user: string, ageMs: number) => {
    const [, row] = clickRow(1, ageMs);
    const { payload } = row as { payload: object };
    return clickRow(1, ageMs, { payload: { ...payload, user_id: user } });
  };
  const old = scopeOf("https://old.example/api/analytics/ctr");
  const young = scopeOf("https://young.example/api/analytics/ctr");
  await tab.goto(blank);
  await storeRows(tab, old, [named("visitor-old", 8 * DAY_MS)]);
  await storeRows(tab, young, [named("visitor-young", DAY_MS)]);
  // One visit marks what is old, a later one deletes it.
  for (const _ of [1, 2]) {
    await tab.goto(site.search());
    await trackerReady(tab);
    await flushNow(tab);
    await expect.poll(() => storedText(tab)).toMatch(/staleAt|^(?!.*visitor-old)/);
    await tab.goto(blank);
    await age(tab, scopeOf(collector.endpoint), DAY_MS);
    await age(tab, old, DAY_MS);
    await age(tab, young, DAY_MS);
  }
  await tab.goto(site.search());
  await flushNow(tab);
  await expect.poll(() => storedText(tab)).not.toContain("visitor-old");
  expect(await storedText(tab)).toContain("visitor-young");
  await collector.expectNothing();
});
