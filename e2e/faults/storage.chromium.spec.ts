// Owns what storage that fails does to a click: nothing that the host page would notice, and not to its one request.
import type { BrowserContext } from "playwright";
import { expect, test } from "../fixtures.ts";
import { tabOfPage } from "../tabs.ts";
import { expectStats, trackerReady } from "../tracker.ts";
import {
  allAnswered,
  attempt,
  before,
  beforeWorker,
  COURIERS,
  courierReady,
  giveCourier,
  makeClicks,
  NO_WORKER,
  sideBySide,
  WITH,
} from "./couriers.ts";
import { clickRow, journalRows, scopeOf, storedRows, storeRows, visitLater } from "./rows.ts";

/** What opening the database meets. */
const UNOPENED: Readonly<Record<string, string>> = {
  "is undefined": "Object.defineProperty(self, 'indexedDB', { value: undefined });",
  "throws at once": "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError'); };",
  "fails to open": `IDBFactory.prototype.open = () => {
    const request = { error: new DOMException("no", "UnknownError") };
    setTimeout(() => request.onerror?.(new Event("error")));
    return request;
  };`,
  "never opens": "IDBFactory.prototype.open = () => ({});",
};

/** And what writes meet. */
const BROKEN: Readonly<Record<string, string>> = {
  ...UNOPENED,
  "refuses every write (quota)":
    "IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); };",
  "aborts every write": `const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (...row) {
      const request = put.apply(this, row);
      this.transaction.abort();
      return request;
    };`,
};

const BLOCKED = `Object.defineProperty(self, "localStorage", { get() { throw new DOMException("no", "SecurityError"); } });`;

for (const [journal, block] of [
  ["localStorage there", ""],
  ["localStorage blocked too", BLOCKED],
] as const) {
  const cases = Object.entries(BROKEN);
  test(`IndexedDB ${Object.keys(BROKEN).join(", ")} in the page, ${journal}: no error in the page, a click that stays and one that leaves once each`, async ({
    tabs,
    site,
  }) => {
    await sideBySide(tabs, cases, async ({ tab, collector, snippet }, [name, script]) => {
      const url = site.search({ snippet, head: `<script>${block}${script}</script>` });
      await tab.goto(url);
      await trackerReady(tab);
      await tab.hover("#result-1");
      const [id] = await makeClicks(tab, [1]);
      expect(id, name).toBeDefined();
      await tab.click("#link-2");
      await tab.at("/detail");
      await collector.expectPuts([attempt(id, 1), { position: 2 }]);
      await visitLater(tab, site, scopeOf(collector.endpoint), site.landing(snippet));
      await expectStats(tab, { waiting: 0, dropped: {} });
      await collector.expectPuts([attempt(id, 1), { position: 2 }]);
    });
  });
}

test(`IndexedDB ${Object.keys(UNOPENED).join(", ")} in the worker alone: each click once`, async ({
  tabs,
  site,
}) => {
  await sideBySide(tabs, Object.entries(UNOPENED), async ({ tab, collector, snippet }, [, script]) => {
    await tab.goto(site.search({ snippet, head: beforeWorker(script) }));
    await trackerReady(tab);
    await tab.hover("#result-1");
    const [id] = await makeClicks(tab, [1]);
    await collector.expectPuts([attempt(id, 1)]);
    await tab.click("#link-2");
    await tab.at("/detail");
    await collector.expectPuts([attempt(id, 1), { position: 2 }]);
    await visitLater(tab, site, scopeOf(collector.endpoint), site.search({ snippet, head: NO_WORKER }));
    await expectStats(tab, { made: 2, waiting: 0, dropped: {} });
    await collector.expectPuts([attempt(id, 1), { position: 2 }]);
  });
});

test("a sandboxed frame without origin, storage or locks: each click once, nothing is thrown", async ({
  context,
  site,
  collector,
}) => {
  const inner = site.search({ target: "_blank" });
  const frame = `<iframe sandbox="allow-scripts allow-popups" src="${inner}"></iframe>`;
  const page = await context.newPage();
  await page.goto(site.serveHtml("/framed", frame));
  const framed = page.frameLocator("iframe");
  const isReady = () => framed.locator("body").evaluate(() => typeof window.clicktrail?.stats === "function");
  await expect.poll(isReady).toBe(true);
  for (const number of [1, 2]) await framed.locator(`#link-${number}`).click();
  await collector.expectPuts([{ position: 1 }, { position: 2 }]);
  const stats = () => framed.locator("body").evaluate(() => window.clicktrail.stats());
  await expect.poll(stats).toMatchObject({ made: 2, delivered: 2, waiting: 0 });
});

for (const courier of COURIERS) {
  test(`another tab holds a long readwrite transaction at the click that leaves: one PUT ${WITH[courier]}`, async ({
    tab,
    tabs,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    const scope = scopeOf(collector.endpoint);
    const holder = await tabs.open();
    await holder.goto(site.landing(null));
    await storeRows(holder, scope, []);
    await tab.goto(site.search());
    await courierReady(tab, courier);
    await holder.evaluate(async (name) => {
      const open = indexedDB.open(name, 1);
      await new Promise((resolve) => {
        open.onsuccess = resolve;
      });
      const until = Date.now() + 2_000;
      const store = open.result.transaction("q", "readwrite").objectStore("q");
      const again = () => {
        if (Date.now() < until) store.get("nothing").onsuccess = again;
        else open.result.close();
      };
      again();
    }, scope);
    await tab.click("#link-1");
    await tab.at("/detail");
    await collector.expectPuts([{ position: 1 }], { settleMs: 2_500 });
    await visitLater(tab, site, scope);
    await expectStats(tab, { made: 1, waiting: 0, dropped: {} });
    await collector.expectPuts([{ position: 1 }]);
  });

  test(`the origin's quota is full at the click and free again later: one PUT ${WITH[courier]}`, async ({
    context,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    const page = await context.newPage();
    const tab = tabOfPage(page);
    const session = await context.newCDPSession(page);
    await tab.goto(site.search());
    await courierReady(tab, courier);
    await session.send("Storage.overrideQuotaForOrigin", { origin: site.origin, quotaSize: 1 });
    const [id] = await makeClicks(tab, [1]);
    await collector.expectPuts([attempt(id, 1)]);
    await session.send("Storage.overrideQuotaForOrigin", { origin: site.origin });
    await visitLater(tab, site, scopeOf(collector.endpoint));
    await expectStats(tab, { waiting: 0, dropped: {} });
    await collector.expectPuts([attempt(id, 1)]);
  });

  test(`the browser closes the connection (storage cleared): opened again, later clicks kept and sent once ${WITH[courier]}`, async ({
    context,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    const page = await context.newPage();
    const tab = tabOfPage(page);
    await tab.goto(site.search());
    await courierReady(tab, courier);
    await clearDatabases(context, page, site.origin);
    await collector.goDown();
    await makeClicks(tab, [1, 2]);
    await expectStats(tab, { made: 2, waiting: 2 });
    const scope = scopeOf(collector.endpoint);
    await expect.poll(async () => (await storedRows(tab, scope)).length, { message: "stored again" }).toBe(2);
    await collector.comeUp();
    await visitLater(tab, site, scope);
    await collector.expectPuts([{ position: 1 }, { position: 2 }]);
    await expectStats(tab, { made: 2, delivered: 2, waiting: 0 });
  });

  for (const [when, at] of [
    ["at the click's write", 1],
    ["when the answer is settled", 2],
  ] as const) {
    test(`a transaction fails with InvalidStateError ${when}: opened again, one PUT ${WITH[courier]}`, async ({
      tab,
      site,
      collector,
    }) => {
      giveCourier(site, courier);
      collector.behave({ delayMs: 200 });
      const breaks = before((nth) => {
        const real = IDBDatabase.prototype.transaction;
        let writes = 0;
        IDBDatabase.prototype.transaction = function (stores, mode, options) {
          if (mode === "readwrite") writes += 1;
          if (mode === "readwrite" && writes === nth) throw new DOMException("closing", "InvalidStateError");
          return real.call(this, stores, mode, options);
        };
      }, at);
      await tab.goto(site.search({ head: breaks }));
      await courierReady(tab, courier);
      const [id] = await makeClicks(tab, [1]);
      await collector.expectPuts([attempt(id, 1)]);
      await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
      await visitLater(tab, site, scopeOf(collector.endpoint));
      await collector.expectPuts([attempt(id, 1)]);
      await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
    });
  }

  test(`corrupt records and records of other formats: the good ones go, the rest is set aside and counted ${WITH[courier]}`, async ({
    tab,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    const scope = scopeOf(collector.endpoint);
    const [, good] = clickRow(1);
    const bad: [string, unknown][] = [
      ["00000000-0000-7000-8000-000000000001", "text"],
      ["00000000-0000-7000-8000-000000000002", null],
      ["00000000-0000-7000-8000-000000000003", { unknown: true }],
      [clickRow(4, 70_000)[0], clickRow(4, 70_000, { format: 0 })[1]],
      [clickRow(5, 70_000)[0], clickRow(5, 70_000, { format: 2, more: [good] })[1]],
      ["01a00000-0000-7000-8000-000000000006", { id: "01a00000-0000-7000-8000-000000000006", format: 1 }],
      ["\uD800", { half: "a surrogate" }],
    ];
    await tab.goto(site.landing(null));
    await storeRows(tab, scope, [...bad, clickRow(1), clickRow(2)]);
    await journalRows(tab, scope, [clickRow(3)]);
    await tab.evaluate((name) => {
      localStorage[`${name}01a00000-0000-7000-8000-00000000000a`] = "{ not JSON";
      localStorage[`${name}01a00000-0000-7000-8000-00000000000b`] = "null";
    }, scope);
    await tab.goto(site.search());
    const clicks = [{ position: 1 }, { position: 2 }, { position: 3 }];
    await collector.expectPuts(clicks);
    await expectStats(tab, { made: 3, delivered: 3, waiting: 0, unreadable: bad.length });
    await courierReady(tab, courier);
    await makeClicks(tab, [9]);
    await collector.expectPuts([...clicks, { position: 9 }]);
    await expectStats(tab, { made: 4, delivered: 4, waiting: 0, unreadable: bad.length });
  });

  test(`a record that has lost its size, time and attempt holds up none of the good ones ${WITH[courier]}`, async ({
    context,
    tab,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    const [id, row] = clickRow(1, 90_000);
    const { payload, format } = row as { payload: unknown; format: number };
    await tab.goto(site.landing(null));
    await storeRows(tab, scopeOf(collector.endpoint), [
      [id, { id, format, payload }],
      clickRow(2),
      clickRow(3),
    ]);
    await tab.goto(site.landing());
    await collector.arrived(2);
    await allAnswered(collector);
    const positions = collector.counted().map(({ body }) => (body as { position: number }).position);
    expect(positions.filter((position) => position !== 1).sort()).toEqual([2, 3]);
    // Sent or set aside, but not more than once.
    expect(positions.filter((position) => position === 1).length).toBeLessThanOrEqual(1);
  });
}

async function clearDatabases(
  context: BrowserContext,
  page: Parameters<BrowserContext["newCDPSession"]>[0],
  origin: string,
): Promise<void> {
  const session = await context.newCDPSession(page);
  await session.send("Storage.clearDataForOrigin", { origin, storageTypes: "indexeddb" });
  await session.detach();
}
