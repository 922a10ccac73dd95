// Owns the connection to IndexedDB: opened early, under a time limit, and again where it was closed. Knows no rows; engine quirks stand here.
import { createStore as createKeyval, promisifyRequest } from "idb-keyval";
import { attempt } from "../report";

export interface Database {
  /** Whether the database is open; settles when it is, or is known not to open in time. */
  open(): Promise<boolean>;
  /** The same at this moment. */
  isOpen(): boolean;
  /** A transaction's store within this task; throws where the database isn't open. */
  begin(mode: IDBTransactionMode): IDBObjectStore;
  /** The same as soon as it is open; `undefined` where it doesn't open in time. */
  reach(mode: IDBTransactionMode): Promise<IDBObjectStore | undefined>;
  /** Closes it; the next use opens it again. */
  close(): void;
}

const STORE = "q";
/** An open behind a page that is frozen in its own open may never end; a working one takes a few ms. */
const OPEN_MS = 2_000;

export function limited<T>(work: Promise<T>, ms: number): Promise<T> {
  return Promise.race([
    work,
    new Promise<never>((_, reject) => setTimeout(reject, ms, Error("IndexedDB does not respond"))),
  ]);
}

/** `opened` is called whenever a connection is there, however late. */
export function createDatabase(name: string, opened: () => void): Database {
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

  const find = (database: string) =>
    createKeyval(database, STORE)("readonly", (store) => store.transaction.db);

  async function connect(): Promise<void> {
    const found = await find(name).catch((error) => {
      // A database without its store, left by an upgrade that was cut off or made by somebody else, can't be used.
      if (error.name !== "NotFoundError") throw error;
      return find(`${name} anew`);
    });
    db = found;
    // Closed by the browser, or to let the site delete it.
    found.onclose = found.onversionchange = () => (db === found ? close() : found.close());
    opened();
  }

  function open(): Promise<boolean> {
    // Inside a lock that every page takes: waiting for it evicts a page that was frozen into the back/forward cache while it
    // opened, and whose open would block this one (Chromium 156). Without permission for locks there is no such page.
    const locked = async () => navigator.locks.request(`${name} open`, connect);
    opening ??= limited(locked().catch(connect), OPEN_MS).then(
      () => true,
      () => false,
    );
    return opening;
  }

  return {
    open,
    begin,
    close,
    isOpen: () => !!db,
    async reach(mode) {
      await open();
      return attempt(() => db && begin(mode)) ?? ((await open()) && db ? begin(mode) : undefined);
    },
  };
}

/**
 * Commits in this task. WebKit keeps a transaction that has not got there when its page goes, and with it the database, from every
 * later page until the tab closes (WebKitGTK 2.50; 11 of 2,360 pages that left around their response).
 */
export function written({ transaction }: IDBObjectStore | IDBRequest): Promise<unknown> {
  (transaction as IDBTransaction).commit?.();
  return promisifyRequest(transaction as IDBTransaction);
}
