// Owns what a clock can do: one that was wrong when the endpoint asked for silence, and one that has gone on while a page was
// frozen, so that it finds its own lease over.
import { test } from "../fixtures.ts";
import { expectStats } from "../tracker.ts";
import { offContract } from "../witness.ts";
import {
  allAnswered,
  attempt,
  before,
  COURIERS,
  courierReady,
  firstPositions,
  flushNow,
  giveCourier,
  inPagesAndWorkers,
  LONG_WAITS,
  makeClicks,
  makeClicksInVain,
  WITH,
} from "./couriers.ts";
import { advanceClock, jump, mayJump } from "./hooks.ts";

const MONTH_HOURS = 30 * 24;

for (const courier of COURIERS) {
  test(`asked for silence while the clock was a month ahead, then it is right and the endpoint fails: one request, then the usual gaps ${WITH[courier]}`, {
    tag: ["@once", "@full"],
    annotation: offContract("clicked_at", "the page's clock is a month ahead"),
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    collector.behave({ status: 429, headers: { "retry-after": "60" } });
    await tab.goto(site.search({ head: before(advanceClock, MONTH_HOURS) }));
    await courierReady(tab, courier);
    await makeClicksInVain(tab, [1]);
    // These wait without a request.
    await makeClicks(tab, [2, 3, 4, 5]);
    await expectStats(tab, { made: 5, waiting: 5 });
    await tab.goto(site.landing(null));
    await allAnswered(collector);
    collector.behave({ status: 503 });
    // The first gap is 5 s.
    await tab.goto(site.search({ head: LONG_WAITS }));
    await flushNow(tab);
    await flushNow(tab);
    await collector.expectPuts([{ position: 1 }, { position: 1 }], { settleMs: 2_000 });
    await expectStats(tab, { made: 5, waiting: 5 });
  });

  test(`a page frozen for longer than its lease in the middle of a request, and back: it takes nothing that it is sending itself ${WITH[courier]}`, async ({
    tab,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    inPagesAndWorkers(site, mayJump, undefined);
    collector.behave({ fault: "hang" });
    await tab.goto(site.search());
    await courierReady(tab, courier);
    const ids = await makeClicks(tab, firstPositions(3));
    await collector.arrived(3);
    // Time goes on without it, as for one that was stopped.
    await jump(tab, 120_000, courier === "worker" ? 2 : 1);
    await tab.evaluate(() => dispatchEvent(new Event("online")));
    await tab.evaluate(() => void window.clicktrail.flush());
    const copies = ids.map((id) => attempt(id, 1));
    await collector.expectPuts(copies, { settleMs: 1_000 });
    collector.behave({});
    collector.release();
    await expectStats(tab, { made: 3, delivered: 3, waiting: 0, inDoubt: 0 });
    await collector.expectPuts(copies);
  });
}
