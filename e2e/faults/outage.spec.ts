// Owns how long an outage costs a click: its own length again and five seconds while the page stays open, five seconds after the
// next page view. That an endpoint which takes a click unseen gets few copies is the subject of `copies.spec.ts`.
import type { Behaviour, Collector } from "../collector.ts";
import { expect, test } from "../fixtures.ts";
import type { Snippet } from "../pages.ts";
import type { Site } from "../site.ts";
import type { Tab } from "../tabs.ts";
import { expectStats, trackerReady } from "../tracker.ts";
import { allAnswered, makeClicks, makeClicksInVain, sideBySide, timesArrived } from "./couriers.ts";
import { age, scopeOf } from "./rows.ts";
import { BY, giveSender, SENDERS, type Sender, senderReady } from "./three.ts";

const SPARE_MS = 5_000;
const first = [{ position: 1 }];

/** One click while nothing listens, for so long; the page stays open. */
async function expectBack(
  { tab, collector, url }: { tab: Tab; collector: Collector; url: string },
  sender: Sender,
  downMs: number,
): Promise<void> {
  await tab.goto(url);
  await senderReady(tab, sender);
  await collector.goDown();
  await makeClicks(tab, [1]);
  // The outage itself; nothing can arrive.
  await collector.expectNothing(downMs);
  await collector.comeUp();
  await collector.expectPuts(first, { timeoutMs: downMs + SPARE_MS });
  await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
}

/** Every wait is drawn at random: each test has so many draws. */
const DRAWS = [1, 2, 3];

for (const sender of SENDERS) {
  for (const seconds of [3, 8]) {
    test(`an outage of ${seconds} s with the page open: delivered within ${seconds} s and 5 s after it ${BY[sender]}`, {
      tag: seconds === 3 ? [] : "@full",
    }, async ({ tabs, site }) => {
      const snippet = giveSender(site, sender);
      await sideBySide(tabs, DRAWS, async ({ tab, collector, snippet: own }) => {
        const url = site.search({ snippet: { ...own, ...snippet } });
        await expectBack({ tab, collector, url }, sender, seconds * 1_000);
      });
    });
  }

  test(`an outage of 60 s with the page open: delivered within 65 s after it ${BY[sender]}`, {
    tag: "@full",
  }, async ({ tab, site, collector }) => {
    test.setTimeout(240_000);
    const url = site.search({ snippet: giveSender(site, sender) });
    await expectBack({ tab, collector, url }, sender, 60_000);
  });

  test(`down over two reloads, up at the third: delivered within 5 s of it ${BY[sender]}`, {
    tag: "@full",
  }, async ({ tabs, site }) => {
    const snippet = giveSender(site, sender);
    await sideBySide(tabs, DRAWS, async ({ tab, collector, snippet: own }) => {
      const url = site.search({ snippet: { ...own, ...snippet } });
      await tab.goto(url);
      await senderReady(tab, sender);
      await collector.goDown();
      await makeClicksInVain(tab, [1]);
      for (const _ of [1, 2]) {
        await collector.expectNothing(1_500);
        await tab.reload();
        await trackerReady(tab);
      }
      await collector.expectNothing(1_500);
      await tab.goto(site.landing(null));
      await collector.comeUp();
      await tab.goto(url);
      await collector.expectPuts(first, { timeoutMs: SPARE_MS });
      await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
    });
  });

  test(`down for 8 s, the tab closed, a new one when it is up: delivered within 5 s of it ${BY[sender]}`, {
    tag: "@full",
  }, async ({ tabs, site }) => {
    const snippet = giveSender(site, sender);
    await sideBySide(tabs, DRAWS, async ({ tab, collector, snippet: own }) => {
      const url = site.search({ snippet: { ...own, ...snippet } });
      await tab.goto(url);
      await senderReady(tab, sender);
      await collector.goDown();
      await makeClicksInVain(tab, [1]);
      await collector.expectNothing(8_000);
      const later = await tabs.open();
      await tab.close();
      await collector.comeUp();
      await later.goto(url);
      await collector.expectPuts(first, { timeoutMs: SPARE_MS });
      await expectStats(later, { made: 1, delivered: 1, waiting: 0 });
      await later.close();
    });
  });
}

/** Visits for an hour an endpoint that takes the click and never says so readably; answers how often it got it. */
async function copiesInAnHour(
  { tab, site, collector }: { tab: Tab; site: Site; collector: Collector },
  snippet: Snippet,
  sender: Sender,
): Promise<number | undefined> {
  const url = site.search({ snippet });
  await tab.goto(url);
  await senderReady(tab, sender);
  await makeClicks(tab, [1]);
  await allAnswered(collector);
  for (const _ of Array.from({ length: 9 })) {
    await tab.goto(site.landing(null));
    await age(tab, scopeOf(collector.endpoint));
    await tab.goto(url);
    await trackerReady(tab);
    await tab.evaluate(() => window.clicktrail.flush());
    await allAnswered(collector);
  }
  return timesArrived(collector).get(1);
}

/**
 * Helmet's default policy makes such a server look as if it were gone to whoever asks without CORS: it gets what an outage gets, each
 * wait as long as the time so far.
 */
const UNREADABLE: Readonly<Record<string, { readonly behaviour: Behaviour; readonly most: number }>> = {
  "responses without CORS headers": { behaviour: { cors: "preflight" }, most: 5 },
  "responses without CORS headers and with Cross-Origin-Resource-Policy": {
    behaviour: { cors: "preflight", isOwn: true },
    most: 24,
  },
};

for (const sender of SENDERS) {
  for (const [name, { behaviour, most }] of Object.entries(UNREADABLE)) {
    test(`${name} for an hour: ${most} copies at most ${BY[sender]}`, { tag: "@full" }, async ({
      tab,
      site,
      collector,
    }) => {
      const snippet = giveSender(site, sender);
      collector.behave(behaviour);
      const copies = await copiesInAnHour({ tab, site, collector }, snippet, sender);
      expect(copies).toBeLessThanOrEqual(most);
    });
  }
}
