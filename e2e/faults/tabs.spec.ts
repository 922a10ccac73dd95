// Owns what several tabs do with one backlog: nothing is sent by two of them, and none is held up by one that dies.
import { QUIET_MS } from "../arrivals.ts";
import { test } from "../fixtures.ts";
import { expectStats, trackerReady } from "../tracker.ts";
import {
  allAnswered,
  COURIERS,
  courierReady,
  firstPositions,
  giveCourier,
  makeClicks,
  WITH,
} from "./couriers.ts";
import { clickRow, journalRows, scopeOf, storeRows, visitLater } from "./rows.ts";

const clicks = (count: number) => firstPositions(count).map((position) => ({ position }));
const rows = (count: number) => firstPositions(count).map((number) => clickRow(number));

for (const courier of COURIERS) {
  test(`five tabs open at once on a backlog of 80, half of it in the journal: each once ${WITH[courier]}`, async ({
    tab,
    tabs,
    site,
    collector,
  }) => {
    const count = 80;
    giveCourier(site, courier);
    collector.behave({ delayMs: 10 });
    await tab.goto(site.landing(null));
    const scope = scopeOf(collector.endpoint);
    await storeRows(tab, scope, rows(count).slice(count / 2));
    await journalRows(tab, scope, rows(count).slice(0, count / 2));
    const url = site.landing();
    const five = await Promise.all(firstPositions(5).map(() => tabs.open()));
    await Promise.all(five.map((one) => one.goto(url)));
    await Promise.all(five.map((one) => one.evaluate(() => dispatchEvent(new Event("online")))));
    await collector.expectPuts(clicks(count), { timeoutMs: 30_000, settleMs: QUIET_MS });
    await tab.goto(url);
    await expectStats(tab, { made: count, delivered: count, waiting: 0 });
  });

  test(`a draining tab is closed half-way: each once ${WITH[courier]}`, {
    tag: courier === "page" ? "@full" : [],
  }, async ({ tab, tabs, site, collector }) => {
    giveCourier(site, courier);
    collector.behave({ delayMs: 100 });
    await tab.goto(site.landing(null));
    await storeRows(tab, scopeOf(collector.endpoint), rows(60));
    await tab.goto(site.landing());
    await collector.arrived(20);
    await tab.close();
    // A worker goes on without its page, and would find its leases over in rows that are aged below it.
    if (courier === "worker") await collector.arrived(60);
    await allAnswered(collector);
    const later = await tabs.open();
    await visitLater(later, site, scopeOf(collector.endpoint));
    // Firefox 153 may let a closed tab's lock go late: then the rest waits for a lease.
    await collector.expectPuts(clicks(60), { timeoutMs: 45_000 });
    await expectStats(later, { made: 60, waiting: 0 });
  });

  test(`clicks in one tab while another flushes all the time: each once ${WITH[courier]}`, {
    tag: courier === "page" ? "@full" : [],
  }, async ({ tab, tabs, site, collector }) => {
    giveCourier(site, courier);
    collector.behave({ delayMs: 200 });
    const other = await tabs.open();
    await other.goto(site.search());
    await trackerReady(other);
    await tab.goto(site.search());
    await courierReady(tab, courier);
    await other.evaluate(() => {
      setInterval(() => window.clicktrail.flush(), 20);
    });
    for (const position of firstPositions(20)) await makeClicks(tab, [position]);
    await collector.expectPuts(clicks(20));
    await expectStats(other, { made: 20, delivered: 20, waiting: 0 });
  });
}
