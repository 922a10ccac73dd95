// Owns what a page may put into a click that no store and no message takes: it is sent as the plain JSON that was checked,
// once, and what can't be counted holds up no other click.
import { expect, test } from "../fixtures.ts";
import type { Tab } from "../tabs.ts";
import { expectStats, trackerReady } from "../tracker.ts";
import {
  attempt,
  COURIERS,
  courierReady,
  firstPositions,
  giveCourier,
  inPagesAndWorkers,
  makeClicks,
  WITH,
} from "./couriers.ts";
import { expectNothingThrown, fixRandom, hear } from "./hooks.ts";

/** Made in the page; and what JSON makes of it. */
const VALUES = {
  "a reactive proxy": { code: "new Proxy({ words: ['a'] }, {})", json: { words: ["a"] } },
  "a function": { code: "() => 1", json: undefined },
  "an element": { code: "document.createElement('p')", json: {} },
  "an object with a method": { code: "({ words: 'a', close() {} })", json: { words: "a" } },
} as const;

type Cases = readonly (readonly [name: string, value: { readonly code: string; readonly json: unknown }])[];

const CASES: Cases = Object.entries(VALUES);

/** A click whose metadata holds such a value. */
function makeOdd(tab: Tab, code: string, position: number): Promise<string | undefined> {
  return tab.evaluate(
    (click) => {
      const value = new Function(`return ${click.code}`)();
      const tail = String(click.position).padStart(12, "0");
      return window.clicktrail.trackClick({
        requestId: "a0000000-0000-4000-8000-000000000001",
        chunkId: `c0000000-0000-4000-8000-${tail}`,
        position: click.position,
        metadata: { seen: value },
      });
    },
    { code, position },
  );
}

for (const courier of COURIERS) {
  test(`${Object.keys(VALUES).join(", ")} in trackClick's metadata: plain JSON once, and the next click once ${WITH[courier]}`, async ({
    tab,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    hear(site);
    await tab.goto(site.search());
    await courierReady(tab, courier);
    const expected = [];
    for (const [index, [name, { code, json }]] of CASES.entries()) {
      const odd = await makeOdd(tab, code, index + 1);
      expect(odd, name).toBeDefined();
      expected.push({ metadata: { seen: json, clicktrail: { id: odd, attempt: 1 } } });
    }
    const [next] = await makeClicks(tab, [9]);
    await collector.expectPuts([...expected, attempt(next, 1)]);
    await expectStats(tab, { made: 5, delivered: 5, waiting: 0 });
    await expectNothingThrown(tab);
  });

  test(`the same put there by beforeSend ${WITH[courier]}`, { tag: ["@once", "@full"] }, async ({
    tab,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    hear(site);
    const values = CASES.map(([, { code }]) => `() => (${code})`);
    const edits = `<script>{
      const values = [${values}];
      window.clicktrail = {
        beforeSend(payload) {
          const make = values[payload.position - 1];
          if (make) payload.metadata.seen = make();
        },
      };
    }</script>`;
    await tab.goto(site.search({ head: edits }));
    await courierReady(tab, courier);
    const ids = await makeClicks(tab, firstPositions(5));
    const expected = CASES.map(([, { json }], index) => ({
      metadata: { seen: json, clicktrail: { id: ids[index], attempt: 1 } },
    }));
    await collector.expectPuts([...expected, attempt(ids[4], 1)]);
    await expectStats(tab, { made: 5, delivered: 5, waiting: 0 });
    await expectNothingThrown(tab);
  });
}

/** Up to the last character. */
const FILLS = `<script>
  let text = "x".repeat(1 << 20);
  for (let number = 0; text; number += 1) {
    try {
      localStorage["fill" + number] = text;
    } catch {
      text = text.slice(Math.ceil(text.length / 2));
    }
  }
</script>`;

test("localStorage is full, and five clicks hold what no store takes: each once without the worker", {
  tag: ["@once", "@full"],
}, async ({ tab, site, collector }) => {
  giveCourier(site, "page");
  inPagesAndWorkers(site, fixRandom, 0.05);
  await tab.goto(site.search({ head: FILLS }));
  await trackerReady(tab);
  for (const position of firstPositions(5)) {
    await makeOdd(tab, VALUES["a reactive proxy"].code, position);
    await tab.evaluate(() => window.clicktrail.flush());
  }
  await tab.evaluate(() => dispatchEvent(new Event("online")));
  await collector.expectPuts(
    firstPositions(5).map((position) => ({ position })),
    { settleMs: 1_000 },
  );
  await expectStats(tab, { made: 5, delivered: 5, waiting: 0 });
});
