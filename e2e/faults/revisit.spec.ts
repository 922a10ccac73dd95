// Owns what the next page makes of a click whose answer nobody saw: with the worker somebody did; without it the click is
// in doubt, unless something speaks against its arrival.
import { expect, test } from "../fixtures.ts";
import { expectStats } from "../tracker.ts";
import { allAnswered, attempt, COURIERS, courierReady, giveCourier, makeClicks, WITH } from "./couriers.ts";
import { scopeOf, visitLater } from "./rows.ts";

const first = { position: 1 };
const WITHOUT = WITH.page;

for (const courier of COURIERS) {
  for (const inDoubt of courier === "worker" ? (["resend"] as const) : (["trust", "resend"] as const)) {
    const isAgain = courier === "page" && inDoubt === "resend";
    const result = isAgain ? "two PUTs with one id" : "one PUT";
    test(`search page revisited while the API still answers: ${result} ${WITH[courier]}, in-doubt "${inDoubt}"`, {
      tag: inDoubt === "resend" && courier === "page" ? "@full" : [],
    }, async ({ tab, site, collector }) => {
      giveCourier(site, courier);
      collector.behave({ fault: "hang" });
      const url = site.search({ snippet: { inDoubt } });
      await tab.goto(url);
      await courierReady(tab, courier);
      await tab.click("#link-1");
      await tab.at("/detail");
      await tab.goto(url);
      await courierReady(tab, courier);
      await collector.arrived(1);
      await tab.evaluate(() => window.clicktrail.flush());
      expect(collector.puts[0]?.outcome, "the API still answers").toBe("pending");
      collector.behave({});
      collector.release();
      await allAnswered(collector);
      await visitLater(tab, site, scopeOf(collector.endpoint), url);
      const trusted = courier === "page" && !isAgain;
      await expectStats(tab, { made: 1, waiting: 0, delivered: trusted ? 0 : 1, inDoubt: trusted ? 1 : 0 });
      await collector.expectPuts(isAgain ? [first, first] : [first]);
      if (isAgain) expect(collector.counted({ copies: "script" })).toHaveLength(1);
    });
  }
}

test(`a page that leaves before the answer: begun and alive for the next page, in doubt when its lease is over ${WITHOUT}`, async ({
  tab,
  site,
  collector,
}) => {
  giveCourier(site, "page");
  collector.behave({ fault: "hang" });
  const url = site.search();
  await tab.goto(url);
  await courierReady(tab, "page");
  await tab.click("#link-1");
  await tab.at("/detail");
  await tab.goto(url);
  await courierReady(tab, "page");
  await expectStats(tab, { made: 1, inDoubt: 0, waiting: 1 });
  await visitLater(tab, site, scopeOf(collector.endpoint));
  await expectStats(tab, { made: 1, inDoubt: 1, waiting: 0 });
  await collector.expectPuts([first]);
});

test(`a promise rejected before the page leaves is a failure: sent again, taken once ${WITHOUT}`, async ({
  tab,
  site,
  collector,
}) => {
  giveCourier(site, "page");
  const url = site.search({ snippet: { inDoubt: "trust" } });
  collector.behave({ fault: "reset-read", freshConnections: true });
  await tab.goto(url);
  await courierReady(tab, "page");
  const left = site.landing(null);
  // Before it is tried again.
  await tab.evaluate((to) => {
    window.clicktrail.on("waiting", () => location.assign(to));
  }, left);
  const [id] = await makeClicks(tab, [1]);
  await tab.at(left);
  const tries = collector.counted({ only: "any" }).length;
  collector.behave({});
  await visitLater(tab, site, scopeOf(collector.endpoint));
  await collector.expectPuts([attempt(id)], { only: "taken" });
  expect(collector.counted({ only: "any" })).toHaveLength(tries + 1);
  await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
});

test(`another failure within a minute speaks against arrival: the click in doubt goes again, two PUTs with one id ${WITHOUT}`, {
  tag: "@full",
}, async ({ tab, site, collector }) => {
  giveCourier(site, "page");
  collector.behaveInTurn({ status: 503 });
  await tab.goto(site.search());
  await courierReady(tab, "page");
  await makeClicks(tab, [2]);
  await expectStats(tab, { delivered: 1 });
  collector.behave({ fault: "hang" });
  await tab.click("#link-1");
  await tab.at("/detail");
  await collector.arrived(3);
  collector.behave({});
  collector.release();
  await allAnswered(collector);
  await visitLater(tab, site, scopeOf(collector.endpoint));
  await expectStats(tab, { made: 2, delivered: 2, waiting: 0, inDoubt: 0 });
  await collector.expectPuts([first, first, { position: 2 }, { position: 2 }]);
  await collector.expectPuts([first, { position: 2 }], { copies: "script" });
});
