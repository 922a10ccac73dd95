// The page's side of the worker: when it may be trusted with a click, what it is told, and that nobody waits for one that is gone.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Outcome } from "../delivery/ledger";
import type { ToPage, ToWorker } from "../delivery/worker";
import { entryAt, START, settled } from "../test/entries";
import { routeTo } from "../test/stand";
import { createStorage } from "../test/storage";
import { type FakeWorker, fakeWorkers, READY } from "../test/workers";
import { createRemote, type Remote } from "./remote";

const OUTCOME: Outcome = { name: "delivered", id: "x", attempt: 1, at: START };

let workers: FakeWorker[];
let storage: Record<string, string>;
let wakes: number[];
let told: Outcome[];
let withdrawnAt: number;
let isHeard: boolean;

function browser(outlives: boolean, make?: () => void): void {
  workers = fakeWorkers(outlives, make);
}

function create(serviceWorker?: string): Remote {
  return createRemote({
    route: routeTo({ serviceWorker }),
    withdrawnAt: () => withdrawnAt,
    isHeard: () => isHeard,
    tell: (outcome) => told.push(outcome),
    wake: (at) => wakes.push(at),
  });
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  workers = [];
  wakes = [];
  told = [];
  withdrawnAt = 0;
  isHeard = false;
  storage = createStorage();
  vi.stubGlobal("sessionStorage", storage);
  browser(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** A worker that has said that it is ready. */
function ready(): Remote {
  const remote = create();
  remote.start();
  workers.at(-1)?.say(READY);
  return remote;
}

describe("a worker", () => {
  it("is greeted with the route, and trusted only once it has said that it is ready", async () => {
    const remote = create();
    const started = remote.start();
    expect(workers[0]?.posted).toEqual([
      { hello: true, route: { ...routeTo(), serviceWorker: undefined }, withdrawnAt: 0, isHeard: false },
    ]);
    expect([remote.started(), remote.name()]).toEqual([true, "page"]);
    workers[0]?.say(READY);
    expect(remote.name()).toBe("worker");
    expect(await started).toBe(true);
  });

  it("is made of JavaScript", () => {
    const made = vi.spyOn(URL, "createObjectURL");
    create().start();
    expect(made.mock.calls[0]?.[0]).toMatchObject({ type: "text/javascript" });
  });

  it("is told with each message what the page knows by then", () => {
    const remote = ready();
    withdrawnAt = 7;
    isHeard = true;
    remote.post({ entry: entryAt(START) });
    remote.post({ flush: true });
    expect(workers[0]?.posted.slice(1)).toMatchObject([
      { entry: entryAt(START), withdrawnAt: 7, isHeard: true, route: routeTo() },
      { flush: true, withdrawnAt: 7, isHeard: true },
    ]);
  });

  it("is started once", () => {
    const remote = create();
    remote.start();
    remote.start();
    expect(workers).toHaveLength(1);
  });

  it("is asked nothing before it is started", () => {
    const remote = create();
    remote.post({ flush: true });
    expect([workers, remote.started(), remote.name()]).toEqual([[], false, "page"]);
  });

  it.each<[string, () => void]>([
    ["would end with its page", () => browser(false)],
    ["does not exist", () => vi.stubGlobal("SharedWorker", undefined)],
  ])("that %s is not made", async (_, be) => {
    be();
    expect(await create().start()).toBe(false);
    expect(workers).toEqual([]);
  });

  it("that is forbidden by a policy is not trusted, and not tried again in this visit", async () => {
    const remote = create();
    const started = remote.start();
    workers[0]?.onerror?.();
    expect(await started).toBe(false);
    expect(remote.name()).toBe("page");
    expect(await create().start()).toBe(false);
    expect(workers).toHaveLength(1);
    // Under a name that no page's own note has.
    expect(storage).toEqual({ "clicktrail no worker": "1" });
  });

  it("that can't even be made is not trusted, and not tried again either", async () => {
    const make = vi.fn(() => {
      throw new Error("SecurityError");
    });
    browser(true, make);
    expect(await create().start()).toBe(false);
    expect(await create().start()).toBe(false);
    expect(make).toHaveBeenCalledTimes(1);
  });

  it("that says nothing for three seconds is not waited for any longer, but tried again by the next page", async () => {
    const remote = create();
    const started = remote.start();
    await vi.advanceTimersByTimeAsync(2_999);
    await settled(3);
    await vi.advanceTimersByTimeAsync(1);
    expect(await started).toBe(false);
    create().start();
    expect(workers).toHaveLength(2);
  });

  it("that is late is trusted once it is ready", async () => {
    const remote = create();
    const started = remote.start();
    await vi.advanceTimersByTimeAsync(3_000);
    await started;
    workers[0]?.say(READY);
    expect(remote.name()).toBe("worker");
    expect(await remote.start()).toBe(true);
    expect(workers).toHaveLength(1);
  });

  it("that fails after it was ready is not thought forbidden", () => {
    const remote = ready();
    workers[0]?.onerror?.();
    expect(remote.name()).toBe("worker");
    expect(storage).toEqual({});
  });

  it("may be started where there is no sessionStorage", async () => {
    vi.stubGlobal("sessionStorage", undefined);
    const remote = create();
    const started = remote.start();
    workers[0]?.say(READY);
    expect(await started).toBe(true);
  });

  it("tells when a flush is due, and what has become of clicks", () => {
    ready();
    workers[0]?.say(7);
    workers[0]?.say(OUTCOME);
    expect([wakes, told]).toEqual([[7], [OUTCOME]]);
  });

  it("that was stopped before it was ready is not trusted when it says so", () => {
    const remote = create();
    remote.start();
    remote.stop();
    expect(workers[0]?.posted.at(-1)).toMatchObject({ bye: true });
    workers[0]?.say(READY);
    expect(remote.name()).toBe("page");
  });

  it("that was stopped is not listened to any more", () => {
    ready().stop();
    workers[0]?.say(7);
    workers[0]?.say(OUTCOME);
    expect([wakes, told]).toEqual([[], []]);
  });

  it("is told why it is stopped", () => {
    ready().stop({ stop: "withdraw" });
    expect(workers[0]?.posted.at(-1)).toMatchObject({ stop: "withdraw", bye: true });
  });

  it("that was stopped is followed by another", () => {
    const remote = ready();
    remote.stop();
    expect([remote.name(), remote.started()]).toEqual(["page", false]);
    remote.start();
    // The first one's word does not hold for the second.
    expect(remote.name()).toBe("page");
    workers[1]?.say(READY);
    expect(remote.name()).toBe("worker");
    remote.post({ flush: false });
    expect(workers.map(({ posted }) => posted.length)).toEqual([2, 2]);
  });
});

describe("a service worker", () => {
  let state: string;
  let messages: ToWorker[];
  let ports: MessagePort[];
  let update: ReturnType<typeof vi.fn>;
  let registered: unknown[][];

  /** A browser with service workers and, unless a test says so, without shared workers that outlive a page. */
  function serve(register?: () => Promise<unknown>): void {
    browser(false);
    state = "activated";
    messages = [];
    ports = [];
    registered = [];
    update = vi.fn();
    const active = {
      get state() {
        return state;
      },
      postMessage(message: { clicktrail: ToWorker }, [port]: [MessagePort]) {
        messages.push(structuredClone(message.clicktrail));
        ports.push(port);
      },
    };
    vi.stubGlobal("document", {});
    vi.stubGlobal("Document", { prototype: { baseURI: "https://shop.example/search/" } });
    vi.stubGlobal("navigator", {
      serviceWorker: {
        register: async (...args: unknown[]) => {
          registered.push(args);
          return register ? register() : { active, update };
        },
      },
    });
  }

  /** What the worker says arrives by its message's own port. */
  const say = async (message: ToPage, at = ports.length - 1) => {
    ports[at]?.postMessage(message);
    await new Promise((resolve) => setImmediate(resolve));
    await settled(3);
  };

  afterEach(() => {
    for (const port of ports ?? []) port.close();
  });

  it("is registered with its own file as its scope, so that it holds no page", async () => {
    serve();
    const started = create("/clicktrail.js").start();
    await settled(3);
    expect(registered).toEqual([
      [new URL("https://shop.example/clicktrail.js"), { scope: "/clicktrail.js" }],
    ]);
    expect(messages).toMatchObject([{ hello: true }]);
    await say(READY);
    expect(await started).toBe(true);
  });

  it("is trusted while it lives, once it is ready", async () => {
    serve();
    const remote = create("/clicktrail.js");
    remote.start();
    await settled(3);
    expect(remote.name()).toBe("page");
    await say(READY);
    expect(remote.name()).toBe("service-worker");
    state = "redundant";
    expect(remote.name()).toBe("page");
  });

  it("that is gone is not trusted any more, and what is posted to it makes nothing throw", async () => {
    const active = {
      state: "activated",
      postMessage: (_: unknown, [port]: [MessagePort]) => void ports.push(port),
    };
    const own: { active: typeof active | null } = { active };
    serve(async () => own);
    const remote = create("/clicktrail.js");
    remote.start();
    await settled(3);
    await say(READY);
    expect(remote.name()).toBe("service-worker");
    own.active = null;
    expect(remote.name()).toBe("page");
    // A flush that was posted to it would reach nobody: the page has to send.
    expect(await remote.start()).toBe(false);
    expect(() => remote.post({ flush: true })).not.toThrow();
  });

  it("of another version is brought up to date, and trusted all the same", async () => {
    serve();
    const remote = create("/clicktrail.js");
    remote.start();
    await settled(3);
    await say(READY);
    expect(update).not.toHaveBeenCalled();
    await say({ version: "0.9.9" });
    expect(update).toHaveBeenCalledTimes(1);
    expect(remote.name()).toBe("service-worker");
  });

  it("that isn't ours, whatever it responds with, is not trusted and makes nothing throw", async () => {
    serve();
    const remote = create("/theirs.js");
    remote.start();
    await settled(3);
    for (const message of [null, undefined, "pong", true, { type: "CACHED" }, []])
      await say(message as never);
    // Vitest fails where anything was thrown.
    expect([told, wakes, remote.name()]).toEqual([[], [], "page"]);
    expect(update).not.toHaveBeenCalled();
  });

  it("tells when a flush is due", async () => {
    serve();
    create("/clicktrail.js").start();
    await settled(3);
    await say(7);
    expect(wakes).toEqual([7]);
  });

  it("is not registered where a shared worker outlives the page", async () => {
    serve();
    browser(true);
    const remote = create("/clicktrail.js");
    remote.start();
    workers[0]?.say(READY);
    expect([registered, remote.name()]).toEqual([[], "worker"]);
  });

  it("is not registered where the page names none", async () => {
    serve();
    expect(await create().start()).toBe(false);
    expect(registered).toEqual([]);
  });

  it("is used where a policy forbids the shared one", async () => {
    serve();
    browser(true);
    const remote = create("/clicktrail.js");
    remote.start();
    workers[0]?.onerror?.();
    await settled(3);
    await say(READY);
    expect(remote.name()).toBe("service-worker");
  });

  it("that can't be registered is told, and the page is its own courier", async () => {
    const error = vi.spyOn(console, "error").mockImplementation(() => {});
    serve(() => Promise.reject(new Error("404")));
    expect(await create("/missing.js").start()).toBe(false);
    expect(error.mock.calls.join()).toContain("serviceWorker must be a script of this origin");
  });

  it("is waited for until it is active", async () => {
    let change = () => {};
    const own: Record<string, unknown> = {
      installing: { addEventListener: (_: string, listener: () => void) => (change = listener) },
    };
    serve(async () => own);
    create("/clicktrail.js").start();
    await settled(3);
    expect(messages).toEqual([]);
    own.active = {
      state: "activated",
      postMessage: (message: { clicktrail: ToWorker }) => messages.push(message.clicktrail),
    };
    change();
    await settled(3);
    expect(messages).toMatchObject([{ hello: true }]);
  });

  it("that is registered after the page has stopped it is left alone", async () => {
    let finish = () => {};
    serve(
      () =>
        new Promise(
          (resolve) => (finish = () => resolve({ active: { postMessage: (m: never) => messages.push(m) } })),
        ),
    );
    const remote = create("/clicktrail.js");
    remote.start();
    await settled(3);
    remote.stop();
    finish();
    await settled(3);
    expect([messages, remote.name()]).toEqual([[], "page"]);
  });
});

declare function setImmediate(callback: (value: unknown) => void): void;
