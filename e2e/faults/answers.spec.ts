// Owns what the endpoint's answers do, with either courier: what is sent again and when, what is kept, what is dropped.
import { QUIET_MS } from "../arrivals.ts";
import type { Behaviour } from "../collector.ts";
import { expect, test } from "../fixtures.ts";
import { expectStats, recordOutcomes, trackerReady } from "../tracker.ts";
import {
  allAnswered,
  attempt,
  COURIERS,
  courierReady,
  firstPositions,
  flushNow,
  giveCourier,
  inPagesAndWorkers,
  LONG_WAITS,
  makeClicks,
  makeClicksInVain,
  sideBySide,
  WITH,
} from "./couriers.ts";
import { advanceClock, fixRandom, hurry } from "./hooks.ts";
import { age, scopeOf, visitLater } from "./rows.ts";

/** Timers and clocks of two machines' processes may be apart by this much. */
const SLACK_MS = 60;

function gaps(puts: readonly { readonly at: number }[]): number[] {
  return puts.slice(1).map(({ at }, index) => at - (puts[index]?.at ?? 0));
}

for (const courier of COURIERS) {
  test(`503, or 500 without CORS headers, three times, then 204: four attempts, each wait as long as the outage so far, taken once ${WITH[courier]}`, {
    tag: courier === "page" ? "@full" : [],
  }, async ({ tabs, site }) => {
    giveCourier(site, courier);
    inPagesAndWorkers(site, fixRandom, 1);
    const cases: readonly Behaviour[] = [{ status: 503 }, { status: 500, cors: "preflight" }];
    await sideBySide(tabs, cases, async ({ tab, collector, snippet }, failure) => {
      collector.behaveInTurn(failure, failure, failure);
      await tab.goto(site.search({ snippet }));
      await courierReady(tab, courier);
      const [id] = await makeClicks(tab, [1]);
      const puts = await collector.expectPuts(
        [1, 2, 3, 4].map((number) => attempt(id, number)),
        { inOrder: true },
      );
      for (const [index, gap] of gaps(puts).entries())
        expect(gap).toBeGreaterThan(1_000 * Math.max(1, index) - SLACK_MS);
      await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
    });
  });

  test(`endless 503: one request for each click and then none before its time, dropped as expired at the age limit ${WITH[courier]}`, {
    tag: ["@once", "@full"],
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    collector.behave({ status: 503, message: "down" });
    await tab.goto(site.search({ head: LONG_WAITS }));
    await courierReady(tab, courier);
    await makeClicks(tab, firstPositions(5));
    await collector.expectPuts(
      firstPositions(5).map((position) => ({ position })),
      { settleMs: 1_000 },
    );
    await tab.goto(site.landing(null));
    await allAnswered(collector);
    await age(tab, scopeOf(collector.endpoint), 8 * 86_400_000);
    inPagesAndWorkers(site, fixRandom, 0.5);
    await tab.goto(site.search());
    await trackerReady(tab);
    const online = () =>
      tab.evaluate(async () => {
        dispatchEvent(new Event("online"));
        return (await window.clicktrail.stats()).waiting;
      });
    // This visit's clock may be wrong.
    expect(await online()).toBe(5);
    // It writes down that it has found them too old.
    await flushNow(tab);
    await tab.goto(site.search());
    await expectStats(tab, { made: 5, delivered: 0, waiting: 0, dropped: { expired: 5 } });
    await collector.expectPuts(firstPositions(5).map((position) => ({ position })));
  });

  // What else a Retry-After may hold is in send.test.ts.
  test(`429 with Retry-After in seconds, as a date: sent again, never earlier than asked ${WITH[courier]}`, {
    tag: ["@once", "@full"],
  }, async ({ tabs, site }) => {
    giveCourier(site, courier);
    inPagesAndWorkers(site, fixRandom, 0.5);
    const after = (ms: number) => (_: string, first: number) => first + ms;
    const date = (seconds: number) => () => new Date(Date.now() + seconds * 1_000).toUTCString();
    const cases = [
      { retryAfter: () => "2", notBefore: after(2_000) },
      { retryAfter: date(3), notBefore: (asked: string) => Date.parse(asked) },
    ];
    await sideBySide(tabs, cases, async ({ tab, collector, snippet }, { retryAfter, notBefore }) => {
      await tab.goto(site.search({ snippet }));
      await courierReady(tab, courier);
      const asked = retryAfter();
      collector.behaveInTurn({ status: 429, headers: { "retry-after": asked } });
      const [id] = await makeClicks(tab, [1]);
      const [first, second] = await collector.expectPuts([attempt(id, 1), attempt(id, 2)], { inOrder: true });
      const earliest = notBefore(asked, first?.at ?? 0);
      expect(second?.at, asked).toBeGreaterThan(earliest - SLACK_MS);
      expect(second?.at, asked).toBeLessThan(earliest + 8_000);
    });
  });

  test(`429 with a Retry-After of years: silence for later clicks, flushes and pages too, and after an hour it goes ${WITH[courier]}`, {
    tag: ["@once", "@full"],
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    const url = site.search();
    collector.behave({ status: 429, headers: { "retry-after": "99999999" } });
    await tab.goto(url);
    await courierReady(tab, courier);
    await makeClicksInVain(tab, [1]);
    collector.behave({});
    await makeClicks(tab, [2]);
    await tab.evaluate(() => dispatchEvent(new Event("online")));
    await tab.evaluate(() => window.clicktrail.flush());
    await collector.expectPuts([{ position: 1 }], { settleMs: QUIET_MS });
    await tab.goto(url);
    await courierReady(tab, courier);
    // Until its first flush a page doesn't know what earlier ones were asked.
    await tab.evaluate(() => window.clicktrail.flush());
    await makeClicks(tab, [3]);
    await tab.evaluate(() => window.clicktrail.flush());
    await collector.expectPuts([{ position: 1 }], { settleMs: QUIET_MS });
    await expectStats(tab, { made: 3, waiting: 3 });
    inPagesAndWorkers(site, advanceClock, 1.5);
    await tab.goto(site.landing());
    await flushNow(tab);
    await collector.expectPuts([1, 1, 2, 3].map((position) => ({ position })));
    await expectStats(tab, { made: 3, delivered: 3, waiting: 0 });
  });

  // 413, 415 and 422 are the same to it: see send.test.ts.
  test(`400 about the body: dropped with the message, the next click goes ${WITH[courier]}`, {
    tag: "@once",
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    const status = 400;
    const message = "Json deserialize error: UUID parsing failed: invalid length";
    collector.behaveInTurn({ status, message });
    await tab.goto(site.search());
    await courierReady(tab, courier);
    await recordOutcomes(tab);
    const [refused] = await makeClicks(tab, [1]);
    await expectStats(tab, { dropped: { refused: 1 } });
    const [next] = await makeClicks(tab, [2]);
    await expectStats(tab, { made: 2, delivered: 1, waiting: 0, dropped: { refused: 1 } });
    await collector.expectPuts([attempt(refused, 1), attempt(next, 1)]);
    const told = () => tab.evaluate(() => window.outcomes);
    const drop = { name: "dropped", id: refused, attempt: 1, status, message, reason: "refused" };
    await expect.poll(told).toContainEqual(drop);
  });

  test(`a refused click in a backlog holds up none of the others ${WITH[courier]}`, { tag: "@once" }, async ({
    tab,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    await collector.goDown();
    await tab.goto(site.search({ head: LONG_WAITS }));
    await courierReady(tab, courier);
    await makeClicksInVain(tab, firstPositions(5));
    await expectStats(tab, { waiting: 5 });
    await tab.goto(site.landing(null));
    await collector.comeUp();
    collector.behaveInTurn({ status: 413 });
    await visitLater(tab, site, scopeOf(collector.endpoint));
    await expectStats(tab, { made: 5, delivered: 4, waiting: 0, dropped: { refused: 1 } });
    await collector.expectPuts(firstPositions(5).map((position) => ({ position })));
  });

  test(`400 that names no cause: four attempts, then dropped ${WITH[courier]}`, {
    tag: ["@once", "@full"],
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    inPagesAndWorkers(site, fixRandom, 0.1);
    collector.behave({ status: 400, message: "Could not get connection from pool" });
    await tab.goto(site.search());
    await courierReady(tab, courier);
    const [id] = await makeClicks(tab, [1]);
    await expectStats(tab, { made: 1, waiting: 0, dropped: { refused: 1 } });
    await collector.expectPuts(
      [1, 2, 3, 4].map((number) => attempt(id, number)),
      { inOrder: true },
    );
  });

  // 403 and 404 are the same to it: see send.test.ts.
  test(`401 for every click: two requests a page for any number of clicks, all sent when the configuration is mended ${WITH[courier]}`, {
    tag: "@once",
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    collector.behave({ status: 401, message: "no" });
    await tab.goto(site.search({ snippet: { apiKey: "wrong" }, head: LONG_WAITS }));
    await courierReady(tab, courier);
    await makeClicksInVain(tab, [1]);
    // Said to a second one it is about all of them.
    await makeClicksInVain(tab, [2]);
    await makeClicks(tab, [3, 4]);
    await tab.evaluate(() => window.clicktrail.flush());
    await tab.evaluate(() => dispatchEvent(new Event("online")));
    await expectStats(tab, { made: 4, waiting: 4 });
    await collector.expectPuts([{ position: 1 }, { position: 2 }], { settleMs: 1_200 });
    collector.behave({});
    const right = site.search({ snippet: { apiKey: "right" } });
    await visitLater(tab, site, scopeOf(collector.endpoint), right);
    await flushNow(tab);
    const all = [1, 2, 3, 4].map((position) => ({ position }));
    const puts = await collector.expectPuts(all, { only: "taken" });
    expect(puts.map(({ headers }) => headers.authorization)).toEqual(all.map(() => "right"));
    await expectStats(tab, { made: 4, delivered: 4, waiting: 0 });
  });

  test(`connection reset before the server read it, after, and after it took it: once more with the same id, no more ${WITH[courier]}`, async ({
    tabs,
    site,
  }) => {
    giveCourier(site, courier);
    const faults = ["reset-unread", "reset-read", "lose-answer"] as const;
    await sideBySide(tabs, faults, async ({ tab, collector, snippet }, fault) => {
      collector.behave({ freshConnections: true });
      collector.behaveInTurn({ fault, freshConnections: true });
      await tab.goto(site.search({ snippet }));
      await courierReady(tab, courier);
      const [id] = await makeClicks(tab, [1]);
      const taken = fault === "lose-answer" ? [attempt(id, 1), attempt(id, 2)] : [attempt(id, 2)];
      await collector.expectPuts(taken, { only: "taken" });
      expect(collector.counted({ only: "any" })).toHaveLength(2);
      await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
    });
  });

  test(`a reused connection reset: repeated by the browser itself (Chromium, Firefox) or by the script, never by both ${WITH[courier]}`, async ({
    tab,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    await tab.goto(site.search());
    await courierReady(tab, courier);
    collector.behaveInTurn({}, { fault: "reset-read" });
    const [before] = await makeClicks(tab, [1]);
    await expectStats(tab, { delivered: 1 });
    const [id] = await makeClicks(tab, [2]);
    await expectStats(tab, { made: 2, delivered: 2, waiting: 0 });
    await collector.expectPuts([attempt(before, 1), attempt(id), attempt(id)]);
    await collector.expectPuts([attempt(before, 1), attempt(id)], { only: "taken" });
  });

  test(`a server that hangs: given up after 10 s (here 2.5 s), once more with the same id ${WITH[courier]}`, async ({
    tab,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    inPagesAndWorkers(site, hurry, 4);
    collector.behaveInTurn({ fault: "hang" });
    await tab.goto(site.search());
    await courierReady(tab, courier);
    const clickedAt = Date.now();
    const [id] = await makeClicks(tab, [1]);
    const puts = await collector.expectPuts([attempt(id, 1), attempt(id, 2)], { inOrder: true });
    // Its time runs from before the preflight.
    expect(puts[1]?.at).toBeGreaterThan(clickedAt + 2_500 - SLACK_MS);
    await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
  });
}
