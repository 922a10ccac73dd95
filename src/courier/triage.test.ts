// Which of the stored clicks is whose turn.
import { describe, expect, it } from "vitest";
import { entryAt, START } from "../test/entries";
import { type Health, LEDGER, type Ledger, NEW_LEDGER } from "./ledger";
import { type Entry, leaseOf } from "./row";
import { triage } from "./triage";

const MINUTE_MS = 60_000;
const NEVER = Number.POSITIVE_INFINITY;
const DAY_MS = 86_400_000;
const LEASE_MS = leaseOf(entryAt(START));

let serial = 0;
const entry = (change: Partial<Entry> = {}) => entryAt(START, change, ++serial);
/** A row whose page began its request at `began` and has not said how that ended. */
const begunAt = (began: number, change: Partial<Entry> = {}) => {
  const row = entry(change);
  return { ...row, begun: true, doubt: true, due: began + leaseOf(row) };
};

interface Case {
  readonly time?: number;
  readonly startedAt?: number;
  readonly resend?: boolean;
  readonly seenAt?: number;
  readonly withdrawnAt?: number;
  readonly health?: Partial<Health>;
  readonly last?: Ledger["last"];
}

function sort(
  rows: readonly unknown[],
  { health, last = [], time = START + 10 * MINUTE_MS, ...terms }: Case = {},
) {
  const ledger = { ...NEW_LEDGER, last, health: { ...NEW_LEDGER.health, ...health } };
  const map = new Map<string, unknown>([[LEDGER, ledger]]);
  for (const [at, row] of rows.entries()) map.set((row as Entry | null)?.id ?? `row ${at}`, row);
  return triage(map, {
    ledger,
    resend: false,
    seenAt: 0,
    startedAt: START,
    withdrawnAt: 0,
    now: time,
    ...terms,
  });
}

const ids = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);

describe("what is due", () => {
  it("is what waits, the oldest last", () => {
    const rows = [entry(), entry(), entry()];
    expect(ids(sort(rows).due)).toEqual(ids([...rows].reverse()));
    expect(sort(rows)).toMatchObject({ ends: [], next: NEVER });
  });

  it("is none that can't be read: such a row is left alone", () => {
    expect(sort(["text", null, { id: "x" }, { ...entry(), format: 99 }])).toEqual({
      ends: [],
      due: [],
      next: NEVER,
    });
  });

  it("comes after the others where the server has failed at it four times", () => {
    const bad = entry({ attempt: 4 });
    const [second, third] = [entry({ attempt: 3 }), entry()];
    expect(ids(sort([bad, second, third]).due)).toEqual(ids([bad, third, second]));
  });

  it("comes after the others where it was refused once", () => {
    const [refused, ...others] = [entry({ refusals: 1 }), entry(), entry()];
    expect(ids(sort([refused, ...others]).due)).toEqual(ids([refused, ...others.reverse()] as Entry[]));
  });

  it("is a row whose context has ended, at its lease's end and not before", () => {
    const row = entry({ begun: true, due: START + LEASE_MS });
    expect(sort([row], { time: START + LEASE_MS - 1 })).toEqual({
      ends: [],
      due: [],
      next: START + LEASE_MS,
    });
    expect(sort([row], { time: START + LEASE_MS })).toEqual({ ends: [], due: [row], next: NEVER });
  });

  it("is a silent row after its wait, or after an acknowledgement", () => {
    const row = entry({ silent: 4, due: START });
    const [wait, time] = [15 * MINUTE_MS, START + MINUTE_MS];
    expect(sort([row], { time })).toEqual({ ends: [], due: [], next: START + wait });
    expect(sort([row], { time, seenAt: START + 1 }).due).toEqual([row]);
    expect(sort([row], { time: START + wait }).due).toEqual([row]);
  });
});

describe("the next time", () => {
  it("is the earliest of those that wait", () => {
    const time = START;
    const rows = [
      entry({ due: START + 5_000 }),
      entry({ due: START + 3_000 }),
      entry({ begun: true, due: START + 30_000 }),
    ];
    expect(sort(rows, { time })).toEqual({ ends: [], due: [], next: START + 3_000 });
  });

  it("is a row's due time before its silence is looked at", () => {
    const row = entry({ silent: 4, due: START + MINUTE_MS });
    expect(sort([row], { time: START }).next).toBe(START + MINUTE_MS);
  });

  it("is none where nothing waits", () => {
    expect(sort([entry()]).next).toBe(NEVER);
    expect(sort([]).next).toBe(NEVER);
  });
});

describe("in doubt", () => {
  it("is trusted at its lease's end: counted, not sent again", () => {
    const row = begunAt(START);
    const { ends, due, next } = sort([row], { time: START + LEASE_MS });
    expect(ends).toEqual([
      {
        name: "in-doubt",
        id: row.id,
        at: row.at,
        attempt: 1,
        payload: row.payload,
        stored: true,
      },
    ]);
    expect([due, next]).toEqual([[], NEVER]);
  });

  it("is left to its page while the lease runs", () => {
    expect(sort([begunAt(START)], { time: START + LEASE_MS - 1 })).toEqual({
      ends: [],
      due: [],
      next: START + LEASE_MS,
    });
  });

  it("is sent again where the page asked for that, and no longer in doubt from then on", () => {
    const row = begunAt(START);
    const { ends, due } = sort([row], { resend: true });
    expect(due).toEqual([row]);
    expect(ends).toMatchObject([
      { name: "waiting", id: row.id, stored: true, remains: { doubt: false, begun: true } },
    ]);
  });

  it.each<[string, number, boolean]>([
    ["a minute before its attempt began", -MINUTE_MS, false],
    ["more than a minute before it", -MINUTE_MS - 1, true],
    ["as it began", 0, false],
    ["a minute after it", MINUTE_MS, false],
    ["more than a minute after it", MINUTE_MS + 1, true],
    ["at its lease's end, a minute after its beginning at the latest", LEASE_MS, false],
    ["a minute after its lease's end", LEASE_MS + MINUTE_MS, true],
  ])("with a failure %s is trusted or not", (_, ms, isTrusted) => {
    const row = begunAt(START);
    const { ends, due } = sort([row], { health: { failedAt: START + ms } });
    expect(ends[0]?.name).toBe(isTrusted ? "in-doubt" : "waiting");
    expect(ids(due)).toEqual(isTrusted ? [] : [row.id]);
  });

  it("measures evidence from the beginning of the attempt, whatever its time-out was and the click's age", () => {
    const began = START + 5 * MINUTE_MS;
    const row = begunAt(began, { silent: 3, attempt: 4 });
    expect(row.due - began).toBe(80_000);
    const at = (failedAt: number) => sort([row], { health: { failedAt } }).ends[0]?.name;
    expect(at(began - MINUTE_MS - 1)).toBe("in-doubt");
    expect(at(began - MINUTE_MS)).toBe("waiting");
    expect(at(began + MINUTE_MS)).toBe("waiting");
    expect(at(began + MINUTE_MS + 1)).toBe("in-doubt");
  });

  it("is not trusted any more once evidence spoke against it: a row without doubt is simply due", () => {
    const row = { ...begunAt(START), doubt: false };
    expect(sort([row], { health: { failedAt: START + 9 * MINUTE_MS } })).toMatchObject({
      ends: [],
      due: [row],
    });
    expect(sort([row])).toMatchObject({ ends: [], due: [row] });
  });
});

describe("a click that is over", () => {
  it("and whose row is back is not sent again: whoever books it finds it counted", () => {
    const row = entry();
    const last = [{ name: "delivered", id: row.id, attempt: 1, at: START }] as const;
    expect(sort([row], { last })).toMatchObject({ ends: [{ id: row.id, stored: true }], due: [] });
  });
});

describe("consent", () => {
  it.each([
    ["before its withdrawal", -1, true],
    ["at it", 0, true],
    ["after it", 1, false],
  ])("takes back what was clicked %s", (_, ms, isDropped) => {
    const row = entry();
    const { ends, due } = sort([row], { withdrawnAt: START - ms });
    expect(ends).toMatchObject(isDropped ? [{ name: "dropped", reason: "consent" }] : []);
    expect(due).toEqual(isDropped ? [] : [row]);
  });

  it("takes back what is under way, too", () => {
    expect(sort([begunAt(START)], { time: START + 1, withdrawnAt: START }).ends).toMatchObject([
      { name: "dropped", reason: "consent" },
    ]);
  });
});

describe("a click older than a week", () => {
  const time = START + 7 * DAY_MS + 1;

  it("is marked by the first visit that finds it, and not sent", () => {
    const row = entry();
    expect(sort([row], { time })).toMatchObject({
      ends: [{ name: "waiting", id: row.id, stored: true, remains: { id: row.id, staleAt: time } }],
      due: [],
    });
  });

  it("is left alone by that visit from then on", () => {
    const row = entry({ staleAt: time });
    expect(sort([row], { time: time + 5, startedAt: time })).toMatchObject({ ends: [], due: [] });
  });

  it("is dropped by a later one that finds the same", () => {
    const row = entry({ staleAt: time });
    expect(sort([row], { time: time + 5, startedAt: time + 1 })).toMatchObject({
      ends: [{ name: "dropped", reason: "expired", id: row.id }],
      due: [],
    });
  });

  it("is marked anew by one that finds a mark of the future", () => {
    const row = entry({ staleAt: 10 * time });
    expect(sort([row], { time, startedAt: time })).toMatchObject({
      ends: [{ name: "waiting", remains: { staleAt: time } }],
      due: [],
    });
  });

  it("is sent where a later one's clock says that it isn't", () => {
    const row = entry({ staleAt: time });
    expect(sort([row], { startedAt: time + 1 }).due).toEqual([row]);
  });

  it("that is under way is left to its lease", () => {
    expect(sort([begunAt(time)], { time: time + 5 })).toMatchObject({ ends: [], due: [] });
  });

  it("is not sent again for its doubt", () => {
    const row = begunAt(START);
    expect(sort([row], { time, resend: true })).toMatchObject({
      due: [],
      ends: [{ remains: { staleAt: time } }],
    });
  });
});

describe("bounds", () => {
  it("keep the newest thousand entries and drop the others, under way or not", () => {
    const rows = Array.from({ length: 1_002 }, (_, at) =>
      entry(at < 1 ? { begun: true, due: START + 20_000 } : {}),
    );
    const { ends, due } = sort(rows, { time: START });
    expect(ids(ends)).toEqual(ids([rows[1], rows[0]] as Entry[]));
    expect(ends.every(({ name, reason }) => name === "dropped" && reason === "overflow")).toBe(true);
    expect(due).toHaveLength(1_000);
  });

  it("keep the newest megabyte, to the byte", () => {
    const rows = Array.from({ length: 26 }, () => entry({ size: 40_000 }));
    expect(ids(sort(rows).ends)).toEqual([rows[0]?.id]);
    expect(sort(rows.slice(1)).ends).toEqual([]);
  });

  it("drop no click for a damaged size beside it: that row is set aside", () => {
    const [older, huge, newer] = [entry(), entry({ size: 1e300 }), entry()];
    const { ends, due } = sort([older, huge, newer]);
    expect(ends).toEqual([]);
    expect(ids(due)).toEqual(ids([newer, older]));
  });

  it("count no row that can't be read, and none that consent took", () => {
    const rows = Array.from({ length: 1_000 }, () => entry());
    const broken = Array.from({ length: 5 }, () => ({ ...entry(), format: 99 }));
    expect(sort([...rows, ...broken]).ends).toEqual([]);
  });
});
