// Owns that a click which was made before consent was withdrawn is never sent, whatever the clock said when it was made.
import { test } from "../fixtures.ts";
import { expectStats } from "../tracker.ts";
import { before, COURIERS, courierReady, flushNow, giveCourier, makeClicksInVain, WITH } from "./couriers.ts";
import { advanceClock } from "./hooks.ts";
import { holdStore, letGo, scopeOf, visitLater } from "./rows.ts";

const DAY_HOURS = 24;

for (const courier of COURIERS) {
  test(`clicked with the clock a day ahead, withdrawn while the store was busy, granted anew with the clock right: dropped, not sent ${WITH[courier]}`, {
    tag: courier === "page" ? "@full" : [],
  }, async ({ tab, tabs, site, collector }) => {
    giveCourier(site, courier);
    const scope = scopeOf(collector.endpoint);
    const holder = await tabs.open();
    await holder.goto(site.landing(null));
    await tab.goto(site.search({ head: before(advanceClock, DAY_HOURS) }));
    await courierReady(tab, courier);
    await collector.goDown();
    await makeClicksInVain(tab, [1]);
    await expectStats(tab, { waiting: 1 });
    await holdStore(holder, scope);
    // Rejects, because the store isn't known to be empty.
    await tab.evaluate(() => window.clicktrail.revokeConsent().catch(() => undefined));
    await tab.goto(site.landing(null));
    await letGo(holder);
    await collector.comeUp();
    const head = "<script>addEventListener('DOMContentLoaded', () => clicktrail.grantConsent())</script>";
    await tab.goto(site.search({ snippet: { stub: true, isInjected: true }, head }));
    await flushNow(tab);
    await visitLater(tab, site, scope);
    await flushNow(tab);
    await collector.expectNothing(1_000);
    await expectStats(tab, { made: 1, waiting: 0, dropped: { consent: 1 } });
  });
}
