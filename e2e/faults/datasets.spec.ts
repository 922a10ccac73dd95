// Owns what several copies, datasets and endpoints on one origin do to each other: nothing.
import { QUIET_MS } from "../arrivals.ts";
import { startCollector } from "../collector.ts";
import { expect, test } from "../fixtures.ts";
import { API_KEY, DATASET, type Snippet } from "../pages.ts";
import { expectStats, trackerReady } from "../tracker.ts";
import { COURIERS, courierReady, giveCourier, makeClicks, makeClicksInVain, WITH } from "./couriers.ts";
import { age, clickRow, journalRows, scopeOf, storeRows } from "./rows.ts";

const OTHER_DATASET = "d0000000-0000-4000-8000-000000000002";
const ORGANIZATION = "0a000000-0000-4000-8000-000000000001";

for (const courier of COURIERS) {
  test(`the script twice, at another address, and the module on top: one PUT a click ${WITH[courier]}`, async ({
    tab,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    const options = { dataset: DATASET, apiKey: API_KEY, endpoint: collector.endpoint };
    const tag = (build: string) =>
      `<script async src="/dist/${build}" data-dataset="${DATASET}" data-api-key="${API_KEY}" data-endpoint="${collector.endpoint}"></script>`;
    const body = `${tag("clicktrail.js")}${tag("clicktrail.js?again")}<script type="module">
      import { init } from "/dist/index.js";
      init(${JSON.stringify(options)});
      document.title = "all there";
    </script>`;
    await tab.goto(site.search({ body }));
    await expect.poll(() => tab.evaluate(() => document.title)).toBe("all there");
    await courierReady(tab, courier);
    await makeClicks(tab, [2]);
    await tab.click("#link-1");
    await tab.at("/detail");
    await collector.expectPuts([{ position: 2 }, { position: 1 }], { settleMs: QUIET_MS });
    await tab.goto(site.search());
    await trackerReady(tab);
    await expectStats(tab, { made: 2 });
  });

  test(`two datasets and two endpoints on one origin: each page sends its own, with its own headers, and no other's ${WITH[courier]}`, {
    tag: "@once",
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    const second = await startCollector();
    const pages = [
      { snippet: { apiKey: "one", dataset: DATASET }, to: collector, position: 1 },
      { snippet: { apiKey: "two", dataset: OTHER_DATASET }, to: collector, position: 2 },
      { snippet: { apiKey: "three", dataset: DATASET, endpoint: second.endpoint }, to: second, position: 3 },
    ];
    try {
      await collector.goDown();
      await second.goDown();
      for (const { snippet, position } of pages) {
        await tab.goto(site.search({ snippet }));
        await courierReady(tab, courier);
        await makeClicksInVain(tab, [position, position + 10]);
        await expectStats(tab, { made: 2, waiting: 2 });
      }
      await tab.goto(site.landing(null));
      // A page that left in the middle of an attempt has a click in doubt, which its failures speak against after the lease.
      for (const { snippet, to } of pages) await age(tab, scopeOf(to.endpoint, snippet.dataset));
      await collector.comeUp();
      await second.comeUp();
      for (const { snippet } of pages) {
        await tab.goto(site.landing(snippet));
        await trackerReady(tab);
        await tab.evaluate(() => dispatchEvent(new Event("online")));
        await expectStats(tab, { made: 2, delivered: 2, waiting: 0 });
      }
      // In any order: a worker tries again by itself for a while after its page has gone.
      await collector.expectPuts([1, 11, 2, 12].map((position) => ({ position })));
      await second.expectPuts(
        [3, 13].map((position) => ({ position })),
        { settleMs: 0 },
      );
      const headers = [...collector.puts, ...second.puts].map(({ body, headers: sent }) => [
        Number((body as { position: number }).position) % 10,
        sent.authorization,
        sent["tr-dataset"],
      ]);
      const expected = [
        [1, "one", DATASET],
        [2, "two", OTHER_DATASET],
        [3, "three", DATASET],
      ];
      expect(headers.sort()).toEqual(expected.flatMap((one) => [one, one]));
    } finally {
      await second.stop();
    }
  });

  test(`a dataset whose name begins with another's: neither takes the other's clicks, journaled or stored ${WITH[courier]}`, {
    tag: ["@once", "@full"],
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    const scope = (dataset: string) => `clicktrail 2 ${collector.endpoint} ${ORGANIZATION} ${dataset}`;
    const snippet = (dataset: string): Snippet => ({ dataset, organization: ORGANIZATION });
    await tab.goto(site.landing(null));
    await storeRows(tab, scope("shop"), [clickRow(1)]);
    await storeRows(tab, scope("shop2"), [clickRow(2)]);
    await journalRows(tab, scope("shop"), [clickRow(3)]);
    await journalRows(tab, scope("shop2"), [clickRow(4)]);
    await tab.goto(site.landing(snippet("shop")));
    await collector.expectPuts([{ position: 1 }, { position: 3 }], { settleMs: QUIET_MS });
    await tab.goto(site.landing(snippet("shop2")));
    await collector.expectPuts([1, 3, 2, 4].map((position) => ({ position })));
    const sent = collector.puts.map(({ headers }) => headers["tr-dataset"]);
    expect(sent).toEqual(["shop", "shop", "shop2", "shop2"]);
  });
}
