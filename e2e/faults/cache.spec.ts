// Owns what a page's stay in the back/forward cache does to its clicks: answers that come meanwhile, requests that never
// settle, a database that was being opened, a drain that was under way.
import { QUIET_MS } from "../arrivals.ts";
import { expect, test } from "../fixtures.ts";
import type { Tab } from "../tabs.ts";
import { expectStats, recordOutcomes, trackerReady } from "../tracker.ts";
import {
  allAnswered,
  attempt,
  COURIERS,
  courierReady,
  firstPositions,
  giveCourier,
  makeClicks,
  NO_WORKER,
  WITH,
} from "./couriers.ts";
import { age, clickRow, scopeOf, storeRows, visitLater } from "./rows.ts";

test.use({ backForwardCache: true });

const first = { position: 1 };

/** To be found again only if the page itself comes back, and no new one. */
async function mark(tab: Tab): Promise<void> {
  await tab.evaluate(() => {
    document.title = "kept";
  });
}

async function back(tab: Tab): Promise<void> {
  await tab.goBack();
  await expect.poll(() => tab.evaluate(() => document.title).catch(() => "")).toBe("kept");
}

/** As Firefox and WebKit do with a request whose answer came while the page was frozen. */
const NEVER_SETTLES = `<script>
  let freezes = 0;
  addEventListener("pagehide", () => { freezes += 1; });
  const real = fetch;
  window.fetch = (...request) => new Promise((resolve, reject) => {
    const before = freezes;
    const ifAwake = (settle) => (result) => { if (freezes === before) settle(result); };
    real(...request).then(ifAwake(resolve), ifAwake(reject));
  });
</script>`;

for (const courier of COURIERS) {
  for (const [how, head] of [
    ["settles", ""],
    ["never settles", NEVER_SETTLES],
  ] as const) {
    if (courier === "worker" && head) continue;
    test(`answered while its page is in the cache, its promise ${how} (never in Firefox and WebKit), the page comes back: one PUT ${WITH[courier]}`, async ({
      tab,
      tabs,
      site,
      collector,
    }) => {
      const isSettled = !head && tabs.engine === "chromium";
      giveCourier(site, courier);
      collector.behave({ fault: "hang" });
      await tab.goto(site.search({ head }));
      await courierReady(tab, courier);
      await mark(tab);
      // Not by the link: an event of the click's own write that comes late, while the page is in the cache, costs it the cache.
      await makeClicks(tab, [1]);
      await collector.arrived(1);
      await tab.goto(site.landing(null));
      collector.behave({});
      collector.release();
      await allAnswered(collector);
      await back(tab);
      await tab.evaluate(() => window.clicktrail.flush());
      await collector.expectPuts([first], { settleMs: QUIET_MS });
      // The same page, for a tab beside it may see another state of the journal.
      await age(tab, scopeOf(collector.endpoint));
      await tab.evaluate(() => window.clicktrail.flush());
      const end = isSettled ? { delivered: 1, inDoubt: 0 } : { inDoubt: 1, delivered: 0 };
      await expectStats(tab, { made: 1, waiting: 0, ...end });
      await visitLater(tab, site, scopeOf(collector.endpoint));
      await expectStats(tab, { made: 1, waiting: 0, ...end });
      await collector.expectPuts([first]);
    });
  }

  test(`a page that comes back from the cache is told what becomes of its next click ${WITH[courier]}`, async ({
    tab,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    await tab.goto(site.search());
    await courierReady(tab, courier);
    await recordOutcomes(tab);
    await mark(tab);
    await tab.goto(site.landing());
    await back(tab);
    // The mouse is on the result already.
    await tab.hover("#home, #result-3");
    await courierReady(tab, courier);
    const [id] = await makeClicks(tab, [1]);
    await collector.expectPuts([attempt(id, 1)]);
    const told = () => tab.evaluate(() => window.outcomes.map(({ name }) => name));
    await expect.poll(told).toEqual(["click", "delivered"]);
  });

  test(`a drain whose page goes into the cache is another page's: each once ${WITH[courier]}`, {
    tag: "@full",
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    collector.behave({ delayMs: 100 });
    const scope = scopeOf(collector.endpoint);
    await tab.goto(site.landing(null));
    await storeRows(
      tab,
      scope,
      firstPositions(60).map((number) => clickRow(number)),
    );
    await tab.goto(site.landing());
    await mark(tab);
    await collector.arrived(12);
    await tab.goto(site.landing());
    await trackerReady(tab);
    // The first page's worker goes on, and would find its leases over in rows that are aged below it.
    if (courier === "worker") await collector.arrived(60);
    await allAnswered(collector);
    await visitLater(tab, site, scope);
    await collector.expectPuts(firstPositions(60).map((position) => ({ position })));
    await expectStats(tab, { made: 60, waiting: 0 });
  });
}

/** The page is long at making the database, so that it goes meanwhile: every open that comes after waits for it. */
const LONG_OPEN = `<script>
  const open = IDBFactory.prototype.open;
  IDBFactory.prototype.open = function (...asked) {
    const request = open.apply(this, asked);
    request.addEventListener("upgradeneeded", () => {
      document.title = "opening";
      const store = request.result.createObjectStore("held");
      const until = Date.now() + 10_000;
      const again = () => {
        if (Date.now() < until) store.get("nothing").onsuccess = again;
        else document.title = "open";
      };
      again();
    });
    return request;
  };
</script>`;

test("a page frozen while it opens the database: the next page opens it, counts and sends (WebKit keeps the database until the tab closes: sent, not counted)", async ({
  tab,
  tabs,
  site,
  collector,
}) => {
  const datasets = firstPositions(2).map((number) => `d0000000-0000-4000-8000-00000000010${number}`);
  for (const [index, dataset] of datasets.entries()) {
    const url = site.landing({ dataset });
    // Its worker would make the database too, and could be first.
    await tab.goto(site.search({ snippet: { dataset }, head: NO_WORKER + LONG_OPEN }));
    await expect.poll(() => tab.evaluate(() => document.title)).toBe("opening");
    await tab.goto(url);
    await trackerReady(tab);
    await makeClicks(tab, [index + 1]);
    const puts = firstPositions(index + 1).map((position) => ({ position }));
    await collector.expectPuts(puts, { settleMs: 0, timeoutMs: 5_000 });
    await expectStats(tab, { made: 1, delivered: 1 });
    await tab.goto(url);
    if (tabs.engine !== "webkit") await expectStats(tab, { made: 1, delivered: 1 });
  }
  await collector.expectPuts(datasets.map((_, index) => ({ position: index + 1 })));
});
