// Owns the proof that versions can live side by side in one browser: what an older or a newer one has stored is sent if it can
// be read, and otherwise left alone.
import { QUIET_MS } from "../arrivals.ts";
import { clickRow, scopeOf, storedRows, storeRows } from "../faults/rows.ts";
import { expect, test } from "../fixtures.ts";
import { expectStats } from "../tracker.ts";

/** A click as another version left it: this format, its own version, fields that this one does not know. */
function rowOf(version: string, number: number) {
  const [id, row] = clickRow(number);
  const { payload, ...rest } = row as { payload: { metadata: { clicktrail: object } } };
  const clicktrail = { ...payload.metadata.clicktrail, version, weather: "fine" };
  return [id, { ...rest, payload: { ...payload, metadata: { clicktrail } }, mood: ["new"] }] as const;
}

test("a click that an older or a newer version has stored is sent as that version wrote it", {
  tag: "@once",
}, async ({ tab, site, collector }) => {
  await tab.goto(site.landing(null));
  await storeRows(tab, scopeOf(collector.endpoint), [rowOf("0.0.1", 1), rowOf("99.0.0", 2)]);
  await tab.goto(site.landing());
  const metadata = (version: string) => ({ clicktrail: { version, weather: "fine" } });
  await collector.expectPuts([
    { position: 1, metadata: metadata("0.0.1") },
    { position: 2, metadata: metadata("99.0.0") },
  ]);
  await expectStats(tab, { waiting: 0, delivered: 2 });
});

test("a click in another format is set aside, counted, and still there", { tag: "@once" }, async ({
  tab,
  site,
  collector,
}) => {
  const scope = scopeOf(collector.endpoint);
  const other = [0, 1, 99].map((format) => clickRow(format + 1, 60_000, { format }));
  await tab.goto(site.landing(null));
  await storeRows(tab, scope, [...other, clickRow(7)]);
  await tab.goto(site.landing());
  await collector.expectPuts([{ position: 7 }]);
  await expectStats(tab, { waiting: 0, delivered: 1, unreadable: other.length });
  await tab.goto(site.landing(null));
  expect(await storedRows(tab, scope)).toEqual(other.sort(([a], [b]) => (a < b ? -1 : 1)));
});

test("the database of another format is not touched", { tag: ["@once", "@full"] }, async ({
  tab,
  site,
  collector,
}) => {
  const scope = scopeOf(collector.endpoint).replace(" 2 ", " 1 ");
  const rows = [clickRow(1, 60_000, { format: 1 })];
  await tab.goto(site.landing(null));
  await storeRows(tab, scope, rows);
  await tab.goto(site.search());
  await tab.click("#link-3");
  await tab.at("/detail");
  await collector.expectPuts([{ position: 3 }], { settleMs: QUIET_MS });
  await tab.goto(site.landing());
  await expectStats(tab, { made: 1, unreadable: 0 });
  expect(await storedRows(tab, scope)).toEqual(rows);
});
