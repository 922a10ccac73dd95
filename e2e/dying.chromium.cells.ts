// Measures what becomes of clicks whose renderer crashes, or whose browser is killed: 48 of each with either courier, at six moments
// after a click that leaves. Not part of `npm test`: `npm run cells`.
import { setTimeout as sleep } from "node:timers/promises";
import type { Collector } from "./collector.ts";
import { allAnswered, COURIERS, courierReady, crash, giveCourier, WITH } from "./faults/couriers.ts";
import { scopeOf, visitLater } from "./faults/rows.ts";
import { test } from "./fixtures.ts";
import { tabOfPage } from "./tabs.ts";

/** After the click, in ms; the response takes 300. */
const DEATHS = [0, 5, 20, 50, 200, 2_000];
const TURNS = 8;
const CLICKS = DEATHS.length * TURNS;

/** How often each click was taken, by the moment of death. */
function report(collector: Collector): string {
  const words = DEATHS.map((ms, index) => {
    const times = Array.from({ length: TURNS }, (_, turn) => {
      const position = turn * DEATHS.length + index + 1;
      const taken = collector.puts.filter(
        ({ body }) => (body as { position?: unknown }).position === position,
      );
      return taken.length;
    });
    return `${ms} ms: ${times.join(" ")}`;
  });
  return words.join(", ");
}

test.describe.configure({ mode: "default" });
test.setTimeout(900_000);

for (const courier of COURIERS) {
  test(`renderer crash ${WITH[courier]}`, async ({ context, tab, site, collector }) => {
    giveCourier(site, courier);
    collector.behave({ delayMs: 300 });
    for (let click = 0; click < CLICKS; click++) {
      const page = await context.newPage();
      await page.goto(site.search({ results: CLICKS }));
      await courierReady(tabOfPage(page), courier);
      await page.evaluate((number) => document.getElementById(`link-${number}`)?.click(), click + 1);
      await sleep(DEATHS[click % DEATHS.length]);
      await crash(context, page);
    }
    await allAnswered(collector);
    await visitLater(tab, site, scopeOf(collector.endpoint));
    await allAnswered(collector);
    const stats = await tab.evaluate(() => window.clicktrail.stats());
    console.log(`crash ${WITH[courier]}: ${report(collector)}; ${JSON.stringify(stats)}`);
  });

  test(`browser SIGKILL ${WITH[courier]}`, async ({ profile, site, collector }) => {
    giveCourier(site, courier);
    collector.behave({ delayMs: 300 });
    let browser = await profile.start();
    for (let click = 0; click < CLICKS; click++) {
      await browser.page.goto(site.search({ results: CLICKS }));
      await courierReady(tabOfPage(browser.page), courier);
      await browser.page.evaluate((number) => document.getElementById(`link-${number}`)?.click(), click + 1);
      await sleep(DEATHS[click % DEATHS.length]);
      await browser.kill();
      browser = await profile.start();
      await visitLater(tabOfPage(browser.page), site, scopeOf(collector.endpoint));
      await allAnswered(collector).catch(() => undefined);
    }
    const stats = await browser.page.evaluate(() => window.clicktrail.stats());
    console.log(`kill ${WITH[courier]}: ${report(collector)}; ${JSON.stringify(stats)}`);
    await browser.quit();
  });
}
