// Owns what a withdrawal of consent and destroy() leave: nothing that is sent later, nothing that is sent twice.
import { QUIET_MS } from "../arrivals.ts";
import { expect, test } from "../fixtures.ts";
import { expectStats, trackerReady } from "../tracker.ts";
import {
  allAnswered,
  attempt,
  COURIERS,
  courierReady,
  firstPositions,
  giveCourier,
  LONG_WAITS,
  makeClicks,
  makeClicksInVain,
  WITH,
} from "./couriers.ts";
import { clickRow, journalRows, scopeOf, storedRows, visitLater } from "./rows.ts";

for (const courier of COURIERS) {
  test(`consent withdrawn with clicks waiting in store, journal and memory: none is ever sent ${WITH[courier]}`, async ({
    tab,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    const scope = scopeOf(collector.endpoint);
    await collector.goDown();
    await tab.goto(site.landing(null));
    await journalRows(tab, scope, [clickRow(9, 1_000, { due: Date.now() + 60_000 })]);
    await tab.goto(site.search({ head: LONG_WAITS }));
    await courierReady(tab, courier);
    // A request under way is not called back, and the server must not hear of it when it is up again.
    await makeClicksInVain(tab, firstPositions(3));
    await expectStats(tab, { waiting: 4 });
    await tab.evaluate(() => window.clicktrail.revokeConsent());
    await expectStats(tab, { made: 4, waiting: 0, dropped: { consent: 4 } });
    expect(await storedRows(tab, scope)).toEqual([]);
    await makeClicks(tab, [5]);
    await collector.comeUp();
    await visitLater(tab, site, scope);
    await collector.expectNothing();
    await expectStats(tab, { made: 4, waiting: 0, dropped: { consent: 4 } });
  });

  test(`consent withdrawn while a request is under way: not sent again, counted once ${WITH[courier]}`, async ({
    tab,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    const scope = scopeOf(collector.endpoint);
    const url = site.search({ snippet: { inDoubt: "resend" } });
    collector.behave({ fault: "hang" });
    await tab.goto(url);
    await courierReady(tab, courier);
    const [id] = await makeClicks(tab, [1]);
    await collector.arrived(1);
    await tab.evaluate(() => window.clicktrail.revokeConsent());
    await tab.goto(site.landing(null));
    collector.behave({});
    collector.release();
    await allAnswered(collector);
    await visitLater(tab, site, scope, url);
    await collector.expectPuts([attempt(id, 1)]);
    await expectStats(tab, { made: 1, waiting: 0, dropped: { consent: 1 } });
  });

  test(`destroy() with a request under way: that PUT and no other, later clicks are none, a new start works ${WITH[courier]}`, {
    tag: ["@once", "@full"],
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    const scope = scopeOf(collector.endpoint);
    collector.behave({ fault: "hang" });
    await tab.goto(site.search({ target: "_blank" }));
    await courierReady(tab, courier);
    const [id] = await makeClicks(tab, [1]);
    await collector.arrived(1);
    await tab.evaluate(() => window.clicktrail.destroy());
    await tab.click("#link-2");
    await collector.expectPuts([attempt(id, 1)], { settleMs: QUIET_MS });
    collector.behave({});
    collector.release();
    await allAnswered(collector);
    await visitLater(tab, site, scope, site.search());
    await trackerReady(tab);
    await expectStats(tab, { made: 1, waiting: 0, dropped: {} });
    await courierReady(tab, courier);
    await makeClicks(tab, [3]);
    await collector.expectPuts([attempt(id, 1), { position: 3 }]);
  });
}
