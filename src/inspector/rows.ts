// Owns looking into the queue from outside: its rows, the ledger and the journal, read only, and never held open.
import { LEDGER, type Ledger } from "../courier/ledger";
import { ahead, type Entry, freeAt, isEntry } from "../courier/row";
import { attempt } from "../report";

export interface Rows {
  readonly entries: readonly Entry[];
  readonly ledger: Ledger | undefined;
  /** Clicks in the localStorage journal: the database could not take them yet. */
  readonly journaled: number;
  /** Rows of another version, or corrupt. */
  readonly unreadable: number;
}

/** As long as the core itself waits for an open. */
const OPEN_MS = 2_000;

function open(scope: string): Promise<IDBDatabase | undefined> {
  return new Promise((resolve) => {
    const request = indexedDB.open(scope);
    // There is none, and only the core may make one.
    request.onupgradeneeded = () => request.transaction?.abort();
    request.onsuccess = () => resolve(request.result);
    request.onerror = request.onblocked = () => resolve(undefined);
  });
}

function all(db: IDBDatabase): Promise<Map<unknown, unknown>> {
  return new Promise((resolve, reject) => {
    const store = db.transaction("q").objectStore("q");
    const [keys, values] = [store.getAllKeys(), store.getAll()];
    values.onsuccess = () => resolve(new Map(keys.result.map((key, at) => [key, values.result[at]])));
    values.onerror = () => reject(values.error);
  });
}

async function look(scope: string): Promise<Map<unknown, unknown>> {
  const waiting = async () => navigator.locks.request(`${scope} open`, () => open(scope));
  const db = await waiting().catch(() => open(scope));
  if (!db) return new Map();
  try {
    return await all(db);
  } finally {
    db.close();
  }
}

const journalOf = (scope: string) =>
  attempt(() => Object.keys(localStorage).filter((key) => key.startsWith(`${scope}\n`)).length) ?? 0;

/** Rejects if the database doesn't respond. */
export async function readRows(scope: string): Promise<Rows> {
  const late = new Promise<never>((_, reject) => setTimeout(reject, OPEN_MS, new Error("no answer")));
  const rows = await Promise.race([look(scope), late]);
  const ledger = rows.get(LEDGER) as Ledger | undefined;
  rows.delete(LEDGER);
  const entries = [...rows.values()].filter(isEntry);
  return { entries, ledger, journaled: journalOf(scope), unreadable: rows.size - entries.length };
}

/** Epoch ms before which nothing happens to a row: its own time, or that of the whole queue after failures. */
export function nextAt(entry: Entry, ledger: Ledger | undefined, now: number): number {
  const { until = 0, seenAt = 0 } = ledger?.health ?? {};
  return Math.max(freeAt(entry, { seenAt, startedAt: now, now }), ahead(until, now) ? until : 0);
}
