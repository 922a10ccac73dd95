import { describe, expect, it } from "vitest";
import { NEW_LEDGER } from "../courier/ledger";
import type { Entry } from "../courier/row";
import { compare, isInDoubt } from "./compare";
import type { Seen } from "./seen";

const NOW = 1_000_000;
const entry = (more: Partial<Entry>): Entry => ({
  id: "one",
  format: 1,
  payload: {} as Entry["payload"],
  at: NOW - 2_000,
  size: 100,
  attempt: 1,
  due: NOW,
  ...more,
});
const seen = (state: Seen["state"]): Seen => ({
  id: "one",
  at: NOW - 20_000,
  state,
  what: "Result",
  page: "/",
  attempt: 1,
  tries: [],
});
const stateOf = (row: Entry, known: readonly Seen[] = []) => compare(known, [row], NEW_LEDGER, NOW)[0]?.state;

describe("compare", () => {
  it("takes an attempt under way for a click on its way, also one that would be in doubt if its page closed", () => {
    expect(stateOf(entry({ begun: true, due: NOW + 5_000 }))).toBe("click");
    expect(stateOf(entry({ begun: true, doubt: true, due: NOW + 5_000 }))).toBe("click");
  });

  it("takes a click for in doubt once the lease of its attempt is over and nobody wrote how it ended", () => {
    const row = entry({ begun: true, doubt: true, due: NOW - 1 });
    expect(isInDoubt(row, NOW)).toBe(true);
    expect(stateOf(row, [seen("click")])).toBe("in-doubt");
  });

  it("takes a row between two attempts for waiting, and says when the next one is", () => {
    const [one] = compare([seen("click")], [entry({ due: NOW + 4_000 })], NEW_LEDGER, NOW);
    expect(one).toMatchObject({ state: "waiting", due: NOW + 4_000, what: "Result" });
  });

  it("does not know how a click ended that has left the queue", () => {
    expect(compare([seen("waiting")], [], NEW_LEDGER, NOW)).toMatchObject([{ state: "gone" }]);
  });
});
