// Owns what storage that fails does to a click: nothing that the host page would notice, and not to its one request.
import { QUIET_MS } from "../arrivals.ts";
import { expect, test } from "../fixtures.ts";
import { expectStats, trackerReady } from "../tracker.ts";
import { BROKEN, NO_LOCAL_STORAGE } from "./broken.ts";
import {
  attempt,
  before,
  COURIERS,
  courierReady,
  giveCourier,
  inPagesAndWorkers,
  makeClicks,
  sideBySide,
  WITH,
} from "./couriers.ts";
import { clickRow, holdStore, journalRows, letGo, scopeOf, storeRows, visitLater } from "./rows.ts";

/** Both of its kinds: what never comes, and what is taken back. Which of a kind it is no engine has a part in. */
const KINDS = ["never opens", "aborts every write"];
const OTHERS = Object.keys(BROKEN).filter((name) => !KINDS.includes(name));

for (const [names, journal, block, tag] of [
  [KINDS, "localStorage there", "", []],
  [OTHERS, "localStorage there", "", ["@once", "@full"]],
  [KINDS, "localStorage blocked too", NO_LOCAL_STORAGE, ["@once", "@full"]],
] as const) {
  const cases = Object.entries(BROKEN).filter(([name]) => names.includes(name));
  test(`IndexedDB ${names.join(", ")} in the page, ${journal}: no error in the page, a click that stays and one that leaves once each`, {
    tag: [...tag],
  }, async ({ tabs, site }) => {
    await sideBySide(tabs, cases, async ({ tab, collector, snippet }, [name, script]) => {
      const url = site.search({ snippet, head: `<script>${block}${script}</script>` });
      await tab.goto(url);
      await trackerReady(tab);
      await tab.hover("#result-1");
      const [id] = await makeClicks(tab, [1]);
      expect(id, name).toBeDefined();
      await tab.click("#link-2");
      await tab.at("/detail");
      await collector.expectPuts([attempt(id, 1), { position: 2 }], { settleMs: QUIET_MS });
      await visitLater(tab, site, scopeOf(collector.endpoint), site.landing(snippet));
      await expectStats(tab, { waiting: 0, dropped: {} });
      await collector.expectPuts([attempt(id, 1), { position: 2 }]);
    });
  });
}

/** In the frame: clicks two results, then goes on telling the page around it what the library says. */
const CLICKS_AND_TELLS = `<script>
  addEventListener("click", (event) => event.preventDefault());
  addEventListener("error", (event) => parent.postMessage({ error: event.message }, "*"));
  addEventListener("load", async () => {
    document.getElementById("link-1").click();
    document.getElementById("link-2").click();
    setInterval(async () => parent.postMessage(await clicktrail.stats(), "*"), 50);
  });
</script>`;

test("a sandboxed frame without origin, storage or locks: each click once, nothing is thrown", async ({
  tab,
  site,
  collector,
}) => {
  const frame = `<iframe sandbox="allow-scripts" src="${site.search({ body: CLICKS_AND_TELLS })}"></iframe>`;
  const listens = `<script>
    globalThis.said = [];
    addEventListener("message", ({ data }) => said.push(data));
  </script>`;
  await tab.goto(site.serveHtml("/framed", listens + frame));
  await collector.expectPuts([{ position: 1 }, { position: 2 }]);
  const last = () => tab.evaluate(() => (globalThis as unknown as { said: unknown[] }).said.at(-1));
  await expect.poll(last).toMatchObject({ made: 2, delivered: 2, waiting: 0 });
  const errors = await tab.evaluate(() =>
    (globalThis as unknown as { said: object[] }).said.filter((one) => "error" in one),
  );
  expect(errors).toEqual([]);
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
    await tab.goto(site.search());
    await courierReady(tab, courier);
    await holdStore(holder, scope);
    await tab.click("#link-1");
    await tab.at("/detail");
    await collector.expectPuts([{ position: 1 }], { settleMs: QUIET_MS });
    await letGo(holder);
    await visitLater(tab, site, scope);
    await expectStats(tab, { made: 1, waiting: 0, dropped: {} });
    await collector.expectPuts([{ position: 1 }]);
  });

  test(`the answer comes while another tab holds a long transaction, and the page leaves: one PUT ${WITH[courier]}`, async ({
    tab,
    tabs,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    inPagesAndWorkers(site, notesAnswers, undefined);
    const scope = scopeOf(collector.endpoint);
    const holder = await tabs.open();
    await holder.goto(site.landing(null));
    collector.behave({ fault: "hang" });
    await tab.goto(site.search());
    await courierReady(tab, courier);
    await makeClicks(tab, [1]);
    await collector.arrived(1);
    await holdStore(holder, scope);
    collector.behave({});
    collector.release();
    await expect.poll(() => tab.evaluate(() => document.title), { intervals: [20] }).toBe("answered");
    await tab.goto(site.landing(null));
    await letGo(holder);
    await visitLater(tab, site, scope);
    await expectStats(tab, { made: 1, waiting: 0, dropped: {} });
    await collector.expectPuts([{ position: 1 }]);
  });

  for (const [when, at] of [
    ["at the click's write", 1],
    ["when the answer is settled", 2],
  ] as const) {
    // A worker writes once: what has come of the click.
    if (courier === "worker" && at === 2) continue;
    test(`a transaction fails with InvalidStateError ${when}: opened again, one PUT ${WITH[courier]}`, {
      tag: at === 1 ? [] : ["@once", "@full"],
    }, async ({ tab, site, collector }) => {
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

  test(`corrupt records and records of other formats: the good ones go, the rest is set aside and counted ${WITH[courier]}`, {
    tag: "@once",
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    const scope = scopeOf(collector.endpoint);
    const [, good] = clickRow(1);
    const bad: [string, unknown][] = [
      ["00000000-0000-7000-8000-000000000001", "text"],
      ["00000000-0000-7000-8000-000000000002", null],
      ["00000000-0000-7000-8000-000000000003", { unknown: true }],
      [clickRow(4, 70_000)[0], clickRow(4, 70_000, { format: 0 })[1]],
      [clickRow(5, 70_000)[0], clickRow(5, 70_000, { format: 3, more: [good] })[1]],
      ["01a00000-0000-7000-8000-000000000006", { id: "01a00000-0000-7000-8000-000000000006", format: 1 }],
      ["\uD800", { half: "a surrogate" }],
    ];
    await tab.goto(site.landing(null));
    await storeRows(tab, scope, [...bad, clickRow(1), clickRow(2)]);
    await journalRows(tab, scope, [clickRow(3)]);
    await tab.evaluate((name) => {
      localStorage[`${name}\n01a00000-0000-7000-8000-00000000000a`] = "{ not JSON";
      localStorage[`${name}\n01a00000-0000-7000-8000-00000000000b`] = "null";
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

  test(`a record that has lost its size, time and attempt is set aside and holds up none of the good ones ${WITH[courier]}`, {
    tag: ["@once", "@full"],
  }, async ({ tab, site, collector }) => {
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
    await collector.expectPuts([{ position: 2 }, { position: 3 }]);
    await expectStats(tab, { made: 2, delivered: 2, waiting: 0, unreadable: 1 });
  });
}

/** In pages and workers: the page's title says that an answer has been seen by either. */
function notesAnswers(): void {
  const channel = new BroadcastChannel("answers");
  const real = fetch;
  const say = () => {
    if (self.document) document.title = "answered";
    else channel.postMessage("");
  };
  if (self.document) channel.onmessage = say;
  self.fetch = (...request) => {
    const answer = real(...request);
    answer.then(say, say);
    return answer;
  };
}
