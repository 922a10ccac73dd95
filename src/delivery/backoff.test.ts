// The growth of the waits, and what they do to an endpoint that comes back: a seeded simulation of 100,000 browsers.
import { describe, expect, it } from "vitest";
import { seeded } from "../test/entries";
import { backoff } from "./backoff";

const BROWSERS = 100_000;
/** Seconds. */
const OUTAGE = 600;
/** Seconds after the recovery that are looked at: no wait is longer. */
const AFTER = 300;

describe("a wait", () => {
  it("is at most 1 s after the first failure, twice that after each further one, and never over five minutes", () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 50, 5_000].map((fails) => backoff(fails, () => 1) / 1000);
    expect(longest).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
  });

  it("is anything down to nothing: full jitter", () => {
    expect(backoff(7, () => 0)).toBe(0);
    expect(backoff(7, () => 0.25)).toBe(16_000);
  });
});

/** When, in seconds after the recovery, a browser whose first request failed at `second` gets through. */
function arrival(second: number, random: () => number): number {
  let time = second * 1000;
  for (let fails = 1; time < OUTAGE * 1000; fails++) time += backoff(fails, random);
  return time / 1000 - OUTAGE;
}

/** Arrivals a second after the recovery. */
function recovery(failedAt: (browser: number) => number, random: () => number): number[] {
  const seconds = new Array<number>(AFTER + 1).fill(0);
  for (let browser = 0; browser < BROWSERS; browser++) {
    const second = Math.min(AFTER, Math.floor(arrival(failedAt(browser), random)));
    seconds[second] = (seconds[second] ?? 0) + 1;
  }
  return seconds;
}

const peak = (seconds: readonly number[]) => Math.max(...seconds);
/** Until when nine of ten browsers have come through. */
function ninety(seconds: readonly number[]): number {
  let sum = 0;
  return seconds.findIndex((arrivals) => {
    sum += arrivals;
    return sum >= BROWSERS * 0.9;
  });
}

describe("100,000 browsers after an outage of ten minutes", () => {
  it("come back spread over the minutes after it, not in waves", () => {
    const withJitter = seeded(1);
    const without = () => 1;
    const clicks = seeded(2);
    const spreadOut = Array.from({ length: BROWSERS }, () => clicks() * OUTAGE);
    const scenarios: [string, (browser: number) => number][] = [
      // A server that falls over cuts everybody's request in the same instant, or answers a crowd within a second.
      ["all requests cut at once", () => 0],
      ["cut within one second", (browser) => browser / BROWSERS],
      ["clicks all through the outage", (browser) => spreadOut[browser] ?? 0],
    ];
    const table = scenarios.map(([failed, failedAt]) => {
      const jitter = recovery(failedAt, withJitter);
      const none = recovery(failedAt, without);
      const ratio = peak(none) / peak(jitter);
      return {
        failed,
        "peak/s, full jitter": peak(jitter),
        "peak/s, none": peak(none),
        ratio: Math.round(ratio * 10) / 10,
        "mean/s in the busiest minute, full jitter": busiestMinute(jitter),
        "90% are through after s, full jitter": ninety(jitter),
        "90% none": ninety(none),
      };
    });
    console.table(table);
    const [atOnce, withinASecond, allThrough] = table;
    expect(atOnce?.["peak/s, none"]).toBe(BROWSERS);
    expect(atOnce?.ratio).toBeGreaterThan(50);
    expect(withinASecond?.ratio).toBeGreaterThan(50);
    // People's own clicks are spread already: jitter must not make it worse.
    expect(allThrough?.ratio).toBeGreaterThan(0.5);
    for (const { "peak/s, full jitter": highest } of table) expect(highest).toBeLessThan(BROWSERS / 50);
  }, 5_000);
});

function busiestMinute(seconds: readonly number[]): number {
  let most = 0;
  for (let start = 0; start + 60 <= seconds.length; start++) {
    const sum = seconds.slice(start, start + 60).reduce((total, arrivals) => total + arrivals, 0);
    most = Math.max(most, sum);
  }
  return Math.round(most / 60);
}
