// Owns the durable store: rows by key in the database, in memory while that isn't there, and stashed where a page can't see them
// written before it goes. Knows neither clicks nor requests.
import { promisifyRequest } from "idb-keyval";
import { attempt } from "../report";
import { createDatabase, limited, written } from "./database";
import { type Row, stash, stashed, unstash } from "./stash";

/** What is to be done with the row of the same id, which is `stored` or not. */
interface Note extends Row {
  readonly stored?: boolean | undefined;
}

export interface Store<R extends Row> {
  /** Stores a row within this task. */
  add(row: R): void;
  /**
   * The same for a row that a worker has too: what that one has written stays, and if the write fails it is the worker's to keep. A
   * page that goes before that stashes it all the same: the browser may end the worker before it has the click. Of a script's burst
   * nothing is stashed.
   */
  share(row: R): void;
  /** What pages have stashed; a transaction on it clears that. */
  stashed(): Row[];
  /** All rows by key. Rejects where the database doesn't respond. */
  all(): Promise<Map<string, unknown>>;
  /** One short transaction on the rows under `ids`: a row that `edit` takes from the map is deleted. Rejects as `all` does. */
  transact(ids: readonly string[], edit: (rows: Map<string, unknown>) => void): Promise<void>;
  /** Whether the database is open; settles when it is, or is known not to open in time. */
  open(): Promise<boolean>;
  /** The same at this moment. */
  isOpen(): boolean;
  /**
   * The page goes: gives up transactions that still wait for their rows, and stashes what isn't known to be on disk, and notes on
   * rows. The stash has one place for both, so a note takes that of such a row, and says that it isn't `stored`.
   */
  leave(notes: readonly Note[]): void;
  /** Closes the database; the next use opens it again. */
  close(): void;
}

/** More than a person hands over before the first is written. A ledger knows some more again: what it doesn't would go out twice. */
const MAX_SHARED = 16;
/** Other tabs' transactions on the store are short; one that takes longer is stuck. */
const TRANSACTION_MS = 5_000;

/** `join` makes one of a row that is both stored and, from before the database was there, in memory. `opened` is called when it is there. */
export function createStore<R extends Row>(
  name: string,
  join: (stored: unknown, early: unknown) => unknown = (stored) => stored,
  opened: () => void = () => {},
): Store<R> {
  /** Rows that are not, or not yet, known to be on disk. */
  const memory = new Map<string, unknown>();
  /** The same of those that a worker has, too. */
  const shared = new Map<string, Row>();
  const reading = new Set<IDBTransaction>();
  /** What this context knows to be stashed: asking localStorage for each row would cost a click three synchronous calls. */
  const inStash = new Set<string>();
  const database = createDatabase(name, () => {
    for (const row of memory.values() as Iterable<R>) if (row.id) add(row);
    // Counts: joined with what is stored, for the page may make no transaction of its own any more.
    const counts = [...memory.keys()].filter((id) => !(memory.get(id) as R).id);
    if (counts[0]) change(counts, () => {}).catch(() => {});
    opened();
  });

  function put(row: R, how: "put" | "add" = "put"): Promise<unknown> {
    return written(database.begin("readwrite")[how](row, row.id));
  }

  function forget(id: string): void {
    memory.delete(id);
    if (inStash.delete(id)) unstash(name, id);
  }

  function keep(row: Row): void {
    inStash.add(row.id);
    stash(name, row);
  }

  function add(row: R): void {
    memory.set(row.id, row);
    attempt(
      // A later row under this id isn't this one's to forget.
      () =>
        put(row).then(
          () => memory.get(row.id) === row && forget(row.id),
          () => keep(row),
        ),
      () => {
        keep(row);
        database.open();
      },
    );
  }

  async function results(store: IDBObjectStore, requests: IDBRequest[]): Promise<unknown[]> {
    reading.add(store.transaction);
    const found = await Promise.all(requests.map<Promise<unknown>>(promisifyRequest));
    reading.delete(store.transaction);
    return found;
  }

  async function read(): Promise<Map<string, unknown>> {
    const store = await database.reach("readonly");
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
    const store = await database.reach("readwrite");
    const asked = store ? ids.map((id) => store.get(id)) : [];
    const found = store ? await results(store, asked) : [];
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
      else if (row) {
        memory.set(id, row);
        // All that another page or visit will know.
        if (row.id) keep(row);
      } else forget(id);
    }
    if (!store) return;
    await written(store);
    ids.forEach(forget);
  }

  return {
    add,
    stashed() {
      const rows = stashed(name);
      for (const { id } of rows) inStash.add(id);
      return rows;
    },
    share(row) {
      attempt(() => {
        // A leaving page's write may come after its worker's (WebKitGTK 2.50), and must not undo it.
        put(row, "add")
          .catch(() => {})
          .then(() => shared.delete(row.id) && forget(row.id));
        shared.set(row.id, row);
      });
    },
    open: database.open,
    isOpen: database.isOpen,
    close: database.close,
    all: () => limited(read(), TRANSACTION_MS),
    transact: (ids, edit) => limited(change(ids, edit), TRANSACTION_MS),
    leave(notes) {
      // Nothing would come of them, but WebKit keeps them, and with them the database, until the tab closes (WebKitGTK 2.50).
      for (const transaction of reading) attempt(() => transaction.abort());
      for (const row of memory.values() as Iterable<R>) if (row.id) keep(row);
      if (shared.size <= MAX_SHARED) shared.forEach(keep);
      for (const note of notes) keep(memory.has(note.id) ? { ...note, stored: false } : note);
    },
  };
}
