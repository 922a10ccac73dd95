// Measures what becomes of clicks that leave the page, in each engine and at each level: how many the endpoint takes once, how
// many of those are counted as delivered. Not part of `npm test`: `npm run cells`.
import { setTimeout as sleep } from "node:timers/promises";
import type { Collector } from "./collector.ts";
import { allAnswered, flushNow, NO_WORKER } from "./faults/couriers.ts";
import { age, scopeOf } from "./faults/rows.ts";
import { expect } from "./fixtures.ts";
import { type Behind, test } from "./proxy/behind.ts";
import type { Site } from "./site.ts";
import type { Tab, Tabs } from "./tabs.ts";
import { trackerReady } from "./tracker.ts";

const CLICKS = Number(process.env.E2E_CELLS);
const WAYS = ["detail", "other-site", "close"] as const;
const ANSWERS_MS = [0, 200, 2_000, 8_000];
const LEVELS = {
  "shared worker": { snippet: {}, courier: "worker" },
  direct: { snippet: {}, courier: "page" },
  "service worker": { snippet: { courier: "/dist/clicktrail.courier.js" }, courier: "service-worker" },
  idempotent: { snippet: { endpoint: "/ctr", apiKey: undefined, idempotent: true }, courier: "page" },
} as const;

interface Place {
  readonly tabs: Tabs;
  readonly site: Site;
  readonly collector: Collector;
  readonly front: Behind;
}

type Level = keyof typeof LEVELS;
type Way = (typeof WAYS)[number];

async function leaveByClick(tab: Tab, way: Way, number: number): Promise<void> {
  if (way !== "close") {
    await tab.click(`#link-${number}`);
    return tab.at(way);
  }
  await tab
    .evaluate((selector) => {
      document.querySelector<HTMLElement>(selector)?.click();
      window.close();
    }, `#text-${number}`)
    .catch(() => undefined);
}

/** Clicks that leave, `delayMs` being how long the response takes; returns what became of them. */
async function measure(
  { tabs, site, collector, front }: Place,
  level: Level,
  way: Way,
  delayMs: number,
): Promise<string> {
  const { snippet, courier } = LEVELS[level];
  const isOwn = level === "idempotent";
  const at = isOwn ? front.at : (url: string) => url;
  const links = way === "close" ? "none" : way;
  const url = at(site.search({ results: CLICKS, links, snippet }));
  let tab = await tabs.open();
  for (let number = 1; number <= CLICKS; number++) {
    // Browsers hold six connections to a host: a click must not wait for those before it.
    await sleep(delayMs / 4);
    if (way === "close") {
      await tab.goto(at(site.landing(null)));
      const opener = tab;
      tab = await tabs.opened(() => opener.evaluate((to) => void window.open(to), url));
      await ready(tab, courier);
      await leaveByClick(tab, way, number);
      tab = opener;
    } else {
      await tab.goto(url);
      await ready(tab, courier);
      await leaveByClick(tab, way, number);
    }
  }
  await allAnswered(collector);
  await tab.goto(at(site.landing(null)));
  await age(tab, scopeOf(isOwn ? `${front.origin}/ctr` : collector.endpoint));
  await tab.goto(url);
  await flushNow(tab);
  await allAnswered(collector);
  const { delivered, inDoubt, waiting, made } = await tab.evaluate(() => window.clicktrail.stats());
  const taken = new Map<unknown, number>();
  for (const { status, body } of collector.puts) {
    const { position } = body as { position?: unknown };
    if (status === 204) taken.set(position, (taken.get(position) ?? 0) + 1);
  }
  const once = [...taken.values()].filter((times) => times === 1).length;
  return `${CLICKS} clicks, ${once} taken once, ${CLICKS - taken.size} never, ${taken.size - once} more often; recorded ${made}, delivered ${delivered}, in doubt ${inDoubt}, waiting ${waiting}`;
}

async function ready(tab: Tab, courier: string): Promise<void> {
  await trackerReady(tab);
  await tab.evaluate(() => window.clicktrail.stats());
  const now = () => tab.evaluate(() => window.clicktrail.courier());
  await expect.poll(now, { intervals: [20] }).toBe(courier);
}

test.use({ frontName: "nginx" });
test.setTimeout(20_000 * CLICKS);

/** Only Chromium has such workers; at the other levels it does as if it had none. */
function choose(level: Level, { tabs, site }: Pick<Place, "tabs" | "site">): void {
  const isShared = level === "shared worker";
  test.skip(isShared && tabs.engine !== "chromium", "Chromium's own");
  if (!isShared) site.everyPage(NO_WORKER);
}

for (const level of Object.keys(LEVELS) as Level[])
  for (const way of WAYS)
    for (const delayMs of ANSWERS_MS)
      test(`${level}, ${way}, answered after ${delayMs} ms`, async ({ tabs, site, collector, front }) => {
        choose(level, { tabs, site });
        test.skip(
          tabs.engine === "webkit" && way === "close",
          "WebKitGTK's driver lets no script open a window",
        );
        test.skip(level === "idempotent" && delayMs > 5_000, "nginx waits 5 s for the API");
        collector.behave({ delayMs, preflightMaxAge: 0 });
        const result = await measure({ tabs, site, collector, front }, level, way, delayMs);
        console.log(`${tabs.engine} | ${level} | ${way} | ${delayMs} | ${result}`);
        expect(result).toContain(`${CLICKS} taken once`);
      });

for (const level of Object.keys(LEVELS) as Level[])
  test(`${level}, one 503 after 200 ms behind a link`, async ({ tabs, site, collector, front }) => {
    choose(level, { tabs, site });
    const turns = Array.from({ length: CLICKS }, () => ({ status: 503, delayMs: 200 }));
    collector.behaveInTurn(...turns, {});
    const result = await measure({ tabs, site, collector, front }, level, "detail", 200);
    console.log(`${tabs.engine} | ${level} | 503 after 200 ms | ${result}`);
  });
