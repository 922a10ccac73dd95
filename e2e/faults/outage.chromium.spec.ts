// Owns a browser that was offline for longer than the first attempts take, was closed, and is opened again with a network.
// Chromium only: it can be taken offline, and started again on the same folder.
import { test } from "../fixtures.ts";
import { tabOfPage } from "../tabs.ts";
import { expectStats } from "../tracker.ts";
import { makeClicksInVain } from "./couriers.ts";
import { BY, giveSender, SENDERS, senderReady } from "./three.ts";

const OFFLINE_MS = 8_000;
const SPARE_MS = 5_000;

for (const sender of SENDERS) {
  test(`offline for 8 s, the browser closed and opened again: delivered within 5 s of the next page view ${BY[sender]}`, {
    tag: sender === "worker" ? [] : "@full",
  }, async ({ profile, site, collector }) => {
    const url = site.search({ snippet: giveSender(site, sender) });
    const before = await profile.start();
    const tab = tabOfPage(before.page);
    await tab.goto(url);
    await senderReady(tab, sender);
    // The switch reaches pages alone.
    await before.context.setOffline(true);
    await collector.goDown();
    await makeClicksInVain(tab, [1]);
    await collector.expectNothing(OFFLINE_MS);
    await before.quit();
    await collector.comeUp();
    const after = await profile.start();
    const later = tabOfPage(after.page);
    await later.goto(url);
    await collector.expectPuts([{ position: 1 }], { timeoutMs: SPARE_MS });
    await expectStats(later, { made: 1, delivered: 1, waiting: 0 });
    await after.quit();
  });
}
