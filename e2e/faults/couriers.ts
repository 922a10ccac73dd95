// Owns which courier a fault meets: the worker that outlives the page, or the page itself; and the clicks made by hand.
// It knows how to get either, not what becomes of a click.
import type { BrowserContext, Page } from "playwright";
import { expect } from "playwright/test";
import { clickMark } from "../arrivals.ts";
import { type Collector, startCollector } from "../collector.ts";
import { chunkId, requestId } from "../pages.ts";
import type { Site } from "../site.ts";
import type { Tab, Tabs } from "../tabs.ts";
import { recordOutcomes, trackerReady } from "../tracker.ts";

export type Courier = "worker" | "page";

export const COURIERS: readonly Courier[] = ["worker", "page"];

/** For tests' names, with the tags that say in which engines they run: CONTRIBUTING.md explains them. */
export const WITH: Readonly<Record<Courier, string>> = {
  worker: "with the worker @worker",
  page: "without the worker @page",
};

/** The same for what no twin with the worker, nor another engine, shows: it runs everywhere. */
export const WITHOUT = "without the worker";

/** At the start of a head: this page is its own courier. Engines without such a worker have to find that out by themselves. */
export const NO_WORKER = "<script>if (/Chrom/.test(navigator.userAgent)) delete window.SharedWorker</script>";

/** The same for every page of the site. */
export function giveCourier(site: Site, courier: Courier): void {
  if (courier === "page") site.everyPage(NO_WORKER);
}

/** At the start of a head: the worker that this page makes runs this script first. */
export function beforeWorker(script: string): string {
  return `<script>{
    const Shared = window.SharedWorker;
    // Where the worker has an address, the site puts the script in front of it.
    if (Shared) window.SharedWorker = class extends Shared {
      constructor(url, options) {
        const isText = String(url).startsWith("blob:");
        super(isText ? url : url + (/[?]/.test(url) ? "&" : "?") + "before=" + encodeURIComponent(${JSON.stringify(script)}), options);
      }
    };
    const Native = Blob;
    window.Blob = class extends Native {
      constructor(parts, options) {
        super(options?.type === "text/javascript" ? [${JSON.stringify(script)}, ...parts] : parts, options);
      }
    };
  }</script>`;
}

/** At the start of a head: runs in this page before its scripts, and in the worker that it makes. */
export function before<Argument>(run: (argument: Argument) => void, argument: Argument): string {
  const script = `(${run})(${JSON.stringify(argument)});`;
  return `<script>${script}</script>${beforeWorker(script)}`;
}

/**
 * At the start of a head: every wait after a failure is eighteen times its longest. A retry under way while the page goes would be
 * another fault, in doubt; and a worker that outlives its page waits up to 10 s for what is due, to send and count it there.
 */
export const LONG_WAITS = before(() => {
  Math.random = () => 18;
}, undefined);

/** Runs in every page of the site before its scripts, and in every worker that the library makes there. */
export function inPagesAndWorkers<Argument>(
  site: Site,
  run: (argument: Argument) => void,
  argument: Argument,
): void {
  site.everyPage(before(run, argument));
}

/** Waits until the page's database is open and a click would go to that courier. */
export async function courierReady(tab: Tab, courier: Courier): Promise<void> {
  await trackerReady(tab);
  await tab.evaluate(() => window.clicktrail.stats());
  if (courier === "worker") await tab.hover("#result-1");
  const who = () => tab.evaluate(() => window.clicktrail.courier());
  await expect.poll(who, { message: "the courier a click would get", intervals: [20] }).toBe(courier);
}

/** Does now what the page does when it finds the time, which for a tab in the background can take Firefox half a minute. */
export async function flushNow(tab: Tab): Promise<void> {
  await trackerReady(tab);
  // A flush that has to start the courier first does not wait for what that begins with.
  await tab.evaluate(() =>
    window.clicktrail
      .stats()
      .catch(() => undefined)
      .then(() => window.clicktrail.flush()),
  );
}

/** Makes clicks of these positions in one task; answers their ids. */
export async function makeClicks(tab: Tab, positions: readonly number[]): Promise<(string | undefined)[]> {
  const clicks = positions.map((position) => ({
    requestId: requestId(1),
    chunkId: chunkId(position),
    position,
  }));
  return tab.evaluate((made) => made.map((click) => window.clicktrail.trackClick(click)), clicks);
}

/**
 * The same while the endpoint can't take them: waits until each has failed. A page that is left before that has them in doubt,
 * which is another fault.
 */
export async function makeClicksInVain(
  tab: Tab,
  positions: readonly number[],
): Promise<(string | undefined)[]> {
  await recordOutcomes(tab);
  const ids = await makeClicks(tab, positions);
  for (const id of ids) await told(tab, id, "waiting");
  return ids;
}

/** Waits until this page has been told what became of the click; call `recordOutcomes` before making it. */
export async function told(tab: Tab, id: string | undefined, name: string): Promise<void> {
  const names = () =>
    tab.evaluate((of) => window.outcomes.filter((one) => one.id === of).map((one) => one.name), id);
  await expect.poll(names, { message: `told "${name}"`, intervals: [20, 50] }).toContain(name);
}

/** 1, 2, … */
export function firstPositions(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** The part of a payload that says which click and which attempt it is. */
export function attempt(id: unknown, number?: number) {
  return { metadata: { clicktrail: number === undefined ? { id } : { id, attempt: number } } };
}

/** How long no PUT may come before the requests under way are believed to be over. */
const QUIET_MS = 500;

/** Waits until every PUT is answered and no other follows, from now on: what has just been asked for takes its time, too. */
export async function allAnswered({ puts }: Collector): Promise<void> {
  const asked = Date.now();
  const isQuiet = () =>
    puts.every(({ outcome, at }) => outcome !== "pending" && Date.now() - Math.max(at, asked) > QUIET_MS) &&
    puts.length > 0;
  await expect.poll(isQuiet, { message: "the requests under way are over", intervals: [50] }).toBe(true);
}

/** How often each position arrived, copies and attempts alike; they all have to have one id. */
export function timesArrived(collector: Collector): Map<number, number> {
  const ids = new Map<number, Set<unknown>>();
  const times = new Map<number, number>();
  for (const put of collector.counted()) {
    const position = Number((put.body as { position?: unknown }).position);
    times.set(position, (times.get(position) ?? 0) + 1);
    ids.set(position, (ids.get(position) ?? new Set()).add(clickMark(put).id));
  }
  for (const [position, known] of ids) expect([...known], `ids of position ${position}`).toHaveLength(1);
  return times;
}

/** Chromium only. */
export async function crash(context: BrowserContext, page: Page): Promise<void> {
  const session = await context.newCDPSession(page);
  let hasCrashed = false;
  page.once("crash", () => {
    hasCrashed = true;
  });
  // A crashed page never answers; one that is just being replaced never hears the command.
  const crashes = () => {
    session.send("Page.crash").catch(() => undefined);
    return hasCrashed;
  };
  await expect.poll(crashes, { message: "the renderer has crashed", intervals: [20] }).toBe(true);
  await page.close();
}

interface Side {
  readonly tab: Tab;
  readonly collector: Collector;
  /** For the script tag: reports to this side's collector. */
  readonly snippet: { readonly endpoint: string };
}

/**
 * Runs every case at the same time, each with a tab and a collector of its own; one after the other in WebKit, whose driver does
 * one thing at a time.
 */
export async function sideBySide<Case>(
  tabs: Tabs,
  cases: readonly Case[],
  run: (side: Side, one: Case) => Promise<void>,
): Promise<void> {
  async function runOne(one: Case): Promise<void> {
    const collector = await startCollector();
    try {
      const tab = await tabs.open();
      await run({ tab, collector, snippet: { endpoint: collector.endpoint } }, one);
      await collector.settled();
      // A case may have closed it itself.
      if (tabs.engine === "webkit") await tab.close().catch(() => undefined);
    } catch (error) {
      if (error instanceof Error) error.message = `in the case ${JSON.stringify(one)}: ${error.message}`;
      throw error;
    } finally {
      await collector.stop();
    }
  }
  if (tabs.engine !== "webkit") return void (await Promise.all(cases.map(runOne)));
  for (const one of cases) await runOne(one);
}
