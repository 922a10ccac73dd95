// Owns a browser that was offline for longer than the first attempts take, was closed, and is opened again with a network.
// Chromium only: it can be taken offline, and started again on the same folder.
import { test } from "../fixtures.ts";
import { tabOfPage } from "../tabs.ts";
import { expectStats } from "../tracker.ts";
import { before, makeClicksInVain } from "./couriers.ts";
import { fixRandom } from "./hooks.ts";
import { BY, giveSender, SENDERS, senderReady } from "./three.ts";

const OFFLINE_MS = 8_000;
/** Of the page view; the browser's start is none of it, and on a busy machine takes as long again. */
const SPARE_MS = 10_000;

for (const sender of SENDERS) {
  test(`offline for 8 s, the browser closed and opened again: delivered within 5 s of the next page view ${BY[sender]}`, {
    tag: sender === "worker" ? [] : "@full",
  }, async ({ profile, site, collector }) => {
    const url = site.search({ snippet: giveSender(site, sender) });
    // Attempts after 0, 0.9, 1.8, 3.4, 6.5 and 12.3 s: a browser that is closed in the middle of one leaves its lease.
    site.everyPage(before(fixRandom, 0.9));
    const first = await profile.start();
    const tab = tabOfPage(first.page);
    await tab.goto(url);
    await senderReady(tab, sender);
    // The switch reaches pages alone.
    await first.context.setOffline(true);
    await collector.goDown();
    await makeClicksInVain(tab, [1]);
    await collector.expectNothing(OFFLINE_MS);
    await first.quit();
    await collector.comeUp();
    const after = await profile.start();
    const later = tabOfPage(after.page);
    await later.goto(url);
    await collector.expectPuts([{ position: 1 }], { timeoutMs: SPARE_MS });
    await expectStats(later, { made: 1, delivered: 1, waiting: 0 });
    await after.quit();
  });
}
