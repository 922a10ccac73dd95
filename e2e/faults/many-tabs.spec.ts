// Owns a backlog that is sent more slowly than a request waits for its connection: each click once, however many pages drain it.
import { test } from "../fixtures.ts";
import { expectStats, trackerReady } from "../tracker.ts";
import { COURIERS, firstPositions, giveCourier, WITH } from "./couriers.ts";
import { clickRow, scopeOf, storeRows } from "./rows.ts";

const COUNT = 60;
/** HTTP/1.1 has six connections: the last click's request waits for 22 s, longer than a first attempt does. */
const SLOW_MS = 2_500;
const ALL = { timeoutMs: 75_000, settleMs: 3_000 };

const clicks = firstPositions(COUNT).map((position) => ({ position }));
const rows = () => firstPositions(COUNT).map((number) => clickRow(number));

for (const courier of COURIERS) {
  test(`five tabs open at once on a backlog of ${COUNT}, responses after ${SLOW_MS} ms: each once ${WITH[courier]}`, {
    tag: "@full",
  }, async ({ tab, tabs, site, collector }) => {
    giveCourier(site, courier);
    collector.behave({ delayMs: SLOW_MS });
    await tab.goto(site.landing(null));
    await storeRows(tab, scopeOf(collector.endpoint), rows());
    const url = site.landing();
    const five = await Promise.all(firstPositions(5).map(() => tabs.open()));
    await Promise.all(five.map((one) => one.goto(url)));
    await collector.expectPuts(clicks, ALL);
    await tab.goto(url);
    await expectStats(tab, { made: COUNT, delivered: COUNT, waiting: 0 });
  });

  test(`six pages one after another on a backlog of ${COUNT}, responses after ${SLOW_MS} ms: each once ${WITH[courier]}`, {
    tag: "@full",
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    collector.behave({ delayMs: SLOW_MS });
    await tab.goto(site.landing(null));
    await storeRows(tab, scopeOf(collector.endpoint), rows());
    const url = site.landing();
    for (const page of firstPositions(6)) {
      await tab.goto(url);
      await trackerReady(tab);
      await collector.arrived(page);
    }
    await collector.expectPuts(clicks, ALL);
    await expectStats(tab, { made: COUNT, waiting: 0 });
  });
}
