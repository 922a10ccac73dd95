// Owns the lives of shared workers: two pages don't end each other's, a killed one is replaced, and a burst is sent whole. Chromium
// only: no other engine has a shared worker that outlives its page.
import { expect, test } from "../fixtures.ts";
import { expectStats } from "../tracker.ts";
import { allAnswered, courierReady, firstPositions, makeClicks } from "./couriers.ts";
import { scopeOf, visitLater } from "./rows.ts";
import { BY, giveSender, SENDERS, senderReady } from "./three.ts";

const clicks = (positions: readonly number[]) => positions.map((position) => ({ position }));

test("two pages at once, one of them leaves and comes again: the other keeps its worker, each click once", async ({
  tab,
  tabs,
  site,
  collector,
}) => {
  const url = site.search();
  const other = await tabs.open();
  await tab.goto(url);
  await courierReady(tab, "worker");
  const made: number[] = [];
  for (const round of firstPositions(6)) {
    await other.goto(url);
    await courierReady(other, "worker");
    await makeClicks(other, [round * 10]);
    await other.goto(site.landing(null));
    await makeClicks(tab, [round * 10 + 1]);
    made.push(round * 10, round * 10 + 1);
    await collector.expectPuts(clicks(made));
    expect(await tab.evaluate(() => window.clicktrail.courier())).toBe("worker");
  }
  await expectStats(tab, { made: 12, delivered: 12, waiting: 0, inDoubt: 0 });
});

test("one page leaves in the middle of its requests while another begins: both pages' clicks are counted as delivered, each once", async ({
  tab,
  tabs,
  site,
  collector,
}) => {
  const url = site.search();
  collector.behave({ delayMs: 600 });
  await tab.goto(url);
  await courierReady(tab, "worker");
  await makeClicks(tab, [1, 2, 3]);
  const other = await tabs.open();
  await Promise.all([tab.goto(site.landing(null)), other.goto(url)]);
  await courierReady(other, "worker");
  await makeClicks(other, [4, 5, 6]);
  await collector.expectPuts(clicks(firstPositions(6)), { settleMs: 1_500 });
  await expectStats(other, { made: 6, delivered: 6, waiting: 0, inDoubt: 0 });
  await visitLater(other, site, scopeOf(collector.endpoint));
  await collector.expectPuts(clicks(firstPositions(6)));
});

test("reloads in quick succession with a click each: each click once, none in doubt", async ({
  tab,
  site,
  collector,
}) => {
  const url = site.search();
  collector.behave({ delayMs: 200 });
  const positions = firstPositions(8);
  for (const position of positions) {
    await tab.goto(url);
    await courierReady(tab, "worker");
    await makeClicks(tab, [position]);
  }
  await tab.goto(site.landing(null));
  await collector.arrived(positions.length);
  await allAnswered(collector);
  await visitLater(tab, site, scopeOf(collector.endpoint));
  await collector.expectPuts(clicks(positions));
  await expectStats(tab, { made: positions.length, delivered: positions.length, waiting: 0, inDoubt: 0 });
});

for (const sender of SENDERS) {
  for (const leaves of [false, true]) {
    if (leaves && sender === "page") continue;
    const what = leaves ? "and away" : "and the page stays";
    test(`a burst of 200 clicks ${what}: each once, all counted ${BY[sender]}`, async ({
      tab,
      site,
      collector,
    }) => {
      await tab.goto(site.search({ snippet: giveSender(site, sender) }));
      await senderReady(tab, sender);
      const positions = firstPositions(200);
      const made = makeClicks(tab, positions).catch(() => undefined);
      if (leaves) await tab.goto(site.landing(null));
      await made;
      await collector.arrived(200, { timeoutMs: 30_000 });
      await allAnswered(collector);
      if (leaves) await visitLater(tab, site, scopeOf(collector.endpoint));
      await expectStats(tab, { made: 200, delivered: 200, waiting: 0, inDoubt: 0 }, { timeout: 30_000 });
      await collector.expectPuts(clicks(positions));
    });
  }
}
