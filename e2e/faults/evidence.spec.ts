// Owns what is believed of a click whose page has gone: not that it arrived while the endpoint was refusing everybody.
import { expect, test } from "../fixtures.ts";
import { expectStats } from "../tracker.ts";
import {
  allAnswered,
  attempt,
  COURIERS,
  courierReady,
  firstPositions,
  giveCourier,
  inPagesAndWorkers,
  makeClicks,
  makeClicksInVain,
  WITH,
  WITHOUT,
} from "./couriers.ts";
import { fixRandom } from "./hooks.ts";
import { scopeOf, visitLater } from "./rows.ts";

for (const before of [true, false]) {
  const order = before ? "others were refused before it" : "others are refused after it";
  test(`a click that leaves while the key is wrong, ${order}: not trusted, sent once when the key is right ${WITHOUT}`, {
    tag: ["@once", "@full"],
  }, async ({ tab, site, collector }) => {
    giveCourier(site, "page");
    collector.behave({ status: 401, message: "Unauthorized", delayMs: 2_000 });
    const wrong = { apiKey: "wrong" };
    const leave = async () => {
      // A page does not know what another was told.
      await tab.goto(site.search({ snippet: wrong }));
      await courierReady(tab, "page");
      const earlier = collector.puts.length;
      await tab.click("#link-1");
      await tab.at("/detail");
      await collector.arrived(earlier + 1);
      await allAnswered(collector);
    };
    const refuse = async () => {
      await tab.goto(site.search({ snippet: wrong }));
      await courierReady(tab, "page");
      await makeClicksInVain(tab, [2]);
      await makeClicksInVain(tab, [3]);
      await allAnswered(collector);
    };
    if (before) await refuse();
    await leave();
    if (!before) await refuse();
    await tab.goto(site.landing(null));
    collector.behave({});
    await visitLater(tab, site, scopeOf(collector.endpoint), site.search({ snippet: { apiKey: "right" } }));
    const all = [1, 2, 3].map((position) => ({ position }));
    const taken = await collector.expectPuts(all, { only: "taken" });
    expect(taken.map(({ headers }) => headers.authorization)).toEqual(["right", "right", "right"]);
    await expectStats(tab, { made: 3, delivered: 3, waiting: 0, inDoubt: 0, dropped: {} });
  });
}

for (const courier of COURIERS) {
  test(`a 400 without a cause after four outages: it takes four of its kind to drop a click ${WITH[courier]}`, {
    tag: "@once",
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    inPagesAndWorkers(site, fixRandom, 0.02);
    const down = { status: 503 };
    const odd = { status: 400, message: "Could not get connection from pool" };
    collector.behaveInTurn(down, down, down, down, odd);
    await tab.goto(site.search());
    await courierReady(tab, courier);
    const [id] = await makeClicks(tab, [1]);
    const attempts = firstPositions(6).map((number) => attempt(id, number));
    await collector.expectPuts(attempts, { inOrder: true });
    await expectStats(tab, { made: 1, delivered: 1, waiting: 0, dropped: {} });
  });
}
