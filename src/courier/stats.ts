// Owns the account that a page can read: where every click is. Pure.
import { LEDGER, ledgerIn } from "./ledger";
import { ahead, isEntry } from "./row";

/** Where every click is, over all pages and visits: `made` is the sum of the others but `unreadable`. */
export interface Stats {
  readonly made: number;
  readonly delivered: number;
  /** Under way, or to be sent later. */
  readonly waiting: number;
  /** The browser has taken the request over, and nobody has seen the response. */
  readonly inDoubt: number;
  /** By reason. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Stored rows that this version can't read; they are left alone. */
  readonly unreadable: number;
}

/** `held`: how many clicks wait in memory for consent. */
export function statsOf(rows: ReadonlyMap<string, unknown>, held: number, now: number): Stats {
  const { delivered = 0, "in-doubt": trusted = 0, ...dropped } = ledgerIn(rows).counts;
  const stored = [...rows].filter(([id]) => id !== LEDGER);
  const readable = stored.map(([id, row]) => isEntry(row) && row.id === id && row).filter((row) => !!row);
  const doubts = readable.filter(({ doubt, due }) => doubt && !ahead(due, now)).length;
  const waiting = held + readable.length - doubts;
  const inDoubt = trusted + doubts;
  const made = Object.values(dropped).reduce((sum, count) => sum + count, delivered + waiting + inDoubt);
  return { made, delivered, waiting, inDoubt, dropped, unreadable: stored.length - readable.length };
}
