// Owns what a dry run leaves behind: nothing that a page without it would send.
import { test } from "../fixtures.ts";
import { expectStats } from "../tracker.ts";
import { COURIERS, courierReady, giveCourier, makeClicks, WITH } from "./couriers.ts";
import { holdStore, letGo, scopeOf, visitLater } from "./rows.ts";

for (const courier of COURIERS) {
  test(`clicks of a dry run, one that leaves too, while the store is busy and while it is not: never sent later ${WITH[courier]}`, {
    tag: "@once",
  }, async ({ tab, tabs, site, collector }) => {
    giveCourier(site, courier);
    const scope = scopeOf(collector.endpoint);
    const url = site.search({ snippet: { dryRun: true } });
    const holder = await tabs.open();
    await holder.goto(site.landing(null));
    await tab.goto(url);
    await courierReady(tab, courier);
    await makeClicks(tab, [1]);
    await tab.click("#link-2");
    await tab.at("/detail");
    await tab.goto(url);
    await courierReady(tab, courier);
    await holdStore(holder, scope);
    await makeClicks(tab, [1]);
    await tab.click("#link-3");
    await tab.at("/detail");
    await letGo(holder);
    await visitLater(tab, site, scope);
    await collector.expectNothing();
    await expectStats(tab, { delivered: 0, waiting: 0, inDoubt: 0 });
    await visitLater(tab, site, scope);
    await collector.expectNothing();
  });
}
