// Owns what specs change in a page or a worker before its scripts run: chance, the clock, timers; and ears for what is
// written to the console or thrown. It knows no library.
import { expect } from "playwright/test";
import type { Site } from "../site.ts";
import type { Tab } from "../tabs.ts";

declare global {
  interface Window {
    /** Filled by `hear`. */
    heard: { readonly said: string[]; readonly thrown: string[] };
  }
}

/** Every wait after a failure is this part of its longest. */
export function fixRandom(random: number): void {
  Math.random = () => random;
}

export function advanceClock(hours: number): void {
  const now = Date.now;
  Date.now = () => now() + hours * 3_600_000;
}

/**
 * At the start of a head: the page isn't told that it is online again. When a tab closes or an error page comes, Playwright's
 * switch ends some ms before the page does. A retry under way while a page goes is another fault.
 */
export const STAYS_OFFLINE =
  '<script>addEventListener("online", (event) => event.stopImmediatePropagation())</script>';

/**
 * Timers of a second or more take so many times less; but for the 3 s that a worker has for its start, which no machine can hurry, and
 * those named: 2 s for the database to open and 5 s for a transaction or a reply, unless a spec is about these.
 */
export function hurry(times: number, but: readonly number[] = [2_000, 5_000]): void {
  const timer = self.setTimeout.bind(self);
  const hurried = (run: () => void, ms = 0, ...rest: unknown[]) =>
    timer(run, ms < 1_000 || ms === 3_000 || but.includes(ms) ? ms : ms / times, ...rest);
  self.setTimeout = hurried as typeof setTimeout;
}

/** The clock jumps when `jump` says so. */
export function mayJump(): void {
  const now = Date.now;
  let ahead = 0;
  Date.now = () => now() + ahead;
  const channel = new BroadcastChannel("jump");
  channel.onmessage = ({ data }) => {
    if (data.done) return;
    ahead += data.ms;
    channel.postMessage({ done: true });
  };
  (self as unknown as { channel: unknown }).channel = channel;
}

/** Lets the clock jump in the page, and in its worker where it has one: `contexts` in all. */
export async function jump(tab: Tab, ms: number, contexts: number): Promise<void> {
  await tab.evaluate(
    ({ by, count }) =>
      new Promise<void>((resolve) => {
        const channel = new BroadcastChannel("jump");
        let done = 0;
        channel.onmessage = ({ data }) => {
          if (data.done) done += 1;
          if (done < count) return;
          channel.close();
          resolve();
        };
        channel.postMessage({ ms: by });
      }),
    { by: ms, count: contexts },
  );
}

/** Every page of the site remembers what is written to its console and what is thrown in it. */
export function hear(site: Site): void {
  site.everyPage(`<script>{
    const heard = window.heard = { said: [], thrown: [] };
    for (const level of ["error", "warn", "info", "log"]) {
      const real = console[level];
      console[level] = (...words) => {
        heard.said.push(words.map(String).join(" "));
        real.apply(console, words);
      };
    }
    addEventListener("error", ({ message }) => heard.thrown.push(message));
    addEventListener("unhandledrejection", ({ reason }) => heard.thrown.push("unhandled: " + reason));
  }</script>`);
}

/** Waits until the page's console has such a line. */
export async function expectSaid(tab: Tab, words: RegExp): Promise<void> {
  const said = () => tab.evaluate(() => window.heard.said.join("\n"));
  await expect.poll(said, { message: "what the console says" }).toMatch(words);
}

export async function expectNothingThrown(tab: Tab): Promise<void> {
  expect(await tab.evaluate(() => window.heard.thrown)).toEqual([]);
}
