// Owns what one consent state has to gate, in every tab of the origin: nothing is opened, stored or sent before a grant, and
// a withdrawal ends what is under way, holds while the database is silent, and leaves no trace of what was clicked.
import { expect, test } from "../fixtures.ts";
import type { Tab } from "../tabs.ts";
import { expectStats, trackerReady } from "../tracker.ts";
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
  WITH,
} from "./couriers.ts";
import { hurry } from "./hooks.ts";
import { databasesOf, holdStore, letGo, scopeOf, storedRows, storedText, visitLater } from "./rows.ts";

const grant = (tab: Tab) => tab.evaluate(() => window.clicktrail.grantConsent());
/** Resolves to whether it was carried out at once. */
const revoke = (tab: Tab) =>
  tab.evaluate(() =>
    window.clicktrail.revokeConsent().then(
      () => true,
      () => false,
    ),
  );
const clicks = (positions: readonly number[]) => positions.map((position) => ({ position }));

/** Everything that could make the library do something, but a grant. */
async function stir(tab: Tab): Promise<void> {
  await trackerReady(tab);
  await tab.hover("#result-2");
  await tab.evaluate(async () => {
    await new Promise((resolve) =>
      (window.requestIdleCallback ?? setTimeout)(resolve, { timeout: 500 } as never),
    );
    dispatchEvent(new Event("online"));
    document.dispatchEvent(new Event("visibilitychange"));
    await window.clicktrail.flush();
  });
}

for (const courier of COURIERS) {
  test(`before the first grant: no database, nothing stored, nothing sent; then the clicks made meanwhile, once ${WITH[courier]}`, async ({
    tab,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    await tab.goto(site.search({ snippet: { consent: "required" }, target: "_blank" }));
    await stir(tab);
    const [first] = await makeClicks(tab, [1]);
    await stir(tab);
    await collector.expectNothing();
    expect(collector.preflights).toEqual([]);
    expect(await databasesOf(tab)).toEqual([]);
    expect(await storedText(tab)).toBe(JSON.stringify([{}, {}]));
    await expectStats(tab, { made: 1, waiting: 1 });
    expect(await databasesOf(tab), "asking for the numbers opens nothing").toEqual([]);
    await grant(tab);
    await courierReady(tab, courier);
    const [second] = await makeClicks(tab, [3]);
    await collector.expectPuts([attempt(first, 1), attempt(second, 1)]);
    await expectStats(tab, { made: 2, delivered: 2, waiting: 0 });
  });

  test(`what an earlier visit left waits for the grant, too ${WITH[courier]}`, { tag: "@once" }, async ({
    tab,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    await collector.goDown();
    await tab.goto(site.search({ head: LONG_WAITS }));
    await courierReady(tab, courier);
    await makeClicksInVain(tab, [1, 2]);
    await tab.goto(site.landing(null));
    await collector.comeUp();
    await visitLater(
      tab,
      site,
      scopeOf(collector.endpoint),
      site.search({ snippet: { consent: "required" } }),
    );
    await stir(tab);
    await collector.expectNothing();
    await grant(tab);
    await collector.expectPuts(clicks([1, 2]));
    await expectStats(tab, { made: 2, delivered: 2, waiting: 0 });
  });

  for (const [name, consent] of [
    ["where it is required", "required"],
    ["where it is not", undefined],
  ] as const) {
    test(`clicks made while consent is withdrawn are none, also after the next grant, ${name} ${WITH[courier]}`, {
      tag: ["@once", "@full"],
    }, async ({ tab, site, collector }) => {
      giveCourier(site, courier);
      await tab.goto(site.search({ snippet: { consent }, target: "_blank" }));
      await trackerReady(tab);
      await grant(tab);
      await courierReady(tab, courier);
      await makeClicks(tab, [1]);
      await expectStats(tab, { delivered: 1 });
      await revoke(tab);
      await makeClicks(tab, [2]);
      await tab.click("#link-3");
      await grant(tab);
      await courierReady(tab, courier);
      await makeClicks(tab, [4]);
      await collector.expectPuts(clicks([1, 4]));
      await expectStats(tab, { made: 2, delivered: 2, waiting: 0, dropped: {} });
    });
  }

  test(`withdrawn in the middle of a drain: no request begins afterwards, the rest is dropped ${WITH[courier]}`, {
    tag: "@once",
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    const scope = scopeOf(collector.endpoint);
    const count = 30;
    await collector.goDown();
    await tab.goto(site.search({ head: LONG_WAITS }));
    await courierReady(tab, courier);
    await makeClicksInVain(tab, firstPositions(count));
    await expectStats(tab, { made: count, waiting: count });
    await tab.goto(site.landing(null));
    await collector.comeUp();
    // The first goes alone; what is sent after it hangs.
    collector.behave({ fault: "hang" });
    await visitLater(tab, site, scope, site.search({ head: LONG_WAITS }));
    await collector.arrived(1);
    collector.release();
    await collector.arrived(7);
    await revoke(tab);
    expect(await storedRows(tab, scope)).toEqual([]);
    collector.behave({});
    collector.release();
    await allAnswered(collector);
    await flushNow(tab);
    await allAnswered(collector);
    expect(collector.puts).toHaveLength(7);
    await expectStats(tab, { made: count, waiting: 0 });
    await visitLater(tab, site, scope);
    await expectStats(tab, { made: count, waiting: 0 });
    await allAnswered(collector);
    expect(collector.puts).toHaveLength(7);
  });

  test(`withdrawn in one tab: the others count and send nothing either ${WITH[courier]}`, async ({
    tab,
    tabs,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    const url = site.search({ target: "_blank" });
    const other = await tabs.open();
    for (const one of [other, tab]) {
      await one.goto(url);
      await courierReady(one, courier);
    }
    await makeClicks(other, [1]);
    await expectStats(tab, { made: 1, delivered: 1 });
    await revoke(tab);
    const consented = () => other.evaluate(() => window.clicktrail.consented());
    await expect.poll(consented, { message: "the other tab knows" }).toBe(false);
    await makeClicks(other, [2]);
    await other.click("#link-3");
    await flushNow(other);
    await collector.expectPuts(clicks([1]));
    await expectStats(other, { made: 1, delivered: 1, waiting: 0, dropped: {} });
  });

  test(`granted in one tab, while another has not been asked: what the one has clicked is not dropped ${WITH[courier]}`, async ({
    tab,
    tabs,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    collector.behave({ status: 503 });
    const other = await tabs.open();
    for (const one of [other, tab]) {
      await one.goto(site.search({ snippet: { consent: "required" }, head: LONG_WAITS }));
      await trackerReady(one);
    }
    await revoke(tab);
    await grant(tab);
    await courierReady(tab, courier);
    await makeClicksInVain(tab, [1]);
    // The word of it may come late.
    await other.evaluate(async () => {
      for (const key of Object.keys(localStorage)) dispatchEvent(new StorageEvent("storage", { key }));
      await window.clicktrail.flush();
    });
    await expectStats(tab, { made: 1, waiting: 1, dropped: {} });
    collector.behave({});
    await tab.evaluate(() => dispatchEvent(new Event("online")));
    await expectStats(tab, { made: 1, delivered: 1, waiting: 0, dropped: {} });
  });

  test(`withdrawn while the database is silent: nothing that waits is ever sent, and it goes when it can ${WITH[courier]}`, {
    tag: ["@once", "@full"],
  }, async ({ tab, tabs, site, collector }) => {
    giveCourier(site, courier);
    const scope = scopeOf(collector.endpoint);
    await collector.goDown();
    const holder = await tabs.open();
    await holder.goto(site.landing(null));
    // Five seconds are what a transaction gets.
    const impatient = `<script>(${hurry})(20, [])</script>${LONG_WAITS}`;
    await tab.goto(site.search({ head: impatient }));
    await courierReady(tab, courier);
    await makeClicksInVain(tab, [1, 2]);
    await holdStore(holder, scope);
    expect(await revoke(tab), "carried out at once").toBe(false);
    await collector.comeUp();
    await letGo(holder);
    await tab.evaluate(() => dispatchEvent(new Event("online")));
    await flushNow(tab);
    await expect.poll(() => storedRows(tab, scope), { message: "what is left" }).toEqual([]);
    await collector.expectNothing();
    await visitLater(tab, site, scope);
    await expectStats(tab, { made: 2, waiting: 0, dropped: { consent: 2 } });
    await collector.expectNothing();
  });

  test(`withdrawn while the database is silent, and the page goes before it answers: the next page sends nothing of it ${WITH[courier]}`, {
    tag: ["@once", "@full"],
  }, async ({ tab, tabs, site, collector }) => {
    giveCourier(site, courier);
    const scope = scopeOf(collector.endpoint);
    await collector.goDown();
    const holder = await tabs.open();
    await holder.goto(site.landing(null));
    const impatient = `<script>(${hurry})(20, [])</script>${LONG_WAITS}`;
    await tab.goto(site.search({ head: impatient }));
    await courierReady(tab, courier);
    await makeClicksInVain(tab, [1, 2]);
    await holdStore(holder, scope);
    expect(await revoke(tab), "carried out at once").toBe(false);
    await tab.goto(site.landing(null));
    await collector.comeUp();
    await letGo(holder);
    await visitLater(tab, site, scope);
    await collector.expectNothing();
    await expectStats(tab, { waiting: 0 });
  });

  test(`what was clicked is not in the store after its delivery, nor after a withdrawal ${WITH[courier]}`, {
    tag: "@once",
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    const [user, query] = ["user-of-this-page", "words-of-this-page"];
    const url = site.search({
      snippet: { userId: user },
      metadata: { query },
      target: "_blank",
      head: LONG_WAITS,
    });
    await tab.goto(url);
    await courierReady(tab, courier);
    await tab.click("#link-1");
    await tab.click("#link-2");
    await expectStats(tab, { made: 2, delivered: 2 });
    for (const word of [user, query]) expect(await storedText(tab)).not.toContain(word);
    await collector.goDown();
    await tab.click("#link-3");
    await expectStats(tab, { made: 3, waiting: 1 });
    await expect.poll(() => storedText(tab), { message: "kept while it waits" }).toContain(user);
    await revoke(tab);
    for (const word of [user, query]) expect(await storedText(tab)).not.toContain(word);
  });
}
