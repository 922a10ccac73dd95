// Owns what needs a browser that can be taken offline; Playwright can do that to Chromium only.
import { courierReady, giveCourier, LONG_WAITS, makeClicks } from "./faults/couriers.ts";
import { STAYS_OFFLINE } from "./faults/hooks.ts";
import { scopeOf, visitLater } from "./faults/rows.ts";
import { expect, test } from "./fixtures.ts";
import { chunkId } from "./pages.ts";
import { tabOfPage } from "./tabs.ts";
import { expectStats, trackerReady } from "./tracker.ts";

const first = { position: 1, clicked_chunk_id: chunkId(1) };

test("offline at the click, then online: once", async ({ context, tab, site, collector }) => {
  await tab.goto(site.search({ target: "_blank" }));
  // Its file can't be loaded later.
  await courierReady(tab, "worker");
  // Playwright's switch takes the pages offline but not their shared worker: the server goes too.
  await context.setOffline(true);
  await collector.goDown();
  await tab.click("#link-1");
  await expectStats(tab, { made: 1, waiting: 1 });
  await collector.comeUp();
  await context.setOffline(false);
  await collector.expectPuts([first]);
  await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
});

test("offline at the click that leaves, online at a later visit: once", async ({
  context,
  tab,
  site,
  collector,
}) => {
  const url = site.search({ head: LONG_WAITS + STAYS_OFFLINE });
  await tab.goto(url);
  await courierReady(tab, "worker");
  await context.setOffline(true);
  await collector.goDown();
  await tab.click("#link-1").catch(() => undefined);
  await expect.poll(() => tab.url()).not.toBe(url);
  await collector.comeUp();
  await context.setOffline(false);
  // A page that goes before it has heard that its request failed has left a lease.
  await visitLater(tab, site, scopeOf(collector.endpoint), url);
  await collector.expectPuts([first]);
  await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
});

test("offline before the courier's file was needed, then online: once", async ({
  context,
  site,
  collector,
}) => {
  giveCourier(site, "page");
  const page = await context.newPage();
  const tab = tabOfPage(page);
  // No result is there that would have started the courier.
  await tab.goto(site.landing());
  await trackerReady(tab);
  const isTold = page.waitForEvent("console", (message) => message.text().includes("can't be loaded"));
  await context.setOffline(true);
  await makeClicks(tab, [1]);
  await isTold;
  await context.setOffline(false);
  await collector.expectPuts([first]);
  await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
});
