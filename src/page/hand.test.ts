// Which courier a page gets, what it is told, and what the page does itself while there is none: on a database in memory, with workers
// that speak when a test says so, and with the page's own courier as it is.
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Outcome } from "../courier/ledger";
import { type Entry, leaseOf } from "../courier/row";
import { createDesk, receive, type ToCourier, type ToPage } from "../courier/worker";
import { FORMAT, type Route } from "../options";
import { fillDisk, slowFactory } from "../test/disk";
import { entryAt, START, settled } from "../test/entries";
import {
  busyDisk,
  counts,
  fine,
  inStash,
  left,
  never,
  OPTIONS,
  pass,
  put,
  routeTo,
  SECOND_MS,
  setUpStand,
  stand,
  stashRow,
  status,
  stored,
  unreachable,
} from "../test/stand";
import { type FakeWorker, fakeFile, NO_FILE } from "../test/workers";
import { ask, createHand, deliver, flush, type Hand, leave, openDisk, post, start, withdraw } from "./hand";
import { type CourierFile, LOADED, type OpenCourier } from "./reach";

const READY: ToPage = { ready: FORMAT };
const LEASE_MS = leaseOf(entryAt(START));
const OUTCOME: Outcome = { name: "delivered", id: "x", attempt: 1, at: START };

let told: Outcome[];
let isOn: boolean;
let withdrawnAt: number;
/** The page's own courier has been loaded. */
let loads: number;

setUpStand();
beforeEach(() => {
  [told, isOn, withdrawnAt, loads] = [[], true, 0, 0];
  const page = new EventTarget();
  vi.stubGlobal("window", page);
  for (const change of ["addEventListener", "removeEventListener"] as const)
    vi.stubGlobal(change, page[change].bind(page));
});

/** The file that a page loads to be its own courier. */
async function load(): Promise<void> {
  loads++;
  const courier: OpenCourier = (route, hear, flights) => {
    const desk = createDesk(route, "page", { flights, random: () => 0.5 });
    return (message) => void receive(desk, structuredClone(message), { postMessage: hear });
  };
  Object.assign(globalThis, { [LOADED]: courier });
}

function create(file: CourierFile, change: Partial<Route> = {}): Hand {
  const route = routeTo(change);
  return createHand({
    route,
    file,
    options: OPTIONS,
    isTag: false,
    isOn: () => isOn,
    greeting: () => ({ route, withdrawnAt, isHeard: true }),
    tell: (outcome) => told.push(outcome),
  });
}

/** A page whose worker is ready. */
async function withWorker(change: Partial<CourierFile> = {}) {
  const { file, workers } = fakeFile(change);
  const hand = create(file);
  openDisk(hand);
  const starting = start(hand);
  await settled();
  const worker = workers[0] as FakeWorker;
  worker.say(READY);
  await starting;
  worker.posted.length = 0;
  return { hand, worker, workers };
}

/** A page that is its own courier. */
async function alone(change: Partial<Route> = {}) {
  const hand = create({ ...NO_FILE, load }, change);
  openDisk(hand);
  await start(hand);
  await settled();
  return hand;
}

describe("a shared worker", () => {
  it("is greeted with what it must know, and trusted only once it is ready", async () => {
    stashRow(entryAt(START, {}, 7));
    const { file, workers } = fakeFile();
    const hand = create(file);
    const starting = start(hand);
    await settled();
    expect(workers[0]?.posted).toMatchObject([
      {
        hello: true,
        route: routeTo(),
        withdrawnAt: 0,
        isHeard: true,
        stash: [{ id: entryAt(START, {}, 7).id }],
      },
    ]);
    expect(hand.place).toBe("page");
    workers[0]?.say(READY);
    expect(hand.place).toBe("worker");
    expect(await starting).toBe(true);
  });

  it("learns of the options what a message can carry", async () => {
    const odd = { ...OPTIONS, beforeSend: () => {}, userId: 7n as never };
    for (const [options, carried] of [
      [{ ...OPTIONS, beforeSend: () => {} }, OPTIONS],
      [odd, undefined],
    ] as const) {
      const { file, workers } = fakeFile();
      const hand = { ...create(file), options };
      start(hand);
      await settled();
      expect(workers[0]?.posted[0]?.options).toEqual(carried);
    }
  });

  it("is started once", async () => {
    const { file, workers } = fakeFile();
    const hand = create(file);
    start(hand);
    start(hand);
    await settled();
    expect(workers).toHaveLength(1);
  });

  it("that would end with its page is sent away, and the page is its own courier", async () => {
    const { file, workers } = fakeFile({ outlives: false, load });
    const hand = create(file);
    expect(await start(hand)).toBe(true);
    expect(workers[0]?.posted).toEqual([{ bye: true }]);
    expect([hand.place, loads]).toEqual(["page", 1]);
  });

  it.each<[string, (worker: FakeWorker) => void]>([
    ["is forbidden by a policy", (worker) => worker.onerror?.()],
    ["says nothing for three seconds", () => {}],
    ["is of another format", (worker) => worker.say({ ready: FORMAT + 1 })],
    ["isn't ours", (worker) => worker.say({ version: "0.0.0-test" } as ToPage)],
  ])("that %s is not waited for any longer: the page is its own courier", async (_, be) => {
    const { file, workers } = fakeFile({ load });
    const hand = create(file);
    const starting = start(hand);
    await settled();
    be(workers[0] as FakeWorker);
    await pass(3 * SECOND_MS);
    expect(await starting).toBe(true);
    expect([hand.place, loads]).toEqual(["page", 1]);
    // What another courier says is of no interest.
    workers[0]?.say({ outcome: OUTCOME });
    expect(told).toEqual([]);
  });

  it("that is late takes over from the page, and flushes what the page has sent and kept meanwhile", async () => {
    const { file, workers } = fakeFile({ load });
    const hand = create(file);
    const starting = start(hand);
    await settled();
    await pass(3 * SECOND_MS);
    await starting;
    expect(hand.place).toBe("page");
    const entry = entryAt(START, {}, 3);
    stashRow(entry);
    // The page's own courier replies to what it was asked.
    const asked = ask(hand, { stats: true });
    workers[0]?.say(READY);
    expect(hand.place).toBe("worker");
    expect(workers[0]?.posted.at(-1)).toMatchObject({ flush: "start", stash: [{ id: entry.id }] });
    workers[0]?.say({ outcome: OUTCOME });
    expect(told).toEqual([OUTCOME]);
    deliver(hand, entryAt(Date.now(), {}, 4));
    expect(workers[0]?.posted.at(-1)).toMatchObject({ entry: { begun: true } });
    expect(await asked).toMatchObject({ made: expect.any(Number) });
    leave(hand);
    expect(workers[0]?.posted.at(-1)).toEqual({ bye: true });
  });

  it("that fails after it was ready is trusted all the same", async () => {
    const { hand, worker } = await withWorker();
    worker.onerror?.();
    expect(hand.place).toBe("worker");
  });

  it("one page's policy is its own: the next page tries again", async () => {
    const { file, workers } = fakeFile({ load });
    for (const page of [create(file), create(file)]) {
      const starting = start(page);
      await settled();
      workers.at(-1)?.onerror?.();
      await starting;
    }
    expect(workers).toHaveLength(2);
  });

  it("tells what has become of clicks, and what its developer should know", async () => {
    const { worker } = await withWorker();
    worker.say({ outcome: OUTCOME });
    worker.say({ words: ["dropped", 422, "a word"] });
    expect(told).toEqual([OUTCOME]);
    await vi.waitFor(() =>
      expect(vi.mocked(console.error).mock.calls.join()).toContain(
        "The server refused a click (422: a word)",
      ),
    );
  });

  it.each([[null], [undefined], ["pong"], [true], [[]], [{ re: 99 }]])(
    "is harmed by no message: %j",
    async (odd) => {
      const { hand, worker } = await withWorker();
      expect(() => worker.say(odd as never)).not.toThrow();
      expect(hand.place).toBe("worker");
    },
  );

  it("has rows kept outside the database, and let go", async () => {
    const { worker } = await withWorker();
    const entry = entryAt(START, {}, 3);
    worker.say({ keep: [entry] });
    expect(inStash()).toEqual([entry]);
    worker.say({ settled: [entry.id] });
    expect(inStash()).toEqual([]);
  });

  it("has the page flush when it says so", async () => {
    const { worker } = await withWorker();
    worker.say({ at: START + 20 * SECOND_MS });
    worker.say({ at: START + 30 * SECOND_MS });
    await pass(20 * SECOND_MS - 1);
    expect(worker.posted).toEqual([]);
    await pass(1);
    expect(worker.posted).toMatchObject([{ flush: "later" }]);
  });

  it("has no page flush that has no consent any more", async () => {
    const { worker } = await withWorker();
    worker.say({ at: START + 20 * SECOND_MS });
    isOn = false;
    await pass(20 * SECOND_MS);
    expect(worker.posted).toEqual([]);
  });
});

describe("a page that comes back from the back/forward cache", () => {
  it("has one courier again: without a database the one before sends nothing any more", async () => {
    vi.stubGlobal("indexedDB", undefined);
    const hand = await alone();
    stand.respond = () => status(503);
    deliver(hand, entryAt(START));
    await settled();
    leave(hand);
    stand.respond = fine;
    await start(hand);
    await pass(5 * SECOND_MS);
    expect(stand.arrivals.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  it("settles what was asked before it went", async () => {
    const { hand } = await withWorker();
    const asked = ask(hand, { stats: true }).then(
      () => "replied",
      () => "rejected",
    );
    leave(hand);
    void start(hand);
    await settled();
    expect(await Promise.race([asked, settled().then(() => "open")])).toBe("rejected");
  });
});

describe("a courier's file that can't be had", () => {
  it("is told, once", async () => {
    vi.resetModules();
    const fresh = await import("./hand");
    for (let page = 0; page < 2; page++) {
      const route = routeTo();
      const hand = fresh.createHand({
        route,
        file: NO_FILE,
        options: OPTIONS,
        isTag: false,
        isOn: () => true,
        greeting: () => ({ route }),
        tell() {},
      });
      expect(await fresh.start(hand)).toBe(false);
      await expect(fresh.ask(hand, { stats: true })).rejects.toThrow("clicktrail.courier.js can't be loaded");
    }
    const words = vi
      .mocked(console.error)
      .mock.calls.filter(([text]) => `${text}`.includes("can't be loaded"));
    expect(words).toHaveLength(1);
  });

  it("costs no click: the page sends it, and the next courier counts it", async () => {
    const hand = create(NO_FILE);
    openDisk(hand);
    await settled();
    deliver(hand, entryAt(START));
    await settled();
    expect(stand.arrivals).toHaveLength(1);
    expect(await stored()).toMatchObject([{ begun: true, answer: { status: 204 } }]);
    await alone();
    expect(await counts()).toEqual({ delivered: 1 });
    expect(stand.arrivals).toHaveLength(1);
  });

  it("costs no response either that its page could not write any more: the next courier knows it", async () => {
    let release = () => {};
    stand.respond = () => new Promise((resolve) => (release = () => resolve(status(503))));
    const hand = create(NO_FILE);
    openDisk(hand);
    await settled();
    deliver(hand, entryAt(START));
    await settled();
    const full = fillDisk();
    release();
    await settled();
    leave(hand);
    full.mockRestore();
    stand.respond = fine;
    await alone();
    await pass(2 * SECOND_MS);
    expect(await counts()).toEqual({ delivered: 1 });
    expect(stand.arrivals.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(inStash()).toEqual([]);
  });

  it("that loads something else is one, too", async () => {
    Object.assign(globalThis, { [LOADED]: undefined });
    expect(await start(create({ ...NO_FILE, load: async () => ({}) }))).toBe(false);
  });
});

describe("a service worker", () => {
  let messages: ToCourier[];
  let ports: MessagePort[];
  let update: ReturnType<typeof vi.fn>;
  let registered: unknown[][];
  let change: () => void;
  let active: { state: string; addEventListener: unknown; postMessage: unknown };

  /** Its registration is told that it is now this. */
  const becomes = (state: string) => {
    active.state = state;
    change();
  };

  /** A browser with service workers. */
  function serve(register?: () => Promise<unknown>) {
    [messages, ports, registered, update, change] = [[], [], [], vi.fn(), () => {}];
    active = {
      state: "activating",
      addEventListener: (_: string, listener: () => void) => {
        change = listener;
      },
      postMessage(message: { clicktrail: ToCourier }, [port]: [MessagePort]) {
        messages.push(structuredClone(message.clicktrail));
        ports.push(port);
      },
    };
    vi.stubGlobal("location", new URL("https://shop.example/search"));
    vi.stubGlobal("navigator", {
      onLine: true,
      locks: stand.locks,
      serviceWorker: {
        register: async (...args: unknown[]) => {
          registered.push(args);
          return register ? register() : { active, update };
        },
      },
    });
    return fakeFile({ outlives: false, load, service: () => "https://shop.example/clicktrail.courier.js" });
  }

  /** What the worker says arrives by its message's own port. */
  const say = async (message: ToPage, at = ports.length - 1) => {
    ports[at]?.postMessage(message);
    await settled(5);
  };

  it("is registered with its own file as its scope, so that it holds no page", async () => {
    const hand = create(serve().file);
    const starting = start(hand);
    await settled();
    expect(registered).toEqual([
      ["https://shop.example/clicktrail.courier.js", { scope: "/clicktrail.courier.js" }],
    ]);
    expect(messages).toMatchObject([{ hello: true, route: routeTo() }]);
    expect(hand.place).toBe("page");
    await say(READY);
    expect(await starting).toBe(true);
    expect(hand.place).toBe("service-worker");
  });

  it("forgets, so it is told with each message what the page knows by then", async () => {
    const hand = create(serve().file);
    const starting = start(hand);
    await settled();
    await say(READY);
    await starting;
    withdrawnAt = 7;
    post(hand, { flush: "later" });
    expect(messages.at(-1)).toMatchObject({
      flush: "later",
      withdrawnAt: 7,
      isHeard: true,
      route: routeTo(),
    });
  });

  it("of another format is brought up to date, and gets no click", async () => {
    const hand = create(serve().file);
    const starting = start(hand);
    await settled();
    await say({ ready: FORMAT + 1 });
    expect(update).toHaveBeenCalledTimes(1);
    await pass(3 * SECOND_MS);
    await starting;
    expect([hand.place, loads]).toEqual(["page", 1]);
  });

  it.each([[null], ["pong"], [{ type: "CACHED" }], [{ version: "0.0.0-test" }]])(
    "that isn't ours, whatever it responds with, gets no click: %j",
    async (message) => {
      const hand = create(serve().file);
      const starting = start(hand);
      await settled();
      await say(message as never);
      expect(update).not.toHaveBeenCalled();
      await pass(3 * SECOND_MS);
      await starting;
      expect([hand.place, told]).toEqual(["page", []]);
    },
  );

  it("that is taken away as it replies has replied", async () => {
    const hand = create(serve().file);
    const starting = start(hand);
    await settled();
    await say(READY);
    await starting;
    const withdrawn = withdraw(hand);
    const re = messages.at(-1)?.ask as number;
    await say({ re, isHere: true });
    becomes("redundant");
    await say({ re, value: "done" });
    await withdrawn;
  });

  it("is trusted while it is activated, and not any more once it is taken away", async () => {
    const hand = create(serve().file);
    const starting = start(hand);
    await settled();
    // A browser may give it the message, and the page its reply, before it says that it is activated.
    await say(READY);
    await starting;
    becomes("activated");
    expect(hand.place).toBe("service-worker");
    becomes("redundant");
    expect(hand.place).toBe("page");
  });

  it("that can't be registered leaves the page to be its own courier", async () => {
    const hand = create(serve(() => Promise.reject(new Error("404"))).file);
    expect(await start(hand)).toBe(true);
    expect([hand.place, loads]).toEqual(["page", 1]);
    await settled();
    expect(console.error).toHaveBeenCalledWith(
      expect.stringMatching(/courier must be a script of this origin.*404/),
    );
  });

  it("that the site doesn't name isn't missed", async () => {
    const { file } = serve(() => Promise.reject(new Error("404")));
    expect(await start(create({ ...file, service: () => undefined }))).toBe(true);
    await settled();
    expect(console.error).not.toHaveBeenCalled();
  });

  it("that is installed late is greeted then, and takes over from the page", async () => {
    const { file } = serve(async () => own);
    const { postMessage } = active;
    const own: Record<string, unknown> = { installing: active, update };
    const hand = create(file);
    const starting = start(hand);
    await settled();
    expect(messages).toEqual([]);
    await pass(3 * SECOND_MS);
    await starting;
    expect([hand.place, loads]).toEqual(["page", 1]);
    own.active = { ...active, postMessage };
    change();
    await settled();
    expect(messages).toMatchObject([{ hello: true }]);
    await say(READY);
    expect(hand.place).toBe("service-worker");
  });

  it("that is ready while the page's own courier starts keeps its place", async () => {
    let hear: (message: ToPage) => void = () => {};
    // Its database takes its time.
    const slow: OpenCourier = (_, toPage) => {
      hear = toPage;
      return () => {};
    };
    const { file } = serve();
    const hand = create({ ...file, load: async () => void Object.assign(globalThis, { [LOADED]: slow }) });
    const starting = start(hand);
    await pass(3 * SECOND_MS);
    await settled();
    await say(READY);
    await starting;
    hear(READY);
    expect(hand.place).toBe("service-worker");
  });
});

describe("a click", () => {
  it("goes to a worker that is ready, as a request that has begun, with its lease and not in doubt", async () => {
    const { hand, worker } = await withWorker();
    const entry = entryAt(START);
    deliver(hand, entry);
    const row = { ...entry, due: START + LEASE_MS, begun: true };
    expect(worker.posted).toEqual([{ entry: row }]);
    await settled();
    expect(await stored()).toEqual([row]);
    expect(stand.arrivals).toEqual([]);
  });

  it.each<[string, () => Promise<Hand>]>([
    ["the page is its own courier", () => alone()],
    [
      "the worker is not ready yet",
      async () => {
        const hand = create(fakeFile().file);
        openDisk(hand);
        start(hand);
        await settled();
        return hand;
      },
    ],
  ])("goes from the page where %s, and is in doubt if that goes", async (_, be) => {
    const hand = await be();
    stand.respond = never;
    deliver(hand, entryAt(START));
    expect(stand.arrivals).toHaveLength(1);
    await settled();
    expect(await stored()).toMatchObject([{ begun: true, doubt: true, due: START + LEASE_MS }]);
  });

  it("of the page's own is counted by its courier as soon as that is there", async () => {
    const hand = create({ ...NO_FILE, load });
    deliver(hand, entryAt(START));
    await settled(200);
    expect(await counts()).toEqual({ delivered: 1 });
    expect(told).toMatchObject([{ name: "delivered" }]);
    expect(stand.arrivals).toHaveLength(1);
    expect(inStash()).toEqual([]);
  });

  it("of the page's own that gets its response before a worker is ready is counted by that", async () => {
    const { file, workers } = fakeFile();
    const hand = create(file);
    openDisk(hand);
    deliver(hand, entryAt(START));
    await settled();
    expect(await stored()).toMatchObject([{ answer: { status: 204 } }]);
    workers[0]?.say(READY);
    await settled();
    expect(workers[0]?.posted.map(({ hello, flush: reason }) => hello ?? reason)).toEqual([true, "later"]);
  });

  it("of the page's own ends after ten seconds without a response", async () => {
    const hand = await alone();
    stand.respond = never;
    deliver(hand, entryAt(START));
    await pass(10 * SECOND_MS - 1);
    expect(stand.requests[0]?.signal?.aborted).toBe(false);
    await pass(1);
    expect(stand.requests[0]?.signal?.aborted).toBe(true);
    expect(told).toMatchObject([{ name: "waiting", status: 0 }]);
  });

  it("waits while the courier says so, and goes to it as waiting", async () => {
    const { hand, worker } = await withWorker();
    worker.say({ hold: START + SECOND_MS });
    deliver(hand, entryAt(START));
    expect(worker.posted).toMatchObject([{ entry: { attempt: 0 } }]);
    expect(worker.posted[0]?.entry?.begun ?? false).toBe(false);
    vi.setSystemTime(START + SECOND_MS);
    deliver(hand, entryAt(START, {}, 2));
    expect(worker.posted[1]).toMatchObject({ entry: { attempt: 1, begun: true } });
  });

  it("over the browser's budget waits its turn, and is sent then", async () => {
    const hand = await alone();
    const responses: (() => void)[] = [];
    stand.respond = () => new Promise((resolve) => responses.push(() => resolve(status(204))));
    for (let serial = 0; serial < 14; serial++) deliver(hand, entryAt(START, { size: 4_000 }, serial));
    await settled();
    expect(stand.arrivals).toHaveLength(11);
    stand.respond = fine;
    for (const respond of responses) respond();
    await pass(SECOND_MS);
    await pass(SECOND_MS);
    expect(await counts()).toEqual({ delivered: 14 });
    expect(stand.arrivals.map(({ attempt }) => attempt)).toEqual(Array(14).fill(1));
  });

  it("of a dry run is neither written nor sent, and is counted as that", async () => {
    const hand = await alone({ dryRun: true });
    deliver(hand, entryAt(START));
    await settled();
    expect([stand.arrivals, await stored(), inStash()]).toEqual([[], [], []]);
    expect(told).toMatchObject([{ name: "dropped", reason: "dry-run" }]);
  });

  it("is looked for when its lease has ended, for a worker that was killed says nothing", async () => {
    const { hand, worker, workers } = await withWorker();
    deliver(hand, entryAt(START));
    worker.posted.length = 0;
    await pass(LEASE_MS);
    expect(worker.posted).toMatchObject([{ flush: "later" }]);
    // It does not reply: another one takes its place.
    await pass(5 * SECOND_MS);
    expect(hand.place).toBe("page");
    void flush(hand, "later").catch(() => {});
    await settled();
    expect(workers).toHaveLength(2);
  });

  it.each<[string, () => Promise<Hand>]>([
    ["goes to a worker", async () => (await withWorker()).hand],
    ["is sent by the page", () => alone()],
  ])(
    "that %s, and closes the page: the page leaves in the click's task, though no pagehide comes",
    async (_, be) => {
      const hand = await be();
      stand.respond = never;
      deliver(hand, entryAt(START));
      expect(hand.link).toBeDefined();
      vi.stubGlobal("closed", true);
      window.dispatchEvent(new Event("click"));
      expect(hand.link).toBeUndefined();
      vi.stubGlobal("closed", false);
    },
  );

  it.each<[string, unknown]>([
    ["stays open", false],
    ["has a function named closed", () => {}],
  ])("leaves a page that %s as it is", async (_, closed) => {
    vi.stubGlobal("closed", closed);
    const { hand } = await withWorker();
    deliver(hand, entryAt(START));
    window.dispatchEvent(new Event("click"));
    expect(hand.link).toBeDefined();
  });
});

describe("a question", () => {
  it("is replied to by its number", async () => {
    const { hand, worker } = await withWorker();
    const [first, second] = [ask(hand, { stats: true }), ask(hand, { stats: true })];
    await settled(5);
    const [one, two] = worker.posted.map(({ ask: number }) => number as number);
    worker.say({ re: two as number, value: 2 });
    worker.say({ re: one as number, value: 1 });
    expect(await Promise.all([first, second])).toEqual([1, 2]);
    expect(hand.questions.size).toBe(0);
  });

  it("rejects with what the courier says is wrong", async () => {
    const { hand, worker } = await withWorker();
    const asked = expect(ask(hand, { stats: true })).rejects.toThrow("IndexedDB does not respond");
    await settled(5);
    worker.say({ re: worker.posted[0]?.ask as number, error: "IndexedDB does not respond" });
    await asked;
  });

  it("that a courier has is waited for, however long it takes", async () => {
    const { hand, worker } = await withWorker();
    let value: unknown;
    ask(hand, { flush: "later" }).then((given) => {
      value = given;
    });
    await settled(5);
    const re = worker.posted[0]?.ask as number;
    worker.say({ re, isHere: true });
    await pass(60 * SECOND_MS);
    expect(hand.place).toBe("worker");
    worker.say({ re, value: 1 });
    await settled(5);
    expect(value).toBe(1);
  });

  it("that no courier has for five seconds rejects, and the next use starts another", async () => {
    const { hand, workers } = await withWorker();
    const asked = expect(ask(hand, { stats: true })).rejects.toThrow("the courier does not respond");
    await pass(5 * SECOND_MS);
    await asked;
    start(hand);
    await settled();
    expect(workers).toHaveLength(2);
  });

  it("about the account is answered by the page's own courier", async () => {
    const hand = await alone();
    left(2, { due: START + SECOND_MS });
    expect(await ask(hand, { stats: true })).toMatchObject({ waiting: 2 });
  });
});

describe("a courier that is started ahead of its need", () => {
  const ahead = (file: CourierFile) => {
    const hand = create(file);
    openDisk(hand);
    start(hand, true);
    return hand;
  };

  it("is loaded into a page only once there is a need", async () => {
    const hand = ahead({ ...NO_FILE, load });
    await settled(200);
    expect(loads).toBe(0);
    expect(await start(hand)).toBe(true);
    expect(loads).toBe(1);
  });

  it.each<[string, (hand: Hand) => unknown]>([
    ["a click", (hand) => deliver(hand, entryAt(START))],
    ["a question", (hand) => ask(hand, { stats: true })],
    ["a flush", (hand) => flush(hand, "later")],
    ["a message that is not ahead of its need either", (hand) => post(hand, { isHeard: true })],
  ])("is needed for %s", async (_, need) => {
    const hand = ahead({ ...NO_FILE, load });
    await settled(200);
    await need(hand);
    await settled(200);
    expect(loads).toBe(1);
  });

  it("is needed where something is left, also if the database opens late", async () => {
    left(1);
    await settled();
    const hand = create({ ...NO_FILE, load });
    start(hand, true);
    await settled(200);
    expect(loads).toBe(0);
    openDisk(hand);
    await settled(200);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("sends what was left as soon as its own database opens, after its limit", async () => {
    left(2);
    await settled();
    const slow = slowFactory(indexedDB);
    vi.stubGlobal("indexedDB", slow);
    const hand = create({ ...NO_FILE, load });
    openDisk(hand);
    const starting = start(hand);
    await pass(3 * SECOND_MS);
    await starting;
    expect(stand.arrivals).toEqual([]);
    // The page's, then its courier's.
    for (const _ of [1, 2]) await slow.respond();
    await settled(200);
    expect(await counts()).toEqual({ delivered: 2 });
  });

  it("is needed where something was left before the wait for a need began", async () => {
    left(1);
    await settled();
    const hand = create({ ...NO_FILE, load });
    openDisk(hand);
    await hand.disk.database.opening;
    start(hand, true);
    await settled(200);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("is loaded at once where it was needed before the way into the page was tried", async () => {
    const hand = ahead({ ...NO_FILE, load });
    start(hand);
    await settled(200);
    expect(loads).toBe(1);
  });

  it("is a worker at once, and the page's own where that worker fails", async () => {
    const { file, workers } = fakeFile({ load });
    ahead(file);
    await settled();
    expect([workers.length, loads]).toEqual([1, 0]);
    workers[0]?.onerror?.();
    await settled(200);
    expect(loads).toBe(1);
  });

  it("is not loaded for a page that has gone", async () => {
    const hand = ahead({ ...NO_FILE, load });
    await settled(200);
    leave(hand);
    await settled(200);
    expect(loads).toBe(0);
  });
});

describe("what is left", () => {
  it.each(["start", "hope", "later"] as const)(
    "is the courier's to send, with what pages have kept: %s",
    async (reason) => {
      const { hand, worker } = await withWorker();
      const entry = entryAt(START, {}, 5);
      stashRow(entry);
      void flush(hand, reason).catch(() => {});
      await settled(5);
      expect(worker.posted).toMatchObject([{ flush: reason, stash: [{ id: entry.id }] }]);
    },
  );

  it("starts a courier as soon as the database shows that there is something", async () => {
    left(1);
    put({ id: "!" } as never);
    await settled();
    const hand = create({ ...NO_FILE, load });
    openDisk(hand);
    await settled(200);
    expect(loads).toBe(1);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("in localStorage starts one, too", async () => {
    stashRow(entryAt(START, {}, 5));
    openDisk(create({ ...NO_FILE, load }));
    await settled(200);
    expect(await counts()).toEqual({ delivered: 1 });
    expect(inStash()).toEqual([]);
  });

  it("where nothing is left, starts none", async () => {
    await (async () => put({ id: "!" } as never))();
    const { file, workers } = fakeFile({ load });
    openDisk(create(file));
    await settled(200);
    expect([workers.length, loads]).toEqual([0, 0]);
  });
});

describe("a page that goes", () => {
  it("says so, and keeps what is not known to be written", async () => {
    const { hand, worker } = await withWorker();
    const entry = entryAt(START);
    deliver(hand, entry);
    leave(hand);
    expect(worker.posted.at(-1)).toEqual({ bye: true });
    expect(inStash()).toMatchObject([{ id: entry.id }]);
    expect(hand.place).toBe("page");
  });

  it("listens to its worker no more, and starts another when it comes back", async () => {
    const { hand, worker, workers } = await withWorker();
    leave(hand);
    worker.say({ outcome: OUTCOME });
    worker.say({ at: START + 20 * SECOND_MS });
    await pass(30 * SECOND_MS);
    expect([told, worker.posted.length]).toEqual([[], 1]);
    void flush(hand, "start");
    await settled();
    expect(workers).toHaveLength(2);
  });

  it("that goes before its worker is ready is not called back by it", async () => {
    const { file, workers } = fakeFile();
    const hand = create(file);
    start(hand);
    await settled();
    leave(hand);
    workers[0]?.say(READY);
    expect(hand.place).toBe("page");
    expect(workers[0]?.posted.at(-1)).toEqual({ bye: true });
  });

  it("that goes before its worker is made sends it away", async () => {
    const { file, workers } = fakeFile({ load });
    const hand = create(file);
    start(hand);
    leave(hand);
    await settled();
    expect(workers[0]?.posted).toEqual([{ bye: true }]);
    expect(loads).toBe(0);
  });

  it("and comes back while its first worker is not there yet gets one courier, the new one", async () => {
    const { file, workers } = fakeFile({ load });
    const hand = create(file);
    start(hand);
    await settled();
    leave(hand);
    const starting = start(hand);
    await settled();
    workers[1]?.say(READY);
    expect(await starting).toBe(true);
    // The first one's time is over.
    await pass(3 * SECOND_MS);
    expect([hand.place, loads]).toEqual(["worker", 0]);
    post(hand, { flush: "later" });
    expect(workers[1]?.posted.at(-1)).toMatchObject({ flush: "later" });
  });

  it("sees in a rejected request no failure: it may have arrived", async () => {
    const hand = await alone();
    let reject = () => {};
    stand.respond = () => new Promise((_, no) => (reject = () => no(new TypeError("gone"))));
    deliver(hand, entryAt(START));
    await settled();
    leave(hand);
    reject();
    await settled();
    expect(told).toEqual([]);
    expect(await stored()).toMatchObject([{ begun: true, doubt: true }]);
  });

  it("keeps a response that comes all the same, and starts no courier for it", async () => {
    const hand = await alone();
    let respond = () => {};
    stand.respond = () => new Promise((resolve) => (respond = () => resolve(status(503))));
    deliver(hand, entryAt(START));
    await settled();
    leave(hand);
    respond();
    await settled();
    expect(await stored()).toMatchObject([{ begun: true, answer: { status: 503 } }]);
    expect(loads).toBe(1);
  });

  it("that comes back with a response after its row's lease overwrites nothing that others have made of it", async () => {
    const hand = await alone();
    let respond = () => {};
    stand.respond = () => new Promise((resolve) => (respond = () => resolve(status(503))));
    const entry = entryAt(START);
    deliver(hand, entry);
    await settled();
    leave(hand);
    const theirs: Entry = { ...entry, attempt: 2, begun: true, due: START + 90 * SECOND_MS };
    put(theirs);
    await settled();
    vi.setSystemTime(START + LEASE_MS);
    respond();
    await settled(200);
    expect(await stored()).toMatchObject([{ attempt: 2, begun: true }]);
    expect((await stored())[0]).not.toHaveProperty("answer");
  });

  it("is told why it stops its courier", async () => {
    const { hand, worker } = await withWorker();
    leave(hand, "end");
    expect(worker.posted).toEqual([{ stop: "end", bye: true }]);
  });
});

describe("consent that is withdrawn", () => {
  it("ends the page's requests, forgets what it kept, and has the courier drop the rest", async () => {
    const hand = await alone();
    stand.respond = never;
    deliver(hand, entryAt(START, {}, 1));
    await settled();
    stashRow(entryAt(START, {}, 2));
    [isOn, withdrawnAt] = [false, START];
    await withdraw(hand);
    expect(stand.requests[0]?.signal?.aborted).toBe(true);
    await settled();
    expect(inStash()).toEqual([]);
    expect(await stored()).toEqual([]);
    expect(await counts()).toEqual({ consent: 2 });
  });

  it("and given again in the same task leaves the courier at work", async () => {
    const { hand, worker } = await withWorker();
    void withdraw(hand).catch(() => {});
    post(hand, { hello: true });
    expect(worker.posted.map(({ stop, hello }) => stop ?? hello)).toEqual(["withdraw", true]);
  });

  it("is written nowhere by a response that comes then", async () => {
    const hand = await alone();
    let respond = () => {};
    stand.respond = () => new Promise((resolve) => (respond = () => resolve(status(503))));
    deliver(hand, entryAt(START));
    await settled();
    [isOn, withdrawnAt] = [false, START];
    const withdrawing = withdraw(hand);
    respond();
    await withdrawing;
    await settled();
    expect([await stored(), inStash()]).toEqual([[], []]);
    expect(await counts()).toEqual({ consent: 1 });
  });

  it("rejects where the database does not respond, and where there is no courier", async () => {
    const hand = await alone();
    const undo = await busyDisk();
    const rejected = expect(withdraw(hand)).rejects.toThrow("IndexedDB does not respond");
    await pass(5 * SECOND_MS);
    await rejected;
    await undo();
    await expect(withdraw(create(NO_FILE))).rejects.toThrow("can't be loaded");
  });
});

describe("a browser without a disk", () => {
  it.each([
    ["no database", () => void vi.stubGlobal("indexedDB", undefined)],
    ["a full one", () => void fillDisk()],
  ])("that has %s loses no click that has to wait, in the page or to the next one", async (_, be) => {
    be();
    const hand = await alone();
    stand.respond = unreachable;
    deliver(hand, entryAt(START));
    await settled();
    leave(hand);
    await settled();
    expect(inStash()).toHaveLength(1);
    vi.unstubAllGlobals();
  });
});
