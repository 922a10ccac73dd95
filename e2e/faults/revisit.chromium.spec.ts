// Owns what Chromium does by itself to a click that leaves: the promise it rejects too late, and being offline.
import { expect, test } from "../fixtures.ts";
import { expectStats } from "../tracker.ts";
import { allAnswered, courierReady, giveCourier, LONG_WAITS, WITHOUT } from "./couriers.ts";
import { STAYS_OFFLINE } from "./hooks.ts";
import { scopeOf, visitLater } from "./rows.ts";

const first = { position: 1 };

/** Writes down when the request's promise was rejected: before or after the page was told to go. */
const NOTES_REJECTION = `<script>{
  let gone = false;
  addEventListener("pagehide", () => { gone = true; });
  const real = fetch;
  window.fetch = (...request) => {
    const answer = real(...request);
    answer.catch(() => { localStorage.rejected = gone ? "after pagehide" : "before pagehide"; });
    return answer;
  };
}</script>`;

test(`a promise that Chromium rejects after pagehide is no failure: one PUT ${WITHOUT}`, async ({
  tab,
  site,
  collector,
}) => {
  giveCourier(site, "page");
  collector.behave({ fault: "hang" });
  await tab.goto(site.search({ head: NOTES_REJECTION }));
  await courierReady(tab, "page");
  await tab.click("#link-1");
  await tab.at("/detail");
  await collector.arrived(1);
  collector.behave({});
  collector.release();
  await allAnswered(collector);
  expect(await tab.evaluate(() => localStorage.rejected)).toBe("after pagehide");
  await visitLater(tab, site, scopeOf(collector.endpoint));
  await expectStats(tab, { made: 1, inDoubt: 1, waiting: 0 });
  await collector.expectPuts([first]);
});

test(`offline at the click that leaves: never in doubt, sent once at a later visit ${WITHOUT}`, async ({
  context,
  tab,
  site,
  collector,
}) => {
  giveCourier(site, "page");
  await tab.goto(site.search({ head: LONG_WAITS + STAYS_OFFLINE }));
  await courierReady(tab, "page");
  // Playwright's switch lets preflights through: a slow one's PUT may begin when it is off again.
  await context.setOffline(true);
  await collector.goDown();
  await tab.click("#link-1").catch(() => undefined);
  await expect.poll(() => tab.url()).not.toContain("/search");
  await collector.comeUp();
  await context.setOffline(false);
  await visitLater(tab, site, scopeOf(collector.endpoint));
  await collector.expectPuts([first]);
  await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
});
