// What can be read as an entry, and when a row may be taken.
import { describe, expect, it } from "vitest";
import { FORMAT } from "../options";
import { entryAt, START } from "../test/entries";
import {
  ahead,
  type Entry,
  freeAt,
  isEntry,
  isFree,
  isOld,
  isWithdrawn,
  leaseOf,
  MAX_WAIT_MS,
  timeoutOf,
} from "./row";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;
const entry = entryAt(START);

describe("a stored row", () => {
  it.each<[string, unknown, boolean]>([
    ["as it was made", entry, true],
    ["under way", { ...entry, begun: true, doubt: true, due: START }, true],
    ["of another format", { ...entry, format: FORMAT - 1 }, false],
    ["without an id", { ...entry, id: undefined }, false],
    ["without a payload", { ...entry, payload: undefined }, false],
    ["without a time", { ...entry, at: undefined }, false],
    ["without a size", { ...entry, size: undefined }, false],
    ["without an attempt", { ...entry, attempt: undefined }, false],
    ["without a due time", { ...entry, due: undefined }, false],
    ["that is text", "corrupt", false],
    ["that is null", null, false],
    ["that is nothing", undefined, false],
    ["with a number that never ends", { ...entry, size: Number.POSITIVE_INFINITY }, false],
    ["with a number that is none", { ...entry, at: Number.NaN }, false],
    ["with fewer attempts than none", { ...entry, attempt: -1_000 }, false],
    ["with text for a time", { ...entry, due: "1" }, false],
    ["with a silence that is text", { ...entry, silent: "many" }, false],
    ["with a refusal of never", { ...entry, refusedAt: Number.NaN }, false],
    ["with an id that is no UUID", { ...entry, id: "corrupt" }, false],
    ["with an id that is a list", { ...entry, id: [entry.id] }, false],
    ["with text for a payload", { ...entry, payload: "text" }, false],
    ["with a list for a payload", { ...entry, payload: [] }, false],
    ["with what no JSON holds", { ...entry, payload: { deep: [{ n: 1n }] } }, false],
    ["with an answer that is text", { ...entry, answer: "204" }, false],
    ["with an answer", { ...entry, answer: { status: 204, text: "" } }, true],
    ["that is a ledger", { counts: {}, last: [] }, false],
  ])("%s is an entry or is not", (_, row, is) => {
    expect(isEntry(row)).toBe(is);
  });
});

describe("a time-out", () => {
  it.each([
    [0, 10],
    [1, 20],
    [2, 40],
    [3, 60],
    [4, 60],
    [400, 60],
  ])("after %i attempts without a response is %i s, and the lease is 20 s longer", (silent, seconds) => {
    expect(timeoutOf({ ...entry, silent })).toBe(seconds * 1000);
    expect(leaseOf({ ...entry, silent })).toBe(seconds * 1000 + 20_000);
  });

  it("is the first one where no attempt was silent yet", () => {
    expect(timeoutOf(entry)).toBe(10_000);
  });
});

describe("a time is ahead", () => {
  it.each<[string, number, boolean]>([
    ["long ago", -DAY_MS, false],
    ["just now", 0, false],
    ["in a ms", 1, true],
    ["in the longest wait", MAX_WAIT_MS, true],
    ["beyond the longest wait: a clock jumped", MAX_WAIT_MS + 1, false],
    ["in a year", YEAR_MS, false],
  ])("%s", (_, ms, is) => {
    expect(ahead(START + ms, START)).toBe(is);
  });
});

/** Seconds after its due time at which a row is free. */
const wait = (change: Partial<Entry>, seenAt = 0) =>
  (freeAt({ ...entry, due: START, ...change }, { seenAt, startedAt: START, now: START }) - START) / 1000;

describe("a row is free", () => {
  it.each([
    [0, 0],
    [1, 0],
    [2, 0],
    [3, 0],
    [4, 900],
    [5, 86_400],
    [6, 86_400],
    [60, 86_400],
  ])("after %i attempts without a response %i s later", (silent, seconds) => {
    expect(wait({ silent })).toBe(seconds);
  });

  it("at its due time where silence was not counted", () => {
    expect(wait({})).toBe(0);
  });

  it("at its lease's end while an attempt is under way, however many were silent", () => {
    expect(wait({ silent: 5, begun: true })).toBe(0);
  });

  it.each([
    ["seen since: the endpoint is back", 4, START + 1, 0],
    ["seen before", 4, START, 900],
    ["seen since, but it is one of those that are never acknowledged", 5, START + 1, 86_400],
  ])("with an acknowledgement %s", (_, silent, seenAt, seconds) => {
    expect(wait({ silent }, seenAt)).toBe(seconds);
  });

  it.each<[string, Partial<Entry>, number, boolean]>([
    ["at once", { due: 0 }, 0, true],
    ["not before its due time", { due: START + 1 }, 0, false],
    ["at it", { due: START + 1 }, 1, true],
    ["not before a silence's end", { due: START, silent: 4 }, 15 * MINUTE_MS - 1, false],
    ["at a silence's end", { due: START, silent: 4 }, 15 * MINUTE_MS, true],
    ["at once where its time is in a year: the clock was wrong", { due: START + YEAR_MS }, 0, true],
    ["at once where its lease is in a year", { due: START + YEAR_MS, begun: true }, 0, true],
    [
      "at once where its silence is in a year: the clock was wrong",
      { due: START + YEAR_MS, silent: 4 },
      0,
      true,
    ],
    ["after a refusal of an earlier page", { refusedAt: START - 1 }, 0, true],
    ["not after one of this page", { refusedAt: START }, YEAR_MS, false],
    [
      "not after one of this page, though its time is in a year",
      { refusedAt: START, due: START + YEAR_MS },
      0,
      false,
    ],
    ["after a refusal to come: the clock was wrong", { refusedAt: START + DAY_MS }, 0, true],
    ["long after", { due: START, silent: 5 }, YEAR_MS, true],
  ])("%s", (_, change, later, is) => {
    expect(isFree({ ...entry, ...change }, { seenAt: 0, startedAt: START, now: START + later })).toBe(is);
  });

  it("again in five attempts in the first hour, then once a day", () => {
    let time = START;
    const begins: number[] = [];
    for (let silent = 0; silent < 8; silent++) {
      time = freeAt({ ...entry, due: time, silent }, { seenAt: 0, startedAt: START, now: time });
      begins.push(time - START);
      // Each attempt waits for all of its time-out.
      time += timeoutOf({ ...entry, silent });
    }
    expect(begins.filter((at) => at < 60 * MINUTE_MS)).toHaveLength(5);
    const days = begins.slice(5).map((at, before) => at - (begins[before + 4] ?? 0));
    expect(days.every((ms) => ms >= DAY_MS && ms <= DAY_MS + MINUTE_MS)).toBe(true);
  });
});

describe("a click of", () => {
  it.each([
    [7 * DAY_MS, false],
    [7 * DAY_MS + 1, true],
    [-YEAR_MS, false],
  ])("%i ms ago is old or not", (age, is) => {
    expect(isOld(entry, START + age)).toBe(is);
  });

  it.each<[string, number, number, number, boolean]>([
    ["before consent was withdrawn", START + 1, START + 9, START, true],
    ["as it was", START, START + 9, START, true],
    ["after it", START - 1, START + 9, START, false],
    ["a time to come: the clock was ahead", START - 9, START - 1, START, true],
    ["whenever, where it never was", 0, START - 1, START, false],
  ])("%s is withdrawn or not", (_, withdrawnAt, now, at, is) => {
    expect(isWithdrawn({ ...entry, at }, withdrawnAt, now)).toBe(is);
  });
});
