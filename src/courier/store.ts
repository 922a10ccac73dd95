// Owns the courier's rows: by key in the database, in memory while that isn't there. Knows neither clicks nor requests.
import { promisifyRequest } from "idb-keyval";
import { attempt } from "../report";
import { type Database, limited, reach, written } from "./database";

export interface Store {
  readonly database: Database;
  /** Rows that are not, or not yet, known to be on disk. */
  readonly memory: Map<string, unknown>;
  /** Transactions that still wait for their rows. */
  readonly reading: Set<IDBTransaction>;
  /** Makes one of a row that is both stored and, from before the database was there, in memory. */
  readonly join: (stored: unknown, early: unknown) => unknown;
  /** Called with the rows that are in memory alone now; the page keeps them. */
  readonly unwritten: (rows: readonly Row[]) => void;
  /** Called with the keys that are on disk now, or gone for good. */
  readonly settled: (ids: readonly string[]) => void;
}

/** Every click's row has its key inside; the ledger has none. */
export interface Row {
  readonly id: string;
}

/** Other tabs' transactions on the store are short; one that takes longer is stuck. */
const TRANSACTION_MS = 5_000;

/** `opened` is called whenever the database is there, however late. */
export function createStore(
  name: string,
  { opened, ...parts }: Pick<Store, "join" | "unwritten" | "settled"> & { readonly opened?: () => void },
): Store {
  const store: Store = {
    ...parts,
    memory: new Map(),
    reading: new Set(),
    database: {
      name,
      opened() {
        // For the page may make no transaction of its own any more.
        if (store.memory.size) change(store, [...store.memory.keys()], () => {}).catch(() => {});
        opened?.();
      },
    },
  };
  return store;
}

/** All rows by key. Rejects where the database doesn't respond. */
export function allRows(store: Store): Promise<Map<string, unknown>> {
  return limited(read(store), TRANSACTION_MS);
}

/** One short transaction on the rows under `ids`: a row that `edit` takes from the map is deleted. Rejects as `allRows` does. */
export function transact(
  store: Store,
  ids: readonly string[],
  edit: (rows: Map<string, unknown>) => void,
): Promise<void> {
  return limited(change(store, ids, edit), TRANSACTION_MS);
}

/** The page goes: gives up transactions that still wait for their rows. */
export function abandon({ reading }: Store): void {
  // Nothing would come of them, but WebKit keeps them, and with them the database, until the tab closes (WebKitGTK 2.50).
  for (const transaction of reading) attempt(() => transaction.abort());
}

async function results({ reading }: Store, rows: IDBObjectStore, requests: IDBRequest[]): Promise<unknown[]> {
  reading.add(rows.transaction);
  const found = await Promise.all(requests.map<Promise<unknown>>(promisifyRequest));
  reading.delete(rows.transaction);
  return found;
}

async function read(store: Store): Promise<Map<string, unknown>> {
  const stored = await reach(store.database, "readonly");
  const rows = new Map(store.memory);
  if (!stored) return rows;
  const [ids, values] = await results(store, stored, [stored.getAllKeys(), stored.getAll()]);
  (ids as IDBValidKey[]).forEach((id, at) => {
    rows.set(`${id}`, (values as unknown[])[at]);
  });
  return rows;
}

async function change(
  store: Store,
  ids: readonly string[],
  edit: (rows: Map<string, unknown>) => void,
): Promise<void> {
  const { database, memory, join } = store;
  const stored = await reach(database, "readwrite");
  const asked = stored ? ids.map((id) => stored.get(id)) : [];
  const found = stored ? await results(store, stored, asked) : [];
  const rows = new Map<string, unknown>();
  ids.forEach((id, at) => {
    const early = memory.get(id);
    const row = found[at] && early ? join(found[at], early) : (found[at] ?? early);
    if (row) rows.set(id, row);
  });
  edit(rows);
  for (const [at, id] of ids.entries()) {
    const row = rows.get(id);
    if (!stored) row ? memory.set(id, row) : memory.delete(id);
    else if (row) {
      // What nobody has changed needs no write.
      if (row !== found[at]) stored.put(row, id);
    } else if (found[at]) stored.delete(id);
  }
  // All that another page or visit will know.
  const kept = [...rows.values()].filter((row): row is Row => !!(row as Row).id);
  if (!stored) {
    if (kept[0]) store.unwritten(kept);
    return store.settled(ids.filter((id) => !rows.has(id)));
  }
  await written(stored);
  for (const id of ids) memory.delete(id);
  store.settled(ids);
}
