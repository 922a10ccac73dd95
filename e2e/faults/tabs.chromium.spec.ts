// Owns the tab that dies in the middle of a drain; only Chromium's driver can crash one.
import { expect, test } from "../fixtures.ts";
import { tabOfPage } from "../tabs.ts";
import { expectStats } from "../tracker.ts";
import { allAnswered, COURIERS, crash, firstPositions, giveCourier, timesArrived, WITH } from "./couriers.ts";
import { clickRow, scopeOf, storeRows, visitLater } from "./rows.ts";

/** Requests under way at a time in one drain; those of a page are trusted to have arrived, the worker's are not. */
const LANES = 6;
const TWICE = { worker: LANES, page: 0 };
/** Of the backlog, answered and counted before. */
const COUNTED = 19;

const rows = (count: number) => firstPositions(count).map((number) => clickRow(number));

for (const courier of COURIERS) {
  test(`a draining tab's renderer is killed half-way: each arrives, ${TWICE[courier] || "none"} of the ${LANES} under way twice ${WITH[courier]}`, async ({
    context,
    tab,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    const isLater = (body: unknown) => (body as { position: number }).position > COUNTED;
    collector.behaveFor(isLater, { fault: "hang" });
    await tab.goto(site.landing(null));
    await storeRows(tab, scopeOf(collector.endpoint), rows(60));
    const page = await context.newPage();
    await page.goto(site.landing());
    await collector.arrived(COUNTED + LANES);
    await expectStats(tabOfPage(page), { delivered: COUNTED });
    await crash(context, page);
    collector.behaveFor(() => false, {});
    collector.release();
    await allAnswered(collector);
    await visitLater(tab, site, scopeOf(collector.endpoint));
    await expectStats(tab, { waiting: 0 });
    await allAnswered(collector);
    const times = [...timesArrived(collector).values()];
    expect(times).toHaveLength(60);
    expect(Math.max(...times)).toBeLessThanOrEqual(2);
    expect(times.filter((number) => number > 1)).toHaveLength(TWICE[courier]);
  });
}
