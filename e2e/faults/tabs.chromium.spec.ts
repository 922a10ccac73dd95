// Owns the tab that dies in the middle of a drain; only Chromium's driver can crash one.
import { expect, test } from "../fixtures.ts";
import { expectStats } from "../tracker.ts";
import { allAnswered, COURIERS, crash, firstPositions, giveCourier, timesArrived, WITH } from "./couriers.ts";
import { clickRow, scopeOf, storeRows, visitLater } from "./rows.ts";

/** Requests under way at a time in one drain, and as many whose answers may have come and not been counted yet. */
const UNCOUNTED = 2 * 6;

const rows = (count: number) => firstPositions(count).map((number) => clickRow(number));

for (const courier of COURIERS) {
  test(`a draining tab's renderer is killed half-way: each arrives, at most the ${UNCOUNTED} under way or just answered twice ${WITH[courier]}`, async ({
    context,
    tab,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    collector.behave({ delayMs: 100 });
    await tab.goto(site.landing(null));
    await storeRows(tab, scopeOf(collector.endpoint), rows(60));
    const page = await context.newPage();
    await page.goto(site.landing());
    await collector.arrived(20);
    await crash(context, page);
    await allAnswered(collector);
    await visitLater(tab, site, scopeOf(collector.endpoint));
    await expectStats(tab, { waiting: 0 });
    await allAnswered(collector);
    const times = [...timesArrived(collector).values()];
    expect(times).toHaveLength(60);
    expect(Math.max(...times)).toBeLessThanOrEqual(2);
    expect(times.filter((number) => number > 1).length).toBeLessThanOrEqual(UNCOUNTED);
  });
}
