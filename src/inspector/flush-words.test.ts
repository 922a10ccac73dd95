import { describe, expect, it } from "vitest";
import type { Stats } from "../courier/stats";
import type { Tracker } from "../page/api";
import { sayFlush } from "./flush-words";
import { firstState, type State } from "./state";

const tracker = (consented: boolean) => ({ consented: () => consented }) as Tracker;
const stats = (more: Partial<Stats>): Stats => ({
  made: 3,
  delivered: 0,
  waiting: 0,
  inDoubt: 0,
  dropped: {},
  unreadable: 0,
  ...more,
});
const state = (more: Partial<Stats> | undefined, consented = true): State => ({
  ...firstState(tracker(consented), undefined),
  stats: more && stats(more),
});

describe("sayFlush", () => {
  it("says that nothing was waiting", () => {
    expect(sayFlush(state({}), state({}))).toMatch(/^Last flush at .*: nothing was waiting\.$/);
  });

  it("says how many were delivered, and that nothing is left", () => {
    expect(sayFlush(state({ waiting: 1 }), state({ delivered: 1 }))).toMatch(
      /: 1 click delivered, nothing is waiting any more\.$/,
    );
  });

  it("says what still waits, and for what", () => {
    expect(sayFlush(state({ waiting: 2 }), state({ waiting: 1, dropped: { refused: 1 } }, false))).toMatch(
      /: 0 clicks delivered, 1 click dropped, 1 still waiting: they wait for consent\.$/,
    );
  });

  it("says that the database does not respond", () => {
    expect(sayFlush(state(undefined), state(undefined))).toMatch(
      /The database doesn't respond, or the courier file can't be loaded/,
    );
  });
});
