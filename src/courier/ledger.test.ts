// How outcomes enter the ledger: once, whoever else tries.
import { describe, expect, it } from "vitest";
import { clickedOf } from "../payload";
import { entryAt, START } from "../test/entries";
import {
  book,
  isOutcome,
  isOver,
  joinLedgers,
  LEDGER,
  type Ledger,
  ledgerIn,
  NEW_LEDGER,
  type Settled,
} from "./ledger";
import type { Entry } from "./row";

const [one, two] = [entryAt(START, {}, 1), entryAt(START, {}, 2)] as const;
const end = ({ id, at, attempt, payload }: Entry, change: Partial<Settled> = {}): Settled => ({
  name: "delivered",
  id,
  at,
  attempt,
  payload,
  stored: true,
  ...change,
});

/** What `book` makes of rows: the news, what is stored then, and the ledger. */
function booked(stored: readonly Entry[], outcomes: readonly Settled[], before: Partial<Ledger> = {}) {
  const rows = new Map<string, unknown>(stored.map((row) => [row.id, row]));
  rows.set(LEDGER, { ...NEW_LEDGER, ...before });
  const news = book(rows, outcomes, (health) => health);
  const ledger = rows.get(LEDGER) as Ledger;
  rows.delete(LEDGER);
  return { news, ledger, rows: [...rows.values()] };
}

describe("a ledger that can't be read", () => {
  it.each<[string, unknown]>([
    ["is not there", undefined],
    ["is null", null],
    ["is text", "corrupt"],
    ["holds nothing", {}],
    ["has no health", { counts: {}, last: [], health: null }],
  ])("%s: it begins anew", (_, row) => {
    expect(ledgerIn(new Map([[LEDGER, row]]))).toMatchObject({ ...NEW_LEDGER });
  });

  it.each<[string, unknown, object]>([
    ["a count is text", { counts: { delivered: "many", refused: 2 } }, { counts: { refused: 2 } }],
    ["a count is negative", { counts: { delivered: -1 } }, { counts: {} }],
    [
      "a count is too large to add to",
      { counts: { delivered: 1e308, refused: 2 } },
      { counts: { refused: 2 } },
    ],
    [
      "a time is text",
      { health: { until: "late", seenAt: 5 } },
      { health: { ...NEW_LEDGER.health, seenAt: 5 } },
    ],
    ["a time never ends", { health: { asked: Number.POSITIVE_INFINITY } }, { health: NEW_LEDGER.health }],
    ["a suspect is a number", { health: { suspect: 7 } }, { health: NEW_LEDGER.health }],
    ["the last outcomes are no list", { last: "all" }, { last: [] }],
    ["an outcome is none", { last: [null, 7, { id: 7, name: "x" }, end(one)] }, { last: [end(one)] }],
  ])("where %s, leaves that out", (_, row, expected) => {
    expect(ledgerIn(new Map([[LEDGER, row]]))).toEqual({ ...NEW_LEDGER, ...expected });
  });

  it("has no counts: counting goes on", () => {
    const rows = new Map<string, unknown>([
      [LEDGER, { counts: null, last: [] }],
      [one.id, one],
    ]);
    expect(book(rows, [end(one)], (health) => health)).toHaveLength(1);
    expect((rows.get(LEDGER) as Ledger).counts).toEqual({ delivered: 1 });
  });

  it("keeps what an older version wrote, and fills in what that did not know", () => {
    const { health, counts } = ledgerIn(
      new Map([[LEDGER, { counts: { delivered: 3 }, health: { fails: 2, seenAt: 7 } }]]),
    );
    expect(counts).toEqual({ delivered: 3 });
    expect(health).toEqual({ ...NEW_LEDGER.health, seenAt: 7 });
  });
});

describe("an outcome", () => {
  it("that ends a click takes its row and is counted by its name", () => {
    const { news, ledger, rows } = booked([one, two], [end(one)]);
    expect(news).toMatchObject([{ id: one.id }]);
    expect(ledger.counts).toEqual({ delivered: 1 });
    expect(rows).toEqual([two]);
  });

  it("is counted by its reason where it is dropped", () => {
    const { ledger } = booked([one], [end(one, { name: "dropped", reason: "refused" })]);
    expect(ledger.counts).toEqual({ refused: 1 });
  });

  it("that lets the click wait puts the row that remains in its place, and counts nothing", () => {
    const remains = { ...one, attempt: 1, due: START + 5 };
    const { news, ledger, rows } = booked([one], [end(one, { name: "waiting", remains })]);
    expect(news).toHaveLength(1);
    expect(ledger).toMatchObject({ counts: {}, last: [] });
    expect(rows).toEqual([remains]);
  });

  it("of a stored click whose row is gone was counted by somebody else", () => {
    const { news, ledger } = booked([], [end(one), end(two, { name: "waiting", remains: two })]);
    expect(news).toEqual([]);
    expect(ledger.counts).toEqual({});
  });

  it("of a click that was never stored is counted: invalid and vetoed ones", () => {
    const { ledger } = booked([], [end(one, { stored: false, name: "dropped", reason: "invalid" })]);
    expect(ledger.counts).toEqual({ invalid: 1 });
  });

  it("of a click that somebody has taken over meanwhile changes nothing", () => {
    const theirs = { ...one, attempt: 2, begun: true };
    const { news, rows } = booked([theirs], [end(one, { name: "waiting", remains: one })]);
    expect(news).toEqual([]);
    expect(rows).toEqual([theirs]);
  });

  it("that comes from a stash puts back a click whose row never reached the disk, but no earlier attempt", () => {
    const remains = { ...one, silent: 1 };
    const stashed = end(one, { stored: false, name: "waiting", remains });
    expect(booked([], [stashed])).toMatchObject({ news: [{ id: one.id }], rows: [remains] });
    const theirs = { ...one, attempt: 2 };
    expect(booked([theirs], [stashed])).toMatchObject({ news: [], rows: [theirs] });
  });

  it("that ends a click that somebody has taken over meanwhile ends it all the same", () => {
    const { news, rows, ledger } = booked([{ ...one, attempt: 2, begun: true }], [end(one)]);
    expect(news).toHaveLength(1);
    expect(rows).toEqual([]);
    expect(ledger.counts).toEqual({ delivered: 1 });
  });

  it.each<[string, Partial<Settled>]>([
    ["delivered", {}],
    ["dropped", { name: "dropped", reason: "consent" }],
    ["waiting", { name: "waiting", remains: one }],
    ["not stored", { stored: false }],
  ])("of a click that is over already is not counted again, and its row goes: %s", (_, change) => {
    const last = [{ name: "delivered", id: one.id, at: START, attempt: 1 }] as const;
    const { news, ledger, rows } = booked([one], [end(one, change)], { counts: { delivered: 1 }, last });
    expect(news).toEqual([]);
    expect(ledger).toMatchObject({ counts: { delivered: 1 }, last });
    expect(rows).toEqual([]);
  });

  it.each([true, false])(
    "is counted once where it comes twice in one transaction, once from a stash: %s",
    (stored) => {
      const { news, ledger } = booked([one], [end(one), end(one, { stored })]);
      expect(news).toHaveLength(1);
      expect(ledger.counts).toEqual({ delivered: 1 });
    },
  );
});

describe("what can be counted", () => {
  it.each<[unknown, boolean]>([
    [{ id: one.id, name: "delivered" }, true],
    [{ id: one.id, name: "dropped", reason: "refused" }, true],
    [{ id: one.id, name: "waiting", remains: one }, true],
    [{ id: one.id, name: "dropped", reason: 7 }, false],
    [{ id: one.id, name: "waiting", remains: { id: one.id } }, false],
    [{ id: one.id, name: "click" }, false],
    [{ id: "one", name: "delivered" }, false],
    [{ id: 1, name: "delivered" }, false],
    [{ id: one.id }, false],
    [null, false],
    ["text", false],
  ])("%j: %s", (given, is) => {
    expect(isOutcome(given)).toBe(is);
  });
});

describe("the last outcomes", () => {
  it("are sixty-four, the newest last, without their payloads", () => {
    const rows = Array.from({ length: 68 }, (_, at) => entryAt(START, {}, at));
    const { last } = booked(
      rows,
      rows.map((row) => end(row)),
    ).ledger;
    expect(last.map(({ id }) => id)).toEqual(rows.slice(4).map(({ id }) => id));
    expect(JSON.stringify(last)).not.toContain("request_id");
    expect(last[0]).toEqual({
      ...{ name: "delivered", id: rows[4]?.id, at: START, attempt: 1 },
      ...{ chunkId: clickedOf(rows[4]?.payload).chunkId, position: 1 },
    });
  });

  it("recognize a click that is over", () => {
    const { ledger } = booked([one], [end(one)]);
    expect([isOver(ledger, one.id), isOver(ledger, two.id)]).toEqual([true, false]);
  });
});

describe("what was counted in memory before the database was there", () => {
  it("is added to the stored ledger, whose health and outcomes stay", () => {
    const stored = { ...NEW_LEDGER, counts: { delivered: 2, refused: 1 }, last: [end(one)] };
    const early = { ...NEW_LEDGER, counts: { delivered: 1, consent: 3 }, last: [end(two)] };
    expect(joinLedgers(stored, early)).toEqual({
      ...stored,
      counts: { delivered: 3, refused: 1, consent: 3 },
    });
  });

  it.each<[unknown]>([["text"], [{}], [{ counts: null }]])(
    "leaves a stored ledger that is %j as it is",
    (stored) => {
      expect(joinLedgers(stored, NEW_LEDGER)).toBe(stored);
    },
  );

  it("does not touch a click's row: the stored one is the truth", () => {
    expect(joinLedgers(one, { ...one, attempt: 7 })).toBe(one);
  });
});

it("learns about the endpoint in the same transaction", () => {
  const rows = new Map<string, unknown>([[one.id, one]]);
  book(rows, [end(one)], (health) => ({ ...health, failedAt: health.failedAt + 1 }));
  book(rows, [], (health) => ({ ...health, failedAt: health.failedAt + 1 }));
  expect(ledgerIn(rows).health.failedAt).toBe(2);
});
