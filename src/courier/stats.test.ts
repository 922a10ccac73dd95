// Every click in exactly one number.
import { describe, expect, it } from "vitest";
import { LEDGER, NEW_LEDGER } from "../courier/ledger";
import type { Entry } from "../courier/row";
import { entryAt, START } from "../test/entries";
import { statsOf } from "./stats";

const MINUTE_MS = 60_000;

function rows(counts: Record<string, number>, entries: readonly Partial<Entry>[], others: unknown[] = []) {
  const stored = entries.map((change, at) => entryAt(START, change, at));
  return new Map<string, unknown>([
    [LEDGER, { ...NEW_LEDGER, counts }],
    ...stored.map((entry): [string, unknown] => [entry.id, entry]),
    ...others.map((row, at): [string, unknown] => [`other ${at}`, row]),
  ]);
}

const NOTHING = { made: 0, delivered: 0, waiting: 0, inDoubt: 0, dropped: {}, unreadable: 0 };

describe("stats", () => {
  it("of nothing are zeros", () => {
    expect(statsOf(new Map(), 0, START)).toEqual(NOTHING);
  });

  it("take what is over from the ledger: drops by their reason", () => {
    const counts = { delivered: 5, "in-doubt": 3, refused: 2, overflow: 1 };
    expect(statsOf(rows(counts, []), 0, START)).toEqual({
      ...NOTHING,
      made: 11,
      delivered: 5,
      inDoubt: 3,
      dropped: { refused: 2, overflow: 1 },
    });
  });

  it("count what is stored, and what waits in memory for consent", () => {
    expect(statsOf(rows({}, [{}, {}]), 4, START)).toEqual({ ...NOTHING, made: 6, waiting: 6 });
  });

  it("count a click whose page may have gone as in doubt once its lease is over, and not before", () => {
    const under = { doubt: true, begun: true, due: START + MINUTE_MS };
    const over = { doubt: true, begun: true, due: START };
    const worker = { begun: true, due: START };
    expect(statsOf(rows({ "in-doubt": 1 }, [under, over, over, worker]), 0, START)).toEqual({
      ...NOTHING,
      made: 5,
      waiting: 2,
      inDoubt: 3,
    });
  });

  it("count what can't be read by itself, and as no click", () => {
    expect(statsOf(rows({ delivered: 1 }, [{}], [null, "text", { id: "x", format: 0 }]), 0, START)).toEqual({
      ...NOTHING,
      made: 2,
      delivered: 1,
      waiting: 1,
      unreadable: 3,
    });
  });
});
