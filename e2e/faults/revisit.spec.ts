// Owns what the next page makes of a click whose answer nobody saw: with the worker somebody did; without it the click is
// in doubt, unless something speaks against its arrival.
import { expect, test } from "../fixtures.ts";
import { expectStats } from "../tracker.ts";
import {
  allAnswered,
  attempt,
  COURIERS,
  courierReady,
  giveCourier,
  makeClicks,
  NO_WORKER,
  WITH,
} from "./couriers.ts";
import { scopeOf, visitLater } from "./rows.ts";

const first = { position: 1 };
const WITHOUT = WITH.page;

for (const courier of COURIERS) {
  for (const inDoubt of courier === "worker" ? (["resend"] as const) : (["trust", "resend"] as const)) {
    const isAgain = courier === "page" && inDoubt === "resend";
    const result = isAgain ? "two PUTs with one id" : "one PUT";
    test(`search page revisited while the API still answers: ${result} ${WITH[courier]}, in-doubt "${inDoubt}"`, async ({
      tab,
      site,
      collector,
    }) => {
      giveCourier(site, courier);
      collector.behave({ delayMs: 1_000 });
      const url = site.search({ snippet: { inDoubt } });
      await tab.goto(url);
      await courierReady(tab, courier);
      await tab.click("#link-1");
      await tab.at("/detail");
      await tab.goto(url);
      await courierReady(tab, courier);
      await collector.arrived(1);
      expect(collector.puts[0]?.outcome, "the API still answers").toBe("pending");
      await allAnswered(collector);
      await visitLater(tab, site, scopeOf(collector.endpoint), url);
      const trusted = courier === "page" && !isAgain;
      await expectStats(tab, { made: 1, waiting: 0, delivered: trusted ? 0 : 1, inDoubt: trusted ? 1 : 0 });
      await collector.expectPuts(isAgain ? [first, first] : [first]);
      if (isAgain) expect(collector.counted({ copies: "script" })).toHaveLength(1);
    });
  }
}

/** Writes down when the request's promise was rejected: before or after the page was told to go. */
const NOTES_REJECTION = `<script>
  let gone = false;
  addEventListener("pagehide", () => { gone = true; });
  const real = fetch;
  window.fetch = (...request) => {
    const answer = real(...request);
    answer.catch(() => { localStorage.rejected = gone ? "after pagehide" : "before pagehide"; });
    return answer;
  };
</script>`;

const rejected = () => localStorage.rejected as string | undefined;

test(`a promise that Chromium rejects after pagehide is no failure: one PUT ${WITHOUT}`, async ({
  tab,
  site,
  collector,
}) => {
  collector.behave({ delayMs: 500 });
  await tab.goto(site.search({ head: NO_WORKER + NOTES_REJECTION }));
  await courierReady(tab, "page");
  await tab.click("#link-1");
  await tab.at("/detail");
  await allAnswered(collector);
  expect(await tab.evaluate(rejected)).toBe("after pagehide");
  await visitLater(tab, site, scopeOf(collector.endpoint), site.landing());
  await expectStats(tab, { made: 1, inDoubt: 1, waiting: 0 });
  await collector.expectPuts([first]);
});

test(`a promise rejected before pagehide is a failure: sent again, taken once ${WITHOUT}`, async ({
  tab,
  site,
  collector,
}) => {
  collector.behave({ freshConnections: true });
  collector.behaveInTurn({ fault: "reset-read", freshConnections: true });
  await tab.goto(site.search({ head: NO_WORKER + NOTES_REJECTION }));
  await courierReady(tab, "page");
  const [id] = await makeClicks(tab, [1]);
  await expect.poll(() => tab.evaluate(rejected)).toBe("before pagehide");
  await collector.expectPuts([attempt(id, 1), attempt(id, 2)], { inOrder: true });
  await collector.expectPuts([attempt(id, 2)], { only: "taken" });
  await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
});

test(`offline at the click that leaves: never in doubt, sent once at a later visit ${WITHOUT}`, async ({
  context,
  tab,
  site,
  collector,
}) => {
  giveCourier(site, "page");
  await tab.goto(site.search());
  await courierReady(tab, "page");
  await context.setOffline(true);
  await tab.click("#link-1").catch(() => undefined);
  await expect.poll(() => tab.url()).not.toContain("/search");
  await context.setOffline(false);
  await visitLater(tab, site, scopeOf(collector.endpoint));
  await collector.expectPuts([first]);
  await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
});

test(`another failure within a minute speaks against arrival: the click in doubt goes again, two PUTs with one id ${WITHOUT}`, async ({
  tab,
  site,
  collector,
}) => {
  collector.behave({ delayMs: 600 });
  collector.behaveInTurn({ status: 503 });
  await tab.goto(site.search({ head: NO_WORKER }));
  await courierReady(tab, "page");
  await makeClicks(tab, [2]);
  await expect.poll(() => collector.puts[0]?.outcome).toBe("answered");
  await expectStats(tab, { waiting: 1 });
  await tab.click("#link-1");
  await tab.at("/detail");
  await allAnswered(collector);
  await visitLater(tab, site, scopeOf(collector.endpoint), site.search({ head: NO_WORKER }));
  await expectStats(tab, { made: 2, delivered: 2, waiting: 0, inDoubt: 0 });
  await collector.expectPuts([first, first, { position: 2 }, { position: 2 }]);
  await collector.expectPuts([first, { position: 2 }], { copies: "script" });
});
