// The durable store on real IndexedDB semantics, and what holds where the database fails in one of its many ways.
import { IDBFactory, IDBObjectStore, IDBTransaction } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { idAt, START, settled } from "../test/entries";
import { createLocks } from "../test/locks";
import { createStorage } from "../test/storage";
import { createQueue, type Queue } from "./store";

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
  const rows = await createQueue<Row>(scope).all();
  return [...rows.values()];
}

/** A queue whose database is open. */
async function opened(scope = SCOPE): Promise<Queue<Row>> {
  const queue = createQueue<Row>(scope);
  await queue.open();
  return queue;
}

const kept = () => Object.values(storage).map((json) => JSON.parse(json));

/** Puts fail from now on as they do on a full disk: the transaction aborts after the request. */
function fillDisk() {
  return vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (this: IDBObjectStore) {
    const request = this.get("nothing");
    this.transaction.abort();
    return request;
  });
}

/** An `indexedDB` whose open does nothing until `answer` is called. */
function slowFactory() {
  const late: (() => void)[] = [];
  const open = (name: string) => {
    const request: Record<string, unknown> & { [on in "onsuccess" | "onupgradeneeded"]?: () => void } = {};
    late.push(() => {
      const real = factory.open(name);
      real.onupgradeneeded = () => {
        request.result = real.result;
        request.onupgradeneeded?.();
      };
      real.onsuccess = () => {
        request.result = real.result;
        request.onsuccess?.();
      };
    });
    return request;
  };
  const answer = async () => {
    for (const go of late.splice(0)) go();
    await settled();
  };
  return { open, answer };
}

describe("add", () => {
  it("writes and commits within the same task once the database is open", async () => {
    const queue = await opened();
    const put = vi.spyOn(IDBObjectStore.prototype, "put");
    queue.add(one);
    expect(put).toHaveBeenCalledWith(one, one.id);
    await settled();
    expect(await onDisk()).toEqual([one]);
  });

  it("leaves nothing in the journal when the database took the row", async () => {
    const queue = await opened();
    queue.add(one);
    expect(storage).toEqual({});
    await settled();
    expect(storage).toEqual({});
  });

  it("journals within the same task while the database is not open yet, and moves the row there when it is", async () => {
    const queue = createQueue<Row>(SCOPE);
    queue.add(one);
    expect(kept()).toEqual([one]);
    expect(queue.durable()).toBe(false);
    await queue.open();
    await settled();
    expect(queue.durable()).toBe(true);
    expect(await onDisk()).toEqual([one]);
    expect(storage).toEqual({});
  });

  it("replaces the row of the same key", async () => {
    const queue = await opened();
    queue.add(one);
    queue.add({ ...one, n: 9 });
    await settled();
    expect(await onDisk()).toEqual([{ ...one, n: 9 }]);
  });

  it("never throws, not even for a row that cannot be stored anywhere", async () => {
    const queue = await opened();
    expect(() => queue.add({ id: idAt(START, 8), n: (() => 1) as never })).not.toThrow();
    const cyclic = { id: idAt(START, 9), n: 1, self: undefined as unknown };
    cyclic.self = () => cyclic;
    expect(() => queue.add(cyclic)).not.toThrow();
    await settled();
  });
});

describe("the journal", () => {
  it("brings a dead page's row to the next page", async () => {
    createQueue<Row>(SCOPE).journal(one);
    const queue = await opened();
    expect(await onDisk()).toEqual([]);
    queue.merge(() => true);
    await settled();
    expect(await onDisk()).toEqual([one]);
    expect(storage).toEqual({});
  });

  it("leaves the rows alone that are not ripe", async () => {
    const dead = createQueue<Row>(SCOPE);
    for (const left of [one, two, three]) dead.journal(left);
    const queue = await opened();
    queue.merge(({ n }) => n === 2);
    await settled();
    expect(await onDisk()).toEqual([two]);
    expect(kept()).toEqual([one, three]);
  });

  it("is not cleared by a write of the row that ends later", async () => {
    const queue = await opened();
    queue.add(one);
    queue.journal({ ...one, payload: "answered" } as Row);
    await settled();
    expect(kept()).toEqual([{ ...one, payload: "answered" }]);
  });

  it("wins over the database's row: it is the page's last word", async () => {
    const queue = await opened();
    queue.add(one);
    await settled();
    queue.journal({ ...one, n: 7 });
    queue.merge(() => true);
    await settled();
    expect(await onDisk()).toEqual([{ ...one, n: 7 }]);
    expect(storage).toEqual({});
  });

  it("is cleared by the transaction that settles the row", async () => {
    const queue = await opened();
    queue.add(one);
    queue.journal(one);
    await queue.transact([one.id], (rows) => rows.delete(one.id));
    expect(storage).toEqual({});
    expect(await onDisk()).toEqual([]);
  });

  it.each(["", "{", "null", "7", '"text"', "{}", '{"n":1}', "[]"])(
    "throws the unreadable record %j away and goes on to the next",
    async (garbage) => {
      createQueue<Row>(SCOPE).journal(one);
      const good = { ...storage };
      storage[`${SCOPE}00000000-0000-7000-8000-00000broken0`] = garbage;
      Object.assign(storage, good);
      const queue = await opened();
      queue.merge(() => true);
      queue.merge(() => true);
      await settled();
      expect(await onDisk()).toEqual([one]);
      expect(storage).toEqual({});
    },
  );

  it("touches nobody else's rows, not even those of a scope that starts the same", async () => {
    createQueue<Row>(`${SCOPE}-2`).journal(one);
    createQueue<Row>(`${SCOPE} 2`).journal(two);
    storage.cart = "[1,2]";
    const before = { ...storage };
    const queue = await opened();
    queue.merge(() => true);
    await settled();
    expect(await onDisk()).toEqual([]);
    expect(storage).toEqual(before);
  });

  it("may be missing or blocked: rows are in memory then", async () => {
    for (const blocked of [
      undefined,
      new Proxy(
        {},
        {
          get() {
            throw new Error("SecurityError");
          },
          set() {
            throw new Error("QuotaExceededError");
          },
        },
      ),
    ]) {
      vi.stubGlobal("localStorage", blocked);
      vi.stubGlobal("indexedDB", undefined);
      const queue = createQueue<Row>(SCOPE);
      queue.add(one);
      queue.journal(two);
      queue.merge(() => true);
      expect([...(await queue.all()).values()]).toEqual([one, two]);
    }
  });
});

describe("without a database", () => {
  const failures: [string, () => unknown][] = [
    ["is not there", () => undefined],
    [
      "throws as it is opened",
      () => ({
        open() {
          throw new Error("SecurityError: sandboxed");
        },
      }),
    ],
    [
      "answers with an error",
      () => ({
        open() {
          const request: { error: Error; onerror?: () => void } = { error: new Error("UnknownError") };
          queueMicrotask(() => request.onerror?.());
          return request;
        },
      }),
    ],
    ["never answers", () => ({ open: () => ({}) })],
    [
      "throws as it is looked at",
      () =>
        new Proxy(
          {},
          {
            get() {
              throw new Error("SecurityError");
            },
          },
        ),
    ],
  ];

  it.each(failures)("that %s, the same rules hold in memory", async (_, make) => {
    vi.stubGlobal("indexedDB", make());
    const queue = createQueue<Row>(SCOPE);
    queue.add(one);
    queue.add(two);
    const open = queue.open();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await open).toBe(false);
    expect(queue.durable()).toBe(false);
    expect([...(await queue.all()).values()]).toEqual([one, two]);
    await queue.transact([one.id, two.id, three.id], (rows) => {
      expect([...rows.keys()]).toEqual([one.id, two.id]);
      rows.delete(one.id);
      rows.set(two.id, { ...two, n: 20 });
      rows.set(three.id, three);
    });
    expect([...(await queue.all()).values()]).toEqual([{ ...two, n: 20 }, three]);
    expect(kept()).toEqual([{ ...two, n: 20 }, three]);
  });

  it("the journal still takes the rows to the next page", async () => {
    vi.stubGlobal("indexedDB", undefined);
    createQueue<Row>(SCOPE).add(one);
    await settled();
    vi.stubGlobal("indexedDB", factory);
    const queue = await opened();
    queue.merge(() => true);
    await settled();
    expect(await onDisk()).toEqual([one]);
  });

  it("is given up after two seconds and not before", async () => {
    vi.stubGlobal("indexedDB", slowFactory());
    const queue = createQueue<Row>(SCOPE);
    let given: boolean | undefined;
    queue.open().then((open) => {
      given = open;
    });
    await vi.advanceTimersByTimeAsync(1_999);
    expect(given).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(given).toBe(false);
  });

  it("that answers late after all takes what memory holds", async () => {
    const slow = slowFactory();
    vi.stubGlobal("indexedDB", slow);
    const queue = createQueue<Row>(SCOPE);
    queue.add(one);
    queue.add(two);
    queue.open();
    await vi.advanceTimersByTimeAsync(2_000);
    await queue.transact([one.id], (rows) => rows.delete(one.id));
    await slow.answer();
    expect(queue.durable()).toBe(true);
    vi.stubGlobal("indexedDB", factory);
    expect(await onDisk()).toEqual([two]);
    expect(storage).toEqual({});
  });

  it("waits for its lock no longer than for the database", async () => {
    const locks = createLocks();
    vi.stubGlobal("navigator", { locks });
    locks.request(`${SCOPE} open`, {}, () => new Promise(() => {}));
    const queue = createQueue<Row>(SCOPE);
    const open = queue.open();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await open).toBe(false);
  });

  it("opens after all once the frozen page that held the lock is evicted", async () => {
    const locks = createLocks();
    vi.stubGlobal("navigator", { locks });
    locks.enter("frozen");
    locks.request(`${SCOPE} open`, {}, () => new Promise(() => {}));
    locks.enter("page");
    const queue = createQueue<Row>(SCOPE);
    queue.add(one);
    queue.open();
    await vi.advanceTimersByTimeAsync(2_000);
    locks.kill("frozen");
    await settled();
    expect(queue.durable()).toBe(true);
  });

  it("opens without Web Locks where there are none", async () => {
    vi.stubGlobal("navigator", {});
    expect(await createQueue<Row>(SCOPE).open()).toBe(true);
  });
});

describe("a full disk", () => {
  it("leaves a new row in memory and journal", async () => {
    const queue = await opened();
    fillDisk();
    queue.add(one);
    await settled();
    expect(kept()).toEqual([one]);
    expect([...(await queue.all()).values()]).toEqual([one]);
  });

  it("leaves a row that another context has too in memory alone", async () => {
    const queue = await opened();
    fillDisk();
    queue.add(one, { shared: true });
    await settled();
    expect(kept()).toEqual([]);
    expect([...(await queue.all()).values()]).toEqual([one]);
  });

  it("gives the row to the database once there is room again", async () => {
    const queue = await opened();
    const full = fillDisk();
    queue.add(one);
    await settled();
    full.mockRestore();
    queue.merge(() => true);
    await settled();
    expect(await onDisk()).toEqual([one]);
    expect(storage).toEqual({});
  });

  it("still lets a row be taken away", async () => {
    const queue = await opened();
    queue.add(one);
    await settled();
    fillDisk();
    await queue.transact([one.id], (rows) => rows.delete(one.id));
    vi.restoreAllMocks();
    expect(await onDisk()).toEqual([]);
  });

  it("rejects a change that does not fit and changes nothing", async () => {
    const queue = await opened();
    queue.add(one);
    await settled();
    fillDisk();
    await expect(
      queue.transact([one.id], (rows) => rows.set(one.id, { ...one, n: 9 })),
    ).rejects.toBeDefined();
    vi.restoreAllMocks();
    expect(await onDisk()).toEqual([one]);
  });
});

describe("a connection that the browser closes", () => {
  /** The queue with its open connection. */
  async function connected() {
    const open = vi.spyOn(factory, "open");
    const queue = await opened();
    const connection = open.mock.results[0]?.value.result as IDBDatabase;
    return { queue, connection };
  }

  it("is opened again after the close event", async () => {
    const { queue, connection } = await connected();
    connection.close();
    connection.onclose?.(new Event("close"));
    expect(queue.durable()).toBe(false);
    queue.add(one);
    await queue.open();
    await settled();
    expect(queue.durable()).toBe(true);
    expect(await onDisk()).toEqual([one]);
    expect(storage).toEqual({});
  });

  it("is opened again where no event told, and the click is kept", async () => {
    const { queue, connection } = await connected();
    connection.close();
    queue.add(one);
    expect(kept()).toEqual([one]);
    await settled();
    expect(await onDisk()).toEqual([one]);
    expect(storage).toEqual({});
  });

  it("does not cost a read", async () => {
    const { queue, connection } = await connected();
    queue.add(one);
    await settled();
    connection.close();
    expect([...(await queue.all()).values()]).toEqual([one]);
  });

  it("does not cost an answer its removal", async () => {
    const { queue, connection } = await connected();
    queue.add(one);
    await settled();
    connection.close();
    await queue.transact([one.id], (rows) => rows.delete(one.id));
    expect(await onDisk()).toEqual([]);
  });
});

describe("reads and transactions", () => {
  it("see what is on the disk and what is not there yet", async () => {
    const queue = await opened();
    queue.add(one);
    await settled();
    fillDisk();
    queue.add(two);
    const rows = await queue.all();
    expect([...rows.keys()].sort()).toEqual([one.id, two.id]);
    await queue.transact([one.id, two.id], (found) => expect(found.size).toBe(2)).catch(() => {});
  });

  it("change the named rows and no others", async () => {
    const queue = await opened();
    for (const added of [one, two, three]) queue.add(added);
    await queue.transact([one.id, two.id], (rows) => {
      expect([...rows.values()]).toEqual([one, two]);
      rows.delete(one.id);
      rows.set(two.id, { ...two, n: 20 });
      rows.set(three.id, { ...three, n: 30 });
    });
    expect(await onDisk()).toEqual([{ ...two, n: 20 }, three]);
  });

  it("come in order after a write of the same task", async () => {
    const queue = await opened();
    queue.add(one);
    await queue.transact([one.id], (rows) => {
      expect(rows.get(one.id)).toEqual(one);
      rows.delete(one.id);
    });
    await settled();
    expect(await onDisk()).toEqual([]);
    expect([...(await queue.all()).values()]).toEqual([]);
  });

  it("leave to the journal what a page that goes does not know to be written, and no more", async () => {
    const queue = await opened();
    queue.add(one);
    await settled();
    queue.add(two);
    queue.add(three, { shared: true });
    queue.abandon();
    expect(kept()).toEqual([two]);
    // Back from the back/forward cache, it hears of the write after all.
    await settled();
    expect(kept()).toEqual([]);
    expect(await onDisk()).toEqual([one, two, three]);
  });

  it("that wait for their rows are given up when the page goes, and hold nobody up", async () => {
    const queue = await opened();
    queue.add(one);
    await settled();
    const edit = vi.fn();
    const waiting = Promise.allSettled([queue.transact([one.id], edit), queue.all()]);
    // Both have their transaction and no row yet.
    await Promise.resolve();
    await Promise.resolve();
    queue.abandon();
    queue.add(two);
    expect((await waiting).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(edit).not.toHaveBeenCalled();
    await settled();
    expect(await onDisk()).toEqual([one, two]);
    // Back from the back/forward cache.
    await queue.transact([one.id, two.id], (rows) => rows.clear());
    expect(await onDisk()).toEqual([]);
  });

  it("are committed in the task of their change: WebKit would keep one that was not, once its page has gone", async () => {
    const queue = await opened();
    const commit = vi.spyOn(IDBTransaction.prototype, "commit");
    let isCommitted = false;
    await queue.transact([one.id], (rows) => {
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
    const queue = await opened();
    queue.add(one);
    await settled();
    const failing = queue.transact([one.id], (rows) => {
      rows.delete(one.id);
      throw new Error("mine");
    });
    await expect(failing).rejects.toThrow("mine");
    await settled();
    expect(await onDisk()).toEqual([one]);
  });

  it("give rows of any shape back: what can't be read is not theirs to judge", async () => {
    const queue = await opened();
    queue.add({ id: one.id, n: 1 });
    await queue.transact(["corrupt"], (rows) => rows.set("corrupt", "text"));
    const rows = await queue.all();
    expect(rows.get("corrupt")).toBe("text");
    expect(rows.get(one.id)).toEqual(one);
  });

  it("end after five seconds behind a transaction that never ends", async () => {
    const queue = await opened();
    const other = await new Promise<IDBDatabase>((resolve) => {
      const request = factory.open(SCOPE);
      request.onsuccess = () => resolve(request.result as unknown as IDBDatabase);
    });
    let busy = true;
    const store = other.transaction("q", "readwrite").objectStore("q");
    const stay = () => {
      if (busy) store.get("nothing").onsuccess = stay;
    };
    stay();
    const outcomes: string[] = [];
    queue.all().then(
      () => outcomes.push("read"),
      (error) => outcomes.push(String(error)),
    );
    queue
      .transact([one.id], (rows) => rows.set(one.id, one))
      .then(
        () => outcomes.push("changed"),
        (error) => outcomes.push(String(error)),
      );
    await settled();
    await vi.advanceTimersByTimeAsync(4_999);
    expect(outcomes).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    const silent = "Error: IndexedDB does not answer";
    expect(outcomes).toEqual([silent, silent]);
    busy = false;
    await settled();
  });

  it("keep a click that meets such a transaction", async () => {
    const queue = await opened();
    vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
      throw new DOMException("busy", "TransactionInactiveError");
    });
    queue.add(one);
    expect(kept()).toEqual([one]);
  });
});

describe("rows without a key inside", () => {
  it("that were changed in memory are not taken for somebody's click later", async () => {
    const slow = slowFactory();
    vi.stubGlobal("indexedDB", slow);
    const queue = createQueue<Row>(SCOPE);
    queue.open();
    await vi.advanceTimersByTimeAsync(2_000);
    await queue.transact(["!"], (rows) => rows.set("!", { counts: { delivered: 1 } }));
    await slow.answer();
    queue.merge(() => true);
    await settled();
    expect(storage).toEqual({});
    expect([...(await queue.all()).keys()]).toEqual(["!"]);
  });
});
