// Owns the worker's own long life, which only Chromium gives it: a drain that takes longer than the page waits for, and
// more clicks than a ledger knows again.
import { expect, test } from "../fixtures.ts";
import { expectStats } from "../tracker.ts";
import { courierReady, firstPositions, makeClicks } from "./couriers.ts";
import { clickRow, holdStore, letGo, scopeOf, storedRows, storeRows, visitLater } from "./rows.ts";

test("a backlog that takes the worker longer to drain than anything waits for: it goes on to the end, each once", async ({
  tab,
  site,
  collector,
}) => {
  const count = 120;
  // Twenty lots of six in 8 s: a page waits 5 s for a reply.
  collector.behave({ delayMs: 400 });
  await tab.goto(site.search());
  await courierReady(tab, "worker");
  const numbers = firstPositions(count);
  const rows = numbers.map((number) => clickRow(number));
  await storeRows(tab, scopeOf(collector.endpoint), rows);
  await tab.evaluate(() => void window.clicktrail.flush().catch(() => undefined));
  const each = numbers.map((position) => ({ position }));
  await collector.expectPuts(each, { timeoutMs: 25_000 });
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
