// Owns the connection to IndexedDB: opened early, under a time limit, and again where it was closed. Engine quirks stand here.
import { promisifyRequest } from "idb-keyval";
import { attempt } from "../report";

export interface Database {
  readonly name: string;
  /** Called whenever a connection is there, however late. */
  readonly opened: () => void;
  /** The connection, once it is there. */
  connection?: IDBDatabase | undefined;
  /** Settles to whether the database is open, or is known not to open in time. */
  opening?: Promise<boolean> | undefined;
}

/** The one object store of each of this script's databases. */
export const STORE = "q";
/** An open behind a page that is frozen in its own open may never end; a working one takes a few ms. */
const OPEN_MS = 2_000;

export function limited<T>(work: Promise<T>, ms: number): Promise<T> {
  return Promise.race([
    work,
    new Promise<never>((_, reject) => setTimeout(reject, ms, Error("IndexedDB does not respond"))),
  ]);
}

/** Closes the connection; the next use opens it again. */
export function closeDatabase(database: Database): void {
  database.connection?.close();
  database.connection = database.opening = undefined;
}

/** A transaction's store within this task; throws where the database isn't open. */
export function transaction(database: Database, mode: IDBTransactionMode): IDBObjectStore {
  const { connection } = database;
  try {
    return (connection as IDBDatabase).transaction(STORE, mode).objectStore(STORE);
  } catch (error) {
    // Closed by the browser: the next use opens it again.
    if (connection) closeDatabase(database);
    throw error;
  }
}

/** Opens the database of this name, and makes it where there is none. */
export function openNamed(name: string): Promise<IDBDatabase> {
  const opening = indexedDB.open(name);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  return promisifyRequest(opening);
}

async function connect(database: Database): Promise<void> {
  const { name } = database;
  let found = await openNamed(name);
  // A database without its store, left by an upgrade that was cut off or made by somebody else, can't be used.
  if (!found.objectStoreNames.contains(STORE)) {
    found.close();
    found = await openNamed(`${name} anew`);
  }
  database.connection = found;
  // Closed by the browser, or to let the site delete it.
  found.onclose = found.onversionchange = () =>
    database.connection === found ? closeDatabase(database) : found.close();
  database.opened();
}

export function openDatabase(database: Database): Promise<boolean> {
  // Inside a lock that every page takes: waiting for it evicts a page that was frozen into the back/forward cache while it
  // opened, and whose open would block this one (Chromium 156). Without permission for locks there is no such page.
  const locked = async () => navigator.locks.request(`${database.name} open`, () => connect(database));
  database.opening ??= limited(
    locked().catch(() => connect(database)),
    OPEN_MS,
  ).then(
    () => true,
    () => false,
  );
  return database.opening;
}

/** A transaction's store as soon as the database is open; `undefined` where it doesn't open in time. */
export async function reach(
  database: Database,
  mode: IDBTransactionMode,
): Promise<IDBObjectStore | undefined> {
  const begin = () => database.connection && transaction(database, mode);
  await openDatabase(database);
  return attempt(begin) ?? ((await openDatabase(database)) ? begin() : undefined);
}

/**
 * Commits in this task. WebKit keeps a transaction that has not got there when its page goes, and with it the database, from every
 * later page until the tab closes (WebKitGTK 2.50; 11 of 2,360 pages that left around their response).
 */
export function written({ transaction }: IDBObjectStore | IDBRequest): Promise<unknown> {
  (transaction as IDBTransaction).commit?.();
  return promisifyRequest(transaction as IDBTransaction);
}
