// Owns the account of clicks that are over, and how an outcome enters it: counted once, whoever else tries. Pure.
import type { Payload } from "../payload";
import type { Entry } from "./row";

export type OutcomeName = "click" | "delivered" | "waiting" | "in-doubt" | "dropped";

/** What has become of a click, or that it was made. */
export interface Outcome {
  readonly name: OutcomeName;
  /** The click's id. */
  readonly id: string;
  readonly attempt: number;
  /** Epoch ms of the click. */
  readonly at: number;
  readonly payload?: Payload | undefined;
  /** The response's HTTP status; 0 where there was none. */
  readonly status?: number | undefined;
  /** The server's own words. */
  readonly message?: string | undefined;
  /** Why it was dropped. */
  readonly reason?: string | undefined;
}

/** An outcome that is to be counted. */
export interface Settled extends Outcome {
  /** It has a row: one that is gone was counted by somebody else. */
  readonly stored?: boolean | undefined;
  /** The row that remains where the click waits. */
  readonly remains?: Entry;
}

/** How the endpoint has been lately; shared by all pages and visits. Times are epoch ms. */
export interface Health {
  /** Failures in a row. */
  readonly fails: number;
  /** Before this nothing is flushed. */
  readonly until: number;
  /** Before this the server asked for silence: clicks wait too. */
  readonly asked: number;
  /** The last failure: evidence about clicks in doubt. */
  readonly failedAt: number;
  /** The last acknowledgement. */
  readonly seenAt: number;
  /** The click whose response blamed the configuration, where no other click has been acknowledged since. */
  readonly suspect: string;
}

export interface Ledger {
  readonly health: Health;
  /** Of clicks that are over: by the outcome's name, or by the reason of a drop. */
  readonly counts: Readonly<Record<string, number>>;
  /** The last of them, without their payloads: to recognize a click that is over, and for the inspector. */
  readonly last: readonly Outcome[];
}

/** The ledger's key: it sorts before every id. */
export const LEDGER = "!";

export const NEW_LEDGER: Ledger = {
  health: { fails: 0, until: 0, asked: 0, failedAt: 0, seenAt: 0, suspect: "" },
  counts: {},
  last: [],
};

/** Outcomes that the ledger keeps: some more than a page stashes at once. Any of them may come back from a stash that a tab sees late. */
const LAST = 64;

/** The ledger among stored rows. */
export function ledgerIn(rows: ReadonlyMap<string, unknown>): Ledger {
  const { health, ...ledger } = (rows.get(LEDGER) ?? {}) as Partial<Ledger>;
  return {
    counts: ledger.counts ?? {},
    last: ledger.last ?? [],
    health: { ...NEW_LEDGER.health, ...health },
  };
}

/** The stored ledger with what was counted in memory before the database was there; any other row as it is stored. */
export function joinLedgers(stored: unknown, early: unknown): unknown {
  const { counts } = stored as Partial<Ledger>;
  if (!counts) return stored;
  const sum: Record<string, number> = { ...counts };
  for (const [name, count] of Object.entries((early as Ledger).counts)) sum[name] = (sum[name] ?? 0) + count;
  return { ...(stored as Ledger), counts: sum };
}

/** Whether the click is over: its row is back from a stash, or from a worker that wrote late. */
export function isOver({ last }: Pick<Ledger, "last">, id: string): boolean {
  return last.some((known) => known.id === id);
}

/**
 * Takes the rows of clicks that are over, counts them, and puts back those that wait. Returns what was new: a row that is gone
 * was counted by somebody else, one with a later attempt is in somebody else's hands.
 */
export function book(
  rows: Map<string, unknown>,
  outcomes: readonly Settled[],
  learn: (health: Health) => Health,
): Settled[] {
  const ledger = ledgerIn(rows);
  const counts: Record<string, number> = { ...ledger.counts };
  const last = [...ledger.last];
  const news = outcomes.filter(({ stored, remains, payload: _, ...outcome }) => {
    const { id, name, attempt, reason = name } = outcome;
    const row = rows.get(id) as Entry | undefined;
    if (row ? remains && row.attempt > attempt : stored) return false;
    rows.delete(id);
    if (isOver({ last }, id)) return false;
    if (remains) {
      rows.set(id, remains);
      return true;
    }
    counts[reason] = (counts[reason] ?? 0) + 1;
    last.push(outcome);
    return true;
  });
  rows.set(LEDGER, { counts, last: last.slice(-LAST), health: learn(ledger.health) });
  return news;
}
