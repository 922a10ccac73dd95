// Owns the durable store: rows by key in IndexedDB, in memory while that isn't there, a localStorage journal for the gaps. Knows neither clicks nor requests.
import { createStore, promisifyRequest } from "idb-keyval";
import { attempt } from "../report";

/** Every row has its key inside, so that it can be journaled. */
export interface Row {
  readonly id: string;
}

export interface Queue<R extends Row> {
  /**
   * Stores a row within this task. Where the database can't take it, the journal does, unless it is `shared` with a
   * context that goes on: what that one settles must not come back from the journal.
   */
  add(row: R, options?: { readonly shared?: boolean }): void;
  /** Keeps a row in the journal: synchronous, so it works even while the page goes away. */
  journal(row: R): void;
  /** Takes the rows from the journal that are `ripe`: nobody else is about to. */
  merge(ripe: (row: R) => unknown): void;
  /** All rows by key. */
  all(): Promise<Map<string, unknown>>;
  /** One short transaction on the rows under `ids`: a row that `change` takes from the map is deleted. */
  transact(ids: readonly string[], change: (rows: Map<string, unknown>) => void): Promise<void>;
  /** Whether the database is open; settles when it is, or is known not to open in time. */
  open(): Promise<boolean>;
  /** The same at this moment. */
  durable(): boolean;
  /**
   * The page goes: gives up the transactions that still wait for their rows, and journals what is not known to be written.
   * Nothing would come of the former, but WebKit keeps them, and with them the database, until the tab closes; and of many
   * writes at once it loses the last (WebKitGTK 2.50).
   */
  abandon(): void;
}

const STORE = "q";
/** An open behind a page that is frozen in its own open may never end; a working one takes a few ms. */
const OPEN_MS = 2_000;
/** Other tabs' transactions on the store are short; one that takes longer is stuck. */
const TRANSACTION_MS = 5_000;

const limited = <T>(work: Promise<T>, ms: number): Promise<T> =>
  Promise.race([
    work,
    new Promise<never>((_, reject) => setTimeout(reject, ms, Error("IndexedDB does not answer"))),
  ]);

/**
 * Commits in this task. WebKit keeps a transaction that has not got there when its page goes, and with it the database, from every
 * later page until the tab closes (WebKitGTK 2.50; 11 of 2,360 pages that left around their answer).
 */
function written({ transaction }: IDBObjectStore): Promise<unknown> {
  transaction.commit?.();
  return promisifyRequest(transaction);
}

/** Runs `work` under a Web Lock, or at once where there are none (insecure contexts). */
export async function locked<T>(
  name: string,
  options: LockOptions,
  work: (lock: unknown) => T | Promise<T>,
): Promise<T> {
  return navigator.locks ? navigator.locks.request(name, options, work) : work(true);
}

/** `join` makes one of a row that is both stored and, from before the database was there, in memory. */
export function createQueue<R extends Row>(
  name: string,
  join: (stored: unknown, early: unknown) => unknown = (stored) => stored,
): Queue<R> {
  /** Rows that are not, or not yet, known to be on disk. */
  const memory = new Map<string, unknown>();
  let db: IDBDatabase | undefined;
  let opening: Promise<boolean> | undefined;
  const reading = new Set<IDBTransaction>();
  /** Rows that no other context has. */
  const own = new WeakSet<object>();

  function begin(mode: IDBTransactionMode): IDBObjectStore {
    try {
      return (db as IDBDatabase).transaction(STORE, mode).objectStore(STORE);
    } catch (error) {
      // Closed by the browser: the next use opens it again.
      if (db) db = opening = undefined;
      throw error;
    }
  }

  // Workers and sandboxed frames have no localStorage: there rows are in memory alone.
  function journal(row: R): void {
    // A write of this row that is under way must not clear what the journal says now.
    memory.set(row.id, row);
    attempt(() => {
      localStorage[name + row.id] = JSON.stringify(row);
    });
  }

  function forget(id: string): void {
    memory.delete(id);
    attempt(() => localStorage.removeItem(name + id));
  }

  function persist(row: R, shared?: boolean): void {
    const keep = () => shared || journal(row);
    if (!shared) own.add(row);
    try {
      const store = begin("readwrite");
      store.put(row, row.id);
      written(store).then(() => memory.get(row.id) === row && forget(row.id), keep);
    } catch {
      keep();
      open();
    }
  }

  function add(row: R, { shared }: { readonly shared?: boolean } = {}): void {
    memory.set(row.id, row);
    persist(row, shared);
  }

  function merge(ripe: (row: R) => unknown): void {
    attempt(() => {
      for (const key of Object.keys(localStorage)) {
        // An id's length behind the name: another scope's name may begin like this one.
        if (key.slice(0, -36) !== name) continue;
        const row = attempt(() => JSON.parse(localStorage[key]));
        if (row?.id && !ripe(row)) continue;
        // First away, then in: another flush must not bring back what this one will have settled.
        localStorage.removeItem(key);
        if (row?.id) add(row);
      }
    });
  }

  function open(): Promise<boolean> {
    // Inside a lock that every page takes: waiting for it evicts a page that was frozen into the back/forward cache
    // while it opened, and whose open would block this one (Chromium 156).
    opening ??= limited(
      locked(`${name} open`, {}, () => limited(connect(), OPEN_MS)),
      OPEN_MS,
    ).then(
      () => true,
      () => false,
    );
    return opening;
  }

  async function connect(): Promise<void> {
    db = await createStore(name, STORE)("readonly", (store) => store.transaction.db);
    db.onclose = () => {
      db = opening = undefined;
    };
    for (const row of memory.values() as Iterable<R>) if (row.id) persist(row);
  }

  /** The open store; a connection that the browser has closed is opened once more. */
  async function reach(mode: IDBTransactionMode): Promise<IDBObjectStore | undefined> {
    await open();
    return attempt(() => db && begin(mode)) ?? ((await open()) && db ? begin(mode) : undefined);
  }

  async function results(store: IDBObjectStore, requests: IDBRequest[]): Promise<unknown[]> {
    reading.add(store.transaction);
    const found = await Promise.all(requests.map<Promise<unknown>>(promisifyRequest));
    reading.delete(store.transaction);
    return found;
  }

  async function read(): Promise<Map<string, unknown>> {
    const store = await reach("readonly");
    const rows = new Map(memory);
    if (!store) return rows;
    const found = await results(store, [store.getAllKeys(), store.getAll()]);
    const [ids, values] = found as [IDBValidKey[], unknown[]];
    ids.forEach((id, at) => {
      rows.set(`${id}`, values[at]);
    });
    return rows;
  }

  async function change(ids: readonly string[], edit: (rows: Map<string, unknown>) => void): Promise<void> {
    const store = await reach("readwrite");
    const found = store
      ? await results(
          store,
          ids.map((id) => store.get(id)),
        )
      : [];
    const rows = new Map<string, unknown>();
    ids.forEach((id, at) => {
      const early = memory.get(id);
      const row = found[at] && early ? join(found[at], early) : (found[at] ?? early);
      if (row) rows.set(id, row);
    });
    edit(rows);
    for (const id of ids) {
      const row = rows.get(id) as R | undefined;
      if (store) row ? store.put(row, id) : store.delete(id);
      // The journal is all that another page or visit will know.
      else if (row?.id) journal(row);
      else row ? memory.set(id, row) : forget(id);
    }
    if (!store) return;
    await written(store);
    ids.forEach(forget);
  }

  return {
    add,
    journal,
    merge,
    open,
    all: () => limited(read(), TRANSACTION_MS),
    transact: (ids, edit) => limited(change(ids, edit), TRANSACTION_MS),
    durable: () => !!db,
    abandon() {
      for (const transaction of reading) attempt(() => transaction.abort());
      for (const row of memory.values() as Iterable<R>) if (own.has(row)) journal(row);
    },
  };
}
