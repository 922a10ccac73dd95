// The courier's rows on real IndexedDB semantics, and what holds where the database fails in one of its many ways.
import { IDBDatabase, IDBFactory, IDBObjectStore, IDBTransaction } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FAILURES, fillDisk, slowFactory } from "../test/disk";
import { idAt, START, settled } from "../test/entries";
import { createLocks } from "../test/locks";
import { openDatabase, transaction } from "./database";
import { abandon, allRows, createStore, type Store, transact } from "./store";

interface Row {
  readonly id: string;
  readonly n: number;
}

const SCOPE = "clicktrail test";
const row = (n: number): Row => ({ id: idAt(START, n), n });
const [one, two, three] = [row(1), row(2), row(3)] as const;

let factory: IDBFactory;
/** What the page was told: rows to keep, keys that are on disk or gone. */
let kept: Row[];
let done: string[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: START });
  factory = new IDBFactory();
  kept = [];
  done = [];
  vi.stubGlobal("indexedDB", factory);
  vi.stubGlobal("navigator", { locks: createLocks() });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function create(join: Store["join"] = (stored) => stored): Store {
  return createStore(SCOPE, {
    join,
    unwritten: (rows) => kept.push(...(rows as Row[])),
    settled: (ids) => done.push(...ids),
  });
}

/** What another page would find on the disk now. */
async function onDisk(): Promise<unknown[]> {
  return [...(await allRows(create())).values()];
}

/** A store whose database is open, with these rows in it. */
async function opened(...rows: readonly Row[]): Promise<Store> {
  const store = create();
  await openDatabase(store.database);
  await put(store, ...rows);
  return store;
}

/** Writes rows as a page does. */
async function put(store: Store, ...rows: readonly Row[]): Promise<void> {
  for (const each of rows) transaction(store.database, "readwrite").put(each, each.id);
  await settled();
}

describe("without a database", () => {
  it.each(FAILURES)("that %s, the same rules hold in memory", async (_, make) => {
    vi.stubGlobal("indexedDB", make());
    const store = create();
    const first = transact(store, [one.id, two.id], (rows) => {
      expect(rows.size).toBe(0);
      rows.set(one.id, one);
      rows.set(two.id, two);
    });
    await vi.advanceTimersByTimeAsync(2_000);
    await first;
    expect([...(await allRows(store)).values()]).toEqual([one, two]);
    expect([kept, done]).toEqual([[one, two], []]);
    await transact(store, [one.id, two.id, three.id], (rows) => {
      expect([...rows.keys()]).toEqual([one.id, two.id]);
      rows.delete(one.id);
      rows.set(two.id, { ...two, n: 20 });
      rows.set(three.id, three);
    });
    expect([...(await allRows(store)).values()]).toEqual([{ ...two, n: 20 }, three]);
    expect(kept.slice(2)).toEqual([{ ...two, n: 20 }, three]);
    expect(done).toEqual([one.id]);
  });

  it("that responds late after all takes what memory holds", async () => {
    const slow = slowFactory(factory);
    vi.stubGlobal("indexedDB", slow);
    const store = create();
    const early = transact(store, [one.id, two.id], (rows) => rows.set(one.id, one).set(two.id, two));
    await vi.advanceTimersByTimeAsync(2_000);
    await early;
    await transact(store, [one.id], (rows) => rows.delete(one.id));
    expect(done).toEqual([one.id]);
    await slow.respond();
    await settled();
    expect(done).toEqual([one.id, two.id]);
    expect(store.memory.size).toBe(0);
    vi.stubGlobal("indexedDB", factory);
    expect(await onDisk()).toEqual([two]);
  });
});

describe("a full disk", () => {
  it("still lets a row be taken away", async () => {
    const store = await opened(one);
    fillDisk();
    await transact(store, [one.id], (rows) => rows.delete(one.id));
    vi.restoreAllMocks();
    expect(await onDisk()).toEqual([]);
    expect(done).toEqual([one.id]);
  });

  it("rejects a change that does not fit, changes nothing and says that nothing is settled", async () => {
    const store = await opened(one);
    fillDisk();
    await expect(
      transact(store, [one.id], (rows) => rows.set(one.id, { ...one, n: 9 })),
    ).rejects.toBeDefined();
    vi.restoreAllMocks();
    expect(await onDisk()).toEqual([one]);
    expect([kept, done]).toEqual([[], []]);
  });

  it("keeps what is in memory there, until there is room", async () => {
    const store = await opened();
    store.memory.set(one.id, one);
    const full = fillDisk();
    await expect(transact(store, [one.id], () => {})).rejects.toBeDefined();
    full.mockRestore();
    expect([...(await allRows(store)).values()]).toEqual([one]);
    await transact(store, [one.id], () => {});
    expect(await onDisk()).toEqual([one]);
    expect(store.memory.size).toBe(0);
  });
});

describe("a connection that the browser closes", () => {
  /** The store with its open connection. */
  async function connected(...rows: Row[]) {
    const store = await opened(...rows);
    return { store, connection: store.database.connection as IDBDatabase };
  }

  it("does not cost a read", async () => {
    const { store, connection } = await connected(one);
    connection.close();
    expect([...(await allRows(store)).values()]).toEqual([one]);
  });

  it("does not cost a response its removal", async () => {
    const { store, connection } = await connected(one);
    connection.close();
    connection.onclose?.(new Event("close"));
    await transact(store, [one.id], (rows) => rows.delete(one.id));
    expect(await onDisk()).toEqual([]);
  });
});

describe("reads and transactions", () => {
  it("see what is on the disk and what is in memory", async () => {
    const store = await opened(one);
    store.memory.set(two.id, two);
    expect([...(await allRows(store)).keys()].sort()).toEqual([one.id, two.id]);
    await transact(store, [one.id, two.id], (found) => expect(found.size).toBe(2));
    expect(await onDisk()).toEqual([one, two]);
  });

  it("say which keys are on disk or gone, once that is so", async () => {
    const store = await opened(one);
    const changing = transact(store, [one.id, two.id], (rows) => {
      rows.delete(one.id);
      rows.set(two.id, two);
    });
    expect(done).toEqual([]);
    await changing;
    expect([kept, done]).toEqual([[], [one.id, two.id]]);
  });

  it("write no row that nobody has changed", async () => {
    const store = await opened(one);
    const write = vi.spyOn(IDBObjectStore.prototype, "put");
    await transact(store, [one.id], () => {});
    expect(write).not.toHaveBeenCalled();
  });

  it("change the named rows and no others", async () => {
    const store = await opened(one, two, three);
    await transact(store, [one.id, two.id], (rows) => {
      expect([...rows.values()]).toEqual([one, two]);
      rows.delete(one.id);
      rows.set(two.id, { ...two, n: 20 });
      rows.set(three.id, { ...three, n: 30 });
    });
    expect(await onDisk()).toEqual([{ ...two, n: 20 }, three]);
  });

  it("that wait for their rows are given up when the page goes, and hold nobody up", async () => {
    const store = await opened(one);
    const edit = vi.fn();
    const waiting = Promise.allSettled([transact(store, [one.id], edit), allRows(store)]);
    // Both have their transaction and no row yet.
    await Promise.resolve();
    await Promise.resolve();
    abandon(store);
    await put(store, two);
    expect((await waiting).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(edit).not.toHaveBeenCalled();
    await settled();
    expect(await onDisk()).toEqual([one, two]);
    // Back from the back/forward cache.
    await transact(store, [one.id, two.id], (rows) => rows.clear());
    expect(await onDisk()).toEqual([]);
  });

  it("are committed in the task of their change: WebKit would keep one that was not, once its page has gone", async () => {
    const store = await opened();
    const commit = vi.spyOn(IDBTransaction.prototype, "commit");
    let isCommitted = false;
    await transact(store, [one.id], (rows) => {
      rows.set(one.id, one);
      queueMicrotask(() => {
        isCommitted = commit.mock.calls.length > 0;
      });
    });
    expect(isCommitted).toBe(true);
    expect(await onDisk()).toEqual([one]);
  });

  it("lose no update of another page", async () => {
    const tabs = await Promise.all([opened(), opened(), opened()]);
    const count = (rows: Map<string, unknown>) =>
      rows.set(one.id, { ...one, n: ((rows.get(one.id) as Row | undefined)?.n ?? 0) + 1 });
    await Promise.all(
      tabs.flatMap((tab) => Array.from({ length: 20 }, () => transact(tab, [one.id], count))),
    );
    expect(await onDisk()).toEqual([{ ...one, n: 60 }]);
  });

  it("change nothing where the change throws", async () => {
    const store = await opened(one);
    const failing = transact(store, [one.id], (rows) => {
      rows.delete(one.id);
      throw new Error("mine");
    });
    await expect(failing).rejects.toThrow("mine");
    await settled();
    expect(await onDisk()).toEqual([one]);
  });

  it("give rows of any shape back: what can't be read is not theirs to judge", async () => {
    const store = await opened();
    await put(store, one);
    await transact(store, ["corrupt"], (rows) => rows.set("corrupt", "text"));
    const rows = await allRows(store);
    expect(rows.get("corrupt")).toBe("text");
    expect(rows.get(one.id)).toEqual(one);
  });

  it("end after five seconds behind a transaction that never ends", async () => {
    const store = await opened();
    const other = await new Promise<IDBDatabase>((resolve) => {
      const request = factory.open(SCOPE);
      request.onsuccess = () => resolve(request.result as unknown as IDBDatabase);
    });
    let busy = true;
    const busyStore = other.transaction("q", "readwrite").objectStore("q");
    const stay = () => {
      if (busy) busyStore.get("nothing").onsuccess = stay;
    };
    stay();
    const outcomes: string[] = [];
    allRows(store).then(
      () => outcomes.push("read"),
      (error) => outcomes.push(String(error)),
    );
    transact(store, [one.id], (rows) => rows.set(one.id, one)).then(
      () => outcomes.push("changed"),
      (error) => outcomes.push(String(error)),
    );
    await settled();
    await vi.advanceTimersByTimeAsync(4_999);
    expect(outcomes).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    const silent = "Error: IndexedDB does not respond";
    expect(outcomes).toEqual([silent, silent]);
    busy = false;
    await settled();
  });
});

describe("a database that opens", () => {
  it("makes no transaction where memory holds nothing, and one where it does", async () => {
    const begun = vi.spyOn(IDBDatabase.prototype, "transaction");
    const writes = () => begun.mock.calls.filter(([, mode]) => mode === "readwrite").length;
    await opened();
    expect(writes()).toBe(0);
    const store = create();
    store.memory.set(one.id, one).set(two.id, two);
    await openDatabase(store.database);
    await settled();
    expect(writes()).toBe(1);
    expect(await onDisk()).toEqual([one, two]);
  });
});

describe("rows without a key inside", () => {
  it("that were changed in memory are joined to the disk's as soon as the database is there", async () => {
    await transact(await opened(), ["!"], (rows) => rows.set("!", { counts: 2 }));
    const slow = slowFactory(factory);
    vi.stubGlobal("indexedDB", slow);
    const sum = (stored: unknown, early: unknown) => ({
      counts: (stored as { counts: number }).counts + (early as { counts: number }).counts,
    });
    const store = create(sum);
    const early = transact(store, ["!"], (rows) => rows.set("!", { counts: 1 }));
    await vi.advanceTimersByTimeAsync(2_000);
    await early;
    // No later page could tell whose it is.
    expect(kept).toEqual([]);
    await slow.respond();
    await settled();
    vi.stubGlobal("indexedDB", factory);
    expect(await onDisk()).toEqual([{ counts: 3 }]);
  });
});
