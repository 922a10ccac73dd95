// What a page may ask of its courier, in the three places where one runs: what a page is told, what goes on after the page has gone,
// and when a worker ends.
import { createStore, entries, set } from "idb-keyval";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { FORMAT, type Route } from "../options";
import { fillDisk } from "../test/disk";
import { entryAt, idAt, REQUEST, START, settled } from "../test/entries";
import {
  busyDisk,
  counts,
  fine,
  left,
  OPTIONS,
  pass,
  put,
  routeTo,
  SECOND_MS,
  setUpStand,
  stand,
  status,
  stored,
  unreachable,
} from "../test/stand";
import { type Entry, leaseOf } from "./row";
import {
  createDesk,
  type Desk,
  receive,
  runServiceWorker,
  runSharedWorker,
  type ToCourier,
  type ToPage,
} from "./worker";

const DAY_MS = 86_400_000;

setUpStand();
beforeEach(() => {
  // A worker has none.
  vi.stubGlobal("localStorage", undefined);
  vi.spyOn(Math, "random").mockReturnValue(0.5);
});

/** The page's end of a connection. */
function createPort() {
  const said: ToPage[] = [];
  const port = {
    onmessage: undefined as undefined | ((event: { data: ToCourier }) => void),
    isClosed: false,
    postMessage: (message: ToPage) => port.isClosed || said.push(structuredClone(message)),
    close: () => {
      port.isClosed = true;
    },
  };
  const names = () => said.flatMap(({ outcome }) => outcome?.name ?? []);
  const times = () => said.flatMap(({ at }) => at ?? []);
  return { port, said, names, times };
}

/** A click that was handed over while its page began its lease. */
function handedOver(change: Partial<Entry> = {}): Entry {
  const entry = entryAt(Date.now(), change);
  return { ...entry, due: Date.now() + leaseOf(entry), begun: true, ...change };
}

describe("a shared worker", () => {
  const close = vi.fn();

  function connect(route: Route = routeTo()) {
    close.mockReset();
    const { port, said, names, times } = createPort();
    const scope = { close, onconnect: undefined as unknown as (event: MessageEvent) => void };
    runSharedWorker(scope);
    scope.onconnect({ ports: [port] } as unknown as MessageEvent);
    const post = (message: Partial<ToCourier>) =>
      port.onmessage?.({ data: { route, withdrawnAt: 0, ...message } });
    return { port, said, names, times, post };
  }

  it("says the format that it reads when its database is open, and not before", async () => {
    const { said, post } = connect();
    post({ hello: true, options: { ...OPTIONS } });
    expect(said).toEqual([]);
    await settled();
    expect(said).toContainEqual({ ready: FORMAT });
  });

  it("isn't ready where its database does not open: it would forget what its page has written", async () => {
    vi.stubGlobal("indexedDB", undefined);
    const { said, post } = connect();
    post({ hello: true });
    await pass(3 * SECOND_MS);
    expect(said).not.toContainEqual({ ready: FORMAT });
  });

  it("sends nothing either without its database: the page's own courier sends what is stashed", async () => {
    vi.stubGlobal("indexedDB", undefined);
    const { post } = connect();
    post({ hello: true, stash: [entryAt(START)] });
    await pass(5 * SECOND_MS);
    expect(stand.arrivals).toEqual([]);
  });

  it("deletes another dataset's click of last week at a later visit that finds the same, and none where a clock was ahead", async () => {
    const other = "clicktrail 2 https://other.example/ctr  d";
    const at = (ms: number) => vi.setSystemTime(START + ms);
    const visit = async () => {
      connect().post({ hello: true });
      await settled();
      return entries(createStore(other, "q")).then((rows) => rows.map(([key]) => key));
    };
    await set("old", { at: START }, createStore(other, "q"));
    await set("new", { at: START + 7 * DAY_MS }, createStore(other, "q"));
    at(365 * DAY_MS);
    expect(await visit()).toEqual(["new", "old"]);
    at(8 * DAY_MS);
    expect(await visit()).toEqual(["new", "old"]);
    at(9 * DAY_MS);
    expect(await visit()).toEqual(["new"]);
  });

  it("begins with what is left", async () => {
    left(2);
    const { post } = connect();
    post({ hello: true });
    await settled();
    expect(await counts()).toEqual({ delivered: 2 });
  });

  it.each([
    ["text"],
    [null],
    [{ entry: {} }],
    [{ entry: "text", flush: 7 }],
    [{ stash: "text", hello: true }],
  ])("is harmed by no message: %j", async (odd) => {
    const { port, post } = connect();
    post({ hello: true });
    await settled();
    try {
      port.onmessage?.({ data: odd as never });
    } catch {
      // An error of the worker's script ends nothing.
    }
    await settled();
    post({ entry: handedOver() });
    await settled();
    expect(await counts()).toEqual({ delivered: 1 });
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
    expect(said.filter(({ settled: keys }) => !keys)).toEqual([]);
  });

  it("tells a page that listens that its click is delivered", async () => {
    const { said, post } = connect();
    const entry = handedOver();
    post({ entry, isHeard: true });
    await settled();
    expect(said.flatMap(({ outcome }) => outcome ?? [])).toMatchObject([
      { name: "delivered", id: entry.id, attempt: 1, status: 204 },
    ]);
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

  it("tells a page what its developer should know", async () => {
    stand.respond = () => status(401, "Unauthorized");
    const { said, post } = connect();
    post({ entry: handedOver() });
    await settled();
    expect(said.flatMap(({ words }) => words ?? [])).toEqual([
      "refused",
      401,
      routeTo().endpoint,
      REQUEST,
      "ctr",
      "Unauthorized",
      false,
    ]);
  });

  it("makes the next attempt by itself where that is soon", async () => {
    stand.respond = () => status(503);
    const { times, post } = connect();
    post({ entry: handedOver() });
    await settled();
    stand.respond = fine;
    await pass(499);
    expect(stand.arrivals).toHaveLength(1);
    await pass(1);
    expect(stand.arrivals.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(await counts()).toEqual({ delivered: 1 });
    expect(times()).toEqual([]);
  });

  it("leaves to the page what is due in more than ten seconds", async () => {
    stand.respond = () => status(503, "", { "Retry-After": "12" });
    const { times, post } = connect();
    post({ entry: handedOver() });
    await settled();
    expect(times()).toEqual([START + 13.5 * SECOND_MS]);
    await pass(60 * SECOND_MS);
    expect(stand.arrivals).toHaveLength(1);
    stand.respond = fine;
    post({ flush: "later" });
    await settled();
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("tells the page until when clicks wait, once, and that they don't any more", async () => {
    stand.respond = () => status(503, "", { "Retry-After": "60" });
    const { said, post } = connect();
    const holds = () => said.flatMap(({ hold }) => hold ?? []);
    post({ entry: handedOver() });
    await settled();
    post({ flush: "later" });
    await settled();
    expect(holds()).toEqual([START + 67.5 * SECOND_MS]);
    vi.setSystemTime(START + 67.5 * SECOND_MS);
    stand.respond = fine;
    post({ flush: "later" });
    await settled();
    expect(holds()).toEqual([START + 67.5 * SECOND_MS, 0]);
  });

  it("waits once for clicks that are due at the same time", async () => {
    stand.respond = () => status(503, "", { "Retry-After": "2" });
    const { post } = connect();
    post({ entry: handedOver({ id: idAt(START, 1) }) });
    await settled();
    post({ flush: "later" });
    await settled();
    stand.respond = fine;
    await pass(3 * SECOND_MS);
    expect(stand.arrivals).toHaveLength(2);
  });

  it("sends what is left when the page asks, at once where there is reason to hope", async () => {
    const [entry] = left(1);
    const { post } = connect();
    post({ flush: "hope" });
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
    await settled();
    stand.respond = fine;
    post({ entry: handedOver({ id: idAt(START, 2) }) });
    await pass(0);
    expect(stand.arrivals.map(({ id }) => id)).toEqual([1, 2, 1].map((serial) => idAt(START, serial)));
    await pass(5 * SECOND_MS);
    expect(stand.arrivals).toHaveLength(3);
  });

  it("sends no click from before consent was withdrawn, whoever stored it", async () => {
    left(1);
    await settled();
    const { post } = connect();
    post({ flush: "hope", withdrawnAt: START });
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

  it("that two pages have under one name ends with the second", async () => {
    close.mockReset();
    const scope = { close, onconnect: undefined as unknown as (event: MessageEvent) => void };
    runSharedWorker(scope);
    const [one, two] = [createPort().port, createPort().port];
    for (const port of [one, two]) scope.onconnect({ ports: [port] } as unknown as MessageEvent);
    one.onmessage?.({ data: { route: routeTo(), bye: true } });
    await settled();
    expect(close).not.toHaveBeenCalled();
    two.onmessage?.({ data: { route: routeTo(), bye: true } });
    await settled();
    expect(close).toHaveBeenCalledTimes(1);
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
    await settled();
    post({ stop: "end" });
    post({ entry: handedOver({ id: idAt(START, 1) }) });
    post({ flush: "hope" });
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

describe("an answer of the page's own request", () => {
  it.each([
    [{ status: 204, text: "" }, "delivered"],
    [{ status: 422, text: "" }, "refused"],
  ])("is counted, and nothing is sent: %j", async (answer, name) => {
    const desk = createDesk(routeTo(), "page");
    await receive(desk, { entry: handedOver(), answer });
    expect(await counts()).toEqual({ [name]: 1 });
    expect(stand.arrivals).toEqual([]);
  });

  it("that a page has left with the row is followed by the next attempt in time", async () => {
    put({ ...handedOver(), answer: { status: 400, text: "pool exhausted" } });
    const desk = createDesk(routeTo(), "page");
    void receive(desk, { hello: true });
    await pass(5 * SECOND_MS);
    expect(stand.arrivals.map(({ attempt }) => attempt)).toEqual([2]);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("that a page has left with the row is counted by the next flush", async () => {
    left(1, { begun: true, doubt: true, due: START - 1, answer: { status: 204, text: "" } });
    left(1, { begun: true, doubt: true, due: START + 20 * SECOND_MS, answer: { status: 503, text: "" } });
    const desk = createDesk(routeTo(), "page", { random: () => 1 });
    void receive(desk, { flush: "later" });
    await settled();
    expect(await counts()).toEqual({ delivered: 1 });
    expect(stand.arrivals).toEqual([]);
    expect(await stored()).toMatchObject([{ begun: false, doubt: false }]);
    await pass(SECOND_MS);
    expect(await counts()).toEqual({ delivered: 2 });
  });
});

describe("a question", () => {
  async function asked(desk: Desk, message: ToCourier): Promise<ToPage[]> {
    const { said, port } = createPort();
    void receive(desk, { ...message, ask: 7 }, port);
    expect(said).toEqual([{ re: 7, isHere: true }]);
    await settled();
    return said.filter(({ re, isHere }) => re === 7 && !isHere);
  }

  it("is acknowledged at once, and replied to when it is done", async () => {
    left(3);
    const desk = createDesk(routeTo(), "worker");
    expect(await asked(desk, { stats: true })).toMatchObject([{ value: { made: 3, waiting: 3 } }]);
    expect(await asked(desk, { flush: "later" })).toEqual([{ re: 7, value: undefined }]);
    expect(await counts()).toEqual({ delivered: 3 });
    expect(await asked(desk, { stop: "withdraw", withdrawnAt: START })).toEqual([
      { re: 7, value: undefined },
    ]);
  });

  it("is replied to without an error where another withdrawal is under way", async () => {
    left(3);
    const desk = createDesk(routeTo(), "worker");
    const message = { stop: "withdraw", withdrawnAt: START } as const;
    // Once the first one reads, and a turn later.
    const first = asked(desk, message);
    await settled(3);
    expect([await asked(desk, message), await first].flat()).toEqual([
      { re: 7, value: undefined },
      { re: 7, value: undefined },
    ]);
    expect(await counts()).toEqual({ consent: 3 });
  });

  it("about the account writes nothing and begins nothing", async () => {
    left(1);
    await asked(createDesk(routeTo(), "worker"), { stats: true });
    expect(stand.arrivals).toEqual([]);
  });

  it("is replied to with an error where the database does not respond", async () => {
    const desk = createDesk(routeTo(), "worker");
    await receive(desk, {
      drop: { name: "dropped", id: idAt(START, 1), at: START, attempt: 0, reason: "invalid" },
    });
    const undo = await busyDisk();
    const { said, port } = createPort();
    void receive(desk, { stats: true, ask: 7 }, port);
    await pass(5 * SECOND_MS);
    expect(said.at(-1)).toEqual({ re: 7, error: "IndexedDB does not respond" });
    await undo();
  });

  it("counts what a page drops", async () => {
    const desk = createDesk(routeTo(), "worker");
    await receive(desk, {
      drop: { name: "dropped", id: idAt(START, 1), at: START, attempt: 0, reason: "invalid" },
    });
    expect(await counts()).toEqual({ invalid: 1 });
  });
});

describe("the page's own courier", () => {
  it("leaves with its page: what isn't counted, and what is in memory alone, is for the next one", async () => {
    vi.stubGlobal("indexedDB", undefined);
    stand.respond = () => status(503);
    const { said, port } = createPort();
    const desk = createDesk(routeTo(), "page");
    void receive(desk, { entry: handedOver(), answer: { status: 503, text: "" } }, port);
    await settled();
    said.length = 0;
    void receive(desk, { bye: true }, port);
    expect(said).toMatchObject([{ keep: [{ id: idAt(START), begun: false, attempt: 1 }] }]);
  });

  it("gives up the place of a flush, too, that another one has followed", async () => {
    left(3);
    stand.respond = () => new Promise(() => {});
    const desk = createDesk(routeTo(), "page");
    void receive(desk, { flush: "start" });
    await settled();
    void receive(desk, { flush: "start", stash: [entryAt(START, {}, 7)] });
    await settled();
    void receive(desk, { bye: true });
    await settled();
    expect([...stand.locks.held.keys()]).toEqual([]);
  });

  it("has six requests under way at most, also where one flush follows another", async () => {
    left(40);
    stand.respond = () => (stand.arrivals.length > 1 ? new Promise(() => {}) : fine({} as never, {}));
    const desk = createDesk(routeTo(), "page");
    void receive(desk, { flush: "start" });
    await settled(200);
    expect(stand.arrivals).toHaveLength(7);
    void receive(desk, { flush: "start", stash: [entryAt(START, {}, 7)] });
    await pass(3 * SECOND_MS);
    expect(stand.arrivals).toHaveLength(7);
  });

  it("begins nothing more once its page has gone, until a page begins", async () => {
    left(3);
    stand.respond = () => new Promise((resolve) => setTimeout(resolve, SECOND_MS, status(204)));
    const desk = createDesk(routeTo(), "page");
    void receive(desk, { flush: "start" });
    await settled();
    void receive(desk, { bye: true });
    await pass(SECOND_MS);
    expect(stand.arrivals).toHaveLength(1);
    void receive(desk, { hello: true });
    await pass(3 * SECOND_MS);
    expect(stand.arrivals).toHaveLength(3);
  });

  it("gives its flush's place up as it leaves: another tab goes on at once", async () => {
    left(3);
    stand.respond = () => new Promise(() => {});
    const desk = createDesk(routeTo(), "page");
    void receive(desk, { flush: "start" });
    await settled();
    expect([...stand.locks.held.keys()]).toEqual([expect.stringMatching(/ flush$/)]);
    void receive(desk, { bye: true });
    await settled();
    expect([...stand.locks.held.keys()]).toEqual([]);
  });
});

describe("a service worker", () => {
  type Listener = (event: object) => void;

  /** A scope at this address; an event's promises are kept alive until they settle. */
  function install(scopeAt = "/clicktrail.js") {
    const listeners = new Map<string, Listener>();
    const unregister = vi.fn(async () => true);
    const skipWaiting = vi.fn(async () => {});
    runServiceWorker({
      location: { href: "https://shop.example/clicktrail.js?v=2" } as Location,
      registration: { scope: `https://shop.example${scopeAt}`, unregister },
      addEventListener: (type, listener) => listeners.set(type, listener as Listener),
      skipWaiting,
    });
    function fire(type: string, event: object = {}) {
      const alive = vi.fn((_: Promise<unknown>) => {});
      listeners.get(type)?.({ waitUntil: alive, ...event });
      return alive;
    }
    function post(message: Partial<ToCourier>, route = routeTo()) {
      const { port, said, names, times } = createPort();
      const data = { clicktrail: { route, withdrawnAt: 0, ...message } };
      return { said, names, times, alive: fire("message", { data, ports: [port] }) };
    }
    return { fire, post, skipWaiting, unregister };
  }

  it("takes over at once where the file is a worker of its own", () => {
    expect(install().skipWaiting).toHaveBeenCalledTimes(1);
  });

  it.each([
    ["/clicktrail.js", 1],
    ["/", 0],
  ])(
    "of the scope %s is unregistered %i times once consent is withdrawn and nothing is left",
    async (scopeAt, times) => {
      left(1);
      const { post, unregister } = install(scopeAt);
      const { alive } = post({ stop: "withdraw", withdrawnAt: START });
      expect(unregister).not.toHaveBeenCalled();
      await alive.mock.calls[0]?.[0];
      expect(await stored()).toEqual([]);
      expect(unregister).toHaveBeenCalledTimes(times);
    },
  );

  it("leaves that to the site's own worker where it is a part of one", () => {
    expect(install("/").skipWaiting).not.toHaveBeenCalled();
  });

  it.each([
    [undefined],
    ["text"],
    [{}],
    [{ clicktrail: undefined }],
    [{ clicktrail: "text" }],
    [{ clicktrail: { route: 7 } }],
  ])("leaves other messages alone: %j", (data) => {
    const { fire } = install();
    expect(fire("message", { data, ports: [] })).not.toHaveBeenCalled();
  });

  it("says that it is ready to the page that asked", async () => {
    const { post } = install();
    const { said, alive } = post({ hello: true });
    await settled();
    expect(said).toContainEqual({ ready: FORMAT });
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

  it("sends nothing whose turn at the disk comes after consent was withdrawn", async () => {
    const { post } = install();
    post({ hello: true });
    await settled();
    const entry = handedOver();
    put(entry);
    await settled();
    const release = await busyDisk();
    post({ entry });
    await settled();
    post({ stop: "withdraw", withdrawnAt: Date.now() });
    await settled();
    await release();
    expect(stand.arrivals).toEqual([]);
    expect(await stored()).toEqual([]);
    expect(await counts()).toEqual({ consent: 1 });
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
    expect([first.names(), second.names()]).toEqual([[], ["dropped"]]);
  });

  it("keeps routes apart, and what one was told", async () => {
    const { post } = install();
    const other = routeTo({ endpoint: "https://other.example/ctr" });
    post({ stop: "withdraw" });
    post({ entry: handedOver({ id: idAt(START, 1) }) });
    post({ entry: handedOver({ id: idAt(START, 2) }) }, other);
    await settled();
    expect(stand.arrivals.map(({ id }) => id)).toEqual([idAt(START, 2)]);
  });

  it("replies to the page that asked, whoever speaks meanwhile", async () => {
    const { post } = install();
    const greeting = post({ hello: true });
    const first = post({ stats: true, ask: 3 });
    const second = post({ hello: true });
    await settled();
    expect(first.said).toMatchObject([
      { re: 3, isHere: true },
      { re: 3, value: { made: 0 } },
    ]);
    for (const { said } of [greeting, second]) expect(said).toContainEqual({ ready: FORMAT });
    expect(second.said).not.toContainEqual(expect.objectContaining({ re: 3 }));
  });

  it("goes on for the other pages where one ends its tracking", async () => {
    const { post } = install();
    post({ hello: true });
    await settled();
    post({ stop: "end", bye: true });
    post({ entry: handedOver() });
    await settled();
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("asks for another message before the browser ends it, rather than send on and on", async () => {
    left(40);
    await settled();
    stand.respond = () => new Promise((resolve) => setTimeout(resolve, 3 * SECOND_MS, status(204)));
    const { post } = install();
    const { said, alive } = post({ flush: "hope" });
    await pass(7 * SECOND_MS);
    await pass(3 * SECOND_MS);
    await pass(3 * SECOND_MS);
    expect(alive).toHaveBeenCalledTimes(1);
    expect(stand.arrivals.length).toBeLessThan(40);
    await pass(0);
    expect(said.length).toBeGreaterThan(0);
  });
});
