// Owns the durable store: rows by key in IndexedDB, in memory while that isn't there, a localStorage journal for the gaps. Knows neither clicks nor requests.
import { createStore, promisifyRequest, set, type UseStore } from "idb-keyval";

/** Every row has its key inside, so that it can be journaled. */
export interface Row {
  readonly id: string;
}

export interface Queue<R extends Row> {
  /** Stores a row within this task; where the database can't take it, the journal does. */
  add(row: R): void;
  /** Keeps a row in the journal: synchronous, so it works even while the page goes away. */
  journal(row: R): void;
  /** Takes the rows from the journal that are `ripe`: nobody else is about to. */
  merge(ripe: (row: R) => boolean): void;
  /** All rows by key. */
  all(): Promise<Map<string, unknown>>;
  /** One short transaction on the rows under `ids`: a row that `change` takes from the map is deleted. */
  transact(ids: readonly string[], change: (rows: Map<string, unknown>) => void): Promise<void>;
  /** Whether the database is open; settles when it is, or is known not to open in time. */
  open(): Promise<boolean>;
  /** The same at this moment. */
  durable(): boolean;
}

const STORE = "q";
/** An open behind a page that is frozen in its own open may never end; a working one takes a few ms. */
const OPEN_MS = 2_000;
/** Other tabs' transactions on the store are short; one that takes longer is stuck. */
const TRANSACTION_MS = 5_000;

function limited<T>(work: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    setTimeout(reject, ms);
    work.then(resolve, reject);
  });
}

/** Runs `work` under a Web Lock, or at once where there are none (insecure contexts). */
export async function locked<T>(
  name: string,
  options: LockOptions,
  work: (lock: Lock | null | true) => T | Promise<T>,
) {
  return navigator.locks ? navigator.locks.request(name, options, work) : work(true);
}

export function createQueue<R extends Row>(name: string): Queue<R> {
  /** Rows that are not, or not yet, known to be on disk. */
  const memory = new Map<string, unknown>();
  const journaled = new Set<string>();
  let db: IDBDatabase | undefined;
  let opening: Promise<boolean> | undefined;

  function begin(mode: IDBTransactionMode): IDBTransaction {
    try {
      return (db as IDBDatabase).transaction(STORE, mode);
    } catch (error) {
      // Closed by the browser: the next use opens it again.
      if (db) db = opening = undefined;
      throw error;
    }
  }

  // No promise hop, and `commit()`: without it WebKit can jam the database for every later page (WebKitGTK 2.50).
  const store: UseStore = (mode, run) => {
    const transaction = begin(mode);
    const result = run(transaction.objectStore(STORE));
    transaction.commit?.();
    return result as never;
  };

  /** Does `change` to the journal where there is one: not in workers, not in sandboxed frames. */
  function withJournal(change: (storage: Storage) => void): void {
    try {
      change(localStorage);
    } catch {}
  }

  function journal(row: R): void {
    journaled.add(row.id);
    withJournal((storage) => storage.setItem(name + row.id, JSON.stringify(row)));
  }

  function forget(id: string): void {
    memory.delete(id);
    if (journaled.delete(id)) withJournal((storage) => storage.removeItem(name + id));
  }

  function persist(row: R): void {
    try {
      set(row.id, row, store).then(
        () => memory.get(row.id) === row && forget(row.id),
        () => journal(row),
      );
    } catch {
      journal(row);
      open();
    }
  }

  function add(row: R): void {
    memory.set(row.id, row);
    persist(row);
  }

  function merge(ripe: (row: R) => boolean): void {
    withJournal((storage) => {
      for (const key of Object.keys(storage)) {
        if (!key.startsWith(name)) continue;
        try {
          const row = JSON.parse(storage.getItem(key) as string);
          if (!ripe(row)) continue;
          journaled.add(row.id);
          add(row);
        } catch {
          storage.removeItem(key);
        }
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
    const found = await createStore(name, STORE)("readonly", (rows) => rows.transaction.db);
    found.onclose = () => {
      db = opening = undefined;
    };
    db = found;
    for (const row of memory.values()) persist(row as R);
  }

  async function all(): Promise<Map<string, unknown>> {
    await open();
    const rows = new Map(memory);
    if (!db) return rows;
    const [ids, values] = await limited(
      store("readonly", (stored) =>
        Promise.all([promisifyRequest(stored.getAllKeys()), promisifyRequest(stored.getAll())]),
      ),
      TRANSACTION_MS,
    );
    ids.forEach((id, at) => {
      rows.set(`${id}`, values[at]);
    });
    return rows;
  }

  async function transact(
    ids: readonly string[],
    change: (rows: Map<string, unknown>) => void,
  ): Promise<void> {
    await open();
    const rows = new Map<string, unknown>();
    for (const id of ids) if (memory.has(id)) rows.set(id, memory.get(id));
    if (!db) {
      change(rows);
      for (const id of ids) {
        if (rows.has(id)) memory.set(id, rows.get(id));
        else forget(id);
      }
      return;
    }
    const transaction = begin("readwrite");
    const stored = transaction.objectStore(STORE);
    let left = ids.length;
    for (const id of ids) {
      stored.get(id).onsuccess = ({ target }) => {
        const { result } = target as IDBRequest;
        if (result !== undefined) rows.set(id, result);
        if (--left) return;
        change(rows);
        for (const key of ids) rows.has(key) ? stored.put(rows.get(key), key) : stored.delete(key);
        transaction.commit?.();
      };
    }
    await limited(promisifyRequest(transaction), TRANSACTION_MS);
    ids.forEach(forget);
  }

  return { add, journal, merge, all, transact, open, durable: () => !!db };
}
