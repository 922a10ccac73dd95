// Owns how many copies of a click an endpoint can get whose acknowledgement never gets through: five in the first hour, then
// one a day until the click expires. And that whoever forgot a header is told, and a slow endpoint is waited for.
import { QUIET_MS } from "../arrivals.ts";
import { expect, test } from "../fixtures.ts";
import { expectStats } from "../tracker.ts";
import {
  allAnswered,
  attempt,
  COURIERS,
  courierReady,
  firstPositions,
  flushNow,
  giveCourier,
  inPagesAndWorkers,
  makeClicks,
  makeClicksInVain,
  sideBySide,
  timesArrived,
  WITH,
} from "./couriers.ts";
import { expectSaid, fixRandom, hear, hurry } from "./hooks.ts";
import { age, scopeOf, visitLater } from "./rows.ts";

const HOUR_MS = 3_600_000;

for (const courier of COURIERS) {
  test(`204 without CORS headers: five copies, however often the page looks, one a day, expired after a week; told once ${WITH[courier]}`, {
    tag: "@once",
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    hear(site);
    // Without a bound the fifth comes 0.4 s after the fourth, the sixth 0.8 s later.
    inPagesAndWorkers(site, fixRandom, 0.05);
    collector.behave({ cors: "preflight" });
    const scope = scopeOf(collector.endpoint);
    const url = site.search();
    await tab.goto(url);
    await courierReady(tab, courier);
    const [id] = await makeClicks(tab, [1]);
    const copies = (count: number) => firstPositions(count).map((number) => attempt(id, number));
    await collector.expectPuts(copies(4), { inOrder: true, settleMs: 1_600 });
    await expectSaid(tab, /clicktrail: .*(CORS|Access-Control)/i);
    // The fifth only after a quarter of an hour, unless there is a reason to hope.
    await tab.evaluate(() => dispatchEvent(new Event("online")));
    await collector.expectPuts(copies(5), { inOrder: true, settleMs: 1_600 });
    await tab.evaluate(() => dispatchEvent(new Event("online")));
    await tab.goto(url);
    await flushNow(tab);
    await tab.evaluate(() => dispatchEvent(new Event("online")));
    await collector.expectPuts(copies(5), { inOrder: true, settleMs: QUIET_MS });
    await expectStats(tab, { made: 1, delivered: 0, waiting: 1 });

    await tab.goto(site.landing(null));
    await age(tab, scope, 25 * HOUR_MS);
    await tab.goto(url);
    await flushNow(tab);
    await collector.expectPuts(copies(6), { inOrder: true, settleMs: QUIET_MS });
    await tab.evaluate(() => dispatchEvent(new Event("online")));
    await tab.goto(url);
    await flushNow(tab);
    await collector.expectPuts(copies(6), { inOrder: true, settleMs: QUIET_MS });

    await tab.goto(site.landing(null));
    await age(tab, scope, 7 * 24 * HOUR_MS);
    await tab.goto(url);
    await flushNow(tab);
    await tab.goto(url);
    await flushNow(tab);
    await expectStats(tab, { made: 1, delivered: 0, waiting: 0, dropped: { expired: 1 } });
    await allAnswered(collector);
    await collector.expectPuts(firstPositions(6).map(() => attempt(id)));
  });

  test(`204 after 12 s, after 25 s (here 5 and 10 s), always: waited for longer each time, acknowledged at the second, at the third attempt ${WITH[courier]}`, {
    tag: ["@once", "@full"],
  }, async ({ tabs, site }) => {
    giveCourier(site, courier);
    inPagesAndWorkers(site, fixRandom, 0.05);
    // Given up after 10, 20 and 40 s, here 3.3, 6.7 and 13.3 s.
    inPagesAndWorkers(site, hurry, 3);
    const cases = [
      { delayMs: 5_000, attempts: 2 },
      { delayMs: 10_000, attempts: 3 },
    ];
    await sideBySide(tabs, cases, async ({ tab, collector, snippet }, { delayMs, attempts }) => {
      collector.behave({ delayMs });
      await tab.goto(site.search({ snippet }));
      await courierReady(tab, courier);
      const [id] = await makeClicks(tab, [1]);
      const copies = firstPositions(attempts).map((number) => attempt(id, number));
      await collector.expectPuts(copies, { inOrder: true, timeoutMs: 30_000 });
      await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
      await collector.expectPuts(copies, { inOrder: true });
    });
  });

  test(`nine page loads within an hour of an endpoint whose answers nobody may read: five copies, and nothing more ${WITH[courier]}`, {
    tag: ["@once", "@full"],
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    collector.behave({ cors: "preflight" });
    const url = site.search();
    await tab.goto(url);
    await courierReady(tab, courier);
    await makeClicksInVain(tab, [1]);
    await allAnswered(collector);
    await flushNow(tab);
    // Six minutes each.
    for (let loads = 8; loads; loads -= 1) {
      await visitLater(tab, site, scopeOf(collector.endpoint), url);
      await flushNow(tab);
      await allAnswered(collector);
    }
    expect(timesArrived(collector).get(1)).toBe(5);
    await expectStats(tab, { made: 1, delivered: 0, waiting: 1, dropped: {} });
  });
}
