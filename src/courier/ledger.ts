// Owns the account of clicks that are over, and how an outcome enters it: counted once, whoever else tries. Pure.
import { type Clicked, clickedOf, type Payload } from "../payload";
import { type Entry, isAmount, isEntry, isId, isRecord } from "./row";

export type OutcomeName = "click" | "delivered" | "waiting" | "in-doubt" | "dropped";

/** What has become of a click, or that it was made. */
export interface Outcome extends Clicked {
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
  /** A server is there, but its response could not be read: the request may have arrived. */
  readonly isUnread?: boolean | undefined;
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
  /** The first failure since the last acknowledgement; 0: the endpoint works. */
  readonly downSince: number;
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
  /** The last time that different clicks had the configuration blamed; 0: it isn't. */
  readonly refusedAt: number;
}

export interface Ledger {
  readonly health: Health;
  /** Of clicks that are over: by the outcome's name, or by the reason of a drop. */
  readonly counts: Readonly<Record<string, number>>;
  /** The last of them, with what was clicked instead of the payload: to recognize a click that is over, and for the inspector. */
  readonly last: readonly Outcome[];
}

/** Whether it can be counted: an id that is no text would stop the counting of all others. */
export function isOutcome(given: unknown): given is Settled {
  if (!isRecord(given)) return false;
  const { id, name, remains, reason = "" } = given;
  const isName = /^(delivered|waiting|in-doubt|dropped)$/.test(`${name}`);
  return isName && isId(id) && typeof reason === "string" && (!remains || isEntry(remains));
}

/** The ledger's key: it sorts before every id. */
export const LEDGER = "!";

export const NEW_LEDGER: Ledger = {
  health: { downSince: 0, until: 0, asked: 0, failedAt: 0, seenAt: 0, suspect: "", refusedAt: 0 },
  counts: {},
  last: [],
};

/** Outcomes that the ledger keeps: some more than a page stashes at once. Any of them may come back from a stash that a tab sees late. */
export const LAST = 64;

/** The ledger among stored rows; what is damaged in it is left out. */
export function ledgerIn(rows: ReadonlyMap<string, unknown>): Ledger {
  const { health, counts, last } = Object(rows.get(LEDGER));
  const known = Object.entries(NEW_LEDGER.health).map(([name, initial]) => {
    const value = Object(health)[name];
    return [
      name,
      typeof value === typeof initial && (value === `${value}` || isAmount(value)) ? value : initial,
    ];
  });
  return {
    health: Object.fromEntries(known),
    counts: Object.fromEntries(
      Object.entries(isRecord(counts) ? counts : {}).filter(([, count]) => isAmount(count)),
    ) as Ledger["counts"],
    last: Array.isArray(last) ? last.filter(isOutcome) : [],
  };
}

/** The stored ledger with what was counted in memory before the database was there; any other row as it is stored. */
export function joinLedgers(stored: unknown, early: unknown): unknown {
  if (!isRecord(stored) || !isRecord(stored.counts)) return stored;
  const { counts } = stored as unknown as Ledger;
  const sum: Record<string, number> = { ...counts };
  for (const [name, count] of Object.entries((early as Ledger).counts)) sum[name] = (sum[name] ?? 0) + count;
  return { ...stored, counts: sum };
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
  const news = outcomes.filter(({ stored, remains, payload, ...outcome }) => {
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
    last.push({ ...outcome, ...clickedOf(payload) });
    return true;
  });
  rows.set(LEDGER, { counts, last: last.slice(-LAST), health: learn(ledger.health) });
  return news;
}
