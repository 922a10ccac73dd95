// Owns a database that comes late, or not whole: what waits goes when it is there, and a visit is not judged by one slow start.
import { expect, test } from "../fixtures.ts";
import { chunkId } from "../pages.ts";
import { expectStats, trackerReady } from "../tracker.ts";
import {
  beforeWorker,
  COURIERS,
  courierReady,
  flushNow,
  giveCourier,
  LONG_WAITS,
  makeClicks,
  makeClicksInVain,
  sideBySide,
  WITH,
} from "./couriers.ts";
import { hurry } from "./hooks.ts";
import { scopeOf, storedText, visitLater } from "./rows.ts";

/** Where limits of some seconds take this many times less, an open that takes this long is late for all of them. */
const TIMES = 8;
const LATE_MS = 1_000;

/** The first open is told of so late; in a page or a worker. */
function openLate(ms: number): void {
  // Not hurried.
  const timer = self.setTimeout.bind(self);
  const real = IDBFactory.prototype.open;
  let isFirst = true;
  IDBFactory.prototype.open = function (...asked) {
    const request = real.apply(this, asked);
    if (!isFirst) return request;
    isFirst = false;
    Object.defineProperty(request, "onsuccess", {
      set(told: (event: Event) => void) {
        request.addEventListener("success", (event) => timer(() => told.call(request, event), ms));
      },
    });
    return request;
  };
}

/** Every lock is granted so late: a page that is rendered before anybody goes to it has to wait for them. */
function lockLate(ms: number): void {
  const timer = self.setTimeout.bind(self);
  const real = LockManager.prototype.request;
  LockManager.prototype.request = async function (this: LockManager, ...asked: unknown[]) {
    await new Promise((resolve) => timer(resolve, ms));
    return (real as (...asked: unknown[]) => unknown).apply(this, asked);
  } as LockManager["request"];
}

const LATE = { "the open": openLate, "the lock around it": lockLate } as const;

for (const courier of COURIERS) {
  test(`the database opens after its limit (${Object.keys(LATE).join(", ")}): the backlog goes when it does, and a click made meanwhile, each once ${WITH[courier]}`, async ({
    tabs,
    site,
  }) => {
    giveCourier(site, courier);
    await sideBySide(tabs, Object.entries(LATE), async ({ tab, collector, snippet }, [, isLate]) => {
      await collector.goDown();
      await tab.goto(site.search({ snippet, head: LONG_WAITS }));
      await courierReady(tab, courier);
      await makeClicksInVain(tab, [1, 2]);
      await tab.goto(site.landing(null));
      await collector.comeUp();
      const head = `<script>(${isLate})(${LATE_MS});(${hurry})(${TIMES}, []);</script>`;
      await visitLater(tab, site, scopeOf(collector.endpoint), site.search({ snippet, head }));
      await makeClicks(tab, [3]);
      await collector.expectPuts([{ position: 1 }, { position: 2 }, { position: 3 }]);
      await expectStats(tab, { made: 3, delivered: 3, waiting: 0 });
    });
  });

  test(`a database without its store (a start that was cut off): made anew, a click that waits is kept and sent once ${WITH[courier]}`, {
    tag: ["@once", "@full"],
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    const scope = scopeOf(collector.endpoint);
    await tab.goto(site.landing(null));
    await tab.evaluate(async (name) => {
      const opening = indexedDB.open(name, 1);
      await new Promise((resolve) => {
        opening.onsuccess = resolve;
      });
      opening.result.close();
    }, scope);
    await collector.goDown();
    await tab.goto(site.search({ head: LONG_WAITS }));
    await courierReady(tab, courier);
    await makeClicksInVain(tab, [1, 2]);
    await tab.goto(site.landing(null));
    for (const number of [1, 2]) expect(await storedText(tab), "kept").toContain(chunkId(number));
    await collector.comeUp();
    await tab.goto(site.landing());
    await flushNow(tab);
    // Nobody has aged it: this forgets the back-off.
    await tab.evaluate(() => dispatchEvent(new Event("online")));
    await collector.expectPuts([{ position: 1 }, { position: 2 }]);
    await expectStats(tab, { made: 2, delivered: 2, waiting: 0 });
  });
}

test("a worker whose database is late once: the next page of the visit has one", { tag: "@worker" }, async ({
  tab,
  tabs,
  site,
  collector,
}) => {
  // Its limit is two seconds.
  const lateMs = 2_500;
  await tab.goto(site.search({ head: beforeWorker(`(${openLate})(${lateMs});`) }));
  await trackerReady(tab);
  await tab.hover("#result-1");
  const isOver = () => tab.evaluate((since) => performance.now() > since, lateMs + 1_000);
  await expect.poll(isOver).toBe(true);
  expect(await tab.evaluate(() => window.clicktrail.courier()), "its start has failed").toBe("page");
  await tab.goto(site.search());
  await courierReady(tab, "worker");
  const opened = await tabs.opened(() =>
    tab.evaluate((url) => void window.open(url), site.search({ target: "_blank" })),
  );
  await courierReady(opened, "worker");
  await makeClicks(opened, [1]);
  await collector.expectPuts([{ position: 1 }]);
});
