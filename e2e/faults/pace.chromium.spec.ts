// Owns what a fast hand costs: the same faults behind a link, met by a pointer that rests before it presses and by one that
// jumps and clicks at once. With the worker there in time neither loses a click. Chromium only: no other has that worker.

import { setTimeout as sleep } from "node:timers/promises";
import type { BrowserContext, Page } from "playwright";
import { QUIET_MS } from "../arrivals.ts";
import { type Collector, startCollector } from "../collector.ts";
import { expect, test } from "../fixtures.ts";
import { chunkId, requestId } from "../pages.ts";
import { pointAt } from "../pointing.ts";
import { type Tab, tabOfPage } from "../tabs.ts";
import { expectStats, trackerReady } from "../tracker.ts";
import { allAnswered, before, firstPositions, LONG_WAITS, makeClicks, timesArrived } from "./couriers.ts";
import { fixRandom } from "./hooks.ts";
import { scopeOf, visitLater } from "./rows.ts";

/** `"by a script"`: no pointer at all, as from a keyboard or a test of the site's own. */
type Pace = "at once" | "by a script" | "at a hand's pace";

const PACES: readonly Pace[] = ["at once", "at once", "by a script", "at a hand's pace"];

/** A hand's: how long the pointer rests on what it clicks, and how long it presses. */
const REST_MS = 120;
const PRESS_MS = 70;

async function clickAt(page: Page, selector: string, pace: Pace): Promise<void> {
  if (pace === "by a script")
    return page.evaluate((of) => document.querySelector<HTMLElement>(of)?.click(), selector);
  const { x, y } = await pointAt((run, of) => page.evaluate(run, of) as Promise<never>, selector);
  const { mouse } = page;
  // Not one after another: the pointer jumps, and the button is down before the page has dealt with that.
  if (pace === "at once") return void (await Promise.all([mouse.move(x, y), mouse.down(), mouse.up()]));
  await mouse.move(x, y);
  await sleep(REST_MS);
  await mouse.click(x, y, { delay: PRESS_MS });
}

/** A visitor needs a second to see the results, in which a worker is there; a busy machine needs longer for it. */
const SEES_MS = 10_000;

/** As soon as the worker is there, which nobody has pointed at anything for. */
async function whenSeen(tab: Tab): Promise<void> {
  await trackerReady(tab);
  await tab.evaluate(async (limit) => {
    const end = performance.now() + limit;
    while (window.clicktrail.courier() !== "worker" && performance.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 5));
  }, SEES_MS);
}

interface Trial {
  readonly page: Page;
  readonly tab: Tab;
  readonly collector: Collector;
  readonly snippet: { readonly endpoint: string };
  readonly pace: Pace;
}

/** All at the same time, each with a tab and a collector of its own. */
async function trials(
  context: BrowserContext,
  paces: readonly Pace[],
  run: (trial: Trial) => Promise<void>,
): Promise<void> {
  const one = async (pace: Pace) => {
    const collector = await startCollector();
    const page = await context.newPage();
    try {
      const snippet = { endpoint: collector.endpoint };
      await run({ page, tab: tabOfPage(page), collector, snippet, pace });
    } catch (error) {
      if (error instanceof Error) error.message = `${pace}: ${error.message}`;
      throw error;
    } finally {
      await collector.stop();
      await page.close();
    }
  };
  await Promise.all(paces.map(one));
}

interface Row {
  readonly name: string;
  /** In all, the one that is taken included. */
  readonly attempts: number;
  readonly fails: (collector: Collector) => unknown;
  /** Back-offs that are over before anybody comes back, or that last until a later visit. Default `"short"`. */
  readonly waits?: "short" | "long";
  /** The visitor is back from where the link led, and all is as the row's name says. Default: nothing to do. */
  readonly back?: (trial: Trial, url: string) => Promise<unknown>;
}

const reset = { fault: "reset-unread", freshConnections: true } as const;
const asked = { status: 429, headers: { "retry-after": "1" } };

const ROWS: readonly Row[] = [
  {
    name: "503 three times, then fine",
    attempts: 4,
    fails: ({ behaveInTurn }) => behaveInTurn({ status: 503 }, { status: 503 }, { status: 503 }),
  },
  {
    name: "429 with Retry-After twice",
    attempts: 3,
    fails: ({ behaveInTurn }) => behaveInTurn(asked, asked),
  },
  {
    name: "two connections reset",
    attempts: 3,
    fails: ({ behaveInTurn }) => behaveInTurn(reset, reset),
  },
  {
    name: "one 503 after 200 ms, later visit",
    attempts: 2,
    waits: "long",
    fails: ({ behaveInTurn }) => behaveInTurn({ status: 503, delayMs: 200 }),
    back: ({ collector }) => allAnswered(collector),
  },
  {
    name: "endpoint down over two reloads",
    attempts: 1,
    waits: "long",
    fails: ({ goDown }) => goDown(),
    back: async ({ tab, collector }, url) => {
      await tab.goto(url);
      await whenSeen(tab);
      await tab.reload();
      await whenSeen(tab);
      await collector.comeUp();
    },
  },
];

for (const { name, attempts, fails, waits = "short", back } of ROWS) {
  test(`${name}, behind a link that is followed, clicked at once, by a script, at a hand's pace: once each`, {
    tag: name.startsWith("429") ? [] : "@full",
  }, async ({ context, site }) => {
    const head = waits === "long" ? LONG_WAITS : before(fixRandom, 0.1);
    await trials(context, PACES, async (trial) => {
      const { page, tab, collector, snippet, pace } = trial;
      const url = site.search({ snippet, head });
      await tab.goto(url);
      await whenSeen(tab);
      await fails(collector);
      await clickAt(page, "#link-1", pace);
      await tab.at("/detail");
      await back?.(trial, url);
      if (waits === "long") await visitLater(tab, site, scopeOf(collector.endpoint), url);
      else await tab.goto(url);
      await collector.expectPuts([{ position: 1 }], { only: "taken", settleMs: QUIET_MS });
      await expectStats(tab, { made: 1, delivered: 1, waiting: 0, inDoubt: 0, dropped: {} });
      expect(collector.counted({ only: "any" })).toHaveLength(attempts);
    });
  });
}

test("200 clicks in one task and away, nobody comes back: each once within 18 s", { tag: "@full" }, async ({
  context,
  site,
}) => {
  const away = site.landing(null);
  // One after another: what they have to share of a busy machine is not the question.
  for (const pace of ["at once", "at once"] as const)
    await trials(context, [pace], async ({ tab, collector, snippet }) => {
      await tab.goto(site.search({ snippet }));
      await whenSeen(tab);
      const positions = firstPositions(200);
      // The evaluation may end with its page.
      await Promise.all(
        [makeClicks(tab, positions), tab.goto(away)].map((act) => act.catch(() => undefined)),
      );
      const clicks = positions.map((position) => ({ position }));
      await collector.expectPuts(clicks, { timeoutMs: 18_000, settleMs: QUIET_MS });
    });
});

/** After the click; its page has gone long before. */
const KILL_MS = 300;

test(`browser SIGKILL ${KILL_MS} ms after a click that has navigated, before its request was let through: once at the next start`, {
  tag: "@full",
}, async ({ profile, site, collector }) => {
  const paces: readonly Pace[] = ["at once", "at a hand's pace", "by a script"];
  const url = site.search();
  let browser = await profile.start();
  for (const [index, pace] of paces.entries()) {
    const tab = tabOfPage(browser.page);
    // Not cached, so that the PUT has to wait for it.
    collector.behave({ preflightMaxAge: 0, preflightDelayMs: 60_000 });
    await tab.goto(url);
    await whenSeen(tab);
    await clickAt(browser.page, `#link-${index + 1}`, pace);
    await Promise.all([tab.at("/detail"), sleep(KILL_MS)]);
    await browser.kill();
    collector.behave({ preflightMaxAge: 0 });
    collector.release();
    browser = await profile.start();
    await visitLater(tabOfPage(browser.page), site, scopeOf(collector.endpoint));
    await collector.expectPuts(
      firstPositions(index + 1).map((position) => ({ position })),
      { settleMs: QUIET_MS },
    );
  }
  await expectStats(tabOfPage(browser.page), { made: 3, delivered: 3, waiting: 0, inDoubt: 0 });
  await browser.quit();
});

test(`browser SIGKILL ${KILL_MS} ms after a click that has navigated, before the answer to its request: once or twice with one id`, {
  tag: "@full",
}, async ({ profile, site, collector }) => {
  const paces: readonly Pace[] = ["at once", "at a hand's pace"];
  const url = site.search();
  let browser = await profile.start();
  for (const [index, pace] of paces.entries()) {
    const tab = tabOfPage(browser.page);
    collector.behave({ fault: "hang" });
    await tab.goto(url);
    await whenSeen(tab);
    await clickAt(browser.page, `#link-${index + 1}`, pace);
    await Promise.all([tab.at("/detail"), sleep(KILL_MS)]);
    await browser.kill();
    collector.behave({});
    collector.release();
    browser = await profile.start();
    await visitLater(tabOfPage(browser.page), site, scopeOf(collector.endpoint));
    await expectStats(tabOfPage(browser.page), { made: index + 1, waiting: 0, inDoubt: 0, dropped: {} });
  }
  await browser.quit();
  const times = timesArrived(collector);
  expect([...times.keys()]).toEqual([1, 2]);
  expect(Math.max(...times.values())).toBeLessThanOrEqual(2);
});

/** Counts the workers made of the library's text. */
const COUNTS = `<script>
  const Native = SharedWorker;
  window.workers = 0;
  window.SharedWorker = class extends Native {
    constructor(url, options) {
      if (/courier/.test(url)) window.workers += 1;
      super(url, options);
    }
  };
</script>`;

const workers = (tab: Tab) => tab.evaluate(() => (window as unknown as { workers: number }).workers);

test("the worker starts by itself where the document has results, or when tagResults tags some; else not", async ({
  tab,
  site,
}) => {
  const courier = () => tab.evaluate(() => window.clicktrail.courier());
  await tab.goto(site.search({ head: COUNTS }));
  await expect.poll(courier, { message: "with results" }).toBe("worker");
  expect(await workers(tab)).toBe(1);

  await tab.goto(site.search({ head: COUNTS, tag: "none" }));
  await trackerReady(tab);
  // Idle time has come twice, with all that the tracker does in it.
  await tab.evaluate(async () => {
    for (let turns = 2; turns; turns -= 1) await new Promise((resolve) => requestIdleCallback(resolve));
  });
  expect(await workers(tab), "without results").toBe(0);
  await tab.evaluate(
    ({ request, chunk }) => {
      const list = document.getElementById("results") as HTMLElement;
      const chunks = [{ chunk: { id: chunk, link: "/detail?result=1" }, score: 1 }];
      window.clicktrail.tagResults(list, { id: request, chunks } as never);
    },
    { request: requestId(1), chunk: chunkId(1) },
  );
  await expect.poll(courier, { message: "tagged" }).toBe("worker");
});
