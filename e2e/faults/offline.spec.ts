// Owns what happens where nothing can be reached, and where the browser is wrong about that.
import { expect, test } from "../fixtures.ts";
import { expectStats } from "../tracker.ts";
import {
  before,
  COURIERS,
  courierReady,
  giveCourier,
  LONG_WAITS,
  makeClicks,
  makeClicksInVain,
  WITH,
} from "./couriers.ts";
import { scopeOf, visitLater } from "./rows.ts";

const first = { position: 1 };

for (const courier of COURIERS) {
  test(`nothing can be reached at the click, then everything, and the browser says so: once ${WITH[courier]}`, async ({
    tab,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    await tab.goto(site.search());
    await courierReady(tab, courier);
    await collector.goDown();
    await makeClicksInVain(tab, [1]);
    await collector.comeUp();
    await tab.evaluate(() => dispatchEvent(new Event("online")));
    await collector.expectPuts([first]);
    await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
  });

  test(`nothing can be reached at the click, the tab closed, reopened when everything can: once ${WITH[courier]}`, async ({
    tab,
    tabs,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    await tab.goto(site.search({ head: LONG_WAITS }));
    await courierReady(tab, courier);
    await collector.goDown();
    await makeClicksInVain(tab, [1]);
    const later = await tabs.open();
    await tab.close();
    await collector.comeUp();
    await visitLater(later, site, scopeOf(collector.endpoint));
    await collector.expectPuts([first]);
    await expectStats(later, { made: 1, delivered: 1, waiting: 0 });
  });

  test(`navigator.onLine says true without a network: no hot loop, once when it is back ${WITH[courier]}`, {
    tag: ["@once", "@full"],
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    const lies = before((online) => {
      Object.defineProperty(navigator, "onLine", { get: () => online });
      Math.random = () => 0.5;
    }, true);
    collector.behave({ fault: "reset-unread", freshConnections: true });
    await tab.goto(site.search({ head: lies }));
    await courierReady(tab, courier);
    await makeClicks(tab, [1]);
    await collector.arrived(4);
    // The click, then half of a second three times, and from then on half of the outage so far: some twelve in the first minute.
    const [begun, , , fourth] = collector.puts;
    expect((fourth?.at ?? 0) - (begun?.at ?? 0)).toBeGreaterThan(1_400);
    collector.behave({});
    const failed = collector.counted({ only: "any" }).length;
    await tab.evaluate(() => dispatchEvent(new Event("online")));
    await collector.expectPuts([first]);
    await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
    expect(collector.counted({ only: "any" })).toHaveLength(failed + 1);
  });

  test(`navigator.onLine says false with a network: sent at once, once ${WITH[courier]}`, {
    tag: "@once",
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    const lies = before((online) => {
      Object.defineProperty(navigator, "onLine", { get: () => online });
    }, false);
    await tab.goto(site.search({ head: lies }));
    await courierReady(tab, courier);
    await makeClicks(tab, [1]);
    await collector.expectPuts([first]);
    await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
  });
}
