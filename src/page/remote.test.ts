// The page's side of the worker: when it may be trusted with a click, and that nobody waits for one that is gone.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ToPage, ToWorker } from "../delivery/worker";
import { settled } from "../test/entries";
import { createStorage } from "../test/storage";
import { createRemote, type Remote } from "./remote";

const ROUTE = { scope: "s", endpoint: "https://api.example/ctr", headers: {}, resend: false, dryRun: false };

/** What a page sees of a worker: it can be posted to, and speaks or fails when a test says so. */
interface Fake {
  readonly posted: ToWorker[];
  onerror?: () => void;
  say(message: ToPage): void;
}

let workers: Fake[];
let storage: Record<string, string>;
let wakes: number[];

/** A browser whose workers outlive the page, or one that does not know of that. */
function browser(outlives: boolean, make?: () => void): void {
  vi.stubGlobal(
    "SharedWorker",
    function (this: object, url: string, options: { extendedLifetime?: boolean }) {
      const extended = outlives && options.extendedLifetime;
      if (url === "//:") throw new SyntaxError(`no address: ${extended}`);
      make?.();
      const posted: ToWorker[] = [];
      const port: { onmessage?: (event: { data: ToPage }) => void; postMessage(message: ToWorker): void } = {
        postMessage: (message) => posted.push(message),
      };
      const fake = Object.assign(this, { port, posted, say: (data: ToPage) => port.onmessage?.({ data }) });
      workers.push(fake);
    },
  );
}

function create(): Remote {
  return createRemote(ROUTE, (at) => wakes.push(at));
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  workers = [];
  wakes = [];
  storage = createStorage();
  vi.stubGlobal("sessionStorage", storage);
  browser(true);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("a worker", () => {
  it("gets the route first, and is trusted only once it has said that it is ready", async () => {
    const remote = create();
    const started = remote.start();
    expect(workers[0]?.posted).toEqual([{ route: ROUTE }]);
    expect([remote.started(), remote.ready()]).toEqual([true, false]);
    workers[0]?.say({ ready: true });
    expect(remote.ready()).toBe(true);
    expect(await started).toBe(true);
  });

  it("is started once", () => {
    const remote = create();
    remote.start();
    remote.start();
    expect(workers).toHaveLength(1);
  });

  it("that is not of use to a page that leaves is not made", async () => {
    browser(false);
    expect(await create().start()).toBe(false);
    expect(workers).toEqual([]);
    vi.stubGlobal("SharedWorker", undefined);
    expect(await create().start()).toBe(false);
  });

  it.each<[string, () => void]>([
    ["is forbidden by a policy", () => workers[0]?.onerror?.()],
    ["never answers", () => vi.advanceTimersByTime(3_000)],
  ])("that %s is not trusted, and not tried again in this visit", async (_, fail) => {
    const remote = create();
    const started = remote.start();
    fail();
    expect(await started).toBe(false);
    expect(remote.ready()).toBe(false);
    expect(await create().start()).toBe(false);
    expect(workers).toHaveLength(1);
  });

  it("that can't even be made is not trusted", async () => {
    browser(true, () => {
      throw new Error("SecurityError");
    });
    expect(await create().start()).toBe(false);
  });

  it("may be started where there is no sessionStorage", async () => {
    vi.stubGlobal("sessionStorage", undefined);
    const remote = create();
    const started = remote.start();
    workers[0]?.say({ ready: true });
    expect(await started).toBe(true);
  });

  it("tells when a flush is due", () => {
    create().start();
    workers[0]?.say({ wake: 7 });
    expect(wakes).toEqual([7]);
  });

  it("that was stopped before it was ready is not trusted when it says so", () => {
    const remote = create();
    remote.start();
    remote.stop();
    expect(workers[0]?.posted.at(-1)).toEqual({ leave: true });
    workers[0]?.say({ ready: true });
    expect(remote.ready()).toBe(false);
  });

  it("that was stopped is followed by another", () => {
    const remote = create();
    remote.start();
    workers[0]?.say({ ready: true });
    remote.stop();
    expect(remote.ready()).toBe(false);
    remote.start();
    workers[1]?.say({ ready: true });
    expect(remote.ready()).toBe(true);
  });
});

describe("a flush", () => {
  /** What the flush of a ready worker has come to. */
  async function flushing() {
    const remote = create();
    remote.start();
    workers[0]?.say({ ready: true });
    const done: (boolean | string)[] = [];
    remote.flush(true).then(
      (did) => done.push(did),
      () => done.push("failed"),
    );
    await settled(3);
    return { remote, done };
  }

  it("is the worker's, and over when it says so", async () => {
    const { done } = await flushing();
    expect(workers[0]?.posted.at(-1)).toEqual({ flush: { hope: true } });
    expect(done).toEqual([]);
    workers[0]?.say({ flushed: true });
    await settled(3);
    expect(done).toEqual([true]);
  });

  it("is nobody's where there is no worker", async () => {
    browser(false);
    expect(await create().flush(false)).toBe(false);
  });

  it("ends when the worker is stopped", async () => {
    const { remote, done } = await flushing();
    remote.stop();
    await settled(3);
    expect(done).toHaveLength(1);
  });

  it("ends when the worker was killed: a page must not wait for ever to flush again", async () => {
    const { done } = await flushing();
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    await settled(3);
    expect(done).toHaveLength(1);
  });
});
