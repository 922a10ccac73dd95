// Owns what is kept of a refusal's words, and what a service worker makes of messages that no page of ours has sent.
import { startCollector } from "../collector.ts";
import { expect, test } from "../fixtures.ts";
import type { Tab } from "../tabs.ts";
import { expectStats, recordOutcomes, trackerReady } from "../tracker.ts";
import {
  attempt,
  COURIERS,
  courierReady,
  firstPositions,
  giveCourier,
  makeClicks,
  makeClicksInVain,
  WITH,
} from "./couriers.ts";
import { expectNothingThrown, hear } from "./hooks.ts";
import { storedText } from "./rows.ts";
import { giveSender, senderReady } from "./three.ts";

const MEGABYTES = 5_000_000;
const MAX_MESSAGE = 200;

for (const courier of COURIERS) {
  test(`eight refusals with messages of 5 MB: what is stored stays small, an outcome has ${MAX_MESSAGE} characters ${WITH[courier]}`, {
    tag: "@once",
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    const message = `Json deserialize error: ${"x".repeat(MEGABYTES)}`;
    collector.behave({ status: 400, message });
    await tab.goto(site.search());
    await courierReady(tab, courier);
    await recordOutcomes(tab);
    await makeClicks(tab, firstPositions(8));
    await expectStats(tab, { made: 8, waiting: 0, dropped: { refused: 8 } }, { timeout: 30_000 });
    const drops = () =>
      tab.evaluate(() =>
        window.outcomes.filter(({ name }) => name === "dropped").map(({ message: said }) => said),
      );
    await expect.poll(async () => (await drops()).length).toBe(8);
    for (const said of await drops()) {
      expect(said?.length).toBeLessThanOrEqual(MAX_MESSAGE);
      expect(said).toContain("Json deserialize error");
    }
    expect((await storedText(tab)).length).toBeLessThan(20_000);
  });
}

declare global {
  interface Window {
    /** What the page has said to its service worker, and whom it was said to. */
    saidToWorker: { readonly worker: ServiceWorker; readonly message: unknown }[];
  }
}

/** Remembers what the library says, in whatever words. */
const LISTENS = `<script>{
  window.saidToWorker = [];
  const real = ServiceWorker.prototype.postMessage;
  ServiceWorker.prototype.postMessage = function (message, ...rest) {
    saidToWorker.push({ worker: this, message: structuredClone(message) });
    return real.call(this, message, ...rest);
  };
}</script>`;

/** Says again what the library has said and is changed by that, as a page would that knows its words; `change` is source of a function on each value in it. */
async function sayAgain(tab: Tab, change: string, argument: unknown): Promise<number> {
  return tab.evaluate(
    ({ source, to }) => {
      const changed = new Function("value", "argument", "key", `return (${source})`);
      const walk = (value: unknown, key = ""): unknown => {
        const now = changed(value, to, key);
        if (typeof now !== "object" || now === null) return now;
        if (Array.isArray(now)) return now.map((part, index) => walk(part, String(index)));
        return Object.fromEntries(Object.entries(now).map(([name, part]) => [name, walk(part, name)]));
      };
      const said = [...window.saidToWorker];
      let count = 0;
      for (const { worker, message } of said) {
        const again = walk(message);
        const isText = (_: string, part: unknown) => (typeof part === "bigint" ? `${part}n` : part);
        if (JSON.stringify(message, isText) === JSON.stringify(again, isText)) continue;
        worker.postMessage(again, [new MessageChannel().port2]);
        count += 1;
      }
      // What was said here is no word of the library's.
      window.saidToWorker.splice(said.length);
      return count;
    },
    { source: change, to: argument },
  );
}

test("a service worker told another endpoint for a stored database: sends nothing there", {
  tag: "@service",
}, async ({ tab, site, collector }) => {
  const snippet = giveSender(site, "service-worker");
  site.everyPage(LISTENS);
  const thief = await startCollector();
  await tab.goto(site.search({ snippet: { ...snippet, userId: "visitor-4711" } }));
  await senderReady(tab, "service-worker");
  await collector.goDown();
  await makeClicksInVain(tab, firstPositions(3));
  await tab.evaluate(() => window.clicktrail.flush());
  // What a message itself holds, whoever wrote it knew already.
  const said = await sayAgain(
    tab,
    "key === 'entry' ? undefined : value === argument[0] ? argument[1] : value",
    [collector.endpoint, thief.endpoint],
  );
  expect(said).toBeGreaterThan(0);
  await thief.expectNothing(3_000);
  await thief.stop();
  await collector.comeUp();
  await tab.evaluate(() => dispatchEvent(new Event("online")));
  await collector.expectPuts(
    firstPositions(3).map((position) => ({ position })),
    { only: "taken" },
  );
  await expectStats(tab, { made: 3, delivered: 3, waiting: 0 });
});

/** What each value in a message is replaced by, one kind a round, as source. */
const NONSENSE = [
  "typeof value === 'string' ? 7 : value",
  "typeof value === 'number' ? 'x' : value",
  "typeof value === 'number' ? Infinity : value",
  "typeof value === 'number' ? 1n : value",
  "key === 'entry' ? 'text' : value",
  "key === 'entry' ? {} : value",
  "key === 'payload' ? 'text' : value",
  "key === 'route' ? null : value",
  "key === 'route' ? {} : value",
  "key === 'entry' ? undefined : key === 'headers' ? { 'bad header': 1 } : value",
  "key === 'entry' ? undefined : key === 'scope' ? '' : value",
  "key === 'entry' ? undefined : key === 'endpoint' ? 'http://%' : value",
  "typeof value === 'object' && key ? null : value",
  "typeof value === 'object' && key ? [] : value",
  "key === 'id' ? 'x' : value",
  "key === 'size' ? Infinity : value",
  "key === 'attempt' ? -1000 : value",
];

test("a service worker told nonsense in many ways: the page's next clicks are sent once, nothing is thrown, nothing else is sent", {
  tag: "@service",
}, async ({ tab, site, collector }) => {
  const snippet = giveSender(site, "service-worker");
  site.everyPage(LISTENS);
  hear(site);
  await tab.goto(site.search({ snippet }));
  await senderReady(tab, "service-worker");
  const [id] = await makeClicks(tab, [1]);
  await expectStats(tab, { delivered: 1 });
  for (const change of NONSENSE) await sayAgain(tab, change, null);
  await tab.evaluate(() => {
    const { worker } = window.saidToWorker[0] as { worker: ServiceWorker };
    for (const odd of [null, 7, "text", [], { clicktrail: null }, { clicktrail: 7 }, { clicktrail: {} }])
      worker.postMessage(odd);
  });
  const [second] = await makeClicks(tab, [2]);
  await collector.expectPuts([attempt(id, 1), attempt(second, 1)], { settleMs: 2_000 });
  await expectStats(tab, { made: 2, delivered: 2, waiting: 0 });
  await tab.reload();
  await trackerReady(tab);
  await senderReady(tab, "service-worker");
  const [third] = await makeClicks(tab, [3]);
  await collector.expectPuts([attempt(id, 1), attempt(second, 1), attempt(third, 1)], { settleMs: 1_000 });
  await expectNothingThrown(tab);
});
