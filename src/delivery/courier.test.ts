// Sending and flushing: each answer, back-off, bounds, doubt, leases, clocks. The requests are real ones to a stubbed
// fetch; the queue is the library's own, in memory.
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { entryAt, START, settled } from "../test/entries";
import { createStorage } from "../test/storage";
import { type Courier, createCourier, LEASE_MS } from "./courier";
import { type Entry, joinLedgers, LEDGER, type Ledger, NEW_LEDGER, type Outcome } from "./row";
import { createSend } from "./send";
import { createQueue, type Queue } from "./store";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * DAY_MS;

interface Arrival {
  readonly id: string;
  readonly attempt: number;
  readonly at: number;
}
type Answering = (arrival: Arrival, init: RequestInit) => Response | Promise<Response>;

const status = (code: number, message?: string, headers: Record<string, string> = {}) =>
  new Response(message === undefined ? null : JSON.stringify({ message }), { status: code, headers });
const fine: Answering = () => status(204);
const unreachable: Answering = () => Promise.reject(new TypeError("Failed to fetch"));

let queue: Queue<Entry>;
let arrivals: Arrival[];
let requests: RequestInit[];
let answer: Answering;
/** Browsers refuse a keepalive request that would bring more than this under way. */
const KEEPALIVE_BYTES = 65_536;
let inFlight: number;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: START });
  vi.stubGlobal("indexedDB", undefined);
  vi.stubGlobal("localStorage", createStorage());
  vi.stubGlobal("navigator", { onLine: true });
  queue = createQueue<Entry>("clicktrail courier", joinLedgers);
  arrivals = [];
  requests = [];
  inFlight = 0;
  answer = fine;
  vi.stubGlobal("fetch", (_url: string, init: RequestInit) => {
    const { id, attempt } = JSON.parse(`${init.body}`).metadata.clicktrail;
    const arrival = { id, attempt, at: Date.now() };
    const bytes = init.keepalive ? new TextEncoder().encode(`${init.body}`).length : 0;
    if (inFlight + bytes > KEEPALIVE_BYTES) return Promise.reject(new TypeError("Failed to fetch"));
    inFlight += bytes;
    arrivals.push(arrival);
    requests.push(init);
    return Promise.resolve()
      .then(() => answer(arrival, init))
      .finally(() => {
        inFlight -= bytes;
      });
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

interface Page extends Courier {
  readonly outcomes: Outcome[];
  readonly wakes: number[];
  /** A click as the tracker makes it: written, then handed over. */
  click(change?: Partial<Entry>): Entry;
}

let serial = 0;

/** A page with a courier on the shared queue. */
function open(change: { resend?: boolean; dryRun?: boolean; random?: () => number } = {}): Page {
  const outcomes: Outcome[] = [];
  const wakes: number[] = [];
  const courier = createCourier({
    scope: "clicktrail courier",
    queue,
    send: createSend(
      {
        scope: "clicktrail courier",
        endpoint: "https://api.example/ctr",
        headers: { "TR-Dataset": "d" },
        resend: false,
        dryRun: false,
      },
      async () => {},
    ),
    emit: (outcome) => outcomes.push(outcome),
    wake: (at) => at && wakes.push(at),
    resend: false,
    dryRun: false,
    random: () => 0.5,
    ...change,
  });
  const click = (different: Partial<Entry> = {}) => {
    serial++;
    const entry = entryAt(Date.now(), { due: Date.now() + LEASE_MS, ...different }, serial);
    queue.add(entry);
    courier.deliver(entry);
    return entry;
  };
  return { ...courier, outcomes, wakes, click };
}

/** Entries that earlier pages have left, oldest first. */
function left(count: number, change: Partial<Entry> = {}, age = DAY_MS): Entry[] {
  return Array.from({ length: count }, (_, at) => {
    serial++;
    const entry = entryAt(Date.now() - age + at, change, serial);
    queue.add(entry);
    return entry;
  });
}

/** What waits in the queue. */
async function waiting(): Promise<Entry[]> {
  const rows = await queue.all();
  rows.delete(LEDGER);
  return [...rows.values()] as Entry[];
}

const ledger = async () => ((await queue.all()).get(LEDGER) ?? NEW_LEDGER) as Ledger;
const counts = async () => (await ledger()).counts;
const forward = (ms: number) => vi.setSystemTime(Date.now() + ms);
const names = ({ outcomes }: Page) => outcomes.map(({ name, reason }) => reason ?? name);

/** A page that wakes up whenever it asked to, for `ms`. */
async function live(page: Page, ms: number): Promise<void> {
  const end = Date.now() + ms;
  for (;;) {
    page.wakes.push(await page.flush());
    await settled(5);
    const next = Math.min(...page.wakes.splice(0).filter(Boolean));
    if (next > end) break;
    vi.setSystemTime(Math.max(Date.now() + 1, next));
  }
  vi.setSystemTime(end);
}

describe("a request", () => {
  it("is a keepalive PUT without cookies, within the caller's task", async () => {
    const page = open();
    page.click();
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      method: "PUT",
      keepalive: true,
      credentials: "omit",
      headers: { "TR-Dataset": "d" },
    });
    expect(requests[0]?.signal).toBeInstanceOf(AbortSignal);
    await settled();
  });

  it("is not made in a dry run: the click is counted as that", async () => {
    const page = open({ dryRun: true });
    page.click();
    await settled();
    expect(arrivals).toEqual([]);
    expect(await counts()).toEqual({ "dry-run": 1 });
    expect(await waiting()).toEqual([]);
  });

  it("is not made in a dry run for what earlier pages have left, either", async () => {
    left(2);
    await open({ dryRun: true }).flush();
    expect(arrivals).toEqual([]);
    expect(await waiting()).toHaveLength(2);
  });
});

describe("an answer of", () => {
  it.each([200, 201, 202, 204])("%i removes the entry", async (code) => {
    answer = () => status(code);
    const page = open();
    const { id } = page.click();
    await settled();
    expect(await waiting()).toEqual([]);
    expect(page.outcomes).toMatchObject([{ name: "delivered", id, attempt: 1, status: code }]);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it.each([
    [400, "Json deserialize error: missing field `position` at line 1"],
    [400, "UUID parsing failed: invalid length"],
    [413, "JSON payload is larger than allowed"],
    [415, "Unsupported media type"],
    [422, "Unprocessable"],
  ])("%i (%s) drops the entry with the server's words", async (code, message) => {
    answer = () => status(code, message);
    const page = open();
    const { id } = page.click();
    await settled();
    expect(await waiting()).toEqual([]);
    expect(page.outcomes).toMatchObject([{ name: "dropped", reason: "refused", id, status: code, message }]);
    expect(await counts()).toEqual({ refused: 1 });
  });

  it("400 that does not blame the body gets a few tries", async () => {
    answer = () => status(400, "Could not get a connection from the pool");
    const page = open();
    page.click();
    await settled();
    expect(names(page)).toEqual(["waiting"]);
    await live(page, DAY_MS);
    expect(arrivals.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4]);
    expect(await counts()).toEqual({ refused: 1 });
    const gaps = arrivals.slice(1).map(({ at }, before) => at - (arrivals[before]?.at ?? 0));
    expect(gaps).toEqual([...gaps].sort((a, b) => a - b));
  });

  it("400 that passes is delivered in the end", async () => {
    answer = ({ attempt }) => (attempt < 3 ? status(400, "pool exhausted") : status(204));
    const page = open();
    page.click();
    await settled();
    await live(page, DAY_MS);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it.each([
    [401, "Unauthorized"],
    [403, "Forbidden"],
    [404, "Dataset not found"],
    [400, "Using Dataset Tracking IDs requires providing the TR-Organization header"],
  ])("%i (%s) keeps the entries, pauses the endpoint and counts no attempt", async (code, message) => {
    answer = () => status(code, message);
    const page = open();
    page.click();
    await settled();
    page.click();
    left(3);
    await live(page, HOUR_MS);
    expect(arrivals).toHaveLength(1);
    expect(page.outcomes[0]).toMatchObject({ name: "waiting", status: code, message, reason: "pause" });
    expect(await waiting()).toHaveLength(5);
    answer = fine;
    const mended = open();
    await live(mended, HOUR_MS);
    expect(await counts()).toEqual({ delivered: 5 });
    expect(arrivals.map(({ attempt }) => attempt)).toEqual([1, 2, 2, 2, 1, 1]);
  });

  it.each([408, 425, 429, 500, 502, 503, 504])("%i keeps the entry for another time", async (code) => {
    answer = () => status(code, "later");
    const page = open();
    const { id } = page.click();
    await settled();
    expect(page.outcomes).toMatchObject([{ name: "waiting", id, status: code, message: "later" }]);
    expect(page.wakes).toEqual([START + 500]);
    answer = fine;
    await live(page, HOUR_MS);
    expect(arrivals.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("nobody keeps the entry for another time", async () => {
    answer = unreachable;
    const page = open();
    page.click();
    await settled();
    expect(page.outcomes).toMatchObject([{ name: "waiting", status: 0 }]);
    answer = fine;
    await live(page, HOUR_MS);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it.each(["", "<html>Bad Gateway</html>", "null", "[]", '{"error":"x"}', '{"message":7}'])(
    "503 with the body %j is one like any other",
    async (text) => {
      answer = () => new Response(text, { status: 503 });
      const page = open();
      page.click();
      await settled();
      expect(names(page)).toEqual(["waiting"]);
      expect(page.outcomes[0]?.status).toBe(503);
      expect(page.outcomes[0]?.message).not.toBe("undefined");
    },
  );
});

describe("Retry-After", () => {
  const asked = async (header: string, code = 429) => {
    answer = () => status(code, "slow down", { "Retry-After": header });
    const page = open({ random: () => 0 });
    page.click();
    await settled();
    return { page, wait: (page.wakes[0] ?? 0) - START };
  };

  it("in seconds is waited for", async () => {
    expect((await asked("120")).wait).toBe(120_000);
  });

  it("as a date is waited for", async () => {
    expect((await asked(new Date(START + 90_000).toUTCString(), 503)).wait).toBe(90_000);
  });

  it.each(["0", "-5", new Date(START - 60_000).toUTCString(), "soon", "", "1;2"])(
    "%j asks for nothing: the ordinary back-off holds",
    async (header) => {
      const { page, wait } = await asked(header);
      expect(wait).toBe(0);
      answer = fine;
      page.click();
      await settled();
      expect(arrivals).toHaveLength(2);
    },
  );

  it.each(["999999999", "1e300", "Infinity", "Fri, 31 Dec 9999 23:59:59 GMT"])(
    "%j is clamped",
    async (header) => {
      expect((await asked(header)).wait).toBe(HOUR_MS);
    },
  );

  it("is never cut short, and what comes at its end is spread", async () => {
    answer = () => status(429, "slow down", { "Retry-After": "60" });
    const page = open({ random: () => 1 });
    page.click();
    await settled();
    expect(page.wakes[0]).toBe(START + 61_000);
    forward(59_999);
    await page.flush();
    expect(arrivals).toHaveLength(1);
  });

  it("makes new clicks wait too", async () => {
    const { page } = await asked("60");
    answer = fine;
    page.click();
    await settled();
    expect(arrivals).toHaveLength(1);
    expect(await waiting()).toHaveLength(2);
    await live(page, HOUR_MS);
    expect(arrivals.slice(1).every(({ at }) => at >= START + 60_000)).toBe(true);
    expect(await counts()).toEqual({ delivered: 2 });
    expect(arrivals.map(({ attempt }) => attempt)).toEqual([1, 2, 1]);
  });

  it("is known to whoever hands clicks over", async () => {
    answer = () => status(429, "", { "Retry-After": "60" });
    const page = open();
    expect(page.holds()).toBe(false);
    page.click();
    await settled();
    expect(page.holds()).toBe(true);
    const next = open();
    await next.flush();
    expect(next.holds()).toBe(true);
    forward(HOUR_MS);
    expect(next.holds()).toBe(false);
  });

  it("is known to the next page", async () => {
    await asked("60");
    answer = fine;
    const next = open();
    await next.flush();
    next.click();
    await settled();
    expect(arrivals).toHaveLength(1);
  });

  it("is not forgotten for a failure without it that was under way", async () => {
    const later: (() => void)[] = [];
    answer = ({ id }) =>
      id === first.id
        ? status(429, "slow down", { "Retry-After": "60" })
        : new Promise((resolve) => later.push(() => resolve(status(503, "no"))));
    const page = open();
    const first = page.click();
    page.click();
    await settled();
    for (const go of later) go();
    await settled();
    answer = fine;
    page.click();
    await live(page, 59_000);
    expect(arrivals).toHaveLength(2);
  });

  it("is not forgotten for a success that was under way", async () => {
    const later: (() => void)[] = [];
    answer = ({ id }) =>
      id === first.id
        ? status(429, "slow down", { "Retry-After": "60" })
        : new Promise((resolve) => later.push(() => resolve(status(204))));
    const page = open();
    const first = page.click();
    page.click();
    await settled();
    for (const go of later) go();
    await settled();
    answer = fine;
    page.click();
    await live(page, 59_000);
    expect(arrivals).toHaveLength(2);
  });
});

describe("back-off", () => {
  it("doubles from one second to five minutes", async () => {
    answer = unreachable;
    const page = open({ random: () => 1 });
    page.click();
    await settled();
    await live(page, 2 * HOUR_MS);
    const gaps = arrivals.slice(1).map(({ at }, before) => (at - (arrivals[before]?.at ?? 0)) / 1000);
    expect(gaps.slice(0, 12)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
  });

  it("sends one request at a time to an endpoint that is down, however many entries wait", async () => {
    answer = unreachable;
    left(200);
    const page = open({ random: () => 1 });
    await live(page, HOUR_MS);
    expect(arrivals.length).toBeLessThan(25);
    expect(await waiting()).toHaveLength(200);
  });

  it("counts the lanes that fail together as one failure", async () => {
    let down = false;
    answer = () => (down ? status(503, "no") : status(204));
    left(30);
    const page = open({ random: () => 1 });
    const flushing = page.flush();
    for (let turn = 0; turn < 200 && arrivals.length < 1; turn++) await settled(1);
    down = true;
    await flushing;
    await settled();
    expect((await ledger()).health.fails).toBeLessThanOrEqual(1);
  });

  it("ends with the first success, and what waits goes at once", async () => {
    answer = unreachable;
    left(5);
    const page = open({ random: () => 1 });
    await live(page, 60_000);
    answer = fine;
    page.click();
    await settled();
    expect(page.wakes.at(-1)).toBe(Date.now());
    expect((await ledger()).health).toMatchObject({ fails: 0, until: 0 });
  });

  it("is known to the next page", async () => {
    answer = unreachable;
    left(1);
    await open({ random: () => 1 }).flush();
    await settled();
    const before = arrivals.length;
    const next = open();
    expect(await next.flush()).toBe(START + 1_000);
    expect(arrivals).toHaveLength(before);
  });

  it("does not keep a new click from being sent at once", async () => {
    answer = unreachable;
    left(1);
    const page = open({ random: () => 1 });
    await page.flush();
    answer = fine;
    page.click();
    expect(arrivals).toHaveLength(2);
    await settled();
  });

  it("is forgotten when the browser comes online", async () => {
    answer = unreachable;
    left(2);
    const page = open({ random: () => 1 });
    await live(page, 10 * 60_000);
    const before = arrivals.length;
    answer = fine;
    await page.flush(true);
    await settled();
    expect(arrivals.length - before).toBe(2);
    expect(await counts()).toEqual({ delivered: 2 });
  });

  it("holds what the server asked for, even when the browser comes online", async () => {
    answer = () => status(503, "no", { "Retry-After": "60" });
    left(1);
    const page = open();
    await page.flush();
    await page.flush(true);
    expect(arrivals).toHaveLength(1);
  });
});

describe("one entry does not hold up the others", () => {
  it("when it is refused", async () => {
    const [bad, ...good] = left(8);
    answer = ({ id }) => (id === bad?.id ? status(400, "Json deserialize error") : status(204));
    await open().flush();
    await settled();
    expect(arrivals).toHaveLength(8);
    expect(await counts()).toEqual({ refused: 1, delivered: good.length });
  });

  it("when the server fails at it every time", async () => {
    const [bad] = left(8);
    answer = ({ id }) => (id === bad?.id ? status(500, "panicked") : status(204));
    const page = open();
    await live(page, HOUR_MS);
    expect(await counts()).toEqual({ delivered: 7 });
    expect((await waiting()).map(({ id }) => id)).toEqual([bad?.id]);
  });

  it("when its payload is not what it should be", async () => {
    const broken = { text: "beforeSend made this" } as never;
    left(1, { payload: broken });
    left(1, { payload: "text" as never });
    left(4);
    const page = open();
    await live(page, HOUR_MS);
    expect((await counts()).delivered).toBeGreaterThanOrEqual(4);
  });

  it("when it can't be read: it is left alone", async () => {
    const broken = [
      { id: "corrupt" },
      { id: "newer", format: 99, payload: {} },
      { id: "older", format: 0, payload: {} },
      { ...entryAt(START), id: "no size, no time", size: undefined, at: undefined },
    ] as never[];
    for (const row of broken) queue.add(row);
    left(3);
    await live(open(), HOUR_MS);
    expect(await counts()).toEqual({ delivered: 3 });
    expect(await waiting()).toEqual(broken);
  });

  it.each<[string, unknown]>([
    ["text", "corrupt"],
    ["null inside", { counts: null, last: [], health: null }],
    ["nothing inside", {}],
  ])("not even a ledger with %s", async (_, corrupt) => {
    await queue.transact([LEDGER], (rows) => rows.set(LEDGER, corrupt));
    left(3);
    await live(open(), HOUR_MS);
    expect(await waiting()).toEqual([]);
    expect(await counts()).toMatchObject({ delivered: 3 });
  });
});

describe("bounds", () => {
  it("keep the newest thousand entries and count the others", async () => {
    answer = unreachable;
    const [oldest, second, third] = left(1_002);
    await open().flush();
    await settled();
    const ids = (await waiting()).map(({ id }) => id);
    expect(ids).toHaveLength(1_000);
    expect(ids).not.toContain(oldest?.id);
    expect(ids).not.toContain(second?.id);
    expect(ids).toContain(third?.id);
    expect(await counts()).toEqual({ overflow: 2 });
  });

  it("keep the newest megabyte and count the others", async () => {
    answer = unreachable;
    left(30, { size: 40_000 });
    await open().flush();
    await settled();
    expect(await waiting()).toHaveLength(25);
    expect(await counts()).toEqual({ overflow: 5 });
  });

  it("drop an entry that fails when it is older than a week", async () => {
    answer = unreachable;
    left(1, { attempt: 5 }, 8 * DAY_MS);
    const page = open();
    await page.flush();
    await settled();
    expect(page.outcomes).toMatchObject([{ name: "dropped", reason: "expired" }]);
    expect(await counts()).toEqual({ expired: 1 });
  });

  it("let an old entry try once more before that", async () => {
    left(1, {}, 8 * DAY_MS);
    await open().flush();
    await settled();
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("end an endless outage within the week", async () => {
    answer = () => status(503, "down");
    const page = open({ random: () => 1 });
    page.click();
    await settled();
    await live(page, 8 * DAY_MS);
    expect(await counts()).toEqual({ expired: 1 });
    // Five minutes apart for a week, as no page lives.
    expect(arrivals.length).toBeLessThan((8 * DAY_MS) / 300_000);
  }, 60_000);
});

describe("in doubt", () => {
  const never: Answering = () => new Promise(() => {});

  /** A click whose page leaves before the answer, and how its request ends then. */
  async function leaving(end: Answering, online = true) {
    vi.stubGlobal("navigator", { onLine: online });
    let finish = () => {};
    answer = (arrival, init) =>
      new Promise((resolve) => {
        finish = () => resolve(end(arrival, init));
      });
    const page = open();
    const entry = page.click();
    await settled();
    page.leave();
    finish();
    await settled();
    vi.stubGlobal("navigator", { onLine: true });
    answer = fine;
    return { page, entry };
  }

  /** The next visit, after the lease. */
  async function revisit(options = {}) {
    forward(LEASE_MS + 1);
    queue.merge(() => true);
    const page = open(options);
    await live(page, HOUR_MS);
    return page;
  }

  it("is what the page leaves in flight", async () => {
    const { entry, page } = await leaving(never);
    expect((await queue.all()).get(entry.id)).toMatchObject({ doubt: true, attempt: 1 });
    expect(page.outcomes).toEqual([]);
  });

  it("is what a page leaves that is cut off as it leaves, and leaves once more", async () => {
    answer = never;
    const page = open();
    const entry = page.click();
    await settled();
    const cutOff = () => {
      throw new Error("cut off");
    };
    vi.spyOn(queue, "journal").mockImplementationOnce(cutOff);
    expect(() => page.leave()).toThrow("cut off");
    page.leave();
    expect((await queue.all()).get(entry.id)).toMatchObject({ doubt: true });
  });

  it("is trusted by default: counted, not sent again", async () => {
    const { entry } = await leaving(never);
    const page = await revisit();
    expect(arrivals).toHaveLength(1);
    expect(page.outcomes).toMatchObject([{ name: "in-doubt", id: entry.id }]);
    expect(await counts()).toEqual({ "in-doubt": 1 });
    expect(await waiting()).toEqual([]);
  });

  it("is sent again where the page asked for that", async () => {
    await leaving(never);
    await revisit({ resend: true });
    expect(arrivals.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("is no failure when the promise is rejected after the page has left", async () => {
    const { page } = await leaving(unreachable);
    expect(page.outcomes).toEqual([]);
    await revisit();
    expect(arrivals).toHaveLength(1);
    expect(await counts()).toEqual({ "in-doubt": 1 });
  });

  it("is over when the answer comes after all: from the back/forward cache", async () => {
    const { page } = await leaving(fine);
    expect(names(page)).toEqual(["delivered"]);
    await revisit();
    expect(arrivals).toHaveLength(1);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  /** The page goes while the store works on its count. */
  const cuts: Record<string, Queue<Entry>["transact"]> = {
    "before the store answers": () => new Promise(() => {}),
    "after the edit, before its commit": async (_, edit) => {
      edit(new Map(await queue.all()));
      return new Promise(() => {});
    },
    "by an abort, after it has left": () => new Promise((_, reject) => setTimeout(reject)),
  };

  const ends: Record<string, [Answering, object]> = {
    delivered: [fine, { delivered: 1 }],
    refused: [() => status(413), { refused: 1 }],
    "to be sent again": [() => status(503), { delivered: 1 }],
  };

  it.each(Object.keys(cuts).flatMap((cut) => Object.keys(ends).map((end) => [end, cut])))(
    "is not what was answered, though the page leaves before it is counted: %s, %s",
    async (named, cut) => {
      const [end, counted] = ends[named] as [Answering, object];
      let finish = () => {};
      answer = (arrival, init) => new Promise((resolve) => (finish = () => resolve(end(arrival, init))));
      const page = open();
      page.click();
      await settled();
      vi.spyOn(queue, "transact").mockImplementation(cuts[cut] as Queue<Entry>["transact"]);
      finish();
      await settled();
      page.leave();
      vi.restoreAllMocks();
      answer = fine;
      await revisit({ resend: true });
      expect(await counts()).toEqual(counted);
      expect(arrivals).toHaveLength(end === fine || "refused" in counted ? 1 : 2);
    },
  );

  it("is not what was counted before its worker wrote it: a failure does not keep it", async () => {
    answer = never;
    const page = open();
    const entry = page.click();
    await page.settle([{ ...entry, name: "dropped", reason: "consent" }]);
    // The worker hears of the click only now.
    answer = unreachable;
    queue.add(entry);
    const worker = open();
    worker.deliver(entry);
    await settled();
    expect(await waiting()).toEqual([]);
    answer = fine;
    await revisit({ resend: true });
    expect(arrivals.filter(({ attempt }) => attempt > 1)).toEqual([]);
    expect(await counts()).toEqual({ consent: 1 });
  });

  it("is not what was counted while its request was under way: leaving does not bring it back", async () => {
    answer = never;
    const page = open();
    const entry = page.click();
    await page.settle([{ ...entry, name: "dropped", reason: "consent" }]);
    page.leave();
    answer = fine;
    await revisit({ resend: true });
    expect(arrivals).toHaveLength(1);
    expect(await counts()).toEqual({ consent: 1 });
  });

  it("is nothing where the courier outlives the page: a failure is one", async () => {
    let finish = () => {};
    answer = () => new Promise((_, reject) => (finish = () => reject(new TypeError("reset"))));
    const worker = open();
    worker.click();
    await settled();
    expect(worker.stop()).toBe(1);
    finish();
    await settled();
    expect(worker.stop()).toBe(0);
    answer = fine;
    await live(open(), HOUR_MS);
    expect(await counts()).toEqual({ delivered: 1 });
    expect(arrivals).toHaveLength(2);
  });

  it("is not what a page left while it was offline: that is sent", async () => {
    const { entry } = await leaving(never, false);
    expect((await queue.all()).get(entry.id)).toMatchObject({ doubt: false });
    await revisit();
    expect(arrivals.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("is not what failed before the page left", async () => {
    answer = unreachable;
    const page = open();
    page.click();
    await settled();
    expect(page.stop()).toBe(0);
    answer = fine;
    await revisit();
    expect(await counts()).toEqual({ delivered: 1 });
    expect(arrivals).toHaveLength(2);
  });

  it("is not trusted against the evidence of other requests that failed around then", async () => {
    await leaving(never);
    answer = unreachable;
    const other = open();
    other.click();
    await settled();
    answer = fine;
    await revisit();
    expect(arrivals.map(({ attempt }) => attempt)).toEqual([1, 1, 2, 2]);
    expect(await counts()).toEqual({ delivered: 2 });
  });

  it("is not trusted against that evidence if the click is of yesterday, either: what counts is when it was sent", async () => {
    queue.add(entryAt(Date.now() - DAY_MS));
    answer = never;
    const page = open();
    void page.flush();
    await settled();
    page.leave();
    answer = unreachable;
    open().click();
    await settled();
    answer = fine;
    await revisit();
    expect(await counts()).toEqual({ delivered: 2 });
  });

  it("is not trusted any more once evidence spoke against it, however long the outage goes on", async () => {
    await leaving(never);
    answer = unreachable;
    open().click();
    await settled();
    forward(LEASE_MS + 1);
    queue.merge(() => true);
    await open().flush();
    await settled();
    forward(HOUR_MS);
    await open().flush();
    await settled();
    answer = fine;
    forward(HOUR_MS);
    await revisit();
    expect(await counts()).toEqual({ delivered: 2 });
  });

  it("is trusted in spite of failures long before", async () => {
    answer = unreachable;
    open().click();
    await settled();
    forward(10 * 60_000);
    await leaving(never);
    await revisit();
    expect(await counts()).toEqual({ delivered: 1, "in-doubt": 1 });
    expect(arrivals).toHaveLength(3);
  });

  it("is said once, even if the browser never settles the request and the page leaves again", async () => {
    const { page } = await leaving(never);
    await revisit();
    await page.flush();
    page.leave();
    expect(await waiting()).toHaveLength(0);
  });

  it("is not what a killed page left: nobody said that it had been taken over", async () => {
    answer = never;
    open().click();
    await settled();
    answer = fine;
    await revisit();
    expect(arrivals.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(await counts()).toEqual({ delivered: 1 });
  });
});

describe("the lease", () => {
  it("keeps a flush from an entry that another context has in hand", async () => {
    answer = () => new Promise(() => {});
    open().click();
    await settled();
    const other = open();
    expect(await other.flush()).toBe(START + LEASE_MS);
    expect(arrivals).toHaveLength(1);
  });

  it("frees the entry of a context that died", async () => {
    answer = () => new Promise(() => {});
    open().click();
    await settled();
    answer = fine;
    forward(LEASE_MS);
    await open().flush();
    await settled();
    expect(arrivals.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("lets two contexts that flush at once send each entry once", async () => {
    left(60);
    const tabs = [open(), open(), open()];
    await Promise.all(tabs.map((tab) => tab.flush()));
    await settled();
    expect(arrivals).toHaveLength(60);
    expect(new Set(arrivals.map(({ id }) => id)).size).toBe(60);
    expect(await counts()).toEqual({ delivered: 60 });
  });

  it("lets one context drain at a time where there are locks", async () => {
    vi.stubGlobal("navigator", {
      onLine: true,
      locks: { request: async (_name: string, _options: object, work: (lock: null) => number) => work(null) },
    });
    left(3);
    // Not a whole lease: the one that drains does not see what was stored after it began.
    expect(await open().flush()).toBe(START + 5_000);
    expect(arrivals).toEqual([]);
  });

  it("does not send what a page claimed that was then frozen for longer than the lease", async () => {
    left(1);
    const { transact } = queue;
    let thaw = () => {};
    const frozen = new Promise<void>((resolve) => {
      thaw = resolve;
    });
    const whole = queue;
    queue = {
      ...queue,
      transact: async (ids, change) => {
        await transact(ids, change);
        if (!ids.includes(LEDGER)) await frozen;
      },
    };
    const page = open();
    void page.flush();
    await settled();
    page.leave();
    queue = whole;
    forward(LEASE_MS + 1);
    await open().flush();
    await settled();
    void page.flush();
    thaw();
    await settled();
    expect(arrivals.map(({ attempt }) => attempt)).toEqual([3]);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("does not send again what comes back after it was counted, and counts it no second time", async () => {
    const entries = left(8);
    await open().flush();
    await settled();
    // A tab that is slow to hear what others take from the journal stores it late.
    for (const entry of entries) queue.add(entry);
    const page = open();
    expect(await page.flush()).toBe(0);
    await settled();
    expect(arrivals).toHaveLength(8);
    expect(page.outcomes).toEqual([]);
    expect(await waiting()).toEqual([]);
    expect(await counts()).toEqual({ delivered: 8 });
  });
});

describe("the clock", () => {
  it("a year ahead and back again sticks no lease and no back-off", async () => {
    vi.setSystemTime(START + YEAR_MS);
    answer = unreachable;
    const page = open({ random: () => 1 });
    page.click();
    page.leave();
    answer = () => new Promise(() => {});
    open().click();
    await settled();
    vi.setSystemTime(START);
    answer = fine;
    queue.merge(() => true);
    const next = open();
    await live(next, HOUR_MS);
    expect(await waiting()).toEqual([]);
  });

  it("a year ahead frees what waits and drops nothing", async () => {
    answer = () => status(503, "no", { "Retry-After": "600" });
    const page = open();
    page.click();
    await settled();
    vi.setSystemTime(START + YEAR_MS);
    answer = fine;
    await live(page, HOUR_MS);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("a year ahead drops nothing at the first failure", async () => {
    answer = unreachable;
    const page = open();
    page.click();
    await settled();
    vi.setSystemTime(START + YEAR_MS);
    await page.flush();
    await settled();
    vi.setSystemTime(START + 60_000);
    answer = fine;
    await live(page, HOUR_MS);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("an hour back makes nothing wait longer than an hour", async () => {
    answer = unreachable;
    const page = open({ random: () => 1 });
    page.click();
    await settled();
    vi.setSystemTime(START - HOUR_MS);
    answer = fine;
    await live(page, 2 * HOUR_MS);
    expect(await counts()).toEqual({ delivered: 1 });
  });
});

describe("a drain", () => {
  it("goes oldest first", async () => {
    const entries = left(20);
    await open().flush();
    await settled();
    expect(arrivals.map(({ id }) => id)).toEqual(entries.map(({ id }) => id));
  });

  it("sends the first one alone, then a few at a time", async () => {
    let flying = 0;
    const seen: number[] = [];
    const done: (() => void)[] = [];
    answer = () => {
      seen.push(++flying);
      return new Promise((resolve) =>
        done.push(() => {
          flying--;
          resolve(status(204));
        }),
      );
    };
    left(40);
    const flushing = open().flush();
    await settled();
    expect(arrivals).toHaveLength(1);
    for (let turn = 0; turn < 60; turn++) {
      done.shift()?.();
      await settled(10);
    }
    await flushing;
    expect(arrivals).toHaveLength(40);
    expect(Math.max(...seen)).toBe(6);
  });

  it("counts the attempt", async () => {
    left(1, { attempt: 3 });
    await open().flush();
    await settled();
    expect(arrivals).toMatchObject([{ attempt: 4 }]);
  });

  it("stops when the page leaves: nothing new is sent, nothing is lost, the lock is free", async () => {
    const done: (() => void)[] = [];
    answer = () => new Promise((resolve) => done.push(() => resolve(status(204))));
    left(40);
    const page = open();
    const flushing = page.flush();
    await settled();
    done.shift()?.();
    await settled();
    const sent = arrivals.length;
    expect(page.stop()).toBe(sent - 1);
    page.leave();
    expect(await flushing).toBe(0);
    for (const finish of done.splice(0)) finish();
    await settled();
    expect(arrivals).toHaveLength(sent);
    answer = fine;
    forward(LEASE_MS + 1);
    await open().flush();
    await settled();
    expect(arrivals).toHaveLength(40);
    expect(await counts()).toEqual({ delivered: 40 });
  });

  it("goes on when the page comes back", async () => {
    left(3);
    const page = open();
    page.leave();
    await page.flush();
    await settled();
    expect(await counts()).toEqual({ delivered: 3 });
  });

  it("says when to come again", async () => {
    left(1, { due: START + 5_000 });
    left(1, { due: START + 3_000 });
    expect(await open().flush()).toBe(START + 3_000);
    expect(arrivals).toEqual([]);
  });

  it("says that nothing waits", async () => {
    expect(await open().flush()).toBe(0);
    left(2);
    expect(await open().flush()).toBe(0);
  });

  it("is shared by those who ask for it at the same time", async () => {
    left(10);
    const page = open();
    await Promise.all([page.flush(), page.flush(), page.flush()]);
    await settled();
    expect(arrivals).toHaveLength(10);
  });

  it("survives a store that fails", async () => {
    left(1);
    const all = queue.all;
    queue = { ...queue, all: () => Promise.reject(new Error("stuck")) };
    const page = open();
    expect(await page.flush()).toBe(0);
    queue = { ...queue, all };
  });
});

describe("counting", () => {
  it("happens once, whoever settles first", async () => {
    const [entry] = left(1);
    if (!entry) throw new Error("no entry");
    const tabs = [open(), open()];
    await Promise.all(tabs.map((tab) => tab.settle([{ ...entry, name: "delivered" }])));
    expect(await counts()).toEqual({ delivered: 1 });
    expect(tabs.map(({ outcomes }) => outcomes.length)).toEqual([1, 0]);
  });

  it("leaves an entry to the context that has taken it over meanwhile", async () => {
    const [entry] = left(1);
    if (!entry) throw new Error("no entry");
    queue.add({ ...entry, attempt: 2, due: START + LEASE_MS });
    const late = open();
    await late.settle([{ ...entry, name: "waiting", stays: { ...entry, due: 0 } }]);
    expect(await waiting()).toMatchObject([{ attempt: 2, due: START + LEASE_MS }]);
    expect(late.outcomes).toEqual([]);
  });

  it("takes clicks that were never queued: invalid and vetoed ones", async () => {
    await open().settle([{ name: "dropped", id: "x", at: START, attempt: 0, reason: "invalid" }]);
    expect(await counts()).toEqual({ invalid: 1 });
  });

  it("keeps the last outcomes for the inspector, and no more than that", async () => {
    left(50);
    await open().flush();
    await settled();
    const { last } = await ledger();
    expect(last).toHaveLength(8);
    expect(last.every(({ name }) => name === "delivered")).toBe(true);
  });

  it("does not reject when the store fails, and counts what is done once the store is back", async () => {
    const [entry] = left(1);
    if (!entry) throw new Error("no entry");
    const { transact } = queue;
    queue = { ...queue, transact: () => Promise.reject(new Error("full")) };
    const page = open();
    await expect(page.settle([{ ...entry, name: "delivered" }])).resolves.toBeUndefined();
    expect(page.outcomes).toEqual([]);
    Object.assign(queue, { transact });
    await page.flush();
    expect(await waiting()).toHaveLength(0);
    expect(arrivals).toHaveLength(0);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("adds up: made = delivered + waiting + in doubt + dropped", async () => {
    const codes = [204, 400, 503, 204, 413, 429, 204, 422, 500, 204];
    answer = () => status(codes[arrivals.length % codes.length] ?? 204, "Json deserialize error");
    const page = open();
    for (let made = 0; made < 40; made++) {
      page.click();
      await settled();
      forward(1_000);
    }
    const done = Object.values(await counts()).reduce((sum, count) => sum + count, 0);
    expect(done + (await waiting()).length).toBe(40);
    answer = fine;
    await live(page, HOUR_MS);
    expect(Object.values(await counts()).reduce((sum, count) => sum + count, 0)).toBe(40);
    expect(await waiting()).toEqual([]);
  });
});

describe("a database that answers late", () => {
  it("costs neither what was counted before nor what was counted in memory meanwhile", async () => {
    const factory = new IDBFactory();
    vi.stubGlobal("indexedDB", factory);
    queue = createQueue<Entry>("clicktrail late", joinLedgers);
    open().click();
    await settled();
    expect(await counts()).toEqual({ delivered: 1 });
    let answered = () => {};
    const evicted = new Promise<void>((resolve) => {
      answered = resolve;
    });
    // Behind a frozen page that holds the lock.
    const request = async (_name: string, _options: object, work: (lock: object) => unknown) => {
      await evicted;
      return work({});
    };
    vi.stubGlobal("navigator", { onLine: true, locks: { request } });
    queue = createQueue<Entry>("clicktrail late", joinLedgers);
    const page = open();
    page.click();
    await vi.advanceTimersByTimeAsync(2_000);
    await settled();
    expect(names(page)).toEqual(["delivered"]);
    answered();
    await settled();
    expect(queue.durable()).toBe(true);
    page.click();
    await settled();
    expect(await counts()).toEqual({ delivered: 3 });
  });
});

describe("the keepalive budget", () => {
  it("is never overdrawn: what is over it waits its turn and is sent", async () => {
    const done: (() => void)[] = [];
    let flying = 0;
    let most = 0;
    answer = () => {
      flying += 4_000;
      most = Math.max(most, flying);
      return new Promise((resolve) =>
        done.push(() => {
          flying -= 4_000;
          resolve(status(204));
        }),
      );
    };
    const page = open();
    for (let made = 0; made < 30; made++) page.click({ size: 4_000 });
    await settled();
    expect(arrivals.length).toBeLessThan(16);
    expect(page.wakes.length).toBeGreaterThan(0);
    for (let turn = 0; turn < 100; turn++) {
      page.flush();
      await settled(5);
      done.shift()?.();
      await settled(5);
      forward(100);
    }
    await settled();
    expect(arrivals).toHaveLength(30);
    expect(await counts()).toEqual({ delivered: 30 });
    expect(most).toBeLessThan(64 * 1024);
    expect(arrivals.every(({ attempt }) => attempt === 1)).toBe(true);
  });

  /** An entry as the tracker would have made it, with so much text in it. */
  function withText(text: string): Partial<Entry> {
    const { payload } = entryAt(START);
    const longer = { ...payload, metadata: { ...payload.metadata, text } };
    return { payload: longer, size: new TextEncoder().encode(JSON.stringify(longer)).length };
  }

  it("is counted in bytes: a text is longer on the wire than in characters", async () => {
    answer = () => new Promise((resolve) => setTimeout(() => resolve(status(204)), 100));
    const page = open();
    for (let made = 0; made < 12; made++) page.click(withText("検".repeat(4_000)));
    await settled();
    expect((await ledger()).health.fails).toBe(0);
    await vi.advanceTimersByTimeAsync(100);
  });

  it("lets what waited go as soon as there is room", async () => {
    let finish = () => {};
    answer = () => new Promise((resolve) => (finish = () => resolve(status(204))));
    const page = open();
    page.click(withText("x".repeat(70_000)));
    page.click();
    await settled();
    await page.flush();
    expect(arrivals).toHaveLength(1);
    page.wakes.length = 0;
    answer = fine;
    finish();
    await settled();
    expect(page.wakes).toContain(Date.now());
    await page.flush();
    expect(await counts()).toEqual({ delivered: 2 });
  });

  it("does not keep back an entry that is bigger than all of it", async () => {
    const page = open();
    page.click(withText("x".repeat(70_000)));
    page.click();
    await settled();
    await live(page, HOUR_MS);
    expect(await counts()).toEqual({ delivered: 2 });
  });
});

describe("nothing in flight", () => {
  it("is said once the last answer is settled, that of a drain too", async () => {
    let rested = 0;
    const done: (() => void)[] = [];
    answer = () => new Promise((resolve) => done.push(() => resolve(status(204))));
    left(2);
    const courier = createCourier({
      scope: "clicktrail courier",
      queue,
      send: createSend({
        scope: "",
        endpoint: "https://api.example/ctr",
        headers: {},
        resend: false,
        dryRun: false,
      }),
      emit: () => {},
      wake: () => {},
      rest: () => {
        rested++;
      },
      resend: false,
      dryRun: false,
    });
    courier.flush();
    await settled();
    courier.leave();
    await settled();
    expect(rested).toBe(0);
    done.shift()?.();
    await settled();
    expect(rested).toBe(1);
    expect(await counts()).toEqual({ delivered: 1 });
  });
});
