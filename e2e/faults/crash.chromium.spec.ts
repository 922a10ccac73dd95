// Owns what survives a death: of the renderer, of the browser, of the worker, at any time after the click. How often a
// click arrives then has a bound and no exact number: nobody who saw the answer lived to tell.

import { setTimeout as sleep } from "node:timers/promises";
import type { BrowserContext } from "playwright";
import { QUIET_MS } from "../arrivals.ts";
import type { Collector } from "../collector.ts";
import { expect, test } from "../fixtures.ts";
import { type Tab, tabOfPage } from "../tabs.ts";
import { expectStats } from "../tracker.ts";
import {
  allAnswered,
  attempt,
  beforeWorker,
  COURIERS,
  type Courier,
  courierReady,
  crash,
  giveCourier,
  makeClicks,
  NO_WORKER,
  timesArrived,
  WITH,
  WITHOUT,
} from "./couriers.ts";
import { age, scopeOf, storedRows, visitLater } from "./rows.ts";

/** After the click, in ms; the answer takes ANSWER_MS. */
const DEATHS = [0, 5, 20, 50, 200, 2_000];
/** The same where each costs two starts of a browser: one on each side of the limits below. */
const KILLS = [0, 20, 200, 2_000];
const ANSWER_MS = 300;
/** From here on the record has to have been written, on however busy a machine; and the request handed to the browser. */
const WRITTEN_MS = 2_000;
const HANDED_MS = 5;
/** And a browser that lives so long has sent it, as soon as the network lets it. */
const SENT_MS = 200;

const positionsOf = (rows: Awaited<ReturnType<typeof storedRows>>) =>
  rows.map(([, row]) => (row as { payload: { position: number } }).payload.position);

/** Waits until the one click made is on the disk. */
async function expectWritten(tab: Tab, collector: Collector): Promise<void> {
  const rows = async () => (await storedRows(tab, scopeOf(collector.endpoint))).length;
  await expect.poll(rows, { message: "the click is written" }).toBe(1);
}

/** What the death of a page that is its own courier costs, no other engine shows. */
const NAMED = { ...WITH, page: WITHOUT };

/** How often a click may arrive that somebody died over: the worker's is sent again, the page's is trusted. */
const MOST: Readonly<Record<Courier, number>> = { worker: 2, page: 1 };

/** Each of `positions` has arrived, and none too often. */
function expectBounds(collector: Collector, positions: readonly number[], courier: Courier): void {
  const times = timesArrived(collector);
  for (const position of positions)
    expect(times.get(position) ?? 0, `copies of click ${position}`).toBeGreaterThanOrEqual(1);
  expect(Math.max(...times.values()), "copies of one").toBeLessThanOrEqual(MOST[courier]);
}

for (const courier of COURIERS) {
  const copies = courier === "worker" ? "once or twice with one id" : "once";
  test(`renderer crash ${DEATHS.join(", ")} ms after the click: ${copies}, never lost from ${HANDED_MS} ms on ${NAMED[courier]}`, {
    tag: courier === "page" ? "@full" : [],
  }, async ({ context, tab, site, collector }) => {
    giveCourier(site, courier);
    collector.behave({ delayMs: ANSWER_MS });
    for (const [index, ms] of DEATHS.entries()) {
      const page = await context.newPage();
      await page.goto(site.search({ results: DEATHS.length }));
      await courierReady(tabOfPage(page), courier);
      await page.evaluate((number) => document.getElementById(`link-${number}`)?.click(), index + 1);
      await sleep(ms);
      await crash(context, page);
    }
    await allAnswered(collector);
    await visitLater(tab, site, scopeOf(collector.endpoint));
    await expectStats(tab, { waiting: 0, dropped: {} });
    await allAnswered(collector);
    const handed = DEATHS.flatMap((ms, index) => (ms >= HANDED_MS ? [index + 1] : []));
    expectBounds(collector, handed, courier);
  });

  // What a page began is trusted to have left: where it had not, the click is counted in doubt.
  const lost = courier === "worker" ? "once written" : "once sent";
  test(`browser SIGKILL ${KILLS.join(", ")} ms after the click, restart: ${copies}, never lost ${lost} ${NAMED[courier]}`, {
    tag: courier === "page" ? "@full" : [],
  }, async ({ profile, site, collector }) => {
    giveCourier(site, courier);
    collector.behave({ delayMs: ANSWER_MS });
    const kept: number[] = [];
    let browser = await profile.start();
    for (const [index, ms] of KILLS.entries()) {
      const position = index + 1;
      await browser.page.goto(site.search({ results: KILLS.length }));
      await courierReady(tabOfPage(browser.page), courier);
      await browser.page.evaluate((number) => document.getElementById(`link-${number}`)?.click(), position);
      await sleep(ms);
      const isThere = () => timesArrived(collector).has(position);
      // By itself, before the browser goes; how long the network takes is nobody's promise.
      if (courier === "page" && ms >= SENT_MS) await expect.poll(isThere, { intervals: [20] }).toBe(true);
      await browser.kill();
      const hadArrived = isThere();
      browser = await profile.start();
      const tab = tabOfPage(browser.page);
      await tab.goto(site.landing(null));
      const isWritten = positionsOf(await storedRows(tab, scopeOf(collector.endpoint))).includes(position);
      const isKnown = hadArrived || isWritten || ms < WRITTEN_MS;
      expect(isKnown, `click ${position} is on disk`).toBe(true);
      if (hadArrived || (courier === "worker" && isWritten)) kept.push(position);
      // Also: no lock and no lease of the dead browser is in the way.
      await visitLater(tab, site, scopeOf(collector.endpoint));
      await expectStats(tab, { waiting: 0, dropped: {} });
    }
    await browser.quit();
    expectBounds(collector, kept, courier);
  });
}

for (const [courier, inDoubt] of [
  ["worker", "trust"],
  ["page", "resend"],
  ["page", "trust"],
] as const) {
  // Nothing tells this quit from a navigation that the request outlives.
  const isTrusted = courier === "page" && inDoubt === "trust";
  const result = isTrusted ? "counted in doubt" : "sent once on the next visit";
  test(`browser quit during the preflight: ${result} ${NAMED[courier]}, in-doubt "${inDoubt}"`, async ({
    profile,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    const url = site.search({ snippet: { inDoubt } });
    collector.behave({ preflightDelayMs: 60_000 });
    const first = await profile.start();
    await first.page.goto(url);
    await courierReady(tabOfPage(first.page), courier);
    await makeClicks(tabOfPage(first.page), [1]);
    await expect.poll(() => collector.preflights.length).toBe(1);
    // Under load the preflight may be there before the record is on disk, and a quit keeps nothing of a page's stash.
    await expectWritten(tabOfPage(first.page), collector);
    await first.quit();
    collector.behave({});
    collector.release();
    const second = await profile.start();
    const tab = tabOfPage(second.page);
    await visitLater(tab, site, scopeOf(collector.endpoint), url);
    const end = isTrusted ? { delivered: 0, inDoubt: 1 } : { delivered: 1, inDoubt: 0 };
    await expectStats(tab, { made: 1, waiting: 0, ...end, dropped: {} });
    await collector.expectPuts(isTrusted ? [] : [{ position: 1 }], { settleMs: QUIET_MS });
    await second.quit();
  });
}

async function killWorkers(context: BrowserContext): Promise<void> {
  const session = await context.browser()?.newBrowserCDPSession();
  const known = await session?.send("Target.getTargets", { filter: [{ type: "shared_worker" }] });
  const workers = known?.targetInfos ?? [];
  expect(workers, "shared workers").not.toHaveLength(0);
  for (const { targetId } of workers) {
    // One of an earlier page may close by itself.
    await session?.send("Target.closeTarget", { targetId }).catch(() => undefined);
  }
  await session?.detach();
}

test("the worker is killed before the click: once, at a later visit at the latest", async ({
  context,
  tab,
  site,
  collector,
}) => {
  await tab.goto(site.search());
  await courierReady(tab, "worker");
  await killWorkers(context);
  await makeClicks(tab, [1]);
  // A page that navigates under load may lose its write, and here there is no worker to write it once more.
  await expectWritten(tab, collector);
  await visitLater(tab, site, scopeOf(collector.endpoint));
  await expectStats(tab, { made: 1, waiting: 0, delivered: 1 });
  await collector.expectPuts([{ position: 1 }]);
});

/** Half a minute is what the page gives a worker that says no more; here it is a second and a half. */
const IMPATIENT = `<script>{
  const real = setTimeout;
  window.setTimeout = (run, ms, ...rest) => real(run, ms > 25_000 && ms <= 30_000 ? 1_500 : ms, ...rest);
}</script>`;

test("the worker is killed before the click: the page that lives on sends it", async ({
  context,
  tab,
  site,
  collector,
}) => {
  await tab.goto(site.search({ head: IMPATIENT }));
  await courierReady(tab, "worker");
  await killWorkers(context);
  await makeClicks(tab, [1]);
  // The same page: nobody navigates or flushes, so nothing but the page's own alarm can.
  await age(tab, scopeOf(collector.endpoint));
  await collector.expectPuts([{ position: 1 }]);
});

test("the worker is killed during the request: twice with one id", async ({
  context,
  tab,
  site,
  collector,
}) => {
  collector.behave({ fault: "hang" });
  await tab.goto(site.search());
  await courierReady(tab, "worker");
  const [id] = await makeClicks(tab, [1]);
  await collector.arrived(1);
  await expectWritten(tab, collector);
  await killWorkers(context);
  collector.behave({});
  collector.release();
  await visitLater(tab, site, scopeOf(collector.endpoint));
  await expectStats(tab, { made: 1, waiting: 0, delivered: 1 });
  await collector.expectPuts([attempt(id, 1), attempt(id, 2)]);
});

for (const [name, script] of [
  ["a worker whose script throws", "throw new Error('broken');"],
  ["a worker that never answers", "Object.defineProperty(self, 'onconnect', { set() {} });"],
] as const) {
  test(`${name}: the click at hand and the next ones once`, async ({ tab, site, collector }) => {
    const url = site.search({ head: beforeWorker(script) });
    await tab.goto(url);
    await courierReady(tab, "page");
    await tab.hover("#result-1");
    await makeClicks(tab, [1]);
    await tab.click("#link-2");
    await tab.at("/detail");
    await tab.goto(url);
    await courierReady(tab, "page");
    await tab.hover("#result-1");
    await makeClicks(tab, [3]);
    await collector.expectPuts([{ position: 1 }, { position: 2 }, { position: 3 }], { settleMs: QUIET_MS });
    await visitLater(tab, site, scopeOf(collector.endpoint), site.landing());
    await expectStats(tab, { made: 3, waiting: 0, dropped: {} });
    await collector.expectPuts([{ position: 1 }, { position: 2 }, { position: 3 }]);
  });
}

test("a policy without workers: the page is the courier, each page tries once, each click once", async ({
  tab,
  site,
  collector,
}) => {
  const csp = "script-src 'self' 'unsafe-inline'; worker-src 'none'";
  const counts = `<script>
    const Native = SharedWorker;
    window.SharedWorker = class extends Native {
      constructor(...given) {
        sessionStorage.workers = Number(sessionStorage.workers ?? 0) + 1;
        super(...given);
      }
    };
  </script>`;
  const url = site.search({ headers: { "content-security-policy": csp }, head: counts });
  await tab.goto(url);
  await courierReady(tab, "page");
  await tab.hover("#result-1");
  await tab.click("#link-1");
  await tab.at("/detail");
  await tab.goto(url);
  await courierReady(tab, "page");
  await tab.hover("#result-2");
  await tab.click("#link-2");
  await tab.at("/detail");
  await collector.expectPuts([{ position: 1 }, { position: 2 }], { settleMs: QUIET_MS });
  expect(await tab.evaluate(() => sessionStorage.workers)).toBe("2");
  await visitLater(tab, site, scopeOf(collector.endpoint), site.search({ head: NO_WORKER }));
  await expectStats(tab, { made: 2, waiting: 0, dropped: {} });
  await collector.expectPuts([{ position: 1 }, { position: 2 }]);
});
