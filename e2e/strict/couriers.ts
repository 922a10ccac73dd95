// Owns the walk that every strict page takes: it loads, the pointer comes near, a click leaves the page, one PUT arrives.
import type { Collector } from "../collector.ts";
import { expect } from "../fixtures.ts";
import type { Tab } from "../tabs.ts";
import { trackerReady } from "../tracker.ts";
import { FIRST } from "./page.ts";

/** What a page can use: only Chromium has workers that outlive their page. */
export type Courier = "worker" | "page";

/**
 * Clicks the page's result and expects one PUT, and no other on the page after. `allowed` is the courier that the policy
 * leaves to a browser that has both.
 */
export async function clickThrough(
  tab: Tab,
  collector: Collector,
  url: string,
  allowed: Courier,
): Promise<void> {
  await tab.goto(url);
  await trackerReady(tab);
  // Asking by a SharedWorker, as the library does, would be one more report of a policy.
  const hasWorkers = await tab.evaluate(() => navigator.userAgent.includes("Chrome/"));
  const expected = hasWorkers ? allowed : "page";
  await tab.hover("#link-1");
  const courier = () => tab.evaluate(() => window.clicktrail.courier());
  // Settles when a courier is there, or none can be had: before, a click would get the page all the same.
  await tab.evaluate(() =>
    window.clicktrail.stats().then(
      () => 0,
      () => 0,
    ),
  );
  await expect.poll(courier, { message: "which courier the click gets" }).toBe(expected);
  await tab.click("#link-1");
  await tab.at("/detail");
  await collector.expectPuts([FIRST]);
}
