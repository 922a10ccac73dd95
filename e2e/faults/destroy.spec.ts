// Owns what a tracker does after its end: nothing; and that it lets its database go, then and when somebody wants to delete it.
import { expect, test } from "../fixtures.ts";
import type { Tab } from "../tabs.ts";
import { expectStats, recordOutcomes, trackerReady } from "../tracker.ts";
import {
  attempt,
  before,
  COURIERS,
  courierReady,
  giveCourier,
  LONG_WAITS,
  makeClicks,
  makeClicksInVain,
  told,
  WITH,
} from "./couriers.ts";
import { fixRandom } from "./hooks.ts";
import { databasesOf, scopeOf, storedRows, visitLater } from "./rows.ts";

/** From another page of the site, all databases of the origin: whether each went, or somebody keeps it. */
function deleteDatabases(tab: Tab): Promise<string[]> {
  return tab.evaluate(async () => {
    const known = await indexedDB.databases();
    const deleting = known.map(
      ({ name }) =>
        new Promise<string>((resolve) => {
          const request = indexedDB.deleteDatabase(name as string);
          request.onsuccess = () => resolve("deleted");
          request.onblocked = () => resolve("blocked");
          request.onerror = () => resolve("failed");
        }),
    );
    return Promise.all(deleting);
  });
}

/** Everything that could make a tracker do something. */
async function stir(tab: Tab): Promise<void> {
  await tab.evaluate(async () => {
    await new Promise((resolve) =>
      (window.requestIdleCallback ?? setTimeout)(resolve, { timeout: 500 } as never),
    );
    dispatchEvent(new Event("online"));
    document.dispatchEvent(new Event("visibilitychange"));
  });
}

for (const courier of COURIERS) {
  test(`destroy() before idle time: the backlog stays where it is, and the next page sends it once ${WITH[courier]}`, {
    tag: ["@once", "@full"],
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    await collector.goDown();
    await tab.goto(site.search({ head: LONG_WAITS }));
    await courierReady(tab, courier);
    await makeClicksInVain(tab, [1, 2]);
    await tab.goto(site.landing(null));
    await collector.comeUp();
    const ends = `<script>
      document.querySelector("script[data-dataset]").addEventListener("load", () => {
        clicktrail.destroy();
        document.title = "destroyed";
      });
    </script>`;
    await visitLater(tab, site, scopeOf(collector.endpoint), site.search({ body: ends }));
    expect(await tab.evaluate(() => document.title)).toBe("destroyed");
    await stir(tab);
    await collector.expectNothing();
    await tab.goto(site.landing());
    await collector.expectPuts([{ position: 1 }, { position: 2 }]);
    await expectStats(tab, { made: 2, delivered: 2, waiting: 0 });
  });

  test(`after destroy(): trackClick, flush, a back-off that ends and events of the page send nothing ${WITH[courier]}`, {
    tag: "@once",
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    collector.behave({ status: 503 });
    await tab.goto(site.search({ head: before(fixRandom, 0.9), target: "_blank" }));
    await courierReady(tab, courier);
    await recordOutcomes(tab);
    // The first back-off is 0.9 s, and is under way: a busy machine would take longer for another command.
    await tab.evaluate(() => {
      window.clicktrail.on("waiting", () => setTimeout(() => window.clicktrail.destroy()));
    });
    const [id] = await makeClicks(tab, [1]);
    await told(tab, id, "waiting");
    await makeClicks(tab, [2]);
    await tab.click("#link-3");
    await tab.evaluate(() => void window.clicktrail.flush());
    await stir(tab);
    await collector.expectPuts([attempt(id, 1)], { settleMs: 1_500 });
    collector.behave({});
    await visitLater(tab, site, scopeOf(collector.endpoint));
    await collector.expectPuts([attempt(id, 1), attempt(id, 2)]);
    await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
  });

  test(`after destroy() the site can delete its databases while the page is there ${WITH[courier]}`, async ({
    tab,
    tabs,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    const other = await tabs.open();
    await other.goto(site.landing(null));
    await tab.goto(site.search());
    await courierReady(tab, courier);
    await makeClicks(tab, [1]);
    await expectStats(tab, { made: 1, delivered: 1 });
    await tab.evaluate(() => window.clicktrail.destroy());
    expect(await databasesOf(other)).toEqual([scopeOf(collector.endpoint)]);
    expect(await deleteDatabases(other)).toEqual(["deleted"]);
    await collector.expectPuts([{ position: 1 }]);
  });

  test(`the site deletes its databases under a running tracker: not blocked, later clicks are kept and sent once, in later tabs too ${WITH[courier]}`, async ({
    tab,
    tabs,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    const scope = scopeOf(collector.endpoint);
    const other = await tabs.open();
    await other.goto(site.landing(null));
    await tab.goto(site.search({ head: LONG_WAITS }));
    await courierReady(tab, courier);
    await makeClicks(tab, [1]);
    await expectStats(tab, { made: 1, delivered: 1 });
    expect(await deleteDatabases(other)).toEqual(["deleted"]);
    await collector.goDown();
    await makeClicksInVain(tab, [2]);
    const kept = async () => (await storedRows(other, scope)).length;
    await expect.poll(kept, { message: "kept in a new database" }).toBe(1);
    await collector.comeUp();
    await other.goto(site.search());
    await trackerReady(other);
    await visitLater(tab, site, scope);
    await collector.expectPuts([{ position: 1 }, { position: 2 }]);
    await expectStats(other, { made: 1, delivered: 1, waiting: 0 });
  });
}
