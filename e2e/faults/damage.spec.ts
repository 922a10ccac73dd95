// Owns that stored things which are damaged, in the store, the ledger or the journal, take no good click with them: what is damaged
// is set aside and counted, and everything else goes on.
import { expect, test } from "../fixtures.ts";
import { matches } from "../matches.ts";
import type { Tab } from "../tabs.ts";
import { expectStats, trackerReady } from "../tracker.ts";
import {
  allAnswered,
  COURIERS,
  firstPositions,
  flushNow,
  giveCourier,
  inPagesAndWorkers,
  makeClicks,
  sideBySide,
  WITH,
} from "./couriers.ts";
import { expectNothingThrown, fixRandom, hear } from "./hooks.ts";
import {
  clickRow,
  type Damage,
  damageRows,
  journalText,
  LEDGER,
  ledgerRow,
  scopeOf,
  storeRows,
} from "./rows.ts";

/** Damages of one row, each of which makes it unreadable. */
const OF_ROWS: Readonly<Record<string, string>> = {
  "a size that is infinite": "row.size = Infinity",
  "a size that is a text": "row.size = '12'",
  "a size below nothing": "row.size = -1000",
  "a time that is no number": "row.at = NaN",
  "a time that is infinite": "row.at = Infinity",
  "a BigInt for a time": "row.at = 1n",
  "a BigInt for an attempt": "row.attempt = 1n",
  "a BigInt for its due": "row.due = 1n",
  "an attempt that is a text": "row.attempt = 'x'",
  "an attempt that is infinite": "row.attempt = Infinity",
  "an id that is a number": "row.id = 7",
  "an id of another row": "row.id = '01a202a1-b1a8-7000-8000-0000000000ff'",
  "an id that is an object": "row.id = { toString: null }",
  "an id that is no UUID": "row.id = 'x'",
  "a payload that is a text": "row.payload = 'text'",
  "a payload that is a list": "row.payload = [1]",
  "a payload that is missing": "delete row.payload",
  "a payload with a BigInt": "row.payload.position = 1n",
  "a payload that contains itself": "row.payload.metadata = row.payload",
  "silent attempts that are a text": "row.silent = 'x'",
  "a list for a row": "row = [row]",
  "a text for a row": "row = 'row'",
  "a date for a row": "row = new Date()",
};

/** Damages of the ledger. */
const OF_LEDGERS: Readonly<Record<string, string>> = {
  "last is no list": "row.last = {}",
  "last is a text": "row.last = 'last'",
  "last has holes and nothing": "row.last = [null, undefined, 1, 'x', {}]",
  "counts is a list": "row.counts = [1]",
  "a count is a text": "row.counts = { delivered: 'two' }",
  "a count is a BigInt": "row.counts = { delivered: 2n }",
  "a count is no number": "row.counts = { delivered: NaN }",
  "health is a text": "row.health = 'ill'",
  "health is nothing": "row.health = null",
  "downSince is below nothing": "row.health.downSince = -1000",
  "downSince is infinite": "row.health.downSince = Infinity",
  "refusedAt is a BigInt": "row.health.refusedAt = 3n",
  "until is infinite": "row.health.until = Infinity",
  "asked is a text": "row.health.asked = 'never'",
  "seenAt is a BigInt": "row.health.seenAt = 1n",
  "suspect is an object": "row.health.suspect = {}",
  "a text for a ledger": "row = 'ledger'",
  "a list for a ledger": "row = [row]",
};

// Each of them visits some twenty damages in turn.
test.describe.configure({ timeout: 240_000 });

const GOOD = 3;
const good = firstPositions(GOOD).map((position) => ({ position }));

/** A page after the damage, and a click in it: all good ones arrive once, all promises resolve, nothing is thrown. */
async function expectGoodSent(
  { tab, url, blank }: { tab: Tab; url: string; blank: string },
  expectArrived: () => Promise<unknown>,
): Promise<void> {
  await tab.goto(url);
  await trackerReady(tab);
  await flushNow(tab);
  await makeClicks(tab, [GOOD + 1]);
  await expectArrived();
  await expectNothingThrown(tab);
  // A page that leaves before it has counted its responses has clicks in doubt: another fault.
  await expectStats(tab, { waiting: 0 });
  await tab.goto(blank);
}

for (const courier of COURIERS) {
  test(`one damaged row beside three good ones: these are sent once, that one never, counted as unreadable ${WITH[courier]}`, {
    tag: ["@once", "@full"],
  }, async ({ tabs, site }) => {
    giveCourier(site, courier);
    hear(site);
    const failed: string[] = [];
    await inTurn(Object.entries(OF_ROWS), async ([what, damage]) => {
      await sideBySide(tabs, [what], async ({ tab, collector, snippet }) => {
        const scope = scopeOf(collector.endpoint);
        const blank = site.landing(null);
        await tab.goto(blank);
        const bad = clickRow(99, 30_000);
        await storeRows(tab, scope, [...firstPositions(GOOD).map((number) => clickRow(number)), bad]);
        await damageRows(tab, scope, [{ key: bad[0], damage }]);
        const url = site.search({ snippet });
        const all = [...good, { position: GOOD + 1 }];
        await expectGoodSent({ tab, url, blank }, () => collector.expectPuts(all));
        await tab.goto(url);
        const counted = { made: GOOD + 1, delivered: GOOD + 1, waiting: 0, dropped: {}, unreadable: 1 };
        await expectStats(tab, counted);
        await tab.evaluate(() => window.clicktrail.revokeConsent());
        await expectStats(tab, { waiting: 0 });
      }).catch((error: unknown) => failed.push(`${what}: ${String(error).slice(0, 300)}`));
    });
    expect(failed, failed.join("\n\n")).toEqual([]);
  });

  test(`a damaged ledger: the stored clicks and the next one are sent once and counted ${WITH[courier]}`, {
    tag: ["@once", "@full"],
  }, async ({ tabs, site }) => {
    giveCourier(site, courier);
    hear(site);
    const failed: string[] = [];
    await inTurn(Object.entries(OF_LEDGERS), async ([what, damage]) => {
      await sideBySide(tabs, [what], async ({ tab, collector, snippet }) => {
        const scope = scopeOf(collector.endpoint);
        const blank = site.landing(null);
        await tab.goto(blank);
        await storeRows(tab, scope, [...firstPositions(GOOD).map((number) => clickRow(number)), ledgerRow()]);
        await damageRows(tab, scope, [{ key: LEDGER, damage }]);
        const url = site.search({ snippet });
        const all = [...good, { position: GOOD + 1 }];
        await expectGoodSent({ tab, url, blank }, () => collector.expectPuts(all));
        await tab.goto(url);
        await expectStats(tab, { waiting: 0, dropped: {} });
        const { delivered } = await tab.evaluate(() => window.clicktrail.stats());
        expect([GOOD + 1, GOOD + 3], "the earlier two may be lost").toContain(delivered);
      }).catch((error: unknown) => failed.push(`${what}: ${String(error).slice(0, 300)}`));
    });
    expect(failed, failed.join("\n\n")).toEqual([]);
  });

  test(`an outage that began before there were clocks: the next attempt comes in half a second as ever ${WITH[courier]}`, {
    tag: "@once",
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    inPagesAndWorkers(site, fixRandom, 0.5);
    collector.behave({ status: 503 });
    await tab.goto(site.landing(null));
    const scope = scopeOf(collector.endpoint);
    await storeRows(tab, scope, [clickRow(1), ledgerRow()]);
    await damageRows(tab, scope, [{ key: LEDGER, damage: "row.health.downSince = -1000" }]);
    await tab.goto(site.landing());
    // Half of the outage so far would be half an hour.
    await collector.arrived(2);
  });

  test(`a journal of nonsense beside three good rows: these are sent once, nothing is thrown ${WITH[courier]}`, {
    tag: "@once",
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    hear(site);
    const scope = scopeOf(collector.endpoint);
    await tab.goto(site.landing(null));
    const id = (number: number) => clickRow(number, 30_000)[0];
    const row = (number: number, changed: object) =>
      [id(number), JSON.stringify(clickRow(number, 30_000, changed)[1])] as const;
    await journalText(tab, scope, [
      [id(50), "not JSON"],
      [id(51), "null"],
      [id(52), "7"],
      [id(53), '"text"'],
      [id(54), "[]"],
      [id(55), "{}"],
      [id(56), `{"id":"${id(56)}"}`],
      [id(57), `{"id":{"a":1},"name":"dropped"}`],
      [id(58), `{"id":"${id(58)}","name":"constructor","attempt":0,"at":1}`],
      [id(59), `{"id":"${id(59)}","name":7,"reason":{},"attempt":"x","at":"y"}`],
      [id(60), `{"id":"!","name":"dropped"}`],
      row(61, { payload: "text" }),
      row(62, { size: 1e308 }),
      row(63, { at: "yesterday" }),
      row(64, { id: "!" }),
      row(65, { id: id(1) }),
      ...firstPositions(GOOD).map((number) => row(number, {})),
    ]);
    const url = site.search();
    const all = [...good, { position: GOOD + 1 }];
    const blank = site.landing(null);
    await expectGoodSent({ tab, url, blank }, () => collector.expectPuts(all));
    await tab.goto(url);
    await expectStats(tab, { delivered: GOOD + 1, waiting: 0 });
  });
}

/** Values that a damaged field may have, as source. */
const VALUES = [
  "undefined",
  "null",
  "0",
  "-1",
  "-1000",
  "1e308",
  "Infinity",
  "-Infinity",
  "NaN",
  "7n",
  "''",
  "'x'",
  "'__proto__'",
  "true",
  "[]",
  "{}",
  "[1, null]",
  "new Date()",
  "new Map([[1, 2]])",
  "/x/",
  "new Uint8Array(3)",
];
const FIELDS = [
  "id",
  "format",
  "payload",
  "at",
  "size",
  "attempt",
  "due",
  "begun",
  "doubt",
  "silent",
  "refusals",
];
const LEDGER_FIELDS = [
  "counts",
  "last",
  "health",
  "health.downSince",
  "health.refusedAt",
  "health.until",
  "health.asked",
  "health.failedAt",
  "health.seenAt",
  "health.suspect",
  "counts.delivered",
  "counts.refused",
  "last[0]",
];

/** mulberry32: the same damages in each run. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function randomDamage(random: () => number, key: string, fields: readonly string[]): Damage {
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  const one = () => (random() < 0.05 ? `row = ${pick(VALUES)}` : `row.${pick(fields)} = ${pick(VALUES)}`);
  const damage = Array.from({ length: 1 + Math.floor(random() * 2) }, () => `try { ${one()} } catch {}`);
  return { key, damage: damage.join("; ") };
}

const ROUNDS = 10;
const DAMAGED = 30;

for (const courier of COURIERS) {
  test(`${ROUNDS} times ${DAMAGED} rows and a ledger damaged at random: the good clicks are sent once, every payload is whole, nothing is thrown ${WITH[courier]}`, {
    tag: ["@once", "@full"],
  }, async ({ tabs, site }) => {
    giveCourier(site, courier);
    hear(site);
    const failed: string[] = [];
    await inTurn(firstPositions(ROUNDS), async (seed) => {
      const random = randomOf(seed);
      const keys = firstPositions(DAMAGED).map((number) => clickRow(100 + number, 30_000));
      const damages = keys.map(([key]) => randomDamage(random, key, FIELDS));
      if (seed % 2) damages.push(randomDamage(random, LEDGER, LEDGER_FIELDS));
      await sideBySide(tabs, [seed], async ({ tab, collector, snippet }) => {
        const scope = scopeOf(collector.endpoint);
        const blank = site.landing(null);
        await tab.goto(blank);
        const sound = firstPositions(GOOD).map((number) => clickRow(number));
        await storeRows(tab, scope, [...sound, ...keys, ledgerRow()]);
        await damageRows(tab, scope, damages);
        const url = site.search({ snippet });
        await tab.goto(url);
        await trackerReady(tab);
        await flushNow(tab);
        await makeClicks(tab, [GOOD + 1]);
        const isGood = (put: { body?: unknown }) =>
          Number((put.body as { position?: number })?.position) < 100;
        const arrived = () => collector.puts.filter(isGood).length;
        await expect.poll(arrived, { message: "the good ones" }).toBe(GOOD + 1);
        await allAnswered(collector);
        expect(arrived(), "each once").toBe(GOOD + 1);
        for (const { body } of collector.puts)
          expect(
            matches({ ctr_type: "search", position: expect.any(Number) }, body),
            JSON.stringify(body),
          ).toBe(true);
        expect(collector.puts.length).toBeLessThanOrEqual(2 * (DAMAGED + GOOD + 1));
        const stats = await tab.evaluate(() => window.clicktrail.stats());
        const { made, delivered, waiting, inDoubt, unreadable } = stats;
        for (const count of [made, delivered, waiting, inDoubt, unreadable])
          expect(Number.isSafeInteger(count) && count >= 0, JSON.stringify(stats)).toBe(true);
        await tab.evaluate(() => window.clicktrail.revokeConsent());
        await expectNothingThrown(tab);
      }).catch((error: unknown) => {
        failed.push(`seed ${seed}: ${String(error).slice(0, 300)}`);
      });
    });
    expect(failed, failed.join("\n\n")).toEqual([]);
  });
}

/** One at a time: a withdrawal of consent empties this script's other databases, too. */
async function inTurn<Case>(cases: readonly Case[], run: (one: Case) => Promise<unknown>): Promise<void> {
  for (const one of cases) await run(one);
}
