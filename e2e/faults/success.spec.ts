// Owns what counts as an acknowledgement: a 2xx that is neither a redirect's nor a page. Everything else that looks like
// success (a login page, an offline page, a fetch that somebody has wrapped) leaves the click waiting, or in doubt.
import { QUIET_MS } from "../arrivals.ts";
import { type Behaviour, LOGIN } from "../collector.ts";
import { expect, test } from "../fixtures.ts";
import { expectStats, recordOutcomes, trackerReady } from "../tracker.ts";
import {
  allAnswered,
  attempt,
  COURIERS,
  courierReady,
  giveCourier,
  LONG_WAITS,
  makeClicks,
  makeClicksInVain,
  NO_WORKER,
  sideBySide,
  told,
  WITH,
} from "./couriers.ts";
import { expectNothingThrown, expectSaid, hear } from "./hooks.ts";
import { scopeOf, visitLater } from "./rows.ts";

const first = { position: 1 };

for (const courier of COURIERS) {
  test(`a redirect to a login page, and a 200 with HTML, are no acknowledgement: the click waits, the console says so, once when it is mended ${WITH[courier]}`, async ({
    tabs,
    site,
  }) => {
    giveCourier(site, courier);
    hear(site);
    const html = { "content-type": "text/html; charset=utf-8" };
    const cases: readonly Behaviour[] = [
      { status: 303, headers: { location: LOGIN } },
      { status: 200, headers: html, body: "<!doctype html><title>Log in</title>" },
    ];
    await sideBySide(tabs, cases, async ({ tab, collector, snippet }, answer) => {
      collector.behave(answer);
      await tab.goto(site.search({ snippet, head: LONG_WAITS }));
      await courierReady(tab, courier);
      await makeClicksInVain(tab, [1]);
      await expectSaid(tab, /clicktrail: .*(redirect|html|303|200)/i);
      await expectStats(tab, { made: 1, delivered: 0, waiting: 1, inDoubt: 0, dropped: {} });
      await collector.expectPuts([first], { settleMs: QUIET_MS });
      collector.behave({});
      await visitLater(tab, site, scopeOf(collector.endpoint), site.landing(snippet));
      await collector.expectPuts([first, first]);
      await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
    });
  });

  test(`200 with JSON, 202 without a body: acknowledged ${WITH[courier]}`, { tag: "@once" }, async ({
    tabs,
    site,
  }) => {
    giveCourier(site, courier);
    const cases: readonly Behaviour[] = [{ status: 200, message: "thanks" }, { status: 202 }];
    await sideBySide(tabs, cases, async ({ tab, collector, snippet }, answer) => {
      collector.behave(answer);
      await tab.goto(site.search({ snippet }));
      await courierReady(tab, courier);
      const [id] = await makeClicks(tab, [1]);
      await collector.expectPuts([attempt(id, 1)]);
      await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
    });
  });

  test(`the site's service worker answers with its offline page: the click waits, and is sent once when the endpoint is back ${WITH[courier]}`, async ({
    tab,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    await installOfflinePage(tab, site);
    await tab.goto(site.search({ head: LONG_WAITS }));
    await courierReady(tab, courier);
    expect(await tab.evaluate(() => !!navigator.serviceWorker.controller)).toBe(true);
    await collector.goDown();
    await makeClicksInVain(tab, [1]);
    await expectStats(tab, { made: 1, delivered: 0, waiting: 1 });
    await tab.goto(site.landing(null));
    await collector.comeUp();
    await visitLater(tab, site, scopeOf(collector.endpoint));
    await collector.expectPuts([first]);
    await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
  });
}

/** What a fetch that the page has wrapped makes of its response: what is fulfilled has been sent. */
const NO_RESPONSE: Readonly<Record<string, string>> = {
  "resolves to nothing": "undefined",
  "resolves to JSON": "({ ok: true })",
  "resolves to a text": '""',
};

test("a wrapped fetch that resolves to nothing, JSON or text: one PUT, in doubt, nothing thrown without the worker", {
  tag: ["@once", "@full"],
}, async ({ tabs, site }) => {
  hear(site);
  await sideBySide(tabs, Object.entries(NO_RESPONSE), async ({ tab, collector, snippet }, [, made]) => {
    const wraps = `<script>{
      const real = fetch;
      window.fetch = (...request) => real(...request).then(() => ${made});
    }</script>`;
    await tab.goto(
      site.search({ snippet, head: `${NO_WORKER}<script>Math.random = () => 0.01</script>${wraps}` }),
    );
    await courierReady(tab, "page");
    const [id] = await makeClicks(tab, [1]);
    await collector.expectPuts([attempt(id, 1)], { settleMs: 1_000 });
    await tab.evaluate(() => window.clicktrail.flush());
    await expectNothingThrown(tab);
    await visitLater(tab, site, scopeOf(collector.endpoint), site.landing(snippet));
    await expectStats(tab, { made: 1, waiting: 0, inDoubt: 1, dropped: {} });
    await collector.expectPuts([attempt(id, 1)]);
  });
});

test("a wrapped fetch that resolves to Response.error() has failed: the click waits, sent once by a later visit without the worker", {
  tag: "@once",
}, async ({ tab, site, collector }) => {
  const wraps = "<script>window.fetch = () => Promise.resolve(Response.error())</script>";
  await tab.goto(site.search({ head: NO_WORKER + LONG_WAITS + wraps }));
  await trackerReady(tab);
  await recordOutcomes(tab);
  const [id] = await makeClicks(tab, [1]);
  await told(tab, id, "waiting");
  await expectStats(tab, { made: 1, delivered: 0, waiting: 1 });
  await collector.expectNothing();
  await visitLater(tab, site, scopeOf(collector.endpoint));
  await collector.expectPuts([attempt(id)]);
  await allAnswered(collector);
  await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
});

/** Makes the site's service worker control every page from now on: where the network fails it answers with a page. */
async function installOfflinePage(
  tab: Parameters<typeof makeClicks>[0],
  site: {
    serveHtml(path: string, body: string, headers: Readonly<Record<string, string>>): string;
    landing(snippet: null): string;
  },
): Promise<void> {
  const worker = `
    const page = () => new Response("<!doctype html><title>Offline</title>", { headers: { "content-type": "text/html" } });
    addEventListener("install", () => skipWaiting());
    addEventListener("activate", (event) => event.waitUntil(clients.claim()));
    addEventListener("fetch", (event) => event.respondWith(fetch(event.request).catch(page)));`;
  site.serveHtml("/offline-worker.js", worker, { "content-type": "text/javascript; charset=utf-8" });
  await tab.goto(site.landing(null));
  await tab.evaluate(async () => {
    await navigator.serviceWorker.register("/offline-worker.js");
    await navigator.serviceWorker.ready;
  });
}
