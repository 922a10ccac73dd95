// A flush: what earlier pages left and stashed, in which order, how many at a time, until when, and when to come again.
import { IDBObjectStore } from "fake-indexeddb";
import { describe, expect, it, vi } from "vitest";
import { fillDisk } from "../test/disk";
import { entryAt, START, settled } from "../test/entries";
import {
  type Arrival,
  attempts,
  busyDisk,
  counts,
  DAY_MS,
  fine,
  forward,
  HOUR_MS,
  inStash,
  knows,
  ledger,
  left,
  live,
  MINUTE_MS,
  never,
  openPage,
  openService,
  openWorker,
  pass,
  put,
  setUpStand,
  stand,
  stashRow,
  status,
  stored,
  unreadable,
} from "../test/stand";
import { LEDGER } from "./ledger";
import { count, NEVER } from "./queue";
import { type Entry, leaseOf } from "./row";
import { transact } from "./store";

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
    expect(await openPage({ dryRun: true }).flush()).toBe(NEVER);
    expect(stand.arrivals).toEqual([]);
    expect(await stored()).toHaveLength(2);
  });

  it("of nothing writes nothing", async () => {
    const write = vi.spyOn(IDBObjectStore.prototype, "put");
    await openPage().flush();
    expect(write).not.toHaveBeenCalled();
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

  it("in five tabs at an endpoint that takes its time is one context's at a time: each is sent once", async () => {
    stand.respond = () => new Promise((resolve) => setTimeout(resolve, 2_500, status(204)));
    left(30);
    const tabs = Array.from({ length: 5 }, () => openPage());
    let most = 0;
    for (let turn = 0; turn < 40; turn++) {
      for (const tab of tabs) void tab.flush();
      await pass(1_000);
      const flying = tabs.map(({ hand }) => hand.flights.size);
      most = Math.max(most, flying.filter(Boolean).length);
    }
    expect(most).toBe(1);
    expect(stand.arrivals).toHaveLength(30);
    expect(await counts()).toEqual({ delivered: 30 });
  });

  it("that another context makes already is asked for again soon", async () => {
    left(2);
    stand.respond = never;
    void openPage().flush();
    await settled();
    expect(await openPage().flush()).toBe(START + 1_000);
    expect(stand.arrivals).toHaveLength(1);
  });

  it("goes on without locks, where the browser has none or forbids them", async () => {
    for (const locks of [undefined, { request: () => Promise.reject(new Error("SecurityError")) }]) {
      vi.stubGlobal("navigator", { onLine: true, locks });
      left(3);
      await openPage().flush();
    }
    expect(await counts()).toEqual({ delivered: 6 });
  });

  it("whose lock is broken is over when its requests are, for a worker ends with it", async () => {
    let breakLock = () => {};
    const locks = {
      request: (_: string, __: object, work: (lock: object) => unknown) =>
        new Promise((resolve, reject) => {
          breakLock = () => reject(new DOMException("", "AbortError"));
          Promise.resolve(work({})).then(resolve, reject);
        }),
    };
    const { release } = held();
    left(4);
    await settled();
    vi.stubGlobal("navigator", { onLine: true, locks });
    const page = openWorker();
    let isOver = false;
    const flushing = page.flush().then(() => {
      isOver = true;
    });
    await settled();
    await release(1);
    expect(stand.arrivals).toHaveLength(4);
    breakLock();
    await settled();
    expect(isOver).toBe(false);
    await release();
    await flushing;
    expect(await counts()).toEqual({ delivered: 4 });
    expect(stand.arrivals).toHaveLength(4);
  });

  it("survives a database that does not respond: the next occasion comes", async () => {
    left(1);
    const page = openPage();
    await settled();
    const undo = await busyDisk();
    const flushing = page.flush();
    await pass(5_000);
    expect(await flushing).toBe(NEVER);
    await undo();
    await page.flush();
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("counts before all else what could not be counted before", async () => {
    const [entry] = left(1) as [Entry];
    const page = openPage();
    await settled();
    const full = fillDisk();
    await count(page.desk.queue, { end: { ...entry, name: "delivered", stored: true } });
    full.mockRestore();
    await page.flush();
    expect(stand.arrivals).toEqual([]);
    expect(await counts()).toEqual({ delivered: 1 });
  });
});

describe("the take", () => {
  it("writes that a request begins and begins it in one task: no microtask comes between", async () => {
    left(7);
    const worker = openWorker();
    await settled();
    const order: string[] = [];
    const note = (text: string) => {
      order.push(text);
      queueMicrotask(() => order.push("microtask"));
    };
    const write = IDBObjectStore.prototype.put;
    vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(function (this: IDBObjectStore, row, key) {
      if (row.begun) note("put");
      return write.call(this, row, key);
    });
    const { fetch } = globalThis;
    vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
      note("fetch");
      return fetch(url, init);
    });
    await worker.flush();
    const first = order.indexOf("microtask");
    expect(order.slice(0, first)).toEqual(["fetch", "put"]);
    // A batch of three is one task, too.
    const batches = order.join(" ").split(/(?: microtask)+ ?/);
    expect(batches.filter(Boolean)).toContain("fetch fetch fetch put put put");
  });

  it("says who may end before the response: a page and a service worker, and offline none", async () => {
    stand.respond = never;
    for (const open of [openPage, openWorker, openService]) {
      left(1);
      const context = open();
      void context.flush();
      await settled();
      context.kill();
    }
    vi.stubGlobal("navigator", { onLine: false, locks: stand.locks });
    left(1);
    void openPage().flush();
    await settled();
    expect((await stored()).map(({ doubt }) => doubt)).toEqual([true, false, true, false]);
  });

  it("leaves the row alone that somebody else has taken since it was read", async () => {
    const [entry] = left(1) as [Entry];
    const page = openPage();
    // Between the reading and the take: another tab's lock.
    const { request } = stand.locks;
    stand.locks.request = (name, ...given) => {
      if (name.endsWith("flush")) put({ ...entry, attempt: 2, begun: true, due: START + LEASE_MS });
      return request(name, ...given);
    };
    await page.flush();
    expect(stand.arrivals).toEqual([]);
    expect(await stored()).toMatchObject([{ attempt: 2 }]);
  });

  it("leaves the row alone that somebody has counted since it was read, and takes the others", async () => {
    const [entry, other] = left(2) as [Entry, Entry];
    const { request } = stand.locks;
    stand.locks.request = async (name, ...given) => {
      if (name.endsWith("flush"))
        await count(openPage().desk.queue, { end: { ...entry, name: "delivered", stored: true } });
      return request(name, ...given);
    };
    await openPage().flush();
    expect(ids(stand.arrivals)).toEqual([other.id]);
    expect(await counts()).toEqual({ delivered: 2 });
  });

  it.each([
    ["of what a worker began and did not end counts its silence", { begun: true, due: START - 1 }, 1],
    ["of what waits counts none", {}, 0],
  ])("%s", async (_, change, silent) => {
    left(1, change);
    stand.respond = never;
    void openWorker().flush();
    await settled();
    const [row] = await stored();
    expect(row?.silent ?? 0).toBe(silent);
    expect(row?.attempt).toBe(2);
  });

  it("begins no attempt with less lease than its time-out", async () => {
    const later = vi.spyOn(globalThis, "setTimeout");
    stand.respond = never;
    for (const silent of [0, 1, 2, 3]) {
      left(1, { silent });
      const tab = openPage();
      void tab.flush();
      await settled();
      tab.kill();
      forward(500);
    }
    const leases = (await stored()).map(({ due }) => due);
    const aborts = later.mock.calls.filter(([work]) => `${work}`.includes("flight")).map(([, ms]) => ms ?? 0);
    expect(aborts).toEqual([10_000, 20_000, 40_000, 60_000]);
    for (const [at, { at: began }] of stand.arrivals.entries())
      expect((leases[at] as number) - began).toBe((aborts[at] as number) + 20_000);
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
    expect(await openPage().flush()).toBe(START + 1_000);
  });

  it("is not asked for where nothing waits", async () => {
    expect(await openPage().flush()).toBe(NEVER);
    left(2);
    expect(await openPage().flush()).toBe(NEVER);
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
    expect(await openPage().flush()).toBe(START + 1_000);
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
    void page.flush();
    await settled();
    await release(1);
    const sent = stand.arrivals.length;
    expect(sent).toBe(7);
    page.leave();
    await release();
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

  it("by its tracker's end begins nothing more", async () => {
    const { release } = held();
    left(40);
    const page = openPage();
    void page.flush();
    await settled();
    await page.ask({ stop: "end" });
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
    expect((await ledger()).health).toMatchObject({ downSince: START, until: START + 1_000 });
    expect(stand.arrivals).toHaveLength(7);
  });

  it("at an endpoint that is down from the start are one request, however many entries wait", async () => {
    stand.respond = () => status(503);
    left(200);
    await live(openPage({ random: () => 1 }), HOUR_MS);
    // Each wait as long as the outage so far, then every five minutes.
    expect(stand.arrivals.length).toBeGreaterThan(12);
    expect(stand.arrivals.length).toBeLessThan(24);
    expect(await stored()).toHaveLength(200);
  });

  it("at an endpoint that is down are one request, though four tabs open at once", async () => {
    const { done, release } = held(() => status(503));
    left(30);
    const flushing = Array.from({ length: 4 }, () => openPage().flush());
    await settled();
    expect(done).toHaveLength(1);
    await release();
    await Promise.all(flushing);
    expect(stand.arrivals).toHaveLength(1);
    expect(await ledger()).toMatchObject({ health: { downSince: START } });
  });
});

describe("a page that begins, or is shown", () => {
  it("is worth one attempt during an outage, and no more", async () => {
    stand.respond = () => status(503);
    left(5);
    await live(openPage({ random: () => 1 }), HOUR_MS);
    const before = stand.arrivals.length;
    forward(1_000);
    await openPage().flush("later");
    expect(stand.arrivals.length - before).toBe(0);
    await openPage().flush("start");
    expect(stand.arrivals.length - before).toBe(1);
    stand.respond = fine;
    await openPage().flush("start");
    expect(await counts()).toEqual({ delivered: 5 });
  });

  it("keeps to what the server asked for", async () => {
    await knows({ asked: START + MINUTE_MS, until: START + MINUTE_MS });
    left(1);
    expect(await openPage().flush("start")).toBe(START + MINUTE_MS);
    expect(stand.arrivals).toEqual([]);
  });
});

describe("hope", () => {
  it("forgets the back-off: the browser has come online", async () => {
    stand.respond = unreadable;
    left(2);
    const page = openPage({ random: () => 1 });
    await live(page, 10 * MINUTE_MS);
    const before = stand.arrivals.length;
    stand.respond = fine;
    await page.flush("hope");
    await settled();
    expect(stand.arrivals.length - before).toBe(2);
    expect(await counts()).toEqual({ delivered: 2 });
  });

  it("keeps to what the server asked for", async () => {
    stand.respond = () => status(503, "no", { "Retry-After": "60" });
    left(1);
    const page = openPage();
    await page.flush();
    expect(await page.flush("hope")).toBe(START + 67_500);
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
    stand.respond = (arrival, init) => (arrival.id === bad?.id ? unreadable : fine)(arrival, init);
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
    // What is no payload is set aside.
    expect(await counts()).toEqual({ delivered: 4 });
    expect(await stored()).toMatchObject([{ payload: broken }, { payload: "text" }]);
  });

  it("when it can't be read: it is left alone", async () => {
    const broken = [
      { id: "corrupt" },
      { id: "newer", format: 99, payload: {} },
      { id: "older", format: 0, payload: {} },
      { ...entryAt(START), id: "no size, no time", size: undefined, at: undefined },
      entryAt(START, { size: Number.POSITIVE_INFINITY }, 1),
      entryAt(START, { attempt: -1_000 }, 2),
      entryAt(START, { payload: { n: 1n } as never }, 3),
      entryAt(START, { due: "soon" as never }, 4),
    ] as never[];
    put(...broken);
    left(3);
    await live(openPage(), HOUR_MS);
    expect(await counts()).toEqual({ delivered: 3 });
    expect(await stored()).toHaveLength(broken.length);
  });

  it.each<[string, unknown]>([
    ["text", "corrupt"],
    ["null inside", { counts: null, last: [], health: null }],
    ["nothing inside", {}],
    ["a list that is none", { counts: {}, last: "all", health: {} }],
    [
      "numbers that are none",
      { counts: { delivered: "many" }, last: [null, 1], health: { until: "late", asked: -1 } },
    ],
  ])("not even a ledger with %s", async (_, corrupt) => {
    await transact(stand.store, [LEDGER], (rows) => rows.set(LEDGER, corrupt));
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
    expect(inStash()).toEqual([]);
  });

  it("is brought to the disk though nothing may be sent now, and left to its lease", async () => {
    const entry = stashed({ begun: true, doubt: true, due: START + LEASE_MS });
    expect(await openPage().flush()).toBe(START + LEASE_MS);
    expect(await stored()).toEqual([entry]);
  });

  it("that is stale never overwrites what the disk knows", async () => {
    const old = stashed();
    const claim = { ...old, attempt: 2, begun: true, due: START + LEASE_MS };
    put(claim);
    await openPage().flush();
    expect(await stored()).toEqual([claim]);
    expect(stand.arrivals).toEqual([]);
    expect(inStash()).toEqual([]);
  });

  it("of a click that is over brings it not back", async () => {
    const entry = entryAt(START, {}, 78);
    put(entry);
    await count(openPage().desk.queue, { end: { ...entry, name: "delivered", stored: true } });
    stashRow(entry);
    await openPage().flush();
    expect(stand.arrivals).toEqual([]);
    expect(await stored()).toEqual([]);
    expect(inStash()).toEqual([]);
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
    expect(inStash()).toEqual([]);
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

  it("is left alone while the disk is full", async () => {
    stashed();
    await settled();
    const full = fillDisk();
    const page = openPage();
    await page.flush();
    expect(inStash()).toHaveLength(1);
    full.mockRestore();
    await page.flush();
    expect(await counts()).toEqual({ delivered: 1 });
    expect(inStash()).toEqual([]);
  });

  it("joins a flush that runs: what it brings is not left out", async () => {
    left(1);
    stand.respond = never;
    const page = openPage();
    void page.flush();
    await settled();
    const entry = stashed();
    void page.flush();
    await settled();
    expect((await stored()).map(({ id }) => id)).toContain(entry.id);
  });

  it.each([
    [null],
    [1],
    ["text"],
    [{ id: "only an id" }],
    [{ id: 7, name: "dropped" }],
    [{ id: {}, name: "dropped" }],
    [{ name: "delivered" }],
  ])("with something else in it harms nothing: %j", async (odd) => {
    left(1);
    const page = openPage();
    await page.ask({ flush: "later", stash: [odd as never] });
    expect(await counts()).toMatchObject({ delivered: 1 });
    await page.ask({ stats: true });
  });

  it.each([[{ name: "dropped" }], [{ name: "dropped", id: {} }], ["text"]])(
    "nor does a message with that: %j",
    async (odd) => {
      const page = openPage();
      await page.ask({ drop: odd as never });
      page.click();
      await settled();
      expect(await counts()).toEqual({ delivered: 1 });
    },
  );
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

  it("drop what is older than a week, unsent, once a later visit finds the same", async () => {
    stand.respond = () => status(503, "down");
    left(1, { attempt: 9 }, 7 * DAY_MS - HOUR_MS);
    const page = openPage({ random: () => 1 });
    await live(page, HOUR_MS + MINUTE_MS);
    const sent = stand.arrivals.length;
    expect(sent).toBeGreaterThan(0);
    await live(page, HOUR_MS);
    // Whatever comes of it in this visit: its clock may be wrong.
    expect(stand.arrivals).toHaveLength(sent);
    expect(await counts()).toEqual({});
    expect(await stored()).toMatchObject([{ staleAt: expect.any(Number) }]);
    stand.respond = fine;
    const next = openPage();
    await next.flush();
    expect(stand.arrivals).toHaveLength(sent);
    expect(await counts()).toEqual({ expired: 1 });
    expect(next.outcomes.at(-1)).toMatchObject({ name: "dropped", reason: "expired" });
  });

  it.each([{}, { idempotent: true }, { resend: true }])(
    "send nothing of eight days ago: %j",
    async (option) => {
      left(1, {}, 8 * DAY_MS);
      left(1, { begun: true, due: START - 8 * DAY_MS + LEASE_MS }, 8 * DAY_MS);
      await openPage(option).flush();
      forward(1);
      await openPage(option).flush();
      expect(stand.arrivals).toEqual([]);
      expect(await counts()).toEqual({ expired: 2 });
    },
  );
});
