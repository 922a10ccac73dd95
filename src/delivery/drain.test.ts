// A flush: what earlier pages left and stashed, in which order, how many at a time, until when, and when to come again.
import { IDBFactory, IDBObjectStore } from "fake-indexeddb";
import { describe, expect, it, vi } from "vitest";
import { entryAt, START, settled } from "../test/entries";
import {
  type Arrival,
  attempts,
  counts,
  DAY_MS,
  fine,
  forward,
  HOUR_MS,
  knows,
  ledger,
  left,
  live,
  MINUTE_MS,
  never,
  openPage,
  openWorker,
  setUpStand,
  stand,
  stashRow,
  status,
  stored,
  unreachable,
} from "../test/stand";
import { joinLedgers, LEDGER } from "./ledger";
import { type Entry, leaseOf } from "./row";
import { createStore } from "./store";

setUpStand();

const LEASE_MS = leaseOf(entryAt(START));
const ids = (rows: readonly { readonly id: string }[]) => rows.map(({ id }) => id);

/** Responses that a test lets go, one by one, in the order of their requests. */
function held(response: (arrival: Arrival) => unknown = () => status(204)) {
  const done: (() => void)[] = [];
  stand.respond = (arrival) => new Promise((resolve) => done.push(() => resolve(response(arrival))));
  return {
    done,
    async release(count = done.length) {
      for (const go of done.splice(0, count)) go();
      await settled();
    },
  };
}

describe("a drain", () => {
  it("sends the oldest first", async () => {
    const entries = left(20);
    await openPage().flush();
    await settled();
    expect(ids(stand.arrivals)).toEqual(ids(entries));
  });

  it("sends the first one alone, then six at a time", async () => {
    let flying = 0;
    const seen: number[] = [];
    const { done, release } = held(() => {
      flying--;
      return status(204);
    });
    const respond = stand.respond;
    stand.respond = (arrival, init) => {
      seen.push(++flying);
      return respond(arrival, init);
    };
    left(40);
    const flushing = openPage().flush();
    await settled();
    expect(done).toHaveLength(1);
    while (stand.arrivals.length < 40 || done[0]) await release(1);
    await flushing;
    expect(stand.arrivals).toHaveLength(40);
    expect(Math.max(...seen)).toBe(6);
    expect(await counts()).toEqual({ delivered: 40 });
  });

  it("counts the attempt", async () => {
    left(1, { attempt: 3 });
    await openPage().flush();
    expect(attempts()).toEqual([4]);
  });

  it("sends none in a dry run, whatever earlier pages have left", async () => {
    left(2);
    expect(await openPage({ dryRun: true }).flush()).toBe(0);
    expect(stand.arrivals).toEqual([]);
    expect(await stored()).toHaveLength(2);
  });

  it("of nothing makes no transaction", async () => {
    const transact = vi.spyOn(stand.store, "transact");
    await openPage().flush();
    expect(transact).not.toHaveBeenCalled();
  });

  it("is shared by those who ask for it at the same time", async () => {
    left(10);
    const page = openPage();
    await Promise.all([page.flush(), page.flush(), page.flush()]);
    expect(stand.arrivals).toHaveLength(10);
  });

  it("in three tabs at once sends each entry once", async () => {
    left(60);
    const tabs = [openPage(), openPage(), openPage()];
    await Promise.all(tabs.map((tab) => tab.flush()));
    await settled();
    expect(stand.arrivals).toHaveLength(60);
    expect(new Set(ids(stand.arrivals)).size).toBe(60);
    expect(await counts()).toEqual({ delivered: 60 });
  });

  it("survives a store that fails: the next occasion comes", async () => {
    left(1);
    const page = openPage();
    for (const method of ["all", "transact"] as const) {
      const fails = vi.spyOn(stand.store, method).mockRejectedValue(new Error("stuck"));
      expect(await page.flush()).toBe(0);
      fails.mockRestore();
    }
    await page.flush();
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("counts before all else what could not be counted before", async () => {
    const [entry] = left(1) as [Entry];
    const page = openPage();
    const transact = vi.spyOn(stand.store, "transact").mockRejectedValue(new Error("full"));
    await page.settle([{ ...entry, name: "delivered", stored: true }]);
    transact.mockRestore();
    await page.flush();
    expect(stand.arrivals).toEqual([]);
    expect(await counts()).toEqual({ delivered: 1 });
  });
});

describe("the take", () => {
  it("writes that a request begins and begins it in one task: no microtask comes between", async () => {
    vi.stubGlobal("indexedDB", new IDBFactory());
    vi.stubGlobal("navigator", { onLine: true });
    stand.store = createStore<Entry>("clicktrail take", joinLedgers);
    await stand.store.open();
    left(7);
    await settled();
    const order: string[] = [];
    const note = (text: string) => {
      order.push(text);
      queueMicrotask(() => order.push("microtask"));
    };
    const put = IDBObjectStore.prototype.put;
    vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (this: IDBObjectStore, value, key) {
      if (value.begun) note("put");
      return put.call(this, value, key);
    });
    const { fetch } = globalThis;
    vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
      note("fetch");
      return fetch(url, init);
    });
    stand.respond = never;
    void openPage().flush();
    await settled();
    expect(order).toEqual(["fetch", "put", "microtask", "microtask"]);
    stand.respond = fine;
    order.length = 0;
    // A batch of three is one task, too.
    await knows({});
    void openWorker().flush();
    await settled(400);
    const first = order.indexOf("microtask");
    expect(order.slice(0, first)).toEqual(["fetch", "put"]);
    const batches = order.join(" ").split(/(?: microtask)+ ?/);
    expect(batches.filter(Boolean)).toContain("fetch fetch fetch put put put");
  });

  it("leaves the row alone that somebody else has taken since it was read", async () => {
    const [entry] = left(1) as [Entry];
    const all = stand.store.all.bind(stand.store);
    vi.spyOn(stand.store, "all").mockImplementationOnce(async () => {
      const rows = await all();
      stand.store.add({ ...entry, attempt: 2, begun: true, due: START + LEASE_MS });
      return rows;
    });
    await openPage().flush();
    expect(stand.arrivals).toEqual([]);
    expect(await stored()).toMatchObject([{ attempt: 2 }]);
  });

  it("leaves the row alone that somebody has counted since it was read, and takes the others", async () => {
    const [entry, other] = left(2) as [Entry, Entry];
    const all = stand.store.all.bind(stand.store);
    vi.spyOn(stand.store, "all").mockImplementationOnce(async () => {
      const rows = await all();
      await openPage().settle([{ ...entry, name: "delivered", stored: true }]);
      return rows;
    });
    await openPage().flush();
    expect(ids(stand.arrivals)).toEqual([other.id]);
    expect(await counts()).toEqual({ delivered: 2 });
  });

  it("of what a worker began and did not end counts its silence; of what waits it does not", async () => {
    left(1, { begun: true, due: START - 1 });
    left(1);
    stand.respond = never;
    void openWorker().flush();
    await settled();
    stand.respond = fine;
    void openWorker().flush();
    await settled();
    const rows = await stored();
    expect(rows.map(({ silent }) => silent)).toEqual([1]);
  });

  it("begins no attempt with less lease than its time-out", async () => {
    const timeout = vi.spyOn(AbortSignal, "timeout");
    for (const silent of [0, 1, 2, 3]) left(1, { silent });
    stand.respond = never;
    const tabs = [openPage(), openPage(), openPage(), openPage()];
    for (const tab of tabs) {
      void tab.flush();
      await settled();
      forward(500);
    }
    const rows = await stored();
    const leases = rows.map(({ due }) => due);
    expect(timeout.mock.calls.map(([ms]) => ms)).toEqual([10_000, 20_000, 40_000, 60_000]);
    for (const [at, { at: began }] of stand.arrivals.entries())
      expect((leases[at] as number) - began).toBe((timeout.mock.calls[at]?.[0] as number) + 20_000);
  });
});

describe("a lease", () => {
  it("keeps a flush from an entry that another context has in hand", async () => {
    stand.respond = never;
    openPage().click();
    await settled();
    expect(await openPage().flush()).toBe(START + LEASE_MS);
    expect(stand.arrivals).toHaveLength(1);
  });

  it("that has ended does not make a context take what it is sending itself", async () => {
    const { release } = held();
    const worker = openWorker();
    worker.click();
    await settled();
    forward(LEASE_MS + MINUTE_MS);
    await worker.flush();
    expect(attempts()).toEqual([1]);
    await release();
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("that has ended while its page was frozen leaves the row in doubt, and the late response ends it", async () => {
    const { release } = held();
    const page = openPage();
    page.click();
    await settled();
    forward(LEASE_MS + MINUTE_MS);
    await page.flush();
    expect(attempts()).toEqual([1]);
    await release();
    expect(Object.values(await counts())).toEqual([1]);
  });

  it.each([1, 2, 5, 20])(
    "of clicks that wait for a slow endpoint holds in %i tabs: each is sent once",
    async (n) => {
      stand.respond = () => new Promise((resolve) => setTimeout(() => resolve(status(204)), 9_500));
      left(30);
      const tabs = Array.from({ length: n }, () => openPage());
      for (let second = 0; second < 90; second++) {
        for (const tab of tabs) void tab.flush();
        await settled(3);
        await vi.advanceTimersByTimeAsync(1_000);
      }
      await settled();
      expect(stand.arrivals).toHaveLength(30);
      expect(await counts()).toEqual({ delivered: 30 });
    },
  );
});

describe("the next flush", () => {
  it("is asked for when the first of what waits is due", async () => {
    left(1, { due: START + 5_000 });
    left(1, { due: START + 3_000 });
    expect(await openPage().flush()).toBe(START + 3_000);
    expect(stand.arrivals).toEqual([]);
  });

  it("is asked for by what waits beside what is sent", async () => {
    left(1, { due: START + 5_000 });
    left(1);
    expect(await openPage().flush()).toBe(START + 5_000);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("is asked for by the first of what waits and what this flush has made wait", async () => {
    stand.respond = () => status(400, "pool exhausted");
    left(1, { due: START + 5_000 });
    left(1);
    expect(await openPage().flush()).toBe(START + 500);
  });

  it("is not asked for where nothing waits", async () => {
    expect(await openPage().flush()).toBe(0);
    left(2);
    expect(await openPage().flush()).toBe(0);
    expect(await counts()).toEqual({ delivered: 2 });
  });

  it("is asked for at the end of the back-off", async () => {
    stand.respond = () => status(503);
    left(3);
    expect(await openPage({ random: () => 1 }).flush()).toBe(START + 1_000);
    expect(stand.arrivals).toHaveLength(1);
    expect(await openPage().flush()).toBe(START + 1_000);
    expect(stand.arrivals).toHaveLength(1);
  });

  it("is asked for after a silence", async () => {
    left(1, { due: START, silent: 4 }, 0);
    expect(await openPage().flush()).toBe(START + 15 * MINUTE_MS);
  });

  it("is asked for by a row that this flush has made wait", async () => {
    stand.respond = () => status(400, "pool exhausted");
    left(1);
    expect(await openPage().flush()).toBe(START + 500);
  });

  it("is asked for soon where there was no room", async () => {
    stand.respond = never;
    const page = openPage();
    page.click({ size: 30_000 });
    left(2);
    expect(await page.flush()).toBe(START + 1_000);
    expect(stand.arrivals).toHaveLength(1);
  });
});

describe("a drain that is stopped", () => {
  it("by its page that leaves begins nothing more, and the rest is sent by the next", async () => {
    const { release } = held();
    left(40);
    const page = openPage();
    const flushing = page.flush();
    await settled();
    await release(1);
    const sent = stand.arrivals.length;
    expect(sent).toBe(7);
    page.leave();
    await release();
    await flushing;
    expect(stand.arrivals).toHaveLength(sent);
    stand.respond = fine;
    forward(LEASE_MS);
    await openPage().flush();
    await settled();
    expect(stand.arrivals).toHaveLength(40);
    expect(await counts()).toEqual({ delivered: 40 });
  });

  it("goes on when the page comes back, beside the old one that never ends", async () => {
    left(3);
    stand.respond = never;
    const page = openPage();
    void page.flush();
    await settled();
    page.leave();
    stand.respond = fine;
    await page.flush();
    expect(await counts()).toEqual({ delivered: 2 });
    forward(LEASE_MS);
    await page.flush();
    expect(await counts()).toEqual({ delivered: 2, "in-doubt": 1 });
  });

  it("by its time goes on after a second, until all is sent", async () => {
    stand.respond = () => {
      forward(700);
      return status(204);
    };
    left(100);
    const worker = openWorker({ sliceMs: 8_000 });
    const at = await worker.flush();
    expect(at).toBe(Date.now() + 1_000);
    const first = stand.arrivals.length;
    expect(first).toBeGreaterThan(10);
    expect(first).toBeLessThan(20);
    await live(worker, HOUR_MS);
    expect(await counts()).toEqual({ delivered: 100 });
  });

  it("by its time begins nothing at the very end of it", async () => {
    stand.respond = () => {
      forward(8_000);
      return status(204);
    };
    left(3);
    expect(await openWorker({ sliceMs: 8_000 }).flush()).toBe(START + 9_000);
    expect(stand.arrivals).toHaveLength(1);
  });

  it("by a failure goes on after the back-off, until all is sent", async () => {
    let requests = 0;
    stand.respond = () => (++requests % 10 ? status(204) : status(503));
    left(100);
    await live(openPage(), HOUR_MS);
    expect(await counts()).toEqual({ delivered: 100 });
  });

  it("by a pause begins nothing more", async () => {
    const { release } = held();
    left(40);
    const page = openPage();
    void page.flush();
    await settled();
    page.pause(true);
    await release();
    expect(stand.arrivals).toHaveLength(1);
    expect(page.holds()).toBe(true);
  });
});

describe("requests that fail together in a drain", () => {
  it("are one failure: six under way, one step of the back-off", async () => {
    let down = false;
    const { done, release } = held(() => status(down ? 503 : 204));
    left(30);
    const flushing = openPage({ random: () => 1 }).flush();
    await settled();
    await release(1);
    expect(done).toHaveLength(6);
    down = true;
    await release();
    expect(await flushing).toBe(START + 1_000);
    expect((await ledger()).health).toMatchObject({ fails: 1, until: START + 1_000 });
    expect(stand.arrivals).toHaveLength(7);
  });

  it("at an endpoint that is down from the start are one request, however many entries wait", async () => {
    stand.respond = () => status(503);
    left(200);
    await live(openPage({ random: () => 1 }), HOUR_MS);
    // 1 + 2 + … + 256 s, then every five minutes.
    expect(stand.arrivals).toHaveLength(20);
    expect(await stored()).toHaveLength(200);
  });

  it("at an endpoint that is down are one request of each tab, though they all open at once", async () => {
    const { done, release } = held(() => status(503));
    left(30);
    const flushing = Array.from({ length: 4 }, () => openPage().flush());
    await settled();
    expect(done).toHaveLength(4);
    await release();
    await Promise.all(flushing);
    expect(stand.arrivals).toHaveLength(4);
    expect(await ledger()).toMatchObject({ health: { fails: 1 } });
  });
});

describe("hope", () => {
  it("forgets the back-off: the browser has come online", async () => {
    stand.respond = unreachable;
    left(2);
    const page = openPage({ random: () => 1 });
    await live(page, 10 * MINUTE_MS);
    const before = stand.arrivals.length;
    stand.respond = fine;
    await page.flush(true);
    await settled();
    expect(stand.arrivals.length - before).toBe(2);
    expect(await counts()).toEqual({ delivered: 2 });
  });

  it("keeps to what the server asked for", async () => {
    stand.respond = () => status(503, "no", { "Retry-After": "60" });
    left(1);
    const page = openPage();
    await page.flush();
    expect(await page.flush(true)).toBe(START + 60_500);
    expect(stand.arrivals).toHaveLength(1);
  });
});

describe("one entry does not hold up the others", () => {
  it("when it is refused", async () => {
    const [bad, ...good] = left(8);
    stand.respond = ({ id }) => (id === bad?.id ? status(400, "Json deserialize error") : status(204));
    await openPage().flush();
    expect(stand.arrivals).toHaveLength(8);
    expect(await counts()).toEqual({ refused: 1, delivered: good.length });
  });

  it("when the server fails at it every time", async () => {
    const [bad] = left(8);
    stand.respond = ({ id }) => (id === bad?.id ? status(500, "panicked") : status(204));
    await live(openPage(), HOUR_MS);
    expect(await counts()).toEqual({ delivered: 7 });
    expect(ids(await stored())).toEqual([bad?.id]);
  });

  it("when it gets no response every time", async () => {
    const [bad] = left(8);
    stand.respond = (arrival, init) => (arrival.id === bad?.id ? unreachable : fine)(arrival, init);
    await live(openPage(), HOUR_MS);
    expect(await counts()).toEqual({ delivered: 7 });
  });

  it("when its configuration seems refused: what comes after it is tried one by one until that is clear", async () => {
    const [bad] = left(8);
    const { done, release } = held(({ id }) => (id === bad?.id ? status(403) : status(204)));
    void openPage().flush();
    await settled();
    await release(1);
    expect(done).toHaveLength(1);
    await release(1);
    expect(done).toHaveLength(6);
    await release();
    expect(await counts()).toEqual({ delivered: 7 });
  });

  it("when its payload is not what it should be", async () => {
    const broken = { text: "beforeSend made this" } as never;
    left(1, { payload: broken });
    left(1, { payload: "text" as never });
    left(4);
    const { fetch } = globalThis;
    vi.stubGlobal("fetch", (url: string, init: RequestInit) =>
      `${init.body}`.includes("request_id") ? fetch(url, init) : Promise.resolve(status(400, "Json error")),
    );
    await live(openPage(), HOUR_MS);
    expect(await counts()).toEqual({ delivered: 4, refused: 2 });
  });

  it("when it can't be read: it is left alone", async () => {
    const broken = [
      { id: "corrupt" },
      { id: "newer", format: 99, payload: {} },
      { id: "older", format: 0, payload: {} },
      { ...entryAt(START), id: "no size, no time", size: undefined, at: undefined },
    ] as never[];
    for (const row of broken) stand.store.add(row);
    left(3);
    await live(openPage(), HOUR_MS);
    expect(await counts()).toEqual({ delivered: 3 });
    expect(await stored()).toEqual(broken);
  });

  it.each<[string, unknown]>([
    ["text", "corrupt"],
    ["null inside", { counts: null, last: [], health: null }],
    ["nothing inside", {}],
  ])("not even a ledger with %s", async (_, corrupt) => {
    await stand.store.transact([LEDGER], (rows) => rows.set(LEDGER, corrupt));
    left(3);
    await live(openPage(), HOUR_MS);
    expect(await stored()).toEqual([]);
    expect(await counts()).toMatchObject({ delivered: 3 });
  });
});

describe("the stash", () => {
  function stashed(change: Partial<Entry> = {}): Entry {
    const entry = entryAt(START - DAY_MS, change, 77);
    stashRow(entry);
    return entry;
  }

  it("is brought to the disk and sent, and cleared", async () => {
    stashed();
    await openPage().flush();
    expect(attempts()).toEqual([2]);
    expect(await counts()).toEqual({ delivered: 1 });
    expect(localStorage).toEqual({});
  });

  it("is brought to the disk though nothing may be sent now, and left to its lease", async () => {
    const entry = stashed({ begun: true, doubt: true, due: START + LEASE_MS });
    expect(await openPage().flush()).toBe(START + LEASE_MS);
    expect(await stored()).toEqual([entry]);
  });

  it("that is stale never overwrites what the disk knows", async () => {
    const old = stashed();
    const claim = { ...old, attempt: 2, begun: true, due: START + LEASE_MS };
    const worker = createStore<Entry>("clicktrail courier", joinLedgers);
    vi.stubGlobal("indexedDB", new IDBFactory());
    for (const store of [worker, createStore<Entry>("clicktrail courier", joinLedgers)]) {
      await store.open();
      await store.transact([old.id], (rows) => rows.set(old.id, claim));
      stashRow(old);
      stand.store = store;
      await openPage().flush();
      expect(await stored()).toEqual([claim]);
      expect(stand.arrivals).toEqual([]);
    }
  });

  it("of a click that is over brings it not back", async () => {
    const entry = entryAt(START, {}, 78);
    stand.store.add(entry);
    await openPage().settle([{ ...entry, name: "delivered", stored: true }]);
    stashRow(entry);
    await openPage().flush();
    expect(stand.arrivals).toEqual([]);
    expect(await stored()).toEqual([]);
    expect(localStorage).toEqual({});
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("of an outcome that was not counted is counted", async () => {
    const [entry] = left(1) as [Entry];
    const { id, at, attempt } = entry;
    const end = { name: "dropped", reason: "refused", id, at, attempt, stored: true } as const;
    stashRow(end);
    const page = openPage();
    await page.flush();
    expect(page.outcomes).toMatchObject([{ name: "dropped", reason: "refused", id }]);
    expect(await counts()).toEqual({ refused: 1 });
    expect(await stored()).toEqual([]);
    expect(localStorage).toEqual({});
  });

  it("of more outcomes than the ledger remembers leaves no row of any", async () => {
    for (let serial = 0; serial < 80; serial++) {
      const { id, at, attempt } = entryAt(START, {}, serial);
      const end = { name: "dropped", reason: "refused", id, at, attempt } as const;
      stashRow(end);
    }
    await openPage().flush();
    expect(await stored()).toEqual([]);
    expect(await counts()).toEqual({ refused: 80 });
  });

  it("is left alone while the store does not respond", async () => {
    stashed();
    const transact = vi.spyOn(stand.store, "transact").mockRejectedValue(new Error("stuck"));
    await openPage().flush();
    expect(Object.keys(localStorage)).toHaveLength(1);
    transact.mockRestore();
    await openPage().flush();
    expect(await counts()).toEqual({ delivered: 1 });
  });
});

describe("a worker", () => {
  it("sends what is due in the page's place", async () => {
    left(2);
    const delegate = vi.fn(async () => true);
    const page = openPage({ delegate });
    expect(await page.flush()).toBe(0);
    expect(delegate.mock.calls).toEqual([[false, false]]);
    expect(stand.arrivals).toEqual([]);
    await page.flush(true);
    expect(delegate).toHaveBeenLastCalledWith(true, false);
  });

  it("that can't be had leaves it to the page", async () => {
    left(2);
    await openPage({ delegate: async () => false }).flush();
    expect(await counts()).toEqual({ delivered: 2 });
  });

  it("is thought dead where an attempt has outlived its lease", async () => {
    left(1);
    left(1, { begun: true, due: START - 1 });
    const delegate = vi.fn(async () => true);
    await openPage({ delegate }).flush();
    expect(delegate.mock.calls).toEqual([[false, true]]);
  });

  it("is not bothered where nothing is due, or nothing may be sent", async () => {
    const delegate = vi.fn(async () => true);
    left(1, { due: START + 5_000 });
    expect(await openPage({ delegate }).flush()).toBe(START + 5_000);
    await knows({ until: START + 9_000 });
    left(1);
    expect(await openPage({ delegate }).flush()).toBe(START + 9_000);
    await openPage({ delegate, dryRun: true }).flush();
    expect(delegate).not.toHaveBeenCalled();
  });

  it("counts nothing of what the page can count itself: what is in doubt, and what is too much", async () => {
    left(1, { begun: true, doubt: true, due: START - 1 });
    const delegate = vi.fn(async () => true);
    await openPage({ delegate }).flush();
    expect(await counts()).toEqual({ "in-doubt": 1 });
    expect(delegate).not.toHaveBeenCalled();
  });
});

describe("bounds", () => {
  it("keep the newest thousand entries and count the others", async () => {
    stand.respond = () => status(503);
    const [oldest, second, third] = left(1_002);
    await openPage().flush();
    const rest = ids(await stored());
    expect(rest).toHaveLength(1_000);
    expect(rest).not.toContain(oldest?.id);
    expect(rest).not.toContain(second?.id);
    expect(rest).toContain(third?.id);
    expect(await counts()).toEqual({ overflow: 2 });
  });

  it("end an endless outage with the first failure after a week", async () => {
    stand.respond = () => status(503, "down");
    left(1, { attempt: 9 }, 7 * DAY_MS - HOUR_MS);
    const page = openPage({ random: () => 1 });
    await live(page, HOUR_MS - 1);
    expect(await counts()).toEqual({});
    await live(page, 10 * MINUTE_MS);
    expect(await counts()).toEqual({ expired: 1 });
    expect(page.outcomes.at(-1)).toMatchObject({ name: "dropped", reason: "expired", status: 503 });
  });

  it("let an old entry try once more", async () => {
    left(1, {}, 8 * DAY_MS);
    await openPage().flush();
    expect(await counts()).toEqual({ delivered: 1 });
  });
});
