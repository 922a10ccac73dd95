// Owns the storage faults that only Chromium's driver can make: a full quota, a connection that the browser closes, and a
// database that fails in the worker alone.

import type { BrowserContext } from "playwright";
import { QUIET_MS } from "../arrivals.ts";
import { expect, test } from "../fixtures.ts";
import { tabOfPage } from "../tabs.ts";
import { expectStats, trackerReady } from "../tracker.ts";
import { UNOPENED } from "./broken.ts";
import {
  attempt,
  beforeWorker,
  COURIERS,
  courierReady,
  giveCourier,
  LONG_WAITS,
  makeClicks,
  makeClicksInVain,
  NO_WORKER,
  sideBySide,
  WITH,
} from "./couriers.ts";
import { scopeOf, storedRows, visitLater } from "./rows.ts";

test(`IndexedDB ${Object.keys(UNOPENED).join(", ")} in the worker alone: each click once`, async ({
  tabs,
  site,
}) => {
  await sideBySide(tabs, Object.entries(UNOPENED), async ({ tab, collector, snippet }, [, script]) => {
    await tab.goto(site.search({ snippet, head: beforeWorker(script) }));
    await trackerReady(tab);
    await tab.hover("#result-1");
    const [id] = await makeClicks(tab, [1]);
    await collector.expectPuts([attempt(id, 1)], { settleMs: QUIET_MS });
    await tab.click("#link-2");
    await tab.at("/detail");
    await collector.expectPuts([attempt(id, 1), { position: 2 }], { settleMs: QUIET_MS });
    await visitLater(tab, site, scopeOf(collector.endpoint), site.search({ snippet, head: NO_WORKER }));
    await expectStats(tab, { made: 2, waiting: 0, dropped: {} });
    await collector.expectPuts([attempt(id, 1), { position: 2 }]);
  });
});

for (const courier of COURIERS) {
  test(`the origin's quota is full at the click and free again later: one PUT ${WITH[courier]}`, async ({
    context,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    const page = await context.newPage();
    const tab = tabOfPage(page);
    const session = await context.newCDPSession(page);
    await tab.goto(site.search());
    await courierReady(tab, courier);
    await session.send("Storage.overrideQuotaForOrigin", { origin: site.origin, quotaSize: 1 });
    const [id] = await makeClicks(tab, [1]);
    await collector.expectPuts([attempt(id, 1)], { settleMs: QUIET_MS });
    await session.send("Storage.overrideQuotaForOrigin", { origin: site.origin });
    await visitLater(tab, site, scopeOf(collector.endpoint));
    await expectStats(tab, { waiting: 0, dropped: {} });
    await collector.expectPuts([attempt(id, 1)]);
  });

  test(`the browser closes the connection (storage cleared): opened again, later clicks kept and sent once ${WITH[courier]}`, async ({
    context,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    const page = await context.newPage();
    const tab = tabOfPage(page);
    await tab.goto(site.search({ head: LONG_WAITS }));
    await courierReady(tab, courier);
    await clearDatabases(context, page, site.origin);
    await collector.goDown();
    await makeClicksInVain(tab, [1, 2]);
    await expectStats(tab, { made: 2, waiting: 2 });
    const scope = scopeOf(collector.endpoint);
    await expect.poll(async () => (await storedRows(tab, scope)).length, { message: "stored again" }).toBe(2);
    // An attempt that succeeds while its page leaves is in doubt, and the failures before it speak against it.
    await tab.goto(site.landing(null));
    await collector.comeUp();
    await visitLater(tab, site, scope);
    await collector.expectPuts([{ position: 1 }, { position: 2 }]);
    await expectStats(tab, { made: 2, delivered: 2, waiting: 0 });
  });
}

async function clearDatabases(
  context: BrowserContext,
  page: Parameters<BrowserContext["newCDPSession"]>[0],
  origin: string,
): Promise<void> {
  const session = await context.newCDPSession(page);
  await session.send("Storage.clearDataForOrigin", { origin, storageTypes: "indexeddb" });
  await session.detach();
}
