// Owns one way of leaving by a click, tried on three servers: what the click's request meets, and that nothing is left of it.
// It knows no way in particular.
import { expect } from "playwright/test";
import type { Behaviour, Collector } from "../collector.ts";
import type { Site } from "../site.ts";
import type { Tab, Tabs } from "../tabs.ts";
import { expectStats } from "../tracker.ts";
import { type Courier, courierReady, firstPositions } from "./couriers.ts";
import { scopeOf, storedRows, visitLater } from "./rows.ts";

/** For tests' names. */
export const SERVERS = "answered at once, after the page has gone, or let through only then";

export const inClick = (script: string) =>
  `<script>addEventListener("click", (event) => { event.preventDefault(); ${script} })</script>`;

/** A tab that a page has opened, at `url`: a script may close it. */
export async function openedAt(tabs: Tabs, site: Site, url: string): Promise<Tab> {
  const opener = await tabs.open();
  await opener.goto(
    site.serveHtml("/opener", `<a id="open" href="${url}" target="_blank" rel="opener">Open</a>`),
  );
  const opened = await tabs.opened(() => opener.click("#open"));
  await opener.close();
  return opened;
}

/** No preflight is cached, so each PUT has one. The last two are held until the page has gone. */
const BEHAVIOURS: readonly Behaviour[] = [
  { preflightMaxAge: 0 },
  { preflightMaxAge: 0, fault: "hang" },
  { preflightMaxAge: 0, preflightDelayMs: 60_000 },
];

interface Leaving {
  readonly courier: Courier;
  readonly tabs: Tabs;
  readonly site: Site;
  readonly collector: Collector;
  /** A tab at the search page: the last click's, where that has left it. */
  readonly open: (last: Tab | undefined) => Promise<Tab>;
  /** Clicks the nth link; resolves when the page has gone, or where it stays, when the click is over. */
  readonly leave: (tab: Tab, link: string) => Promise<unknown>;
  /**
   * The page may go without being told: then a later visit may send each click once more, with the same id; or the click arrives
   * and its record goes with the page (2 of 171 such clicks, WebKitGTK 2.50). Default false.
   */
  readonly isUntold?: boolean;
}

/** One PUT a click, and nothing that a later visit would send. */
export async function expectOneEach(leaving: Leaving): Promise<void> {
  const { courier, tabs, site, collector, open, leave, isUntold = false } = leaving;
  let tab: Tab | undefined;
  for (const [index, behaviour] of BEHAVIOURS.entries()) {
    collector.behave(behaviour);
    tab = await open(tab);
    await courierReady(tab, courier);
    await leave(tab, `#link-${index + 1}`);
    const isHeld = () => collector.preflights.length > index;
    await expect.poll(isHeld, { message: "the preflight is there", intervals: [20] }).toBe(true);
    if (!behaviour.preflightDelayMs) await collector.arrived(index + 1);
    collector.release();
    await collector.arrived(index + 1);
  }
  await tab?.close().catch(() => undefined);
  collector.behave({});
  const positions = firstPositions(BEHAVIOURS.length).map((position) => ({ position }));
  await collector.expectPuts(positions, { settleMs: 0 });
  const later = await tabs.open();
  await later.goto(site.landing());
  if (courier === "worker") await expectStats(later, { made: 3, delivered: 3, waiting: 0, inDoubt: 0 });
  await visitLater(later, site, scopeOf(collector.endpoint));
  await expectStats(later, { made: isUntold ? expect.any(Number) : 3, waiting: 0, dropped: {} });
  const { made } = await later.evaluate(() => window.clicktrail.stats());
  expect(made, "most records stay").toBeGreaterThanOrEqual(2);
  const left = () => storedRows(later, scopeOf(collector.endpoint));
  await expect.poll(left, { message: "what is left in the queue" }).toEqual([]);
  if (!isUntold) return void (await collector.expectPuts(positions));
  await collector.expectPuts(positions, { copies: "script" });
  expect(collector.puts.length).toBeLessThanOrEqual(2 * positions.length);
}
