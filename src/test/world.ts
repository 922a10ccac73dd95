// Owns a browser in a test: virtual time, contexts (pages and workers) that freeze and die, one disk, a stash, locks, and an endpoint
// that misbehaves. The library's own code runs in it, and finds each context's globals in their usual places. The world keeps the
// record that assertions are made on, and notes what no context may ever write.
import { vi } from "vitest";
import { LEDGER, type Ledger, ledgerIn } from "../courier/ledger";
import { ahead, type Entry, isEntry, leaseOf } from "../courier/row";
import { runServiceWorker, runSharedWorker } from "../courier/worker";
import type { CourierFile } from "../page/reach";
import { START, seeded, settled } from "./entries";

interface Storage<T> {
  run<R>(context: T, work: () => R): R;
  getStore(): T | undefined;
}
declare const process: {
  getBuiltinModule(name: string): { readonly AsyncLocalStorage: new () => Storage<Context> };
};
/** Which context the running code belongs to. */
const running = new (process.getBuiltinModule("node:async_hooks").AsyncLocalStorage)();

/** A page or a worker. Its code runs only while it is awake. */
export interface Context {
  readonly name: string;
  /** Pages have localStorage. */
  readonly isPage: boolean;
  alive: boolean;
  frozen: boolean;
  /** What runs when it thaws. */
  readonly backlog: (() => void)[];
  /** What the browser does to its pending requests when it leaves or dies. */
  readonly requests: Set<(end: "left" | "killed") => void>;
  /** Its readings of the whole disk. */
  readonly readings: Reading[];
}

/** When a context has read the disk, and which failure was the last known there. */
interface Reading {
  readonly at: number;
  readonly failedAt: number;
}

/** What is known about a click at the end of a run. */
export interface Fate {
  /** A record of it reached the disk or the stash: from then on it must not get lost. */
  recorded: boolean;
  /** Attempts that the endpoint received and accepted, or refused for good. */
  received: number;
  /** Reasons for one more copy each: responses that got lost, contexts that ended in mid-request, failed writes and removals. */
  readonly excuses: string[];
  /** Counted states it ended in; more than one is a mistake. */
  readonly ends: string[];
}

export type Weather = "fine" | "slow" | "flaky" | "down" | "strict" | "locked";

interface Event {
  readonly time: number;
  readonly work: () => void;
}

/** Chances per request, in the order they are tried; the rest is a quick 204. */
const WEATHER: Record<Weather, Readonly<Partial<Record<Trouble, number>>>> = {
  fine: {},
  slow: { slow: 0.7 },
  flaky: { slow: 0.2, lost: 0.1, hang: 0.05, unreachable: 0.1, busy: 0.1, unclear: 0.03 },
  down: { unreachable: 0.5, busy: 0.4, hang: 0.1 },
  strict: { wait: 0.6, busy: 0.1 },
  locked: { forbidden: 0.9 },
};
type Trouble = "slow" | "lost" | "hang" | "unreachable" | "busy" | "wait" | "unclear" | "forbidden";
/** A failure this close to the beginning of an attempt speaks against its arrival. */
const EVIDENCE_MS = 60_000;

export type World = ReturnType<typeof createWorld>;

export function createWorld(seed: number, turns: number) {
  const random = seeded(seed);
  const fates = new Map<string, Fate>();
  const contexts = new Set<Context>();
  const refused = new Set<string>();
  const poisoned = new Set<string>();
  const wrongs: string[] = [];
  const readings: Reading[] = [];
  const log: string[] = [];
  const events: Event[] = [];
  let time = START;
  let requests = 0;
  const world = {
    random,
    fates,
    contexts,
    refused,
    /** Clicks whose words a firewall dislikes. */
    poisoned,
    log,
    /** What a context wrote against the rules. */
    wrongs,
    disk: new Map<string, unknown>(),
    /** The context whose next request succeeds, whatever the weather. */
    lucky: undefined as Context | undefined,
    /** Whether the site has named a file for a service worker. */
    hasService: false,
    /** Whether what is in doubt is to be sent again. */
    resend: false,
    weather: "fine" as Weather,
    online: true,
    /** The chance that a write fails: the disk is full. */
    full: 0,
    now: () => time,
    requests: () => requests,
    chance: (probability: number) => random() < probability,
    between: (low: number, high: number) => low + Math.floor(random() * (high - low + 1)),
    at,
    run,
    createContext,
    enter,
    freeze,
    thaw,
    kill,
    file,
    note,
  };
  const timers = new Set<number>();
  let timer = 0;
  const storage: Record<string, string> = {};
  const held = new Map<string, Context>();
  const waiting: { readonly name: string; readonly context: Context; readonly grant: () => void }[] = [];
  const transactions: Transaction[] = [];
  install();

  const here = () => running.getStore() as Context;

  /** Runs in a context. */
  function enter<T>(context: Context, work: () => T): T {
    return running.run(context, work);
  }

  /** What the library finds in its contexts. */
  function install(): void {
    vi.stubGlobal("setTimeout", (work: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) => {
      const context = here();
      const id = ++timer;
      timers.add(id);
      at(time + ms, () => timers.delete(id) && awake(context, () => work(...given)));
      return id;
    });
    vi.stubGlobal("clearTimeout", (id: number) => timers.delete(id));
    vi.stubGlobal("requestIdleCallback", (work: () => void) => {
      const context = here();
      at(time + world.between(0, 50), () => awake(context, work));
    });
    vi.stubGlobal("addEventListener", () => {});
    vi.stubGlobal("removeEventListener", () => {});
    vi.stubGlobal("fetch", fetchIn);
    vi.stubGlobal("indexedDB", { open });
    vi.stubGlobal("MessageChannel", function (this: Channel) {
      this.port1 = {};
      this.port2 = { page: here(), other: this.port1 };
    });
    vi.stubGlobal("location", new URL("https://shop.example/search"));
    vi.stubGlobal("navigator", {
      locks: { request: requestLock },
      serviceWorker: {
        register: async () => ({ active: { postMessage: toService, addEventListener() {} }, update() {} }),
      },
      get onLine() {
        return world.online;
      },
    });
    const methods = {
      setItem(key: string, row: string) {
        storage[key] = row;
        fateOf(key.slice(-36)).recorded = true;
      },
      removeItem: (key: string) => delete storage[key],
    };
    vi.stubGlobal(
      "localStorage",
      new Proxy(storage, {
        get(_, key) {
          if (!here().isPage) throw new ReferenceError("localStorage is not defined");
          return methods[key as keyof typeof methods] ?? storage[key as string];
        },
        ownKeys() {
          if (!here().isPage) throw new ReferenceError("localStorage is not defined");
          return Object.keys(storage);
        },
      }),
    );
  }

  /** Locks as far as the library uses them; a frozen page that holds one is evicted by the browser. */
  function requestLock(name: string, ...given: unknown[]): Promise<unknown> {
    const context = here();
    const work = given.at(-1) as (lock: object | null) => unknown;
    const isOptional = !!(given[0] as { ifAvailable?: boolean }).ifAvailable;
    const hold = async () => {
      held.set(name, context);
      try {
        return await enter(context, () => work({ name }));
      } finally {
        if (held.get(name) === context) release(name);
      }
    };
    const owner = held.get(name);
    if (owner?.frozen) kill(owner, "killed");
    if (!held.has(name)) return hold();
    if (isOptional) return Promise.resolve(work(null));
    return new Promise((resolve) => {
      waiting.push({ name, context, grant: () => awake(context, () => resolve(hold())) });
    });
  }

  function release(name: string): void {
    held.delete(name);
    const next = waiting.findIndex((request) => request.name === name && request.context.alive);
    if (next >= 0) waiting.splice(next, 1)[0]?.grant();
  }

  function open(): Request {
    const context = here();
    const request: Request = {};
    const db = {
      objectStoreNames: { contains: () => true },
      close() {},
      transaction: (_: string, mode: string) => begin(context, mode, db),
    };
    at(time + world.between(0, 10), () => settle(context, request, db));
    return request;
  }

  function settle(context: Context, request: Request, result: unknown): void {
    awake(context, () => {
      request.result = result;
      request.onsuccess?.();
    });
  }

  function begin(context: Context, mode: string, db: unknown): Transaction {
    const ask = (run: () => unknown, id?: string) => {
      if (transaction.isOver) throw new DOMException("", "TransactionInactiveError");
      const request: Request = { transaction };
      transaction.work.push({ request, run });
      if (id !== undefined) transaction.ids.add(id);
      return request;
    };
    const seen = () =>
      new Map([...world.disk, ...transaction.written].filter(([, row]) => row !== undefined));
    const rows = {
      get: (id: string) =>
        ask(() => (transaction.written.has(id) ? transaction.written.get(id) : world.disk.get(id)), id),
      getAll: () =>
        ask(() => {
          read(context, world.disk);
          return [...seen().values()].map((row) => structuredClone(row));
        }),
      getAllKeys: () => ask(() => [...seen().keys()]),
      count: () => ask(() => seen().size),
      put: (row: unknown, id: string) => ask(() => transaction.written.set(id, row), id),
      add: (row: unknown, id: string) =>
        ask(() => {
          if (seen().has(id)) throw new DOMException("", "ConstraintError");
          transaction.written.set(id, row);
        }, id),
      delete: (id: string) => ask(() => transaction.written.set(id, undefined), id),
    };
    const transaction: Transaction = {
      context,
      mode,
      db,
      work: [],
      written: new Map(),
      ids: new Set(),
      isCommitted: false,
      isOver: false,
      objectStore: () => Object.assign(rows, { transaction }),
      commit() {
        transaction.isCommitted = true;
      },
      abort: () => giveUp(transaction, "AbortError"),
    };
    transactions.push(transaction);
    if (transactions.length === 1) later();
    return transaction;
  }

  /** The disk goes on with its oldest transaction. */
  function later(): void {
    at(time + world.between(0, 2), step);
  }

  function step(): void {
    const [transaction] = transactions;
    if (!transaction) return;
    const { context, work, isCommitted, written } = transaction;
    // The browser drops what a page that went has not committed, and of what it has it may lose the last.
    const isLost = !isCommitted && (!context.alive || context.frozen);
    if (transaction.isOver) finish();
    else if (isLost) giveUp(transaction, "AbortError");
    else if (isCommitted && !context.alive && written.size && world.chance(0.3))
      giveUp(transaction, "write lost");
    else if (work[0]) {
      const { request, run } = work.shift() as Transaction["work"][number];
      try {
        settle(context, request, run());
      } catch (error) {
        // Nothing of this transaction is written, and that is no excuse for anything.
        Object.assign(transaction, { error, isOver: true });
        awake(context, () => {
          request.error = error;
          transaction.onabort?.();
        });
      }
    } else if ([...written.values()].some(Boolean) && world.chance(world.full))
      giveUp(transaction, "write failed");
    else complete(transaction);
    if (transactions[0]) later();
  }

  const finish = () => void transactions.shift();

  function giveUp(transaction: Transaction, why: string): void {
    if (transaction.isOver) return;
    transaction.isOver = true;
    const { context, mode, ids, work } = transaction;
    if (mode === "readwrite")
      for (const id of ids) fateOf(id).excuses.push(why === "AbortError" ? "write aborted" : why);
    const error = new DOMException("", "AbortError");
    for (const { request } of work.splice(0)) {
      request.error = error;
      at(time, () => awake(context, () => request.onerror?.()));
    }
    transaction.error = error;
    at(time, () => awake(context, () => transaction.onabort?.()));
  }

  function complete(transaction: Transaction): void {
    const { context, written } = transaction;
    transaction.isOver = true;
    const keys = [LEDGER, ...transaction.ids];
    const before = new Map(
      keys.flatMap((id) => (world.disk.has(id) ? [[id, world.disk.get(id)]] : [])) as never,
    );
    for (const [id, row] of written) {
      if (row === undefined) world.disk.delete(id);
      else world.disk.set(id, structuredClone(row));
      if (row !== undefined && id !== LEDGER) fateOf(id).recorded = true;
    }
    const after = new Map(
      keys.flatMap((id) => (world.disk.has(id) ? [[id, world.disk.get(id)]] : [])) as never,
    );
    if (written.size) wrote(context, before as never, after as never);
    awake(context, () => transaction.oncomplete?.());
    finish();
  }

  /** The origin's service worker; the browser ends it whenever it likes. */
  let service: { readonly context: Context; hear(event: object): void; end: number } | undefined;

  function toService(message: unknown, [port]: [Port]): void {
    const copy = structuredClone(message);
    at(time + world.between(0, 2), () => {
      if (!service?.context.alive) service = createService();
      const mine = service;
      mine.end = time + world.between(1, 30) * 1_000;
      at(mine.end, () => mine.end === time && kill(mine.context, "killed"));
      const { page, other } = port as Required<Pick<Port, "page" | "other">>;
      const reply = { postMessage: carry(page, other) };
      awake(mine.context, () => mine.hear({ data: copy, ports: [reply], waitUntil() {} }));
    });
  }

  function createService() {
    const context = createContext("service worker", false);
    let listener = (_: object) => {};
    enter(context, () =>
      runServiceWorker({
        location: { href: "https://shop.example/clicktrail.courier.js" } as Location,
        registration: { scope: "https://shop.example/clicktrail.courier.js", unregister: async () => true },
        addEventListener: (_, hear) => {
          listener = hear as typeof listener;
        },
        skipWaiting: async () => {},
      }),
    );
    return { context, hear: (event: object) => listener(event), end: 0 };
  }

  /** The courier's file: a shared worker that outlives its page, a service worker, or the page's own. */
  function file(hasWorkers: boolean): CourierFile {
    return {
      service: () => (world.hasService ? "https://shop.example/clicktrail.courier.js" : undefined),
      load: () => import("../courier-script"),
      async worker(read) {
        if (!hasWorkers) throw new Error("no worker");
        read();
        return createWorker() as unknown as SharedWorker;
      },
    };
  }

  function carry(to: Context, port: Port) {
    // Messages keep their order.
    let last = 0;
    return (data: unknown) => {
      const copy = structuredClone(data);
      last = Math.max(last, time + world.between(0, 2));
      at(last, () => awake(to, () => port.isClosed || port.onmessage?.({ data: copy })));
    };
  }

  function createWorker(): object {
    const page = here();
    const context = createContext(`${page.name} worker`, false);
    const [ours, theirs]: [Port, Port] = [{}, {}];
    ours.postMessage = carry(context, theirs);
    theirs.postMessage = carry(page, ours);
    theirs.close = () => {
      theirs.isClosed = true;
    };
    const scope = { onconnect: (_: MessageEvent) => {}, close: () => kill(context, "left") };
    enter(context, () => {
      runSharedWorker(scope);
      scope.onconnect({ ports: [theirs] } as unknown as MessageEvent);
    });
    return { port: ours };
  }

  function note(text: string): void {
    log.push(`${time - START}: ${text}`);
  }

  function at(when: number, work: () => void): void {
    const event = { time: Math.max(when, time), work };
    let low = 0;
    let high = events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((events[middle]?.time ?? 0) <= event.time) low = middle + 1;
      else high = middle;
    }
    events.splice(low, 0, event);
  }

  /** Runs what happens until `end`; more than `most` events are a loop that should not be there. */
  async function run(end: number, most = 20_000): Promise<void> {
    for (let count = 0; ; count++) {
      // What is under way on a real store may still bring events.
      if (!due(end)) await settled(turns * 4);
      if (!due(end)) break;
      if (count > most) throw new Error("something loops");
      const event = events.shift() as Event;
      time = event.time;
      vi.setSystemTime(time);
      event.work();
      await settled(turns);
    }
    time = end;
    vi.setSystemTime(time);
  }

  const due = (end: number) => events[0] && events[0].time <= end;

  function createContext(name: string, isPage = true): Context {
    const context = {
      name,
      isPage,
      alive: true,
      frozen: false,
      backlog: [],
      requests: new Set<never>(),
      readings: [],
    };
    contexts.add(context);
    return context;
  }

  function awake(context: Context, work: () => void): void {
    if (!context.alive) return;
    if (context.frozen) context.backlog.push(work);
    else enter(context, work);
  }

  function freeze(context: Context): void {
    for (const end of [...context.requests]) end("left");
    context.frozen = true;
  }

  function thaw(context: Context): void {
    context.frozen = false;
    for (const work of context.backlog.splice(0)) enter(context, work);
  }

  function kill(context: Context, end: "left" | "killed"): void {
    for (const request of [...context.requests]) request(end);
    context.alive = false;
    contexts.delete(context);
    for (const [name, owner] of [...held]) if (owner === context) release(name);
  }

  function fateOf(id: string): Fate {
    const fate = fates.get(id) ?? { recorded: false, received: 0, excuses: [], ends: [] };
    fates.set(id, fate);
    return fate;
  }

  function read(context: Context, rows: ReadonlyMap<string, unknown>): void {
    const reading = { at: time, failedAt: ledgerIn(rows).health.failedAt };
    context.readings.push(reading);
    readings.push(reading);
  }

  /** Whether a failure around the beginning of a row's attempt was known, at each reading since the row was to be decided on. */
  function evidence(context: Context, row: Entry): boolean[] {
    const began = row.due - leaseOf(row);
    const since = (known: Context["readings"]) =>
      known.filter(({ at }) => at >= row.due || !ahead(row.due, at));
    const own = since(context.readings);
    // It may have been decided by a page that could not write it, and stashed it.
    return (own[0] ? own : since(readings)).map(({ failedAt }) => Math.abs(began - failedAt) <= EVIDENCE_MS);
  }

  /** Judges what a transaction has made of its rows, and notes which of them ended in which counted state. */
  function wrote(
    context: Context,
    before: ReadonlyMap<string, unknown>,
    after: ReadonlyMap<string, unknown>,
  ): void {
    const last = (after.get(LEDGER) as Ledger | undefined)?.last ?? [];
    const known = (before.get(LEDGER) as Ledger | undefined)?.last ?? [];
    // What only a stash knew has no row.
    for (const end of last)
      if (!before.has(end.id) && !known.some(({ id }) => id === end.id)) {
        const fate = fateOf(end.id);
        fate.recorded = true;
        fate.ends.push(end.reason ?? end.name);
      }
    for (const [id, row] of before) {
      if (id === LEDGER || !isEntry(row)) continue;
      const next = after.get(id);
      if (next) {
        judge(context, row, next as Entry);
        continue;
      }
      // It was counted before, and only came back from a stash.
      if (known.some((outcome) => outcome.id === id)) continue;
      const end = [...last].reverse().find((outcome) => outcome.id === id);
      const fate = fateOf(id);
      fate.recorded = true;
      fate.ends.push(end ? (end.reason ?? end.name) : "uncounted");
      if (end?.name === "in-doubt") trusts(context, row);
    }
  }

  function judge(context: Context, before: Entry, after: Entry): void {
    const wrong = (text: string) => wrongs.push(`${before.id.slice(-4)} ${text}: by ${context.name}`);
    // What was handed over as begun, and could not be begun, is none.
    if (after.attempt < before.attempt && after.attempt) wrong("went back to an earlier attempt");
    if (after.attempt === before.attempt && before.begun && after.begun && after.due < before.due)
      wrong("lost its lease");
    if (after.attempt > before.attempt) {
      if (ahead(before.due, time)) wrong("was taken within its lease or wait");
    }
    if (after.attempt > before.attempt + 1) wrong("skipped an attempt");
    // Where that could not be written, whoever takes it takes it out of doubt.
    const isFreed = before.doubt && (after.attempt > before.attempt || (!after.doubt && after.begun));
    if (isFreed && !world.resend && !evidence(context, before).includes(true))
      wrong("was taken out of doubt without evidence");
  }

  function trusts(context: Context, row: Entry): void {
    const wrong = (text: string) => wrongs.push(`${row.id.slice(-4)} ${text}: by ${context.name}`);
    if (!row.doubt) wrong("was trusted, though nobody said that it was in doubt");
    if (world.resend) wrong("was trusted, though it was to be sent again");
    if (ahead(row.due, time)) wrong("was trusted within its lease");
    const said = evidence(context, row);
    if (!said.includes(false)) wrong("was trusted against the evidence");
  }

  function troubleNow(): Trouble | undefined {
    let roll = random();
    for (const [trouble, chance] of Object.entries(WEATHER[world.weather])) {
      roll -= chance;
      if (roll < 0) return trouble as Trouble;
    }
    return undefined;
  }

  function fetchIn(_: string, init: RequestInit): Promise<unknown> {
    const context = here();
    return new Promise((resolve, reject) => {
      const settle = (work: () => void) => awake(context, work);
      const fail = (name: string) => settle(() => reject(new DOMException("", name)));
      init.signal?.addEventListener("abort", () => at(time, () => fail("AbortError")));
      requests++;
      if (init.method !== "HEAD")
        return request(context, init, (answer) => settle(() => resolve(answer)), fail);
      const trouble = world.online ? troubleNow() : "unreachable";
      if (trouble === "hang") return;
      at(time + world.between(2, 250), () =>
        trouble === "unreachable" ? fail("TypeError") : settle(() => resolve(response(204))),
      );
    });
  }

  function request(
    context: Context,
    init: RequestInit,
    resolve: (response: object) => void,
    fail: (name: string) => void,
  ): void {
    const { id, attempt = 1 } = JSON.parse(`${init.body}`).metadata.clicktrail;
    const fate = fateOf(id);
    const isLucky = world.lucky === context;
    if (isLucky) world.lucky = undefined;
    const weather = world.online ? (isLucky ? undefined : troubleNow()) : "unreachable";
    const trouble = poisoned.has(id) && !weather ? "forbidden" : weather;
    const latency = trouble === "slow" ? world.between(1_000, 9_000) : world.between(2, 250);
    let arrives = !["hang", "unreachable", "busy", "wait", "unclear", "forbidden"].includes(trouble ?? "");
    let over = false;
    note(`${context.name} sends ${id.slice(-4)} attempt ${attempt}: ${trouble ?? "fine"}, ${latency} ms`);
    at(time + latency / 2, () => {
      if (arrives) fate.received++;
      arrives = false;
    });
    const finish = (work: () => void) => {
      context.requests.delete(leave);
      if (!over) work();
      over = true;
    };
    /** The browser goes on with a keepalive request of a page that left; one that was killed may lose it. */
    function leave(end: "left" | "killed"): void {
      fate.excuses.push(`${context.name} ${end}`);
      if (end === "killed" && world.chance(0.5)) arrives = false;
      // Chromium rejects what is pending, delivered or not; Firefox may never settle it; some answers come after all.
      const how = random();
      if (how < 0.5) at(time, () => finish(() => fail("TypeError")));
      else if (how < 0.7) over = true;
      context.requests.delete(leave);
    }
    context.requests.add(leave);
    init.signal?.addEventListener("abort", () => finish(() => {}));
    if (trouble === "lost") fate.excuses.push("answer lost");
    if (trouble === "lost" || trouble === "hang") return;
    at(time + latency, () =>
      finish(() => (trouble === "unreachable" ? fail("TypeError") : resolve(responseOf(trouble, id)))),
    );
  }

  function responseOf(trouble: Trouble | undefined, id: string): object {
    switch (trouble) {
      case "busy":
        return response(503);
      case "wait":
        return response(429, "", `${world.between(1, 60)}`);
      case "unclear":
        return response(400, "pool exhausted");
      case "forbidden":
        return response(403, "blocked");
      default:
        return refused.has(id) ? response(422, "no") : response(204);
    }
  }

  return world;
}

function response(status: number, message = "", retryAfter?: string): object {
  return {
    [Symbol.toStringTag]: "Response",
    status,
    type: "cors",
    headers: { get: () => retryAfter ?? null },
    text: async () => message && JSON.stringify({ message }),
  };
}

/** An IndexedDB request, as far as the library uses one. */
interface Request {
  result?: unknown;
  error?: unknown;
  transaction?: Transaction;
  onsuccess?: () => void;
  onerror?: () => void;
}

/** A transaction of the world's disk: one after the other, all of it or nothing. */
interface Transaction {
  readonly context: Context;
  readonly mode: string;
  readonly db: unknown;
  readonly work: { readonly request: Request; readonly run: () => unknown }[];
  /** What it changes; `undefined` deletes. */
  readonly written: Map<string, unknown>;
  /** The keys that it has named. */
  readonly ids: Set<string>;
  isCommitted: boolean;
  isOver: boolean;
  error?: unknown;
  oncomplete?: () => void;
  onabort?: () => void;
  objectStore(): object;
  commit(): void;
  abort(): void;
}

interface Channel {
  port1: Port;
  port2: Port;
}

interface Port {
  /** Whose page has the other end. */
  readonly page?: Context;
  readonly other?: Port;
  isClosed?: boolean;
  onmessage?: (event: { readonly data: unknown }) => void;
  postMessage?: (data: unknown) => void;
  close?: () => void;
}
