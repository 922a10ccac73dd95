// Owns clicks of people behind each first-party endpoint, in every engine: one request without a key, one click at the API.

import { QUIET_MS } from "../arrivals.ts";
import type { Collector } from "../collector.ts";
import {
  type Courier,
  courierReady,
  firstPositions,
  flushNow,
  giveCourier,
  makeClicks,
} from "../faults/couriers.ts";
import { age, scopeOf } from "../faults/rows.ts";
import { expect } from "../fixtures.ts";
import { openOn } from "../inspector/inspect.ts";
import { API_KEY, chunkId, DATASET, REQUEST_ID } from "../pages.ts";
import type { Site } from "../site.ts";
import type { Tab } from "../tabs.ts";
import { expectStats, trackerReady } from "../tracker.ts";
import { NO_CLICK } from "../witness.ts";
import { type Behind, forEachFront, test } from "./behind.ts";

const ANSWERS_MS = [0, 2_000];
const FAULTS_AFTER_LEAVING = [
  { status: 503, delayMs: 200 },
  { fault: "reset-read", delayMs: 200 },
] as const;
/** More than a browser has under way at once; as many as nginx lets through at once. */
const MANY = 20;

interface Place {
  readonly tab: Tab;
  readonly site: Site;
  readonly collector: Collector;
  readonly front: Behind;
  readonly courier: Courier;
}

/** Chromium's page sends by itself like all others, so that nobody sees the answers that come when it has gone. */
function withoutWorker(place: Omit<Place, "courier">): Place {
  giveCourier(place.site, "page");
  return { ...place, courier: "page" };
}

/** The search page's address behind the proxy. */
function searchPage({ site, front }: Place, options: Record<string, boolean> = {}): string {
  const snippet = { endpoint: "/ctr", apiKey: undefined, ...options };
  return front.at(site.search({ snippet, headers: { "set-cookie": "session=secret; Path=/" } }));
}

/** Clicks the nth link, which leaves the page. */
async function leave({ tab, collector, courier }: Place, url: string, number: number): Promise<void> {
  await tab.goto(url);
  await courierReady(tab, courier);
  const before = collector.puts.length;
  await tab.click(`#link-${number}`);
  await tab.at("/detail");
  await collector.arrived(before + 1);
}

/** The search page again, when every lease and every wait is over and the API has answered. */
async function visitLater({ tab, site, collector, front }: Place, url: string): Promise<void> {
  const pending = () => collector.puts.filter(({ outcome }) => outcome === "pending");
  await expect.poll(pending, { message: "the API's answers" }).toEqual([]);
  await tab.goto(front.at(site.landing(null)));
  await age(tab, scopeOf(`${front.origin}/ctr`));
  await tab.goto(url);
  await flushNow(tab);
}

forEachFront((frontName) => {
  // nginx stands for all of them where the engine matters.
  const tag = frontName === "nginx" ? [] : ["@once"];

  test("a click that leaves the page counts once", { tag }, async ({ tab, tabs, site, collector, front }) => {
    const courier = tabs.engine === "chromium" ? "worker" : "page";
    const place: Place = { tab, site, collector, front, courier };
    const url = searchPage(place);
    await leave(place, url, 1);
    const [put] = await collector.expectPuts(
      [{ request_id: REQUEST_ID, ctr_type: "search", position: 1, clicked_chunk_id: chunkId(1) }],
      { settleMs: QUIET_MS },
    );
    expect(put?.headers).toMatchObject({ authorization: API_KEY, "tr-dataset": DATASET });
    expect(put?.headers.cookie).toBeUndefined();
    await tab.goto(url);
    await trackerReady(tab);
    await expectStats(tab, { made: 1, dropped: {} });
    expect(collector.puts).toHaveLength(1);
  });

  test("idempotent: clicks that leave, answered after 0 and 2,000 ms, exactly once, counted as delivered", {
    tag: [tag, "@once"].flat(),
  }, async ({ tab, site, collector, front }) => {
    const place = withoutWorker({ tab, site, collector, front });
    const url = searchPage(place, { idempotent: true });
    for (const [index, delayMs] of ANSWERS_MS.entries()) {
      collector.behave({ delayMs });
      await leave(place, url, index + 1);
    }
    await visitLater(place, url);
    await expectStats(tab, { made: 2, delivered: 2, waiting: 0, inDoubt: 0, dropped: {} });
    await collector.expectPuts([{ position: 1 }, { position: 2 }]);
  });

  test("idempotent: a click from before the script counts once", { tag }, async ({
    tab,
    site,
    collector,
    front,
  }) => {
    const snippet = {
      ...{ endpoint: "/ctr", apiKey: undefined, idempotent: true },
      ...{ stub: true, isHeld: true, isInjected: true },
    };
    await tab.goto(front.at(site.search({ snippet, links: "none" })));
    await tab.click("#text-1");
    site.releaseScripts();
    await expectStats(tab, { made: 1, delivered: 1, waiting: 0, dropped: {} });
    await collector.expectPuts([{ position: 1 }]);
  });

  test("idempotent: the inspector's endpoint check sees that ids are remembered, and no click is made by it", {
    tag: "@once",
    annotation: NO_CLICK,
  }, async ({ context, tab, site, collector, front }) => {
    const url = searchPage({ tab, site, collector, front, courier: "page" }, { idempotent: true });
    collector.behave({ status: 400, message: "Json deserialize error: missing field `request_id`" });
    const { panel, tab: show } = await openOn(context, url);
    await show("Set-up");
    await panel.getByRole("button", { name: "Check the endpoint" }).click();
    await expect(panel.locator(".verdict h3")).toHaveText("The endpoint takes each click once");
    expect(collector.puts.map(({ body }) => body)).toEqual([
      { request_id: "00000000-0000-0000-0000-000000000000" },
    ]);
  });

  test("idempotent: a 503, and a line that drops, when the page has gone: exactly once, counted as delivered", {
    tag: [tag, "@once"].flat(),
  }, async ({ tab, site, collector, front }) => {
    const place = withoutWorker({ tab, site, collector, front });
    const url = searchPage(place, { idempotent: true });
    for (const [index, fault] of FAULTS_AFTER_LEAVING.entries()) {
      collector.behaveInTurn(fault, {});
      await leave(place, url, index + 1);
      await visitLater(place, url);
    }
    await expectStats(tab, { made: 2, delivered: 2, waiting: 0, inDoubt: 0, dropped: {} });
    await collector.expectPuts([{ position: 1 }, { position: 2 }], { only: "taken" });
  });

  test("idempotent: many clicks at once and away: each exactly once, counted as delivered", {
    tag: [tag, "@once"].flat(),
  }, async ({ tab, site, collector, front }) => {
    const place = withoutWorker({ tab, site, collector, front });
    const url = searchPage(place, { idempotent: true });
    await tab.goto(url);
    await courierReady(tab, "page");
    await makeClicks(tab, firstPositions(MANY));
    await tab.goto(front.at(site.landing(null)));
    await visitLater(place, url);
    await expect.poll(() => tab.evaluate(() => window.clicktrail.stats())).toMatchObject({ waiting: 0 });
    await expectStats(tab, { made: MANY, delivered: MANY, inDoubt: 0, dropped: {} });
    await collector.expectPuts(firstPositions(MANY).map((position) => ({ position })));
  });
});
