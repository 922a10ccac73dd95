// The courier's life in a worker: what a page is told, what goes on after the page has gone, and when it ends.
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Route } from "../config";
import { fillDisk } from "../test/disk";
import { entryAt, idAt, START, settled } from "../test/entries";
import { createLocks } from "../test/locks";
import {
  counts,
  fine,
  left,
  routeTo,
  SECOND_MS,
  setUpStand,
  stand,
  status,
  stored,
  unreachable,
} from "../test/stand";
import { joinLedgers } from "./ledger";
import { type Entry, leaseOf } from "./row";
import { createStore } from "./store";
import { runServiceWorker, runSharedWorker, type ToPage, type ToWorker } from "./worker";

setUpStand();
beforeEach(async () => {
  vi.stubGlobal("indexedDB", new IDBFactory());
  vi.stubGlobal("navigator", { locks: createLocks(), onLine: true });
  // A worker has none.
  vi.stubGlobal("localStorage", undefined);
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  stand.store = createStore<Entry>(routeTo().scope, joinLedgers);
  await stand.store.open();
});

/** The page's end of a connection. */
function createPort() {
  const said: ToPage[] = [];
  const port = {
    onmessage: undefined as undefined | ((event: { data: ToWorker }) => void),
    isClosed: false,
    postMessage: (message: ToPage) => port.isClosed || said.push(structuredClone(message)),
    close: () => {
      port.isClosed = true;
    },
  };
  return { port, said, names: () => said.map((one) => (typeof one === "object" ? Object(one).name : one)) };
}

/** Another context writes, until it is told to end; then waits for what waited. */
async function busyDisk(): Promise<() => Promise<void>> {
  const opening = indexedDB.open(routeTo().scope);
  await settled();
  const store = opening.result.transaction("q", "readwrite").objectStore("q");
  let isBusy = true;
  const goOn = () => isBusy && Object.assign(store.get("nothing"), { onsuccess: goOn });
  goOn();
  return () => {
    isBusy = false;
    return settled();
  };
}

/** A click that was handed over while its page began its lease. */
function handedOver(change: Partial<Entry> = {}): Entry {
  const entry = entryAt(Date.now(), change);
  return { ...entry, due: Date.now() + leaseOf(entry), begun: true, ...change };
}

/** Virtual time, with the database's own turns in between. */
async function pass(ms: number): Promise<void> {
  await settled();
  await vi.advanceTimersByTimeAsync(ms);
  await settled();
}

describe("a shared worker", () => {
  const close = vi.fn();

  function connect(route: Route = routeTo()) {
    close.mockReset();
    const { port, said, names } = createPort();
    const scope = { close, onconnect: undefined as unknown as (event: MessageEvent) => void };
    runSharedWorker(scope);
    scope.onconnect({ ports: [port] } as unknown as MessageEvent);
    const post = (message: Partial<ToWorker>) =>
      port.onmessage?.({ data: { route, withdrawnAt: 0, ...message } });
    return { port, said, names, post };
  }

  it("says its version when its database is open, and not before", async () => {
    const { said, post } = connect();
    post({ hello: true });
    expect(said).toEqual([]);
    await settled();
    expect(said).toEqual([{ version: "0.0.0-test" }]);
  });

  it("is never ready where its database does not open", async () => {
    vi.stubGlobal("indexedDB", undefined);
    const { said, post } = connect();
    post({ hello: true });
    await pass(5 * SECOND_MS);
    expect(said).toEqual([]);
  });

  it("sends a click within the message's task, counts it, and does not disturb the page with it", async () => {
    const { said, post } = connect();
    post({ hello: true });
    await settled();
    said.length = 0;
    post({ entry: handedOver() });
    expect(stand.arrivals).toHaveLength(1);
    await settled();
    expect(await counts()).toEqual({ delivered: 1 });
    expect(await stored()).toEqual([]);
    expect(said).toEqual([]);
  });

  it("tells a page that listens that its click is delivered", async () => {
    const { said, post } = connect();
    const entry = handedOver();
    post({ entry, isHeard: true });
    await settled();
    expect(said).toMatchObject([{ name: "delivered", id: entry.id, attempt: 1, status: 204 }]);
  });

  it.each([
    ["refused", () => status(422, "no"), "dropped"],
    ["not taken yet", () => status(503), "waiting"],
  ])("tells every page that its click is %s", async (_, respond, name) => {
    stand.respond = respond;
    const { names, post } = connect();
    post({ entry: handedOver() });
    await settled();
    expect(names()[0]).toBe(name);
  });

  it("says when the next attempt is due, and makes it by itself where that is soon", async () => {
    stand.respond = () => status(503);
    const { said, post } = connect();
    post({ entry: handedOver() });
    await settled();
    expect(said.at(-1)).toBe(START + 500);
    stand.respond = fine;
    await pass(499);
    expect(stand.arrivals).toHaveLength(1);
    await pass(1);
    expect(stand.arrivals.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("leaves to the page what is due in ten seconds or later", async () => {
    stand.respond = () => status(503, "", { "Retry-After": "10" });
    const { said, post } = connect();
    post({ entry: handedOver() });
    await settled();
    const due = said.at(-1) as number;
    expect(due).toBeGreaterThanOrEqual(START + 10 * SECOND_MS);
    await pass(60 * SECOND_MS);
    expect(stand.arrivals).toHaveLength(1);
    stand.respond = fine;
    post({ flush: false });
    await settled();
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("waits once for clicks that are due at the same time", async () => {
    stand.respond = () => status(503, "", { "Retry-After": "2" });
    const { said, post } = connect();
    post({ entry: handedOver({ id: idAt(START, 1) }) });
    await settled();
    const first = said.at(-1);
    post({ flush: false });
    await settled();
    expect(said.filter((one) => typeof one === "number")).toEqual([first]);
  });

  it("sends what is left when the page asks, at once where there is reason to hope", async () => {
    await stand.store.open();
    const [entry] = left(1);
    const { post } = connect();
    post({ flush: true });
    await settled();
    expect(stand.arrivals.map(({ id }) => id)).toEqual([entry?.id]);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("leaves alone what it was not asked for", async () => {
    left(1);
    await settled();
    const { post } = connect();
    post({ entry: handedOver() });
    await settled();
    expect(stand.arrivals.map(({ id }) => id)).toEqual([idAt(START)]);
  });

  it("sends what waits as soon as another click shows that the endpoint is back, and once", async () => {
    stand.respond = unreachable;
    const { post } = connect();
    post({ entry: handedOver({ id: idAt(START, 1) }) });
    await pass(1);
    stand.respond = fine;
    post({ entry: handedOver({ id: idAt(START, 2) }) });
    await pass(1);
    expect(stand.arrivals.map(({ id }) => id)).toEqual([1, 2, 1].map((serial) => idAt(START, serial)));
    await pass(5 * SECOND_MS);
    expect(stand.arrivals).toHaveLength(3);
  });

  it("sends no click from before consent was withdrawn, whoever stored it", async () => {
    left(1);
    await settled();
    const { post } = connect();
    post({ flush: true, withdrawnAt: START });
    await settled();
    expect(stand.arrivals).toEqual([]);
    expect(await counts()).toEqual({ consent: 1 });
  });

  it("ends when its page has gone, and only then", async () => {
    const { port, post } = connect();
    post({ entry: handedOver() });
    await settled();
    expect(close).not.toHaveBeenCalled();
    post({ bye: true });
    await settled();
    expect(close).toHaveBeenCalledTimes(1);
    expect(port.isClosed).toBe(true);
  });

  it("finishes the request under way before it ends", async () => {
    let respond = (_: Response) => {};
    stand.respond = () =>
      new Promise<Response>((resolve) => {
        respond = resolve;
      });
    const { port, post } = connect();
    post({ entry: handedOver() });
    post({ bye: true });
    await settled();
    expect(port.isClosed).toBe(true);
    expect(close).not.toHaveBeenCalled();
    respond(status(204));
    await settled();
    expect(close).toHaveBeenCalledTimes(1);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("makes the attempt that is due soon before it ends, though its page has gone", async () => {
    stand.respond = () => status(503);
    const { post } = connect();
    post({ entry: handedOver() });
    await settled();
    post({ bye: true });
    stand.respond = fine;
    await pass(400);
    expect(close).not.toHaveBeenCalled();
    await pass(SECOND_MS);
    await pass(1);
    expect(await counts()).toEqual({ delivered: 1 });
    expect(close).toHaveBeenCalledTimes(1);
  });

  it("does not wait for what is due late", async () => {
    stand.respond = () => status(503, "", { "Retry-After": "60" });
    const { post } = connect();
    post({ entry: handedOver() });
    post({ bye: true });
    await settled();
    expect(close).toHaveBeenCalledTimes(1);
    expect(await stored()).toHaveLength(1);
  });

  it("begins nothing after it was told to stop, until a page begins again", async () => {
    const { post } = connect();
    post({ hello: true });
    post({ stop: "end" });
    post({ entry: handedOver({ id: idAt(START, 1) }) });
    post({ flush: true });
    await settled();
    expect(stand.arrivals).toEqual([]);
    expect(await stored()).toEqual([]);
    post({ hello: true });
    post({ entry: handedOver({ id: idAt(START, 2) }) });
    await settled();
    expect(stand.arrivals.map(({ id }) => id)).toEqual([idAt(START, 2)]);
  });

  it("makes no attempt that was due soon once it is told to stop", async () => {
    stand.respond = () => status(503);
    const { post } = connect();
    post({ entry: handedOver() });
    await settled();
    post({ stop: "end", bye: true });
    await pass(5 * SECOND_MS);
    expect(stand.arrivals).toHaveLength(1);
    expect(close).toHaveBeenCalledTimes(1);
  });

  it("drops what is stored when consent is withdrawn", async () => {
    left(3);
    await settled();
    const { post } = connect();
    post({ stop: "withdraw", withdrawnAt: START });
    await settled();
    expect(await counts()).toEqual({ consent: 3 });
    expect(await stored()).toEqual([]);
    expect(stand.arrivals).toEqual([]);
  });

  it("keeps what is stored where it only has to stop", async () => {
    left(3);
    await settled();
    const { post } = connect();
    post({ stop: "end", bye: true });
    await settled();
    expect(await stored()).toHaveLength(3);
  });

  it("ends though its work fails", async () => {
    vi.stubGlobal("indexedDB", undefined);
    const { post } = connect();
    // No database to take the rows from: that is said by rejecting.
    vi.stubGlobal("navigator", { locks: { request: () => new Promise(() => {}) } });
    post({ stop: "withdraw", withdrawnAt: START });
    post({ bye: true });
    await pass(60 * SECOND_MS);
    expect(close).toHaveBeenCalledTimes(1);
  });
});

describe("a service worker", () => {
  type Listener = (event: object) => void;

  /** A scope at this address; an event's promises are kept alive until they settle. */
  function install(scopeAt = "/clicktrail.js") {
    const listeners = new Map<string, Listener>();
    const skipWaiting = vi.fn(async () => {});
    runServiceWorker({
      location: { href: "https://shop.example/clicktrail.js?v=2" } as Location,
      registration: { scope: `https://shop.example${scopeAt}` },
      addEventListener: (type, listener) => listeners.set(type, listener as Listener),
      skipWaiting,
    });
    function fire(type: string, event: object = {}) {
      const alive = vi.fn((_: Promise<unknown>) => {});
      listeners.get(type)?.({ waitUntil: alive, ...event });
      return alive;
    }
    function post(message: Partial<ToWorker>, route = routeTo()) {
      const { port, said, names } = createPort();
      const data = { clicktrail: { route, withdrawnAt: 0, ...message } };
      return { said, names, alive: fire("message", { data, ports: [port] }) };
    }
    return { fire, post, skipWaiting };
  }

  it("takes over at once where the file is a worker of its own", () => {
    expect(install().skipWaiting).toHaveBeenCalledTimes(1);
  });

  it("leaves that to the site's own worker where it is a part of one", () => {
    expect(install("/").skipWaiting).not.toHaveBeenCalled();
  });

  it.each([[undefined], ["text"], [{}], [{ clicktrail: undefined }]])(
    "leaves other messages alone: %j",
    (data) => {
      const { fire } = install();
      expect(fire("message", { data, ports: [] })).not.toHaveBeenCalled();
    },
  );

  it("says that it is ready to the page that asked", async () => {
    const { post } = install();
    const { said, alive } = post({ hello: true });
    await settled();
    expect(said).toEqual([{ version: "0.0.0-test" }]);
    expect(alive).toHaveBeenCalledTimes(1);
  });

  it("is kept alive until the click is counted", async () => {
    const { post } = install();
    const { alive } = post({ entry: handedOver() });
    await alive.mock.calls[0]?.[0];
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("begins a request only once that is on disk: it may be ended the next moment, and the request goes on", async () => {
    const { post } = install();
    const entry = handedOver();
    const release = await busyDisk();
    post({ entry });
    await settled();
    expect(stand.arrivals).toEqual([]);
    let written: unknown;
    stand.respond = async (...asked) => {
      written = (await stored())[0];
      return fine(...asked);
    };
    await release();
    expect(written).toMatchObject({ id: entry.id, attempt: 1, begun: true, doubt: true });
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("sends once though its disk does not respond, and does in the end", async () => {
    const { post } = install();
    const release = await busyDisk();
    post({ entry: handedOver() });
    await pass(6 * SECOND_MS);
    expect(stand.arrivals).toHaveLength(1);
    await release();
    await settled();
    expect(stand.arrivals).toHaveLength(1);
    expect(await counts()).toEqual({ delivered: 1 });
    expect(await stored()).toEqual([]);
  });

  it("sends though its disk is full", async () => {
    const full = fillDisk();
    const { post } = install();
    post({ entry: handedOver() });
    await settled();
    expect(stand.arrivals).toHaveLength(1);
    full.mockRestore();
  });

  it("tells the page that spoke last", async () => {
    const { post } = install();
    const first = post({ hello: true });
    await settled();
    stand.respond = () => status(422, "no");
    const second = post({ entry: handedOver() });
    await settled();
    expect([first.names(), second.names()]).toEqual([[undefined], ["dropped"]]);
  });

  it("keeps routes apart, and what one was told", async () => {
    const { post } = install();
    const other = routeTo({ scope: "clicktrail other", endpoint: "https://other.example/ctr" });
    post({ stop: "end" });
    post({ entry: handedOver({ id: idAt(START, 1) }) });
    post({ entry: handedOver({ id: idAt(START, 2) }) }, other);
    await settled();
    expect(stand.arrivals.map(({ id }) => id)).toEqual([idAt(START, 2)]);
  });

  it("asks for another message before the browser ends it, rather than send on and on", async () => {
    left(40);
    await settled();
    stand.respond = () => new Promise((resolve) => setTimeout(resolve, 3 * SECOND_MS, status(204)));
    const { post } = install();
    const { said, alive } = post({ flush: true });
    await pass(7 * SECOND_MS);
    await pass(3 * SECOND_MS);
    await pass(3 * SECOND_MS);
    expect(alive).toHaveBeenCalledTimes(1);
    expect(stand.arrivals.length).toBeLessThan(40);
    expect(said.filter((one) => typeof one === "number")).not.toEqual([]);
  });
});
