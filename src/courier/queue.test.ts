// A click and its request: what is written when, what becomes of each response, doubt, leases, clocks. Pages and couriers are the real
// ones on a database in memory; the requests are real ones to a stubbed fetch.
import { IDBObjectStore } from "fake-indexeddb";
import { describe, expect, it, vi } from "vitest";
import { fillDisk, slowFactory } from "../test/disk";
import { entryAt, START, settled } from "../test/entries";
import {
  attempts,
  busyDisk,
  type Context,
  counts,
  DAY_MS,
  fine,
  forward,
  gaps,
  HOUR_MS,
  inStash,
  knows,
  ledger,
  left,
  live,
  MINUTE_MS,
  names,
  never,
  openPage,
  openService,
  openWorker,
  pass,
  put,
  type Responding,
  setUpStand,
  stand,
  status,
  stored,
  unreachable,
  unreadable,
  YEAR_MS,
} from "../test/stand";
import { closeDatabase } from "./database";
import { add, count, NEVER } from "./queue";
import { type Entry, leaseOf } from "./row";

setUpStand();

const LEASE_MS = leaseOf(entryAt(START));
/** More outcomes than the ledger keeps. */
const MANY = 100;

/** Responses that a test lets go, one by one, in the order of their requests. */
function held(response: () => unknown = () => status(204)) {
  const done: (() => void)[] = [];
  stand.respond = () => new Promise((resolve) => done.push(() => resolve(response())));
  return {
    done,
    async release(count = done.length) {
      for (const go of done.splice(0, count)) go();
      await settled();
    },
  };
}

/** A page whose second attempt has failed without a response; the endpoint, asked whether it is there, says nothing. */
async function silentTwice() {
  stand.respond = unreadable;
  const page = openPage();
  page.click();
  await settled();
  const { fetch } = globalThis;
  const asked: RequestInit[] = [];
  const spy = vi.spyOn(globalThis, "fetch").mockImplementation((url, init) => {
    if (init?.method !== "HEAD") return fetch(url, init);
    asked.push(init);
    return new Promise((_, reject) => {
      init.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
      cuts.push(() => reject(new TypeError("the page goes")));
    });
  });
  const cuts: (() => void)[] = [];
  await pass(1_000);
  expect([attempts(), asked.length]).toEqual([[1, 2], 1]);
  return { page, undo: () => spy.mockRestore(), cut: () => cuts.forEach((go) => void go()) };
}

/** Three rows that are left; `goOn` closes the database between their flush's look at them and its batch, and calls back before it is open. */
async function batchBehindOpen() {
  const rows = left(3);
  await settled();
  const { factory, locks } = { factory: indexedDB, locks: stand.locks };
  let grant = () => {};
  vi.stubGlobal("navigator", {
    onLine: true,
    locks: {
      request: async (name: string, ...given: unknown[]) => {
        if (name.endsWith(" flush")) await new Promise<void>((resolve) => (grant = resolve));
        return locks.request(name, ...(given as [never]));
      },
    },
  });
  async function goOn(page: Context, meanwhile: () => void) {
    await settled();
    const slow = slowFactory(factory);
    vi.stubGlobal("indexedDB", slow);
    closeDatabase(page.desk.queue.store.database);
    grant();
    await settled();
    meanwhile();
    await slow.respond();
  }
  return { rows, goOn };
}

/** A row as a page hands it to its worker. */
function handedOver(change: Partial<Entry> = {}, serial = 0): Entry {
  return entryAt(Date.now(), { begun: true, due: Date.now() + LEASE_MS, ...change }, serial);
}

describe("a click", () => {
  it("is written and sent within its task: no microtask comes between", async () => {
    const page = openPage();
    await settled();
    const order: string[] = [];
    const write = IDBObjectStore.prototype.add;
    vi.spyOn(IDBObjectStore.prototype, "add").mockImplementation(function (this: IDBObjectStore, row, key) {
      order.push("write");
      queueMicrotask(() => order.push("microtask"));
      return write.call(this, row, key);
    });
    const { fetch } = globalThis;
    vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
      order.push("fetch");
      return fetch(url, init);
    });
    page.click();
    expect(order).toEqual(["write", "fetch"]);
  });

  it("says, as its request begins, that its page may go before the response", async () => {
    stand.respond = never;
    const { id } = openPage().click();
    await settled();
    expect(await stored()).toMatchObject([
      { id, begun: true, doubt: true, attempt: 1, due: START + LEASE_MS },
    ]);
  });

  it("is in no doubt in a worker, which outlives its page", async () => {
    stand.respond = never;
    openWorker().click();
    await settled();
    const [row] = await stored();
    expect(row).toMatchObject({ begun: true, due: START + LEASE_MS });
    expect(row?.doubt ?? false).toBe(false);
  });

  it("is in doubt in a service worker, which the browser may end", async () => {
    stand.respond = never;
    openService().click();
    await settled();
    expect(await stored()).toMatchObject([{ begun: true, doubt: true, due: START + LEASE_MS }]);
  });

  it("is in no doubt where the browser is offline: it has not taken the request over", async () => {
    vi.stubGlobal("navigator", { onLine: false });
    stand.respond = never;
    openPage().click();
    await settled();
    expect(await stored()).toMatchObject([{ begun: true, doubt: false }]);
  });

  it("is in doubt where the browser does not say whether it is online", async () => {
    vi.stubGlobal("navigator", {});
    stand.respond = never;
    openPage().click();
    await settled();
    expect(await stored()).toMatchObject([{ doubt: true }]);
  });

  it.each([openPage, openWorker, openService])(
    "is not sent in a dry run and not stored: it is counted as that",
    async (open) => {
      const page = open({ dryRun: true });
      await settled();
      const write = vi.spyOn(IDBObjectStore.prototype, "put");
      page.click();
      await settled();
      expect(write.mock.calls.map(([row]) => row.id)).toEqual([undefined]);
      expect([stand.arrivals, inStash()]).toEqual([[], []]);
      expect(page.outcomes).toMatchObject([{ name: "dropped", reason: "dry-run", attempt: 0 }]);
      expect(await counts()).toEqual({ "dry-run": 1 });
      expect(await stored()).toEqual([]);
    },
  );

  it("that is handed over with too little of its lease is left to who takes it at its end", async () => {
    const { desk, flush } = openWorker();
    const entry = handedOver({ due: START + 9_999 });
    put(entry);
    expect(await add(desk.queue, entry)).toBe(START + 9_999);
    expect(stand.arrivals).toEqual([]);
    // Nothing is counted of it yet.
    expect(await counts()).toEqual({});
    expect(await stored()).toEqual([entry]);
    forward(10_000);
    await flush();
    expect(attempts()).toEqual([2]);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("that is handed over with just enough of it is sent", async () => {
    expect(await add(openWorker().desk.queue, handedOver({ due: START + 10_000 }))).toBe(NEVER);
    expect(attempts()).toEqual([1]);
  });

  it("that is handed over with a lease that is too long is sent: a clock that jumped must not keep it", async () => {
    await add(openWorker().desk.queue, handedOver({ due: START + YEAR_MS }));
    expect(attempts()).toEqual([1]);
  });

  it("that the page hands over as waiting waits", async () => {
    const { desk } = openWorker();
    const waits = entryAt(START, { attempt: 0 });
    put(waits);
    expect(await add(desk.queue, waits)).toBe(START + 1_000);
    expect(stand.arrivals).toEqual([]);
    expect(await stored()).toMatchObject([{ attempt: 0, begun: false }]);
  });
});

describe("a response of", () => {
  it.each([200, 202, 204])("%i ends the click", async (code) => {
    stand.respond = () => status(code);
    const page = openPage();
    const { id } = page.click();
    await settled();
    expect(await stored()).toEqual([]);
    expect(page.outcomes).toMatchObject([{ name: "delivered", id, attempt: 1, status: code }]);
    expect(page.outcomes[0]).not.toHaveProperty("stored");
    expect(await counts()).toEqual({ delivered: 1 });
    expect(page.next()).toBe(NEVER);
  });

  it("413 drops the click with the server's words", async () => {
    stand.respond = () => status(413, "too large");
    const page = openPage();
    const { id } = page.click();
    await settled();
    expect(await stored()).toEqual([]);
    expect(page.outcomes).toMatchObject([
      { name: "dropped", reason: "refused", id, status: 413, message: "too large" },
    ]);
    expect(await counts()).toEqual({ refused: 1 });
  });

  it("400 that blames nothing is tried four times, in growing gaps", async () => {
    stand.respond = () => status(400, "Could not get a connection from the pool");
    const page = openPage();
    page.click();
    await settled();
    expect(names(page)).toEqual(["waiting"]);
    await live(page, DAY_MS);
    expect(attempts()).toEqual([1, 2, 3, 4]);
    expect(gaps()).toEqual([1, 2, 4]);
    expect(await counts()).toEqual({ refused: 1 });
  });

  it("400 that blames nothing, after four attempts that failed otherwise, is tried four times all the same", async () => {
    stand.respond = ({ attempt }) => (attempt <= 4 ? status(503) : status(400, "pool exhausted"));
    const page = openPage();
    page.click();
    await settled();
    await live(page, DAY_MS);
    expect(attempts()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(await counts()).toEqual({ refused: 1 });
  });

  it("400 that passes is delivered in the end", async () => {
    stand.respond = ({ attempt }) => (attempt < 3 ? status(400, "pool exhausted") : status(204));
    const page = openPage();
    page.click();
    await settled();
    await live(page, DAY_MS);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it.each([408, 425, 429, 500, 502, 503, 504])("%i keeps the click for another time", async (code) => {
    stand.respond = () => status(code, "later");
    const page = openPage();
    const { id } = page.click();
    await settled();
    expect(page.outcomes).toMatchObject([{ name: "waiting", id, status: code, message: "later" }]);
    expect(await stored()).toMatchObject([{ begun: false, doubt: false, silent: 0 }]);
    expect(page.next()).toBe(START + 500);
    stand.respond = fine;
    await live(page, HOUR_MS);
    expect(attempts()).toEqual([1, 2]);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("nobody keeps the click for another time, and counts the silence", async () => {
    stand.respond = unreachable;
    const page = openPage();
    page.click();
    await settled();
    expect(page.outcomes).toMatchObject([{ name: "waiting", status: 0 }]);
    expect(await stored()).toMatchObject([{ begun: false, doubt: false, silent: 1 }]);
    stand.respond = fine;
    await live(page, HOUR_MS);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("what is no response leaves the click as it was: in doubt", async () => {
    stand.respond = () => ({ ok: true });
    const page = openPage();
    page.click();
    await settled();
    expect(page.outcomes).toEqual([]);
    expect(await stored()).toMatchObject([{ begun: true, doubt: true }]);
    forward(LEASE_MS);
    await page.flush();
    expect(names(page)).toEqual(["in-doubt"]);
    expect(attempts()).toEqual([1]);
  });
});

describe("copies that may be", () => {
  it("are five in the first hour and one a day from then on, where no response can be read", async () => {
    stand.respond = unreadable;
    const page = openPage({ random: () => 1 });
    page.click();
    await settled();
    await live(page, HOUR_MS);
    expect(attempts()).toEqual([1, 2, 3, 4, 5]);
    await live(page, 3 * DAY_MS);
    expect(attempts()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(
      gaps()
        .slice(4)
        .every((seconds) => seconds >= 86_400 && seconds < 87_000),
    ).toBe(true);
    // The first is counted without asking.
    expect(stand.probes).toBe(7);
  });

  it("are none at an endpoint that nobody reaches: it is tried again and again", async () => {
    stand.respond = unreachable;
    const page = openPage({ random: () => 1 });
    page.click();
    await settled();
    await live(page, HOUR_MS);
    expect(attempts().length).toBeGreaterThan(12);
    expect(gaps().every((seconds) => seconds <= 3_600)).toBe(true);
    expect(await stored()).toMatchObject([{ silent: 1 }]);
  });

  it.each([3, 8, 60, 600])(
    "are none after an outage of %i s: the click is delivered within twice its length",
    async (seconds) => {
      const end = START + seconds * 1_000;
      stand.respond = (...asked) => (Date.now() < end ? unreachable(...asked) : fine(...asked));
      const { fetch } = globalThis;
      vi.stubGlobal("fetch", (url: string, init: RequestInit) =>
        init.method === "HEAD" && Date.now() < end
          ? Promise.reject(new TypeError("refused"))
          : fetch(url, init),
      );
      const page = openPage({ random: () => 1 });
      page.click();
      await settled();
      await live(page, seconds * 2_000 + 1_000);
      expect(await counts()).toEqual({ delivered: 1 });
    },
  );

  it("are counted where the endpoint hangs: it may have received the request", async () => {
    stand.respond = never;
    const page = openPage();
    vi.stubGlobal(
      "fetch",
      (_: string, init: RequestInit) =>
        new Promise((__, reject) => {
          if (init.method === "HEAD") stand.probes++;
          init.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError")));
        }),
    );
    page.click();
    await pass(10_000);
    expect(await stored()).toMatchObject([{ silent: 1, begun: false }]);
    await pass(500);
    await pass(20_000);
    // The second one's time is over, and then the question's.
    expect(await stored()).toMatchObject([{ silent: 1, begun: true }]);
    await pass(10_000);
    expect(stand.probes).toBe(1);
    expect(await stored()).toMatchObject([{ silent: 2, begun: false }]);
  });

  it("are asked about with a request that shows nothing and carries nothing", async () => {
    stand.respond = unreadable;
    const page = openPage();
    page.click();
    await settled();
    const asked: RequestInit[] = [];
    const { fetch } = globalThis;
    vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
      if (init.method === "HEAD") asked.push(init);
      return fetch(url, init);
    });
    await live(page, 600);
    expect(asked).toMatchObject([
      {
        method: "HEAD",
        mode: "no-cors",
        cache: "no-store",
        credentials: "omit",
        referrerPolicy: "no-referrer",
      },
    ]);
    expect(asked[0]).not.toHaveProperty("body");
    expect(asked[0]).not.toHaveProperty("headers");
  });

  it("are counted where the page goes while the endpoint is asked", async () => {
    const { page, undo, cut } = await silentTwice();
    page.leave();
    cut();
    await settled();
    undo();
    expect(await stored()).toMatchObject([{ silent: 2, begun: false }]);
  });

  it("are as many in visits of a minute each: the row knows", async () => {
    stand.respond = unreadable;
    openPage({ random: () => 1 }).click();
    await settled();
    for (let visit = 0; visit < 50; visit++) await live(openPage({ random: () => 1 }), MINUTE_MS);
    expect(attempts()).toEqual([1, 2, 3, 4, 5]);
  });

  it("do no harm where each click is taken once: there is no bound, and nobody is asked", async () => {
    stand.respond = unreadable;
    const page = openPage({ random: () => 1, idempotent: true });
    page.click();
    await settled();
    await live(page, HOUR_MS);
    expect(gaps().slice(0, 12)).toEqual([1, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024]);
    expect((await stored())[0]?.silent).toBe(0);
    expect(stand.probes).toBe(0);
  });

  it("are no reason to wait any more once an acknowledgement is seen", async () => {
    stand.respond = unreadable;
    const page = openPage({ random: () => 1 });
    page.click();
    await settled();
    await live(page, MINUTE_MS);
    expect(attempts()).toEqual([1, 2, 3, 4]);
    stand.respond = fine;
    page.click();
    await settled();
    expect(page.next()).toBe(Date.now());
    await page.flush();
    expect(attempts()).toEqual([1, 2, 3, 4, 1, 5]);
    expect(await counts()).toEqual({ delivered: 2 });
  });

  it("are no reason to wait either when the browser comes online, but for the sixth attempt", async () => {
    stand.respond = unreadable;
    const page = openPage({ random: () => 1 });
    page.click();
    await settled();
    await live(page, MINUTE_MS);
    expect(attempts()).toHaveLength(4);
    await page.flush("hope");
    expect(attempts()).toHaveLength(5);
    stand.respond = fine;
    await page.flush("hope");
    expect(attempts()).toHaveLength(5);
    await live(page, DAY_MS);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("give each attempt more time to be acknowledged", async () => {
    const later = vi.spyOn(globalThis, "setTimeout");
    stand.respond = unreadable;
    const page = openPage({ random: () => 1 });
    page.click();
    await settled();
    await live(page, 2 * DAY_MS + HOUR_MS);
    const aborts = later.mock.calls.filter(([work]) => `${work}`.includes("flight"));
    expect(aborts.map(([, ms]) => (ms ?? 0) / 1000)).toEqual([10, 20, 40, 60, 60, 60, 60]);
  });
});

describe("a refusal of the configuration", () => {
  const refusals = [
    [401, "Unauthorized"],
    [403, "Forbidden"],
    [404, "Dataset not found"],
    [400, "Using Dataset Tracking IDs requires providing the TR-Organization header"],
  ] as const;

  it("by two clicks of two contexts pauses the endpoint: the page's click and the worker's", async () => {
    stand.respond = () => status(401, "Unauthorized");
    const page = openPage();
    page.click();
    await settled();
    const other = openPage();
    other.click();
    await settled();
    expect([page.holds(), other.holds()]).toEqual([false, true]);
    other.click();
    await settled();
    expect(attempts()).toEqual([1, 1]);
  });

  it.each(refusals)("%i (%s) by two clicks pauses the endpoint; nothing is lost", async (code, message) => {
    stand.respond = () => status(code, message);
    const page = openPage();
    page.click();
    await settled();
    expect(page.holds()).toBe(false);
    page.click();
    await settled();
    expect(page.holds()).toBe(true);
    page.click();
    left(3);
    await live(page, HOUR_MS);
    expect(attempts()).toEqual([1, 1]);
    expect(page.outcomes).toMatchObject([
      { name: "waiting", status: code, message, reason: "config" },
      { name: "waiting", status: code, message, reason: "config" },
      { name: "waiting" },
    ]);
    expect(await stored()).toHaveLength(6);
    stand.respond = fine;
    const mended = openPage();
    await live(mended, HOUR_MS);
    expect(await counts()).toEqual({ delivered: 6 });
    // What was refused once waits behind the others.
    expect(attempts()).toEqual([1, 1, 2, 2, 2, 1, 2, 2]);
  });

  it("is over for this page, too, when it may be right by now: a page begins", async () => {
    stand.respond = () => status(401);
    const page = openPage();
    page.click();
    await settled();
    page.click();
    await settled();
    stand.respond = fine;
    forward(1);
    await page.flush();
    expect(attempts()).toHaveLength(2);
    await page.ask({ hello: true });
    await settled();
    expect(page.holds()).toBe(false);
    expect(await counts()).toEqual({ delivered: 2 });
  });

  /** One visit after the other to an endpoint that dislikes one click's words. */
  async function visits(count: number, bad: Entry, others: boolean): Promise<Context[]> {
    const pages: Context[] = [];
    for (let visit = 0; visit < count; visit++) {
      const page = openPage();
      pages.push(page);
      if (others) page.click();
      await settled();
      await live(page, HOUR_MS);
      expect(stand.arrivals.filter(({ id }) => id === bad.id)).toHaveLength(visit + 1);
    }
    return pages;
  }

  it("that one click alone gets holds up no other, and drops it after four with its reason", async () => {
    const [bad] = left(1) as [Entry];
    stand.respond = ({ id }) => (id === bad.id ? status(403, "blocked") : status(204));
    const pages = await visits(4, bad, true);
    expect(names(pages[0] as Context)).toEqual(["delivered", "config"]);
    expect(pages[3]?.outcomes).toMatchObject([
      { name: "delivered" },
      { name: "dropped", reason: "refused", status: 403, message: "blocked", id: bad.id },
    ]);
    expect(await counts()).toEqual({ delivered: 4, refused: 1 });
    expect(await stored()).toEqual([]);
  });

  it("is not tried twice by one page, whatever that page waits for", async () => {
    const [bad] = left(1) as [Entry];
    stand.respond = ({ id }) => (id === bad.id ? status(403, "blocked") : status(204));
    const page = openPage();
    for (let minute = 0; minute < 60; minute++) {
      page.click();
      await settled();
      await live(page, MINUTE_MS);
    }
    expect(stand.arrivals.filter(({ id }) => id === bad.id)).toHaveLength(1);
    expect(await counts()).toEqual({ delivered: 60 });
  });

  it("that nobody contradicts is never held against the click", async () => {
    const [bad] = left(1) as [Entry];
    stand.respond = () => status(403, "blocked");
    const pages = await visits(10, bad, false);
    expect(await stored()).toMatchObject([{ id: bad.id, refusals: 10 }]);
    // Nor against the configuration: no other click has said so.
    expect(pages.map((page) => page.holds())).toEqual(Array(10).fill(false));
    expect(await counts()).toEqual({});
  });

  it("is not believed of one click and then another, where one was acknowledged between", async () => {
    stand.respond = ({ at }) => (at === START + 1_000 ? status(204) : status(403));
    const page = openPage();
    for (let click = 0; click < 3; click++) {
      page.click();
      await settled();
      forward(1_000);
    }
    expect(page.holds()).toBe(false);
    page.click();
    await settled();
    expect(page.holds()).toBe(true);
  });

  it("is believed of clicks in two pages", async () => {
    stand.respond = () => status(401);
    openPage().click();
    await settled();
    const next = openPage();
    await next.flush();
    next.click();
    await settled();
    expect(next.holds()).toBe(true);
  });

  it("keeps the clicks that are made meanwhile, as not begun", async () => {
    stand.respond = () => status(401);
    const page = openPage();
    page.click();
    await settled();
    page.click();
    await settled();
    const { id } = page.click();
    await settled();
    expect((await stored()).find((row) => row.id === id)).toMatchObject({ attempt: 0, begun: false });
    expect(page.next()).toBe(NEVER);
  });
});

describe("Retry-After", () => {
  const asked = async (header: string, random = () => 0) => {
    stand.respond = () => status(429, "slow down", { "Retry-After": header });
    const page = openPage({ random });
    page.click();
    await settled();
    return { page, wait: page.next() - START };
  };

  it("is waited for, an hour at most", async () => {
    expect((await asked("120")).wait).toBe(120_000);
  });

  it("is an hour at most", async () => {
    expect((await asked("999999999")).wait).toBe(HOUR_MS);
  });

  it.each(["0", "soon"])("%j asks for nothing: the ordinary back-off holds", async (header) => {
    const { page, wait } = await asked(header);
    expect(wait).toBe(0);
    stand.respond = fine;
    page.click();
    await settled();
    expect(stand.arrivals).toHaveLength(2);
  });

  it("is never cut short, and what comes at its end is spread", async () => {
    const { page } = await asked("60", () => 1);
    expect(page.next()).toBe(START + 75_000);
    forward(59_999);
    await page.flush();
    expect(stand.arrivals).toHaveLength(1);
  });

  it("makes new clicks wait too", async () => {
    const { page } = await asked("60");
    stand.respond = fine;
    page.click();
    await settled();
    expect(stand.arrivals).toHaveLength(1);
    expect(names(page)).toEqual(["waiting", "waiting"]);
    expect(await stored()).toHaveLength(2);
    await live(page, HOUR_MS);
    expect(stand.arrivals.slice(1).map(({ at }) => at)).toEqual([START + 60_000, START + 60_000]);
    expect(await counts()).toEqual({ delivered: 2 });
    expect(attempts()).toEqual([1, 2, 1]);
  });

  it("brings no click back that another page has sent before its wait is noted, however many came after it", async () => {
    const { page } = await asked("60");
    stand.respond = fine;
    // The page's courier gets to the disk late.
    const { link } = page.hand;
    page.hand.link = () => {};
    const entry = page.click();
    forward(HOUR_MS);
    const other = openPage();
    await other.flush();
    for (let more = 0; more < 16; more++) {
      other.click();
      await settled();
    }
    page.hand.link = link;
    await count(page.desk.queue, {
      end: { ...entry, name: "waiting", attempt: 1, stored: true, remains: { ...entry, due: START } },
    });
    expect(await stored()).toEqual([]);
    expect(names(page)).toEqual(["waiting"]);
    expect(await counts()).toEqual({ delivered: 18 });
  });

  it("is known to whoever hands clicks over", async () => {
    const { page } = await asked("60");
    expect(page.holds()).toBe(true);
    const next = openPage();
    expect(next.holds()).toBe(false);
    await next.flush();
    expect(next.holds()).toBe(true);
    forward(HOUR_MS);
    expect(next.holds()).toBe(false);
  });

  it("is known to the next page", async () => {
    await asked("60");
    stand.respond = fine;
    const next = openPage();
    await next.flush();
    next.click();
    await settled();
    expect(stand.arrivals).toHaveLength(1);
  });

  it.each([
    ["failure without it", 503],
    ["success", 204],
  ])("is not forgotten for a %s that was under way", async (_, code) => {
    const { done, release } = held(() => status(code, code === 204 ? undefined : "no"));
    const later = stand.respond;
    stand.respond = (arrival, init) =>
      arrival.id === first.id ? status(429, "slow down", { "Retry-After": "60" }) : later(arrival, init);
    const page = openPage();
    const first = page.click();
    page.click();
    await settled();
    expect(done).toHaveLength(1);
    await release();
    stand.respond = fine;
    page.click();
    await live(page, 59_000);
    expect(stand.arrivals).toHaveLength(2);
  });
});

describe("back-off", () => {
  it("is as long as the outage so far, from one second to an hour", async () => {
    stand.respond = () => status(503);
    const page = openPage({ random: () => 1 });
    page.click();
    await settled();
    await live(page, 2 * HOUR_MS);
    expect(gaps().slice(0, 12)).toEqual([1, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024]);
  });

  it("counts requests that fail together as one failure", async () => {
    const { done, release } = held(() => status(503));
    const page = openPage({ random: () => 1 });
    for (let click = 0; click < 7; click++) page.click();
    await settled();
    expect(done).toHaveLength(7);
    forward(500);
    await release();
    expect((await ledger()).health).toMatchObject({ downSince: START + 500, until: START + 1_500 });
  });

  it("counts them one by one where each fails after the wait of the last", async () => {
    const { release } = held(() => status(503));
    const page = openPage({ random: () => 1 });
    for (let click = 0; click < 3; click++) page.click();
    await settled();
    await release(1);
    forward(2_000);
    await release(1);
    expect((await ledger()).health).toMatchObject({ downSince: START, until: START + 4_000 });
    forward(1_999);
    await release(1);
    expect((await ledger()).health).toMatchObject({ downSince: START, until: START + 4_000 });
  });

  it("ends with the first success, and what waits goes at once", async () => {
    stand.respond = () => status(503);
    left(5);
    const page = openPage({ random: () => 1 });
    await live(page, 60_000);
    expect((await ledger()).health).toMatchObject({ downSince: START, seenAt: 0 });
    stand.respond = fine;
    page.click();
    await settled();
    expect(page.next()).toBe(Date.now());
    expect((await ledger()).health).toMatchObject({ downSince: 0, until: 0, seenAt: Date.now() });
  });

  it("does not keep a new click from being sent at once", async () => {
    stand.respond = () => status(503);
    left(1);
    const page = openPage({ random: () => 1 });
    await page.flush();
    stand.respond = fine;
    page.click();
    expect(stand.arrivals).toHaveLength(2);
    await settled();
  });
});

describe("in doubt", () => {
  /** A click whose page leaves before the response, and how its request ends then. */
  async function leaving(end: Responding) {
    const { release } = held();
    let arrive = () => {};
    stand.respond = (arrival, init) =>
      new Promise((resolve) => {
        arrive = () => resolve(end(arrival, init));
      });
    const page = openPage();
    const entry = page.click();
    await settled();
    page.leave();
    arrive();
    await release();
    stand.respond = fine;
    return { page, entry };
  }

  /** The next visit, after the lease. */
  async function revisit(options = {}) {
    forward(LEASE_MS);
    const page = openPage(options);
    await live(page, HOUR_MS);
    return page;
  }

  it("is what the page leaves in flight: its row says so already, and leaving writes nothing to the disk", async () => {
    stand.respond = never;
    const page = openPage();
    const entry = page.click();
    await settled();
    const written = vi.spyOn(IDBObjectStore.prototype, "put");
    page.leave();
    await settled();
    expect(written).not.toHaveBeenCalled();
    expect(inStash()).toEqual([]);
    expect(await stored()).toMatchObject([{ id: entry.id, doubt: true, attempt: 1 }]);
    expect(page.outcomes).toEqual([]);
  });

  it("is trusted by default: counted, not sent again", async () => {
    const { entry } = await leaving(never);
    const page = await revisit();
    expect(stand.arrivals).toHaveLength(1);
    expect(page.outcomes).toMatchObject([{ name: "in-doubt", id: entry.id, attempt: 1 }]);
    expect(await counts()).toEqual({ "in-doubt": 1 });
    expect(await stored()).toEqual([]);
  });

  it.each(["resend", "idempotent"])("is sent again where the page asked for that: %s", async (option) => {
    await leaving(never);
    await revisit({ [option]: true });
    expect(attempts()).toEqual([1, 2]);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("is no failure when the promise is rejected after the page has left", async () => {
    const { page } = await leaving(unreachable);
    expect(page.outcomes).toEqual([]);
    expect((await ledger()).health.downSince).toBe(0);
    await revisit();
    expect(stand.arrivals).toHaveLength(1);
    expect(await counts()).toEqual({ "in-doubt": 1 });
  });

  it("is no failure either when a page that closes itself sees the rejection without having left", async () => {
    stand.respond = unreachable;
    vi.stubGlobal("closed", true);
    const page = openPage();
    page.click();
    await settled();
    vi.stubGlobal("closed", false);
    expect(page.outcomes).toEqual([]);
    expect(await stored()).toMatchObject([{ begun: true, doubt: true }]);
    stand.respond = fine;
    await revisit();
    expect(stand.arrivals).toHaveLength(1);
    expect(await counts()).toEqual({ "in-doubt": 1 });
  });

  it("is not believed of a function named closed: the failure is one", async () => {
    stand.respond = unreachable;
    vi.stubGlobal("closed", () => {});
    const page = openPage();
    page.click();
    await settled();
    expect(names(page)).toEqual(["waiting"]);
  });

  it("is over when the response comes after all: from the back/forward cache", async () => {
    const { page } = await leaving(fine);
    await page.flush("start");
    expect(names(page)).toEqual(["delivered"]);
    await revisit();
    expect(stand.arrivals).toHaveLength(1);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("is over when a response comes that asks for another attempt", async () => {
    const { page } = await leaving(() => status(503));
    await page.flush("start");
    expect(names(page)).toEqual(["waiting"]);
    await revisit();
    expect(attempts()).toEqual([1, 2]);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("is what a killed page left", async () => {
    stand.respond = never;
    openPage().click();
    await settled();
    stand.respond = fine;
    await revisit();
    expect(attempts()).toEqual([1]);
    expect(await counts()).toEqual({ "in-doubt": 1 });
  });

  it("is not what a killed worker left: that is sent again, its silence counted", async () => {
    stand.respond = never;
    openWorker().click();
    await settled();
    forward(LEASE_MS);
    const page = openWorker();
    void page.flush();
    await settled();
    expect(attempts()).toEqual([1, 2]);
    expect(await stored()).toMatchObject([{ attempt: 2, silent: 1, begun: true, due: Date.now() + 40_000 }]);
  });

  it("is nothing where the courier outlives the page: a failure is one", async () => {
    const { release } = held(() => Promise.reject(new TypeError("reset")));
    const worker = openWorker();
    worker.click();
    await settled();
    await release();
    expect(names(worker)).toEqual(["waiting"]);
    stand.respond = fine;
    await live(openPage(), HOUR_MS);
    expect(await counts()).toEqual({ delivered: 1 });
    expect(stand.arrivals).toHaveLength(2);
  });

  it("is sent by the next page at once, and not after its lease, where other requests had failed around then", async () => {
    stand.respond = unreachable;
    const page = openPage();
    page.click();
    await settled();
    stand.respond = never;
    await pass(1_000);
    page.leave();
    page.kill();
    expect(attempts()).toEqual([1, 2]);
    stand.respond = fine;
    await live(openPage(), 5_000);
    expect(attempts()).toEqual([1, 2, 3]);
    expect(await counts()).toEqual({ delivered: 1 });
    expect(inStash()).toEqual([]);
  });

  it("is not what failed before the page left", async () => {
    stand.respond = unreachable;
    const page = openPage();
    page.click();
    await settled();
    page.leave();
    stand.respond = fine;
    await revisit();
    expect(await counts()).toEqual({ delivered: 1 });
    expect(stand.arrivals).toHaveLength(2);
  });

  it.each<[string, Responding]>([
    ["found nobody", unreachable],
    ["failed", () => status(503)],
    ["were refused for the key", () => status(401)],
  ])("is not trusted against the evidence of other requests that %s around then", async (_, trouble) => {
    await leaving(never);
    stand.respond = trouble;
    openPage().click();
    await settled();
    stand.respond = fine;
    await revisit();
    expect(attempts()).toEqual([1, 1, 2, 2]);
    expect(await counts()).toEqual({ delivered: 2 });
  });

  it("is not trusted against that evidence if the click is of yesterday, either: what counts is when it was sent", async () => {
    left(1);
    stand.respond = never;
    const page = openPage();
    void page.flush();
    await settled();
    page.leave();
    stand.respond = unreachable;
    openPage().click();
    await settled();
    stand.respond = fine;
    await revisit();
    expect(await counts()).toEqual({ delivered: 2 });
  });

  it.each([
    [60_000, { delivered: 2 }],
    [60_001, { delivered: 1, "in-doubt": 1 }],
  ])("is trusted in spite of a failure more than a minute away: %i ms", async (ms, counted) => {
    await leaving(never);
    forward(ms);
    stand.respond = () => status(503);
    openPage().click();
    await settled();
    stand.respond = fine;
    await revisit();
    expect(await counts()).toEqual(counted);
  });

  it("is not trusted any more once evidence spoke against it, however long the outage goes on", async () => {
    await leaving(never);
    stand.respond = () => status(503);
    openPage().click();
    await settled();
    forward(LEASE_MS);
    await openPage().flush();
    await settled();
    expect((await stored()).map(({ doubt }) => doubt)).toEqual([false, false]);
    forward(HOUR_MS);
    await openPage().flush();
    await settled();
    stand.respond = fine;
    forward(HOUR_MS);
    await revisit();
    expect(await counts()).toEqual({ delivered: 2 });
  });

  it("is said once, even if the browser never settles the request and the page leaves again", async () => {
    const { page } = await leaving(never);
    await revisit();
    await page.flush();
    page.leave();
    expect(await stored()).toEqual([]);
    expect(await counts()).toEqual({ "in-doubt": 1 });
  });

  /** The page goes while its courier works on its count. */
  const cuts: Record<string, (release: () => Promise<void>, page: Context) => Promise<void>> = {
    "before the database responds": async (release, page) => {
      const undo = await busyDisk();
      await release();
      page.leave();
      page.kill();
      await undo();
    },
    "on a full disk": async (release, page) => {
      const full = fillDisk();
      await release();
      page.leave();
      await settled();
      full.mockRestore();
    },
  };
  const ends: Record<string, [Responding, object, number]> = {
    delivered: [fine, { delivered: 1 }, 1],
    refused: [() => status(413), { refused: 1 }, 1],
    "to be sent again": [() => status(503), { delivered: 1 }, 2],
  };

  it.each(Object.keys(cuts).flatMap((cut) => Object.keys(ends).map((end) => [end, cut] as const)))(
    "is not what got a response, though the page leaves before that is counted: %s, %s",
    async (named, cut) => {
      const [end, counted, requests] = ends[named] as [Responding, object, number];
      const { release } = held(() => end({} as never, {}));
      const page = openPage();
      page.click();
      await settled();
      await cuts[cut]?.(release, page);
      page.kill();
      stand.respond = fine;
      await revisit({ resend: true });
      expect(await counts()).toEqual(counted);
      expect(stand.arrivals).toHaveLength(requests);
      expect(inStash()).toEqual([]);
    },
  );

  it("is nothing that was counted unheard as the page went, though it was much at once", async () => {
    const { release } = held();
    const page = openPage();
    for (let clicks = 0; clicks < MANY; clicks++) page.click();
    await settled();
    const written = release();
    page.leave();
    await written;
    page.kill();
    stand.respond = fine;
    await revisit({ resend: true });
    expect(Object.values(await counts()).reduce((sum, one) => sum + one, 0)).toBe(MANY);
    expect(await stored()).toEqual([]);
  });

  it("is not what others have delivered since: what its page knew last brings it not back", async () => {
    const { release } = held(() => status(503));
    const page = openPage();
    const entry = page.click();
    await settled();
    const full = fillDisk();
    await release();
    page.leave();
    page.kill();
    full.mockRestore();
    expect(inStash()).toMatchObject([{ id: entry.id }]);
    // Another tab, to which the stash isn't there yet.
    stand.respond = fine;
    const stash = Object.entries(localStorage);
    for (const [key] of stash) localStorage.removeItem(key);
    forward(LEASE_MS);
    const other = openPage({ resend: true });
    await live(other, HOUR_MS);
    expect(await counts()).toEqual({ delivered: 1 });
    for (const [key, row] of stash) localStorage.setItem(key, row);
    await revisit();
    expect(await counts()).toEqual({ delivered: 1 });
    expect(stand.arrivals).toHaveLength(2);
  });

  it("is not what was counted before its worker wrote it: a failure does not keep it", async () => {
    stand.respond = never;
    const page = openPage();
    const entry = page.click();
    await settled();
    await count(page.desk.queue, { end: { ...entry, name: "dropped", reason: "consent" } });
    // The worker hears of the click only now.
    stand.respond = unreachable;
    await add(openWorker().desk.queue, handedOver({ id: entry.id }));
    expect(await stored()).toEqual([]);
    stand.respond = fine;
    await revisit({ resend: true });
    expect(attempts()).toEqual([1, 1]);
    expect(await counts()).toEqual({ consent: 1 });
  });

  it("is not what was counted while its request was under way: leaving does not bring it back", async () => {
    stand.respond = never;
    const page = openPage();
    const entry = page.click();
    await settled();
    await count(page.desk.queue, { end: { ...entry, name: "dropped", reason: "consent" } });
    page.leave();
    stand.respond = fine;
    await revisit({ resend: true });
    expect(stand.arrivals).toHaveLength(1);
    expect(await counts()).toEqual({ consent: 1 });
  });
});

describe("the clock", () => {
  it("a year ahead and back again sticks no lease and no back-off", async () => {
    vi.setSystemTime(START + YEAR_MS);
    stand.respond = () => status(503);
    const page = openPage({ random: () => 1 });
    page.click();
    await settled();
    page.leave();
    stand.respond = never;
    openPage().click();
    openWorker().click();
    await settled();
    vi.setSystemTime(START);
    stand.respond = fine;
    await live(openPage(), HOUR_MS);
    expect(await stored()).toEqual([]);
    expect(await counts()).toEqual({ delivered: 3 });
  });

  it("a year ahead drops nothing at the first visit that finds a click too old, and sends it once it is right", async () => {
    stand.respond = () => status(503, "no", { "Retry-After": "600" });
    const page = openPage();
    page.click();
    await settled();
    vi.setSystemTime(START + YEAR_MS);
    stand.respond = fine;
    await live(page, HOUR_MS);
    expect(attempts()).toEqual([1]);
    expect(await stored()).toMatchObject([{ staleAt: expect.any(Number) }]);
    vi.setSystemTime(START + HOUR_MS);
    await live(openPage(), HOUR_MS);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("a year ahead drops nothing at the first failure", async () => {
    stand.respond = unreachable;
    const page = openPage();
    page.click();
    await settled();
    vi.setSystemTime(START + YEAR_MS);
    await page.flush();
    await settled();
    vi.setSystemTime(START + 60_000);
    stand.respond = fine;
    await live(page, HOUR_MS);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("an hour back makes nothing wait longer than an hour", async () => {
    stand.respond = unreachable;
    const page = openPage({ random: () => 1 });
    page.click();
    await settled();
    vi.setSystemTime(START - HOUR_MS);
    stand.respond = fine;
    await live(page, 2 * HOUR_MS);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("thirty days ahead at a Retry-After, then right: the gaps are the usual ones", async () => {
    vi.setSystemTime(START + 30 * DAY_MS);
    stand.respond = () => status(503, "no", { "Retry-After": "600" });
    const page = openPage({ random: () => 1 });
    page.click();
    await settled();
    vi.setSystemTime(START);
    stand.respond = () => status(503, "no");
    left(40, {}, HOUR_MS);
    stand.arrivals.length = 0;
    const next = openPage({ random: () => 1 });
    await live(next, HOUR_MS);
    expect(gaps().slice(0, 9)).toEqual([1, 1, 2, 4, 8, 16, 32, 64, 128]);
    expect(next.holds()).toBe(false);
    stand.respond = fine;
    await live(next, HOUR_MS);
    expect(await counts()).toEqual({ delivered: 41 });
  });
});

describe("the keepalive budget", () => {
  it("is never overdrawn: what is over it waits its turn and is sent", async () => {
    const { done } = held();
    let flying = 0;
    let most = 0;
    const answer = stand.respond;
    stand.respond = async (arrival, init) => {
      most = Math.max(most, ++flying);
      const response = await answer(arrival, init);
      flying--;
      return response;
    };
    const page = openPage();
    for (let made = 0; made < 30; made++) page.click({ size: 4_000 });
    await settled(120);
    // Eleven of 4,000 bytes are below 48,000.
    expect(stand.arrivals).toHaveLength(11);
    expect(page.next()).toBe(START + 1_000);
    for (let turn = 0; turn < 100; turn++) {
      page.flush();
      await settled(5);
      done.shift()?.();
      await settled(5);
      forward(100);
    }
    await settled();
    expect(stand.arrivals).toHaveLength(30);
    expect(await counts()).toEqual({ delivered: 30 });
    expect(most).toBe(11);
    expect(attempts().every((attempt) => attempt === 1)).toBe(true);
  });

  it("is one of requests, too: two hundred", async () => {
    stand.respond = never;
    const page = openPage();
    // Small bodies, so that it isn't the browser's budget of bytes that ends it.
    const payload = { metadata: { clicktrail: {} } } as never;
    for (let made = 0; made < 210; made++) page.click({ size: 1, payload });
    await settled();
    expect(stand.arrivals).toHaveLength(200);
  });

  it("is one, of the page's own requests and of its courier's", async () => {
    stand.respond = never;
    const page = openPage();
    page.click({ size: 40_000 });
    left(1);
    await settled();
    void page.flush();
    await settled();
    page.click({ size: 20_000 });
    expect(stand.arrivals).toHaveLength(1);
  });

  /** An entry as the tracker would have made it, with so much text in it. */
  function withText(text: string): Partial<Entry> {
    const { payload } = entryAt(START);
    const longer = { ...payload, metadata: { ...payload.metadata, text } };
    return { payload: longer, size: new TextEncoder().encode(JSON.stringify(longer)).length };
  }

  it("lets a worker's click go as soon as there is room, also if its page's own write comes late", async () => {
    const { release } = held();
    const page = openWorker();
    page.click(withText("x".repeat(70_000)));
    const entry = page.click();
    await settled();
    // As the page has written it: as a request that has begun.
    put({ ...entry, due: Date.now() + 30_000, begun: true } as Entry);
    await settled();
    expect(stand.arrivals).toHaveLength(1);
    stand.respond = fine;
    await release();
    await pass(2_000);
    expect(await counts()).toEqual({ delivered: 2 });
    expect(attempts()).toEqual([1, 1]);
  });

  it("lets what waited go as soon as there is room", async () => {
    const { release } = held();
    const page = openPage();
    page.click(withText("x".repeat(70_000)));
    page.click();
    await settled();
    await page.flush();
    expect(stand.arrivals).toHaveLength(1);
    stand.respond = fine;
    await release();
    await live(page, 1_000);
    expect(await counts()).toEqual({ delivered: 2 });
    expect(attempts()).toEqual([1, 1]);
  });

  it("does not keep back an entry that is bigger than all of it", async () => {
    const page = openPage();
    page.click(withText("x".repeat(70_000)));
    page.click();
    await settled();
    await live(page, HOUR_MS);
    expect(await counts()).toEqual({ delivered: 2 });
  });
});

describe("consent that is withdrawn", () => {
  const withdrawIn = (page: Context, withdrawnAt: number, stash: readonly Entry[] = []) =>
    page.ask({ stop: "withdraw", withdrawnAt, stash });

  it("and given again leaves what was clicked since, whoever carries the withdrawal out late", async () => {
    const [before, since, ahead] = [
      entryAt(START - 9, {}, 1),
      entryAt(START - 2, {}, 2),
      entryAt(START + 9, {}, 3),
    ];
    put(before, since, ahead);
    const page = openPage();
    await withdrawIn(page, START - 5);
    await settled();
    expect(page.outcomes.map(({ id }) => id).sort()).toEqual([before.id, ahead.id].sort());
    expect(await stored()).toMatchObject([{ id: since.id }]);
  });

  it("takes what is stored and what is stashed, and tells each", async () => {
    left(3);
    const page = openPage();
    await withdrawIn(page, START, [entryAt(START, {}, 99)]);
    await settled();
    const drop = { name: "dropped", reason: "consent" };
    expect(page.outcomes).toMatchObject([drop, drop, drop, drop]);
    expect(await stored()).toEqual([]);
    expect((await ledger()).counts).toEqual({ consent: 4 });
    expect(JSON.stringify(await ledger())).not.toContain("request_id");
  });

  it("leaves no id and no time of a click in the ledger", async () => {
    const page = openPage();
    page.click();
    await settled();
    expect((await ledger()).last).toHaveLength(1);
    await withdrawIn(page, START);
    expect(await ledger()).toMatchObject({ last: [], counts: { delivered: 1 } });
  });

  it.each([openPage, openWorker])(
    "ends the requests under way: none reaches the server later",
    async (open) => {
      stand.respond = never;
      left(3);
      const page = open();
      page.click();
      await settled();
      void page.flush();
      await settled();
      const begun = stand.requests.length;
      expect(begun).toBeGreaterThan(1);
      await page.ask({ stop: "withdraw", withdrawnAt: START });
      expect(stand.requests.map(({ signal }) => signal?.aborted)).toEqual(Array(begun).fill(true));
      await settled();
      expect(await stored()).toEqual([]);
      expect(await counts()).toEqual({ consent: 4 });
    },
  );

  it("stops a drain: nothing begins after it, and each click is counted once", async () => {
    const { release } = held();
    left(40);
    const page = openPage();
    const flushing = page.flush();
    await settled();
    await release(1);
    const begun = stand.arrivals.length;
    expect(begun).toBe(7);
    await withdrawIn(page, Date.now());
    await release();
    await flushing;
    await settled();
    expect(stand.arrivals).toHaveLength(begun);
    expect(await stored()).toEqual([]);
    const { delivered = 0, consent } = await counts();
    expect([delivered, consent]).toEqual([1, 39]);
  });

  it("begins nothing of a batch that still waits for the database, which was closed and opens again", async () => {
    const { rows, goOn } = await batchBehindOpen();
    expect(rows).toHaveLength(3);
    const page = openPage();
    const flushing = page.flush();
    await goOn(page, () => void withdrawIn(page, Date.now()).catch(() => {}));
    await flushing;
    await settled();
    expect(stand.arrivals).toEqual([]);
    expect(await stored()).toEqual([]);
    expect(await counts()).toEqual({ consent: 3 });
  });

  it("while the endpoint is asked about a silent attempt: the click is counted once, and nothing is left", async () => {
    const { page, undo } = await silentTwice();
    await withdrawIn(page, Date.now());
    await pass(10_000);
    undo();
    expect(await counts()).toEqual({ consent: 1 });
    expect(await stored()).toEqual([]);
  });

  it("rejects where the database does not respond, and is counted once it does", async () => {
    left(2);
    await settled();
    const page = openPage();
    await settled();
    const undo = await busyDisk();
    const rejected = expect(withdrawIn(page, START)).rejects.toThrow("IndexedDB does not respond");
    await pass(5_000);
    await rejected;
    await undo();
    await withdrawIn(page, START);
    expect(await counts()).toEqual({ consent: 2 });
    expect(await stored()).toEqual([]);
  });

  it("rejects on a full disk, and is counted once there is room", async () => {
    left(2);
    const page = openPage();
    await settled();
    const full = fillDisk();
    await expect(withdrawIn(page, START)).rejects.toThrow("IndexedDB does not respond");
    full.mockRestore();
    await withdrawIn(page, START);
    expect(await counts()).toEqual({ consent: 2 });
  });

  it("drops at the next flush what was clicked until then: a tab that wrote late, a clock that was ahead", async () => {
    left(2);
    left(1, {}, 0);
    left(1, {}, -HOUR_MS);
    const page = openPage({ withdrawnAt: START - 1 });
    await page.flush();
    expect(await counts()).toEqual({ consent: 3, delivered: 1 });
    expect(stand.arrivals).toHaveLength(1);
  });
});

describe("counting", () => {
  it("adds up: made = delivered + waiting + in doubt + dropped", async () => {
    const codes = [204, 400, 503, 204, 413, 429, 204, 422, 500, 204];
    stand.respond = () =>
      status(codes[stand.arrivals.length % codes.length] ?? 204, "Json deserialize error");
    const page = openPage();
    for (let made = 0; made < 40; made++) {
      page.click();
      await settled();
      forward(1_000);
    }
    const sum = async () => Object.values(await counts()).reduce((total, count) => total + count, 0);
    expect((await sum()) + (await stored()).length).toBe(40);
    stand.respond = fine;
    await live(page, HOUR_MS);
    expect(await sum()).toBe(40);
    expect(await stored()).toEqual([]);
  });

  it("that fails is stashed when the page goes, and counted by the next one", async () => {
    const { release } = held();
    const page = openPage();
    page.click();
    await settled();
    const undo = await busyDisk();
    await release();
    expect(page.outcomes).toEqual([]);
    page.leave();
    page.kill();
    await undo();
    const next = openPage();
    await next.flush();
    expect(names(next)).toEqual(["delivered"]);
    expect(await counts()).toEqual({ delivered: 1 });
    expect(attempts()).toEqual([1]);
  });

  it.each<[string, Responding, object]>([
    ["delivered", fine, { delivered: 1 }],
    ["to be sent again", () => status(503), { delivered: 1 }],
  ])(
    "that fails is caught up with though the click's own write failed, too: %s",
    async (_, respond, counted) => {
      const page = openPage();
      await settled();
      // A full disk: nothing is kept but what is stashed.
      const full = fillDisk();
      stand.respond = respond;
      page.click();
      await settled();
      page.leave();
      page.kill();
      full.mockRestore();
      stand.respond = fine;
      forward(LEASE_MS);
      await live(openPage(), HOUR_MS);
      expect(await counts()).toEqual(counted);
      expect(inStash()).toEqual([]);
      expect(attempts()).toEqual(respond === fine ? [1] : [1, 2]);
    },
  );
});

describe("a database that isn't there", () => {
  it.each<[string, () => Context]>([
    ["page", openPage],
    ["worker", openWorker],
  ])("costs no click that has to wait: the %s", async (_, open) => {
    vi.stubGlobal("indexedDB", undefined);
    stand.respond = () => status(503);
    const page = open();
    page.click();
    await settled();
    expect(names(page)).toEqual(["waiting"]);
    expect(inStash()).toMatchObject([{ begun: false, attempt: 1 }]);
    stand.respond = fine;
    await live(page, HOUR_MS);
    expect(attempts()).toEqual([1, 2]);
    expect(names(page)).toEqual(["waiting", "delivered"]);
    expect(inStash()).toEqual([]);
  });
});

describe("a database that responds late", () => {
  it("costs neither what was counted before nor what was counted in memory meanwhile", async () => {
    openPage().click();
    await settled();
    expect(await counts()).toEqual({ delivered: 1 });
    let evict = () => {};
    const evicted = new Promise<void>((resolve) => {
      evict = resolve;
    });
    // Behind a frozen page that holds the lock.
    const request = async (name: string, ...given: ((lock: object) => unknown)[]) => {
      if (name.endsWith(" open")) await evicted;
      return given.at(-1)?.({});
    };
    vi.stubGlobal("navigator", { onLine: true, locks: { request } });
    const page = openPage();
    page.click();
    await pass(2_000);
    expect(names(page)).toEqual(["delivered"]);
    expect(await counts()).toEqual({ delivered: 1 });
    evict();
    await settled();
    page.click();
    await settled();
    expect(await counts()).toEqual({ delivered: 3 });
    expect(inStash()).toEqual([]);
  });
});

describe("what can't be known", () => {
  it("to a page: nothing is asked before the first flush", async () => {
    await knows({ asked: START + MINUTE_MS, until: START + MINUTE_MS });
    const page = openPage();
    await settled();
    expect(page.holds()).toBe(false);
    await page.flush();
    expect(page.holds()).toBe(true);
  });
});
