// Owns how specs ask the library, in the page, what it knows. What reached the server is the collector's to say.
import { expect } from "playwright/test";
import type { Clicktrail } from "../src/script";
import type { Tab } from "./tabs.ts";

declare global {
  interface Window {
    clicktrail: Clicktrail;
    /** Filled by `recordOutcomes`. */
    outcomes: RecordedOutcome[];
  }
}

export interface RecordedOutcome {
  readonly name: string;
  readonly id: string;
  readonly attempt: number;
  readonly status?: number | undefined;
  readonly message?: string | undefined;
  readonly reason?: string | undefined;
}

/** Waits until the script has replaced whatever stub there was. */
export async function trackerReady(tab: Tab): Promise<void> {
  // A stub has all that a site may call, and not this.
  const isReady = () => tab.evaluate(() => "attach" in Object(window.clicktrail)).catch(() => false);
  await expect.poll(isReady, { message: "the library has loaded" }).toBe(true);
}

/** Waits until `stats()` says this, for 15 s unless told otherwise; numbers that aren't named may be anything. */
export async function expectStats(
  tab: Tab,
  expected: Record<string, unknown>,
  { timeout }: { readonly timeout?: number } = {},
): Promise<void> {
  const stats = async () => {
    const all: object | string | undefined = await tab
      .evaluate(() => window.clicktrail.stats())
      .catch(String);
    // The stub doesn't know yet.
    if (typeof all !== "object") return all;
    return Object.fromEntries(Object.entries(all).filter(([name]) => name in expected));
  };
  // Not a match of parts: `dropped: {}` says that there are none.
  await expect.poll(stats, { message: "what stats() says", ...(timeout && { timeout }) }).toEqual(expected);
}

/** From now on, until the tab goes elsewhere. */
export async function recordOutcomes(tab: Tab): Promise<void> {
  await tab.evaluate(() => {
    window.outcomes = [];
    for (const name of ["click", "delivered", "waiting", "in-doubt", "dropped"] as const) {
      window.clicktrail.on(name, ({ id, attempt, status, message, reason }) => {
        window.outcomes.push({ name, id, attempt, status, message, reason });
      });
    }
  });
}

/** Waits until exactly these have been told, in this order. */
export async function expectOutcomes(tab: Tab, expected: Record<string, unknown>[]): Promise<void> {
  const outcomes = () => tab.evaluate(() => window.outcomes).catch(String);
  await expect.poll(outcomes, { message: "the outcomes told" }).toMatchObject(expected);
}
