// Owns the courier that lives in a service worker: where no shared worker outlives its page, the site gives a file, and the response
// is seen after the page has gone all the same. Chromium has a shared worker, so there it is taken away.
import type { Collector } from "../collector.ts";
import { expect, test } from "../fixtures.ts";
import type { Site } from "../site.ts";
import type { Tab } from "../tabs.ts";
import { expectStats, recordOutcomes, trackerReady } from "../tracker.ts";
import { allAnswered, attempt, firstPositions, makeClicks, NO_WORKER, sideBySide, told } from "./couriers.ts";
import { expectSaid, hear } from "./hooks.ts";
import { holdStore, letGo, scopeOf, storedRows, visitLater } from "./rows.ts";

const FILE = "/dist/clicktrail.courier.js";

function courierOf(tab: Tab): Promise<string> {
  return tab.evaluate(() => window.clicktrail.courier());
}

/** Waits until the worker is ready to be given a click. */
async function workerReady(tab: Tab): Promise<void> {
  await trackerReady(tab);
  const courier = () => courierOf(tab);
  await expect
    .poll(courier, { message: "the courier a click would get", intervals: [20] })
    .toBe("service-worker");
}

async function open(tab: Tab, site: Site, page: Parameters<Site["search"]>[0] = {}): Promise<string> {
  const snippet = { courier: FILE, ...page.snippet };
  const url = site.search({ ...page, snippet });
  await tab.goto(url);
  await workerReady(tab);
  return url;
}

test.beforeEach(({ site }) => site.everyPage(NO_WORKER));

const WAYS = [
  { name: "a link to the same site", links: "detail", at: "/detail" },
  { name: "a link to another site", links: "other-site", at: "/other-site" },
  // The next page's own start is the same in every engine.
  {
    name: "a link to a page that has the script",
    links: "detail-with-snippet",
    at: "/detail-with-snippet",
    tag: ["@once", "@full"] as string[],
  },
] as const;

const IN_WEBKIT = "in WebKit also in doubt, and to another site rarely twice with one id";

/** Waits until the service worker has counted what it was answered: a row that is aged before that would be in doubt. */
async function allCounted(tab: Tab, site: Site, collector: Collector): Promise<void> {
  await allAnswered(collector);
  await tab.goto(site.landing(null));
  const left = async () => (await storedRows(tab, scopeOf(collector.endpoint))).length;
  await expect.poll(left, { message: "clicks that are not counted" }).toBe(0);
}

for (const { name, links, at, ...details } of WAYS) {
  test(
    `${name}, answered at once or after the page has gone: once, counted as delivered (${IN_WEBKIT}), by a service worker @service`,
    details,
    async ({ tabs, site }) => {
      const cases = [0, 2_000].map((delayMs) => ({ delayMs }));
      await sideBySide(tabs, cases, async ({ tab, collector, snippet }, { delayMs }) => {
        collector.behave({ delayMs });
        await open(tab, site, { links, snippet });
        await tab.click("#link-1");
        await tab.at(at);
        // WebKit may end the worker before the response, so that the click is in doubt. With the process of a page that goes to
        // another site it may do so at any moment: before the request begins, so that the click is sent later, or as it begins,
        // so that nothing says that it has (WebKitGTK 2.50, on a busy machine 2 of 160 clicks), and it is sent once more.
        const isLasting = tabs.engine !== "webkit";
        const isSeen = isLasting || links !== "other-site";
        const timeoutMs = isSeen ? 15_000 : 4_000;
        await collector.arrived(1, { timeoutMs }).catch((error) => expect(isSeen, String(error)).toBe(false));
        if (collector.puts.length > 0) await allAnswered(collector);
        // Such a tab may keep the database, too, until it is closed.
        const later = isSeen ? tab : await tabs.open();
        if (!isSeen) await tab.close();
        if (isLasting) await allCounted(later, site, collector);
        await visitLater(later, site, scopeOf(collector.endpoint), site.landing(snippet));
        await expectStats(later, { made: 1, waiting: 0, ...(isLasting && { delivered: 1, inDoubt: 0 }) });
        await collector.expectPuts([{ position: 1 }], isSeen ? {} : { copies: "script" });
        expect(collector.puts.length).toBeLessThanOrEqual(2);
      });
    },
  );
}

test("window.close() in the click: once, counted as delivered, by a service worker @service", async ({
  tabs,
  site,
  collector,
}) => {
  test.skip(tabs.engine === "webkit", "WebKitGTK's driver lets no script open a window");
  collector.behave({ delayMs: 400 });
  const opener = await tabs.open();
  await opener.goto(site.landing(null));
  const url = site.search({ links: "none", snippet: { courier: FILE } });
  const tab = await tabs.opened(() => opener.evaluate((to) => void window.open(to), url));
  await workerReady(tab);
  await tab
    .evaluate(() => {
      document.querySelector<HTMLElement>("#text-1")?.click();
      window.close();
    })
    .catch(() => undefined);
  await collector.expectPuts([{ position: 1 }]);
  await allCounted(opener, site, collector);
  await visitLater(opener, site, scopeOf(collector.endpoint));
  await expectStats(opener, { made: 1, delivered: 1, inDoubt: 0 });
  await collector.expectPuts([{ position: 1 }]);
});

test("one 503 after the page has gone: sent again, delivered once, by a service worker @service", async ({
  tabs,
  site,
}) => {
  const cases = [0, 400].map((delayMs) => ({ delayMs }));
  await sideBySide(tabs, cases, async ({ tab, collector, snippet }, { delayMs }) => {
    collector.behaveInTurn({ status: 503, delayMs });
    await open(tab, site, { snippet });
    await tab.click("#link-1");
    await tab.at("/detail");
    await collector.arrived(1);
    await allAnswered(collector);
    await visitLater(tab, site, scopeOf(collector.endpoint), site.landing({ ...snippet, courier: FILE }));
    await expectStats(tab, { made: 1, delivered: 1, waiting: 0, inDoubt: 0 });
    expect(collector.puts.map(({ status }) => status)).toEqual([503, 204]);
  });
});

for (const [where, isHeld] of [
  ["", false],
  [", and another tab's transaction keeps the page's own write from the disk as it leaves", true],
] as const) {
  test(`ended before it has begun the request${where}: sent once at a later visit, delivered`, {
    tag: "@service",
  }, async ({ tab, tabs, site, collector }) => {
    // As if the browser had ended it: the click's message reaches nobody.
    site.serveScript(
      "/ended.js",
      `addEventListener("message", (event) => event.data?.clicktrail?.entry && event.stopImmediatePropagation());
importScripts("${FILE}");`,
    );
    const scope = scopeOf(collector.endpoint);
    const holder = isHeld ? await tabs.open() : undefined;
    await holder?.goto(site.landing(null));
    await open(tab, site, { snippet: { courier: "/ended.js" } });
    if (holder) await holdStore(holder, scope);
    await tab.click("#link-1");
    await tab.at("/detail");
    await collector.expectNothing(500);
    if (holder) await letGo(holder);
    await visitLater(tab, site, scope);
    await collector.expectPuts([{ position: 1 }]);
    await expectStats(tab, { made: 1, delivered: 1, waiting: 0, inDoubt: 0 });
  });
}

test("200 clicks at once and away: each once, by a service worker @service", async ({
  tab,
  site,
  collector,
}) => {
  await open(tab, site);
  const positions = firstPositions(200);
  await Promise.all(
    [makeClicks(tab, positions), tab.goto(site.landing())].map((act) => act.catch(() => undefined)),
  );
  // Two hundred responses take the service worker a while to count.
  await expectStats(tab, { made: 200, waiting: 0 }, { timeout: 60_000 });
  await visitLater(tab, site, scopeOf(collector.endpoint));
  await collector.expectPuts(positions.map((position) => ({ position })));
  await expectStats(tab, { made: 200, delivered: 200, waiting: 0, inDoubt: 0 });
});

test("a page that stays is told of its clicks' outcomes by its service worker", async ({
  tab,
  site,
  collector,
}) => {
  await open(tab, site);
  await recordOutcomes(tab);
  const [id] = await makeClicks(tab, [1]);
  await told(tab, id, "delivered");
  await collector.expectPuts([attempt(id, 1)]);
});

test("installed long after the page has stopped waiting for it: the page sends until then, and the service worker from then on", {
  tag: "@service",
}, async ({ tab, site, collector }) => {
  const late =
    'addEventListener("install", (event) => event.waitUntil?.(fetch("/dist/clicktrail.js?held")));';
  const snippet = { courier: `${FILE}?before=${encodeURIComponent(late)}` };
  await tab.goto(site.search({ snippet }));
  await trackerReady(tab);
  await recordOutcomes(tab);
  const [first] = await makeClicks(tab, [1]);
  await told(tab, first, "delivered");
  expect(await courierOf(tab)).toBe("page");
  site.releaseScripts();
  await workerReady(tab);
  await makeClicks(tab, [2]);
  await collector.expectPuts([attempt(first, 1), { position: 2 }]);
  await expectStats(tab, { made: 2, delivered: 2, waiting: 0, inDoubt: 0 });
});

test("a file that is missing, or no script: told once with what to write, and the page sends", {
  tag: "@once",
}, async ({ tabs, site }) => {
  hear(site);
  const cases = [{ file: "/no-such-file.js" }, { file: "/detail" }];
  await sideBySide(tabs, cases, async ({ tab, collector, snippet }, { file }) => {
    await tab.goto(site.search({ snippet: { ...snippet, courier: file } }));
    await trackerReady(tab);
    await expectSaid(tab, /courier must be a script of this origin|copy it beside clicktrail\.js/);
    expect(await courierOf(tab)).toBe("page");
    await makeClicks(tab, [1]);
    // Counted by a later page that has the file: see courier-file.spec.ts.
    await collector.expectPuts([{ position: 1 }]);
  });
});

test("one line that imports it, and a site's own worker that does: both are the courier, and the site's is left alone", {
  tag: "@once",
}, async ({ tabs, site }) => {
  site.serveScript("/line.js", `importScripts("${FILE}");`);
  site.serveScript(
    "/own.js",
    `addEventListener("message", ({ data, source }) => data === "who" && source.postMessage("own")); importScripts("${FILE}");`,
  );
  await sideBySide(
    tabs,
    [{ file: "/line.js" }, { file: "/own.js" }],
    async ({ tab, collector, snippet }, { file }) => {
      collector.behave({ delayMs: 300 });
      await open(tab, site, { snippet: { ...snippet, courier: file } });
      await tab.click("#link-1");
      await tab.at("/detail");
      await collector.expectPuts([{ position: 1 }]);
      await allCounted(tab, site, collector);
      await visitLater(tab, site, scopeOf(collector.endpoint), site.landing(snippet));
      await expectStats(tab, { made: 1, delivered: 1, inDoubt: 0 });
    },
  );
});

test("the site unregisters it: the page sends, each click once", { tag: "@service" }, async ({
  tab,
  site,
  collector,
}) => {
  await open(tab, site);
  await tab.evaluate(async () => {
    for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister();
  });
  await makeClicks(tab, [1]);
  await collector.expectPuts([{ position: 1 }], { settleMs: 1_000 });
  await visitLater(tab, site, scopeOf(collector.endpoint));
  await collector.expectPuts([{ position: 1 }]);
});

test("consent withdrawn: the service worker begins nothing more, and nothing is left", {
  tag: "@service",
}, async ({ tab, site, collector }) => {
  const scope = scopeOf(collector.endpoint);
  collector.behave({ status: 503 });
  await open(tab, site);
  await makeClicks(tab, firstPositions(5));
  await collector.arrived(5);
  await tab.evaluate(() => window.clicktrail.revokeConsent());
  expect(await storedRows(tab, scope)).toEqual([]);
  collector.behave({});
  await allAnswered(collector);
  const before = collector.puts.length;
  await visitLater(tab, site, scope);
  await expectStats(tab, { waiting: 0, delivered: 0, dropped: { consent: 5 } });
  expect(collector.puts.length).toBe(before);
});
