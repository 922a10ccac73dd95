// Owns the durable store: rows by key in IndexedDB, in memory while that isn't there, and a localStorage stash for what a page can't
// see written before it goes. Knows neither clicks nor requests; engine quirks of storage stand here.
import { createStore as createKeyval, promisifyRequest } from "idb-keyval";
import { attempt } from "../report";

/** Every row has its key inside, so that it can be stashed. */
export interface Row {
  readonly id: string;
}

export interface Store<R extends Row> {
  /** Stores a row within this task. One that is `shared` with a context that goes on is that context's to keep. */
  add(row: R, options?: { readonly shared?: boolean }): void;
  /** Keeps something under `id` for the next page, synchronously. */
  stash(row: Row): void;
  /** What pages have stashed; a transaction on it clears that. */
  stashed(): Row[];
  /** All rows by key. Rejects where the database doesn't respond. */
  all(): Promise<Map<string, unknown>>;
  /** One short transaction on the rows under `ids`: a row that `edit` takes from the map is deleted. Rejects as `all` does. */
  transact(ids: readonly string[], edit: (rows: Map<string, unknown>) => void): Promise<void>;
  /** Whether the database is open; settles when it is, or is known not to open in time. */
  open(): Promise<boolean>;
  /** The same at this moment. */
  durable(): boolean;
  /** The page goes: gives up transactions that still wait for their rows, and stashes what isn't known to be on disk. */
  leave(): void;
  /** Closes the database; the next use opens it again. */
  close(): void;
}

const STORE = "q";
/** An open behind a page that is frozen in its own open may never end; a working one takes a few ms. */
const OPEN_MS = 2_000;
/** Other tabs' transactions on the store are short; one that takes longer is stuck. */
const TRANSACTION_MS = 5_000;

function limited<T>(work: Promise<T>, ms: number): Promise<T> {
  return Promise.race([
    work,
    new Promise<never>((_, reject) => setTimeout(reject, ms, Error("IndexedDB does not respond"))),
  ]);
}

/**
 * Commits in this task. WebKit keeps a transaction that has not got there when its page goes, and with it the database, from every
 * later page until the tab closes (WebKitGTK 2.50; 11 of 2,360 pages that left around their response).
 */
function written({ transaction }: IDBObjectStore): Promise<unknown> {
  transaction.commit?.();
  return promisifyRequest(transaction);
}

/** `join` makes one of a row that is both stored and, from before the database was there, in memory. `late` is called when it opens after its time. */
export function createStore<R extends Row>(
  name: string,
  join: (stored: unknown, early: unknown) => unknown = (stored) => stored,
  late: () => void = () => {},
): Store<R> {
  /** Rows that are not, or not yet, known to be on disk. */
  const memory = new Map<string, unknown>();
  /** Those of them that no other context has. */
  const own = new WeakSet<object>();
  const reading = new Set<IDBTransaction>();
  let db: IDBDatabase | undefined;
  let opening: Promise<boolean> | undefined;

  function close(): void {
    db?.close();
    db = opening = undefined;
  }

  function begin(mode: IDBTransactionMode): IDBObjectStore {
    try {
      return (db as IDBDatabase).transaction(STORE, mode).objectStore(STORE);
    } catch (error) {
      // Closed by the browser: the next use opens it again.
      if (db) close();
      throw error;
    }
  }

  // Workers and sandboxed frames have no localStorage: there rows are in memory alone.
  function stash(row: Row): void {
    attempt(() => localStorage.setItem(name + row.id, JSON.stringify(row)));
  }

  function forget(id: string): void {
    memory.delete(id);
    attempt(() => localStorage.removeItem(name + id));
  }

  function add(row: R, { shared }: { readonly shared?: boolean } = {}): void {
    memory.set(row.id, row);
    if (!shared) own.add(row);
    try {
      const store = begin("readwrite");
      store.put(row, row.id);
      // A later row under this id, or one that a transaction has changed since, isn't this one's to forget.
      written(store).then(
        () => memory.get(row.id) === row && forget(row.id),
        () => shared || stash(row),
      );
    } catch {
      if (!shared) stash(row);
      open();
    }
  }

  function open(): Promise<boolean> {
    if (opening) return opening;
    let isLate = false;
    // Inside a lock that every page takes: waiting for it evicts a page that was frozen into the back/forward cache while it
    // opened, and whose open would block this one (Chromium 156). Without permission for locks there is no such page.
    const held = async () => navigator.locks.request(`${name} open`, () => limited(connect(), OPEN_MS));
    const connected = held().catch(connect);
    const mine = limited(connected, OPEN_MS).then(
      () => true,
      () => {
        isLate = true;
        return false;
      },
    );
    opening = mine;
    connected.then(
      () => isLate && late(),
      () => {},
    );
    return mine;
  }

  async function connect(): Promise<void> {
    if (db) return;
    const find = (database: string) => createKeyval(database, STORE)("readonly", (store) => store.transaction.db);
    const opened = await find(name).catch((error) => {
      // A database without its store, left by an upgrade that was cut off or made by somebody else, can't be used.
      if (error?.name !== "NotFoundError") throw error;
      return find(`${name} anew`);
    });
    if (db) return opened.close();
    db = opened;
    // Closed by the browser, or to let a site delete it.
    opened.onclose = opened.onversionchange = () => (db === opened ? close() : opened.close());
    for (const row of memory.values() as Iterable<R>) if (row.id) add(row, { shared: !own.has(row) });
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
      else if (!row) forget(id);
      else {
        memory.set(id, row);
        // All that another page or visit will know.
        if (row.id) stash(row);
      }
    }
    if (!store) return;
    await written(store);
    ids.forEach(forget);
  }

  return {
    add,
    stash,
    stashed() {
      const rows: Row[] = [];
      attempt(() => {
        // An id's length behind the name: another scope's name may begin like this one.
        for (const key of Object.keys(localStorage).filter((one) => one.slice(0, -36) === name)) {
          const row = attempt(() => JSON.parse(localStorage[key]));
          row?.id ? rows.push(row) : localStorage.removeItem(key);
        }
      });
      return rows;
    },
    open,
    all: () => limited(read(), TRANSACTION_MS),
    transact: (ids, edit) => limited(change(ids, edit), TRANSACTION_MS),
    durable: () => !!db,
    leave() {
      // Nothing would come of them, but WebKit keeps them, and with them the database, until the tab closes (WebKitGTK 2.50).
      for (const transaction of reading) attempt(() => transaction.abort());
      for (const row of memory.values() as Iterable<R>) if (own.has(row)) stash(row);
    },
    close,
  };
}
