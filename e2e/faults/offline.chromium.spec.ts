// Owns what happens in a browser that is offline and knows it. Chromium only: it can be taken offline. Its switch reaches
// pages and not workers, so the server goes too.
import { test } from "../fixtures.ts";
import { expectStats } from "../tracker.ts";
import { COURIERS, courierReady, giveCourier, LONG_WAITS, makeClicksInVain, WITH } from "./couriers.ts";
import { STAYS_OFFLINE } from "./hooks.ts";
import { scopeOf, visitLater } from "./rows.ts";

const first = { position: 1 };

for (const courier of COURIERS) {
  test(`offline at the click, then online: once ${WITH[courier]}`, async ({
    context,
    tab,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    await tab.goto(site.search());
    await courierReady(tab, courier);
    await context.setOffline(true);
    await collector.goDown();
    await makeClicksInVain(tab, [1]);
    await expectStats(tab, { made: 1, waiting: 1 });
    await collector.comeUp();
    await context.setOffline(false);
    await collector.expectPuts([first]);
    await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
  });

  test(`offline at the click, the tab closed, reopened online: once ${WITH[courier]}`, async ({
    context,
    tab,
    tabs,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    await tab.goto(site.search({ head: LONG_WAITS + STAYS_OFFLINE }));
    await courierReady(tab, courier);
    await context.setOffline(true);
    await collector.goDown();
    // The switch is the tab's: a request still pending when it closes would find the network that a real one doesn't.
    await makeClicksInVain(tab, [1]);
    await tab.close();
    await collector.comeUp();
    await context.setOffline(false);
    const later = await tabs.open();
    await visitLater(later, site, scopeOf(collector.endpoint));
    await collector.expectPuts([first]);
    await expectStats(later, { made: 1, delivered: 1, waiting: 0 });
  });
}
