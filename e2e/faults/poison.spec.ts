// Owns what one click that the endpoint will never take does to the others: nothing. It gets an attempt a page and is dropped at the fourth;
// that the configuration is wrong is believed only when different clicks say so.
import { QUIET_MS } from "../arrivals.ts";
import type { Behaviour } from "../collector.ts";
import { expect, test } from "../fixtures.ts";
import { expectStats } from "../tracker.ts";
import {
  allAnswered,
  attempt,
  COURIERS,
  courierReady,
  firstPositions,
  flushNow,
  giveCourier,
  LONG_WAITS,
  makeClicks,
  makeClicksInVain,
  sideBySide,
  timesArrived,
  WITH,
} from "./couriers.ts";
import { scopeOf, visitLater } from "./rows.ts";

/** Said to every click, either would blame the configuration; so would 403 and 404, of which `send.test.ts` has the proof. */
const REFUSALS: readonly Behaviour[] = [
  { status: 401, message: "Unauthorized" },
  { status: 400, message: "Bad header" },
];

const isFirst = (body: unknown) => (body as { position?: unknown }).position === 1;

/** At the end of a page: hears from the start what is dropped. */
const HEARS = `<script>
  document.querySelector("script[data-dataset]").addEventListener("load", () => {
    window.outcomes = [];
    clicktrail.on("dropped", (outcome) => outcomes.push(outcome));
  });
</script>`;

for (const courier of COURIERS) {
  test(`401, 400 about a header, for one click alone: the page's next clicks go at once; an attempt a page, dropped with its reason at the fourth ${WITH[courier]}`, {
    tag: ["@once", "@full"],
  }, async ({ tabs, site }) => {
    giveCourier(site, courier);
    await sideBySide(tabs, REFUSALS, async ({ tab, collector, snippet }, refusal) => {
      collector.behaveFor(isFirst, refusal);
      const url = site.search({ snippet, body: HEARS });
      await tab.goto(url);
      await courierReady(tab, courier);
      const [bad] = await makeClicksInVain(tab, [1]);
      const good = await makeClicks(tab, [2, 3]);
      await expectStats(tab, { made: 3, delivered: 2, waiting: 1, dropped: {} });
      const once = good.map((id) => attempt(id, 1));
      for (const page of [1, 2, 3]) {
        const tries = firstPositions(page).map((number) => attempt(bad, number));
        await collector.expectPuts([...tries, ...once], { settleMs: QUIET_MS });
        await visitLater(tab, site, scopeOf(collector.endpoint), url);
        await flushNow(tab);
      }
      const tries = firstPositions(4).map((number) => attempt(bad, number));
      await collector.expectPuts([...tries, ...once]);
      await expectStats(tab, { made: 3, delivered: 2, waiting: 0, dropped: { refused: 1 } });
      const { status, message } = refusal;
      const drop = { name: "dropped", id: bad, attempt: 4, status, message, reason: "refused" };
      await expect.poll(() => tab.evaluate(() => window.outcomes)).toMatchObject([drop]);
    });
  });

  test(`the same for the oldest click of a backlog: the others go in the first visit ${WITH[courier]}`, {
    tag: ["@once", "@full"],
  }, async ({ tabs, site }) => {
    giveCourier(site, courier);
    await sideBySide(tabs, REFUSALS, async ({ tab, collector, snippet }, refusal) => {
      await collector.goDown();
      await tab.goto(site.search({ snippet, head: LONG_WAITS }));
      await courierReady(tab, courier);
      await makeClicksInVain(tab, [1]);
      await makeClicksInVain(tab, [2, 3, 4, 5]);
      await tab.goto(site.landing(null));
      await collector.comeUp();
      collector.behaveFor(isFirst, refusal);
      const scope = scopeOf(collector.endpoint);
      const url = site.landing(snippet);
      await visitLater(tab, site, scope, url);
      const good = [2, 3, 4, 5].map((position) => ({ position }));
      await collector.expectPuts(good, { only: "taken", settleMs: QUIET_MS });
      // A page that leaves in the middle of an attempt has it in doubt.
      await flushNow(tab);
      // A visit an attempt, at most: each of them is after every back-off.
      for (let visits = 4; visits; visits -= 1) {
        await visitLater(tab, site, scope, url);
        await flushNow(tab);
        await allAnswered(collector);
      }
      await expectStats(tab, { made: 5, delivered: 4, waiting: 0, dropped: { refused: 1 } });
      expect(timesArrived(collector).get(1), "attempts at the one").toBe(4);
    });
  });

  const [firewall, refusal]: [string, Behaviour] =
    courier === "worker"
      ? ["resets one click's connection", { fault: "reset-read", freshConnections: true }]
      : ["answers one click without CORS headers", { status: 403, cors: "preflight" }];
  test(`a firewall that ${firewall}: the others go, it gets five attempts in an hour ${WITH[courier]}`, {
    tag: ["@once", "@full"],
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    // No connection is used twice, so that no browser repeats by itself what was reset.
    collector.behave({ freshConnections: true });
    await collector.goDown();
    // An attempt a visit, for each back-off lasts longer.
    const url = site.search({ head: LONG_WAITS });
    await tab.goto(url);
    await courierReady(tab, courier);
    await makeClicksInVain(tab, [1]);
    await makeClicksInVain(tab, [2, 3]);
    await tab.goto(site.landing(null));
    await collector.comeUp();
    collector.behaveFor(isFirst, refusal);
    // Six minutes each: the fifth attempt comes a quarter of an hour after the fourth.
    for (let visits = 8; visits; visits -= 1) {
      await visitLater(tab, site, scopeOf(collector.endpoint), url);
      await flushNow(tab);
      // An acknowledgement calls for another flush at once: a page that leaves in the middle of that has a click in doubt.
      await allAnswered(collector);
    }
    await collector.expectPuts([{ position: 2 }, { position: 3 }], { only: "taken" });
    await expectStats(tab, { made: 3, delivered: 2, waiting: 1, dropped: {} });
    // One of its five met nobody at all.
    expect(timesArrived(collector).get(1), "copies of the one").toBe(4);
  });
}
