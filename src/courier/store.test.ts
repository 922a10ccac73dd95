// The durable store on real IndexedDB semantics, and what holds where the database fails in one of its many ways.
import { IDBDatabase, IDBFactory, IDBObjectStore, IDBTransaction } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FAILURES, fillDisk, slowFactory } from "../test/disk";
import { idAt, START, settled } from "../test/entries";
import { createLocks } from "../test/locks";
import { createStorage } from "../test/storage";
import { createStore, type Store } from "./store";

interface Row {
  readonly id: string;
  readonly n: number;
}

const SCOPE = "clicktrail test";
const row = (n: number): Row => ({ id: idAt(START, n), n });
const [one, two, three] = [row(1), row(2), row(3)] as const;

let factory: IDBFactory;
let storage: Record<string, string>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: START });
  factory = new IDBFactory();
  storage = createStorage();
  vi.stubGlobal("indexedDB", factory);
  vi.stubGlobal("localStorage", storage);
  vi.stubGlobal("navigator", { locks: createLocks() });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** What another page would find on the disk now. */
async function onDisk(scope = SCOPE): Promise<unknown[]> {
  const rows = await createStore<Row>(scope).all();
  return [...rows.values()];
}

/** A store whose database is open. */
async function opened(scope = SCOPE): Promise<Store<Row>> {
  const store = createStore<Row>(scope);
  await store.open();
  return store;
}

const kept = () => Object.values(storage).map((json) => JSON.parse(json));

describe("add", () => {
  it("writes and commits within the same task once the database is open", async () => {
    const store = await opened();
    const put = vi.spyOn(IDBObjectStore.prototype, "put");
    store.add(one);
    expect(put).toHaveBeenCalledWith(one, one.id);
    await settled();
    expect(await onDisk()).toEqual([one]);
  });

  it("leaves nothing in the stash when the database took the row", async () => {
    const store = await opened();
    store.add(one);
    expect(storage).toEqual({});
    await settled();
    expect(storage).toEqual({});
  });

  it("asks localStorage nothing for a row that the database takes", async () => {
    const asked = vi.fn();
    vi.stubGlobal("localStorage", { setItem: asked, removeItem: asked });
    const store = await opened();
    store.add(one);
    await settled();
    await store.transact([one.id], (rows) => rows.delete(one.id));
    expect(asked).not.toHaveBeenCalled();
  });

  it("stashes within the same task while the database is not open yet, and moves the row there when it is", async () => {
    const store = createStore<Row>(SCOPE);
    store.add(one);
    expect(kept()).toEqual([one]);
    expect(store.isOpen()).toBe(false);
    await store.open();
    await settled();
    expect(store.isOpen()).toBe(true);
    expect(await onDisk()).toEqual([one]);
    expect(storage).toEqual({});
  });

  it("replaces the row of the same key", async () => {
    const store = await opened();
    store.add(one);
    store.add({ ...one, n: 9 });
    await settled();
    expect(await onDisk()).toEqual([{ ...one, n: 9 }]);
  });

  it("never throws, not even for a row that cannot be stored anywhere", async () => {
    const store = await opened();
    expect(() => store.add({ id: idAt(START, 8), n: (() => 1) as never })).not.toThrow();
    const cyclic = { id: idAt(START, 9), n: 1, self: undefined as unknown };
    cyclic.self = () => cyclic;
    expect(() => store.add(cyclic)).not.toThrow();
    await settled();
  });
});

describe("the stash", () => {
  it("is cleared by the transaction that settles the row", async () => {
    const store = await opened();
    store.add(one);
    await settled();
    store.leave([one]);
    expect(store.stashed()).toEqual([one]);
    await store.transact([one.id], (rows) => rows.delete(one.id));
    expect(storage).toEqual({});
    expect(await onDisk()).toEqual([]);
  });

  it("is cleared by the write of its row that ends later", async () => {
    const store = await opened();
    store.add(one);
    store.leave([]);
    expect(store.stashed()).toEqual([one]);
    await settled();
    expect(storage).toEqual({});
  });

  it("is not cleared by an earlier write of the row", async () => {
    const store = await opened();
    store.add(one);
    const later = { ...one, n: 9 };
    const full = fillDisk();
    store.add(later);
    full.mockRestore();
    store.leave([]);
    await settled();
    expect(store.stashed()).toEqual([later]);
  });

  it("has one place for a row and a note on it, which says whether its row is known to be written", async () => {
    const store = await opened();
    store.add(one);
    await settled();
    const full = fillDisk();
    store.add(two);
    store.add(three);
    full.mockRestore();
    store.leave([one, two].map(({ id }) => ({ id, stored: true })));
    expect(store.stashed()).toEqual([{ id: two.id, stored: false }, three, { id: one.id, stored: true }]);
  });

  it("may be missing or blocked: rows are in memory then", async () => {
    const forbid = () => {
      throw new Error("SecurityError");
    };
    for (const blocked of [undefined, new Proxy({}, { get: forbid, set: forbid })]) {
      vi.stubGlobal("localStorage", blocked);
      vi.stubGlobal("indexedDB", undefined);
      const store = createStore<Row>(SCOPE);
      store.add(one);
      store.leave([two]);
      expect([...(await store.all()).values()]).toEqual([one]);
      await store.transact([one.id], (rows) => rows.set(one.id, { ...one, n: 2 }));
      expect([...(await store.all()).values()]).toEqual([{ ...one, n: 2 }]);
    }
  });
});

describe("without a database", () => {
  it.each(FAILURES)("that %s, the same rules hold in memory", async (_, make) => {
    vi.stubGlobal("indexedDB", make());
    const store = createStore<Row>(SCOPE);
    store.add(one);
    store.add(two);
    const open = store.open();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await open).toBe(false);
    expect(store.isOpen()).toBe(false);
    expect([...(await store.all()).values()]).toEqual([one, two]);
    await store.transact([one.id, two.id, three.id], (rows) => {
      expect([...rows.keys()]).toEqual([one.id, two.id]);
      rows.delete(one.id);
      rows.set(two.id, { ...two, n: 20 });
      rows.set(three.id, three);
    });
    expect([...(await store.all()).values()]).toEqual([{ ...two, n: 20 }, three]);
    expect(kept()).toEqual([{ ...two, n: 20 }, three]);
  });

  it("the stash still takes the rows to the next page", async () => {
    vi.stubGlobal("indexedDB", undefined);
    createStore<Row>(SCOPE).add(one);
    await settled();
    vi.stubGlobal("indexedDB", factory);
    expect((await opened()).stashed()).toEqual([one]);
  });

  it("that answers late after all takes what memory holds", async () => {
    const slow = slowFactory(factory);
    vi.stubGlobal("indexedDB", slow);
    const store = createStore<Row>(SCOPE);
    store.add(one);
    store.add(two);
    store.open();
    await vi.advanceTimersByTimeAsync(2_000);
    await store.transact([one.id], (rows) => rows.delete(one.id));
    await slow.respond();
    expect(store.isOpen()).toBe(true);
    vi.stubGlobal("indexedDB", factory);
    expect(await onDisk()).toEqual([two]);
    expect(storage).toEqual({});
  });
});

describe("a full disk", () => {
  it("leaves a new row in memory and stash", async () => {
    const store = await opened();
    fillDisk();
    store.add(one);
    await settled();
    expect(kept()).toEqual([one]);
    expect([...(await store.all()).values()]).toEqual([one]);
  });

  it("that shows only after the write has begun leaves the row in memory and stash, too", async () => {
    const store = await opened();
    store.add(one);
    await settled();
    // The request fails a task later, and its transaction with it.
    vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (this: IDBObjectStore, value, key) {
      return this.add(value, key);
    });
    const later = { ...one, n: 9 };
    store.add(later);
    expect(kept()).toEqual([]);
    await settled();
    expect(kept()).toEqual([later]);
  });

  it("leaves to the database the last word on a row that it has in another state", async () => {
    const store = await opened();
    store.add(one);
    await settled();
    const full = fillDisk();
    store.add({ ...one, n: 9 });
    await settled();
    full.mockRestore();
    await store.transact([one.id], (rows) => expect(rows.get(one.id)).toEqual(one));
    expect(await onDisk()).toEqual([one]);
  });

  it("never writes a row over what its worker has already made of it", async () => {
    // WebKit may do a leaving page's write after its service worker's: the click was no longer in doubt, and went out twice.
    const store = await opened();
    const worker = await opened();
    const begun = { ...one, n: 9 };
    worker.add(begun);
    store.share(one);
    store.share(two);
    await settled();
    expect(await onDisk()).toEqual([begun, two]);
    expect(kept()).toEqual([]);
  });

  it.each([
    [16, 16],
    [17, 0],
  ])(
    "of %i rows at once that a worker has too stashes %i: of a burst the ledger would not know all again",
    async (count, stashes) => {
      const store = await opened();
      for (let n = 1; n <= count; n++) store.share(row(n));
      store.leave([]);
      expect(kept()).toHaveLength(stashes);
      await settled();
      expect(await onDisk()).toHaveLength(count);
      store.share(row(18));
      store.leave([]);
      expect(kept()).toEqual([row(18)]);
    },
  );

  it("leaves a row that a worker has too to that one", async () => {
    const store = await opened();
    fillDisk();
    store.share(one);
    await settled();
    expect(kept()).toEqual([]);
    expect((await store.all()).size).toBe(0);
  });

  it("gives the row to the database with its next transaction, once there is room again", async () => {
    const store = await opened();
    const full = fillDisk();
    store.add(one);
    await settled();
    full.mockRestore();
    await store.transact([one.id], () => {});
    expect(await onDisk()).toEqual([one]);
    expect(storage).toEqual({});
  });

  it("still lets a row be taken away", async () => {
    const store = await opened();
    store.add(one);
    await settled();
    fillDisk();
    await store.transact([one.id], (rows) => rows.delete(one.id));
    vi.restoreAllMocks();
    expect(await onDisk()).toEqual([]);
  });

  it("rejects a change that does not fit and changes nothing", async () => {
    const store = await opened();
    store.add(one);
    await settled();
    fillDisk();
    await expect(
      store.transact([one.id], (rows) => rows.set(one.id, { ...one, n: 9 })),
    ).rejects.toBeDefined();
    vi.restoreAllMocks();
    expect(await onDisk()).toEqual([one]);
  });
});

describe("a connection that the browser closes", () => {
  /** The store with its open connection. */
  async function connected() {
    const open = vi.spyOn(factory, "open");
    const store = await opened();
    const connection = open.mock.results[0]?.value.result as IDBDatabase;
    return { store, connection };
  }

  it("is opened again after the close event", async () => {
    const { store, connection } = await connected();
    connection.close();
    connection.onclose?.(new Event("close"));
    expect(store.isOpen()).toBe(false);
    store.add(one);
    await store.open();
    await settled();
    expect(store.isOpen()).toBe(true);
    expect(await onDisk()).toEqual([one]);
    expect(storage).toEqual({});
  });

  it("is opened again where no event told, and the click is kept", async () => {
    const { store, connection } = await connected();
    connection.close();
    store.add(one);
    expect(kept()).toEqual([one]);
    await settled();
    expect(await onDisk()).toEqual([one]);
    expect(storage).toEqual({});
  });

  it("does not cost a read", async () => {
    const { store, connection } = await connected();
    store.add(one);
    await settled();
    connection.close();
    expect([...(await store.all()).values()]).toEqual([one]);
  });

  it("does not cost a response its removal", async () => {
    const { store, connection } = await connected();
    store.add(one);
    await settled();
    connection.close();
    await store.transact([one.id], (rows) => rows.delete(one.id));
    expect(await onDisk()).toEqual([]);
  });
});

describe("reads and transactions", () => {
  it("see what is on the disk and what is not there yet", async () => {
    const store = await opened();
    store.add(one);
    await settled();
    fillDisk();
    store.add(two);
    const rows = await store.all();
    expect([...rows.keys()].sort()).toEqual([one.id, two.id]);
    await store.transact([one.id, two.id], (found) => expect(found.size).toBe(2)).catch(() => {});
  });

  it("see nothing of a row that its worker has taken away since", async () => {
    const store = await opened();
    const worker = await opened();
    worker.add(one);
    store.share(one);
    const gone = worker.transact([one.id], (rows) => rows.delete(one.id));
    const [rows] = await Promise.all([store.all(), gone]);
    expect([...rows.values()]).toEqual([]);
  });

  it("change the named rows and no others", async () => {
    const store = await opened();
    for (const added of [one, two, three]) store.add(added);
    await store.transact([one.id, two.id], (rows) => {
      expect([...rows.values()]).toEqual([one, two]);
      rows.delete(one.id);
      rows.set(two.id, { ...two, n: 20 });
      rows.set(three.id, { ...three, n: 30 });
    });
    expect(await onDisk()).toEqual([{ ...two, n: 20 }, three]);
  });

  it("come in order after a write of the same task", async () => {
    const store = await opened();
    store.add(one);
    await store.transact([one.id], (rows) => {
      expect(rows.get(one.id)).toEqual(one);
      rows.delete(one.id);
    });
    await settled();
    expect(await onDisk()).toEqual([]);
    expect([...(await store.all()).values()]).toEqual([]);
  });

  it("leave to the stash what a page that goes does not know to be written, and no more", async () => {
    const store = await opened();
    store.add(one);
    await settled();
    store.add(two);
    store.share(three);
    store.leave([]);
    expect(kept()).toEqual([two, three]);
    // Back from the back/forward cache, it hears of the write after all.
    await settled();
    expect(kept()).toEqual([]);
    expect(await onDisk()).toEqual([one, two, three]);
  });

  it("that wait for their rows are given up when the page goes, and hold nobody up", async () => {
    const store = await opened();
    store.add(one);
    await settled();
    const edit = vi.fn();
    const waiting = Promise.allSettled([store.transact([one.id], edit), store.all()]);
    // Both have their transaction and no row yet.
    await Promise.resolve();
    await Promise.resolve();
    store.leave([]);
    store.add(two);
    expect((await waiting).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(edit).not.toHaveBeenCalled();
    await settled();
    expect(await onDisk()).toEqual([one, two]);
    // Back from the back/forward cache.
    await store.transact([one.id, two.id], (rows) => rows.clear());
    expect(await onDisk()).toEqual([]);
  });

  it("are committed in the task of their change: WebKit would keep one that was not, once its page has gone", async () => {
    const store = await opened();
    const commit = vi.spyOn(IDBTransaction.prototype, "commit");
    let isCommitted = false;
    await store.transact([one.id], (rows) => {
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
    await Promise.all(tabs.flatMap((tab) => Array.from({ length: 20 }, () => tab.transact([one.id], count))));
    expect(await onDisk()).toEqual([{ ...one, n: 60 }]);
  });

  it("change nothing where the change throws", async () => {
    const store = await opened();
    store.add(one);
    await settled();
    const failing = store.transact([one.id], (rows) => {
      rows.delete(one.id);
      throw new Error("mine");
    });
    await expect(failing).rejects.toThrow("mine");
    await settled();
    expect(await onDisk()).toEqual([one]);
  });

  it("give rows of any shape back: what can't be read is not theirs to judge", async () => {
    const store = await opened();
    store.add({ id: one.id, n: 1 });
    await store.transact(["corrupt"], (rows) => rows.set("corrupt", "text"));
    const rows = await store.all();
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
    store.all().then(
      () => outcomes.push("read"),
      (error) => outcomes.push(String(error)),
    );
    store
      .transact([one.id], (rows) => rows.set(one.id, one))
      .then(
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

  it("keep a click that meets such a transaction", async () => {
    const store = await opened();
    vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
      throw new DOMException("busy", "TransactionInactiveError");
    });
    store.add(one);
    expect(kept()).toEqual([one]);
  });
});

describe("a database that opens", () => {
  const writes = () => {
    const begun = vi.spyOn(IDBDatabase.prototype, "transaction");
    return () => begun.mock.calls.filter(([, mode]) => mode === "readwrite").length;
  };

  it("makes no transaction where memory holds nothing", async () => {
    const written = writes();
    await opened();
    await settled();
    expect(written()).toBe(0);
  });

  it("makes one for each row that memory holds", async () => {
    const written = writes();
    const store = createStore<Row>(SCOPE);
    store.add(one);
    store.add(two);
    await store.open();
    await settled();
    expect(written()).toBe(2);
    expect(await onDisk()).toEqual([one, two]);
  });
});

describe("rows without a key inside", () => {
  /** Counts in memory, before a database that comes late. */
  async function early() {
    const slow = slowFactory(factory);
    vi.stubGlobal("indexedDB", slow);
    const store = createStore<Row>(SCOPE);
    store.open();
    await vi.advanceTimersByTimeAsync(2_000);
    await store.transact(["!"], (rows) => rows.set("!", { counts: { delivered: 1 } }));
    return { store, slow };
  }

  it("that were changed in memory are on the disk as soon as the database is there", async () => {
    const { slow } = await early();
    await slow.respond();
    vi.stubGlobal("indexedDB", factory);
    expect(await onDisk()).toEqual([{ counts: { delivered: 1 } }]);
  });

  it("are not stashed by a page that goes: no later page could tell whose they are", async () => {
    const { store } = await early();
    store.leave([]);
    expect(storage).toEqual({});
  });

  it("that were changed in memory are not taken for somebody's click later", async () => {
    const { store, slow } = await early();
    await slow.respond();
    store.leave([]);
    expect(storage).toEqual({});
    expect([...(await store.all()).keys()]).toEqual(["!"]);
  });
});
