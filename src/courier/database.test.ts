// The connection: opened under a time limit, inside a lock, and again where the browser closed it.
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FAILURES, slowFactory } from "../test/disk";
import { START, settled } from "../test/entries";
import { createLocks } from "../test/locks";
import { closeDatabase, type Database, limited, openDatabase, reach, transaction, written } from "./database";

const NAME = "clicktrail test";

let factory: IDBFactory;
let opened: number;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: START });
  factory = new IDBFactory();
  opened = 0;
  vi.stubGlobal("indexedDB", factory);
  vi.stubGlobal("navigator", { locks: createLocks() });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function create(): Database {
  return {
    name: NAME,
    opened: () => {
      opened++;
    },
  };
}

const isOpen = ({ connection }: Database) => !!connection;

/** A database with its open connection. */
async function connected() {
  const open = vi.spyOn(factory, "open");
  const database = create();
  expect(await openDatabase(database)).toBe(true);
  const connection = open.mock.results[0]?.value.result as IDBDatabase;
  return { database, connection, open };
}

describe("the open", () => {
  it("says when it is there, once, and is made once", async () => {
    const { database, open } = await connected();
    expect(isOpen(database)).toBe(true);
    expect(opened).toBe(1);
    await openDatabase(database);
    expect(open).toHaveBeenCalledTimes(1);
  });

  it.each(FAILURES)("of one that %s fails within two seconds", async (_, make) => {
    vi.stubGlobal("indexedDB", make());
    const database = create();
    const open = openDatabase(database);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await open).toBe(false);
    expect([isOpen(database), opened]).toEqual([false, 0]);
    expect(await reach(database, "readonly")).toBeUndefined();
    expect(() => transaction(database, "readonly")).toThrow();
  });

  it("is given up after two seconds and not before", async () => {
    vi.stubGlobal("indexedDB", slowFactory(factory));
    let given: boolean | undefined;
    openDatabase(create()).then((is) => {
      given = is;
    });
    await vi.advanceTimersByTimeAsync(1_999);
    expect(given).toBeUndefined();
    await vi.advanceTimersByTimeAsync(1);
    expect(given).toBe(false);
  });

  it("that comes late after all is used", async () => {
    const slow = slowFactory(factory);
    vi.stubGlobal("indexedDB", slow);
    const database = create();
    openDatabase(database);
    await vi.advanceTimersByTimeAsync(2_000);
    await slow.respond();
    expect([isOpen(database), opened]).toEqual([true, 1]);
    expect(await reach(database, "readonly")).toBeDefined();
  });

  it("waits for its lock no longer than for the database", async () => {
    const locks = createLocks();
    vi.stubGlobal("navigator", { locks });
    locks.request(`${NAME} open`, () => new Promise(() => {}));
    const open = openDatabase(create());
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await open).toBe(false);
  });

  it("comes after all once the frozen page that held the lock is evicted", async () => {
    const locks = createLocks();
    vi.stubGlobal("navigator", { locks });
    locks.enter("frozen");
    locks.request(`${NAME} open`, () => new Promise(() => {}));
    locks.enter("page");
    const database = create();
    openDatabase(database);
    await vi.advanceTimersByTimeAsync(2_000);
    locks.kill("frozen");
    await settled();
    expect(isOpen(database)).toBe(true);
  });

  it("holds its lock only as long as it opens", async () => {
    const locks = createLocks();
    vi.stubGlobal("navigator", { locks });
    const open = openDatabase(create());
    expect([...locks.held.keys()]).toEqual([`${NAME} open`]);
    await open;
    await settled();
    expect([...locks.held.keys()]).toEqual([]);
  });

  it.each<[string, object]>([
    ["there are none", {}],
    [
      "they are not permitted",
      { locks: { request: () => Promise.reject(new DOMException("", "SecurityError")) } },
    ],
    [
      "asking for one throws",
      {
        locks: {
          request() {
            throw new DOMException("", "SecurityError");
          },
        },
      },
    ],
  ])("needs no Web Locks where %s", async (_, navigator) => {
    vi.stubGlobal("navigator", navigator);
    expect(await openDatabase(create())).toBe(true);
  });

  it("makes a database without its store anew, under another name", async () => {
    await new Promise((resolve) => {
      const request = factory.open(NAME);
      request.onsuccess = () => resolve(request.result.close());
    });
    const database = create();
    expect(await openDatabase(database)).toBe(true);
    transaction(database, "readwrite").put("row", "key");
    await settled();
    const again = create();
    await openDatabase(again);
    const store = transaction(again, "readonly");
    const request = store.get("key");
    await written(store);
    expect(request.result).toBe("row");
    expect((await factory.databases()).map(({ name }) => name)).toContain(`${NAME} anew`);
  });

  it("that fails for another reason makes none anew", async () => {
    const open = vi.spyOn(factory, "open").mockImplementation(() => {
      const request = { error: new DOMException("", "UnknownError") } as IDBOpenDBRequest;
      queueMicrotask(() => request.onerror?.(new Event("error")));
      return request as never;
    });
    expect(await openDatabase(create())).toBe(false);
    expect(new Set(open.mock.calls.map(([name]) => name))).toEqual(new Set([NAME]));
  });

  it("that is closed in the very moment it is there makes nothing throw", async () => {
    const database: Database = { name: NAME, opened: () => closeDatabase(database) };
    expect(await reach(database, "readonly")).toBeUndefined();
    expect(isOpen(database)).toBe(false);
  });
});

describe("a write", () => {
  it("ends where transactions can't be told to commit", async () => {
    const { database } = await connected();
    const store = transaction(database, "readwrite");
    Object.defineProperty(store.transaction, "commit", { value: undefined });
    store.put("row", "key");
    await written(store);
    const again = transaction(database, "readonly");
    const request = again.get("key");
    await written(again);
    expect(request.result).toBe("row");
  });
});

describe("a connection that the browser closes", () => {
  it("is opened again after the close event", async () => {
    const { database, connection } = await connected();
    connection.close();
    connection.onclose?.(new Event("close"));
    expect(isOpen(database)).toBe(false);
    expect(await reach(database, "readonly")).toBeDefined();
    expect([isOpen(database), opened]).toEqual([true, 2]);
  });

  it("is opened again where no event told", async () => {
    const { database, connection } = await connected();
    connection.close();
    expect(() => transaction(database, "readwrite")).toThrow();
    expect(isOpen(database)).toBe(false);
    expect(await reach(database, "readwrite")).toBeDefined();
  });

  it("is reached all the same where only the reach finds it closed", async () => {
    const { database, connection } = await connected();
    connection.close();
    expect(await reach(database, "readonly")).toBeDefined();
    expect(opened).toBe(2);
  });

  it("lets the site delete the database", async () => {
    const { database } = await connected();
    const deleted = new Promise<string>((resolve) => {
      const request = factory.deleteDatabase(NAME);
      request.onsuccess = () => resolve("deleted");
      request.onblocked = () => resolve("blocked");
    });
    await settled();
    expect(await deleted).toBe("deleted");
    expect(isOpen(database)).toBe(false);
    expect(await reach(database, "readwrite")).toBeDefined();
  });

  it("is not the new one when the old one's close event comes late", async () => {
    const { database, connection } = await connected();
    closeDatabase(database);
    await openDatabase(database);
    connection.onclose?.(new Event("close"));
    expect(isOpen(database)).toBe(true);
  });

  it("may be closed before it is open", async () => {
    const database = create();
    closeDatabase(database);
    expect(await reach(database, "readonly")).toBeDefined();
  });

  it("is opened again after close(), at the next use", async () => {
    const { database } = await connected();
    closeDatabase(database);
    expect(isOpen(database)).toBe(false);
    expect(() => transaction(database, "readonly")).toThrow();
    expect(await reach(database, "readonly")).toBeDefined();
  });
});

describe("a time limit", () => {
  it("passes on what comes before it, and fails at it", async () => {
    expect(await limited(Promise.resolve(7), 1_000)).toBe(7);
    await expect(limited(Promise.reject(new Error("mine")), 1_000)).rejects.toThrow("mine");
    const never = limited(new Promise(() => {}), 1_000).catch((error) => `${error}`);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await never).toBe("Error: IndexedDB does not respond");
  });
});
