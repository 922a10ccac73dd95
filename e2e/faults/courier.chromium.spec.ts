// Owns the worker's own long life, which only Chromium gives it: a drain that takes longer than the page waits for, and what
// its starts leave behind.
import { expect, test } from "../fixtures.ts";
import { expectStats } from "../tracker.ts";
import { courierReady, firstPositions, makeClicks } from "./couriers.ts";
import { hurry } from "./hooks.ts";
import { clickRow, holdStore, letGo, scopeOf, storedRows, storeRows, visitLater } from "./rows.ts";

test("a backlog that takes the worker longer to drain than anything waits for: it goes on to the end, each once", async ({
  tab,
  site,
  collector,
}) => {
  const count = 120;
  // Twenty lots of six in 4 s; half a minute is 1.5 s here, a minute 3.
  collector.behave({ delayMs: 200 });
  await tab.goto(site.search());
  // A page in a hurry would not wait for it, and drain by itself.
  await courierReady(tab, "worker");
  await tab.evaluate(hurry, 20);
  const numbers = firstPositions(count);
  const rows = numbers.map((number) => clickRow(number));
  await storeRows(tab, scopeOf(collector.endpoint), rows);
  await tab.evaluate(() => window.clicktrail.flush());
  const each = numbers.map((position) => ({ position }));
  await collector.expectPuts(each, { timeoutMs: 12_000 });
  await expectStats(tab, { made: count, delivered: count, waiting: 0 });
});

test("more clicks at once and away than a ledger knows again, before any is written: each once", async ({
  tab,
  tabs,
  site,
  collector,
}) => {
  const numbers = firstPositions(100);
  const scope = scopeOf(collector.endpoint);
  const other = await tabs.open();
  await other.goto(site.landing(null));
  await tab.goto(site.search());
  await courierReady(tab, "worker");
  await holdStore(other, scope);
  const acts = [makeClicks(tab, numbers), tab.goto(site.landing(null))];
  await Promise.all(acts.map((act) => act.catch(() => undefined)));
  await collector.arrived(numbers.length);
  await letGo(other);
  // The worker has counted them: the leases of others would be over in rows that are aged below it.
  await expect.poll(async () => (await storedRows(other, scope)).length).toBe(0);
  await visitLater(tab, site, scope);
  await expectStats(tab, { made: 100, delivered: 100, waiting: 0 });
  await collector.expectPuts(numbers.map((position) => ({ position })));
});

const COUNTS = `<script>
  window.addresses = new Set();
  const { createObjectURL, revokeObjectURL } = URL;
  URL.createObjectURL = (object) => {
    const url = createObjectURL.call(URL, object);
    addresses.add(url);
    return url;
  };
  URL.revokeObjectURL = (url) => {
    addresses.delete(url);
    return revokeObjectURL.call(URL, url);
  };
</script>`;

test("the address of the worker's text is revoked once it is ready", async ({ tab, site }) => {
  await tab.goto(site.search({ head: COUNTS }));
  await courierReady(tab, "worker");
  const left = () => tab.evaluate(() => (globalThis as unknown as { addresses: Set<string> }).addresses.size);
  await expect.poll(left).toBe(0);
});
