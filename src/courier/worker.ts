// Owns what a page may ask of its courier, and the three places where a courier runs: a shared worker, a service worker, the page.
import { FORMAT, type Route, scopeOf } from "../options";
import { attempt, type Explanation } from "../report";
import { openDatabase } from "./database";
import { isOutcome, joinLedgers, type Outcome, type Settled } from "./ledger";
import { optionMistakes } from "./options";
import { emptyOthers, findOthers } from "./others";
import {
  add,
  count,
  createQueue,
  finish,
  flush,
  heldUntil,
  leave,
  NEVER,
  type Queue,
  type Reason,
  withdraw,
} from "./queue";
import { type Entry, isEntry, isOld, isRecord } from "./row";
import type { Answer } from "./send";
import { statsOf } from "./stats";
import { abandon, allRows, createStore, type Row } from "./store";
import { troubleOf } from "./trouble";

/** What a page says to its courier. A service worker forgets, so that it is given the first three with every message. */
export interface ToCourier {
  /** Where requests go. */
  readonly route?: Route;
  /** Epoch ms: consent was withdrawn for what was clicked until then; 0: never. */
  readonly withdrawnAt?: number;
  /** The page wants to know of clicks that are delivered, too: a message costs it as much as a click. */
  readonly isHeard?: boolean;
  /** What the page has written as options, and whether on a script tag: the courier says what is wrong with them. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly isTag?: boolean;
  /** A page begins: the configuration may be right by now. The courier says that it is ready. */
  readonly hello?: boolean;
  /** Send this click now, or, with an answer, count what came of the page's own request. */
  readonly entry?: Entry;
  readonly answer?: Answer;
  /** Send what is left. */
  readonly flush?: Reason;
  /** With `hello`, `flush` and `stop`: what pages have kept outside the database. */
  readonly stash?: readonly Row[];
  /** Count this click that isn't sent. */
  readonly drop?: Settled;
  /** Reply with the account of all clicks. */
  readonly stats?: boolean;
  /** Begin nothing more: the tracker has ended, or consent was withdrawn; then drop what is left, too. */
  readonly stop?: "end" | "withdraw";
  /** The page goes. */
  readonly bye?: boolean;
  /** A reply is wanted, under this number. */
  readonly ask?: number;
}

/** What a courier says to its page, one thing a message. */
export interface ToPage {
  /** It is ready, and reads rows of this format. */
  readonly ready?: number;
  /** The reply to the question of this number. */
  readonly re?: number;
  /** It has the question; its reply comes later. */
  readonly isHere?: boolean;
  readonly value?: unknown;
  readonly error?: string;
  /** Keep these rows outside the database: it isn't there. */
  readonly keep?: readonly Row[];
  /** The rows under these keys are in the database, or over. */
  readonly settled?: readonly string[];
  /** Epoch ms: write clicks as waiting until then. */
  readonly hold?: number;
  /** Epoch ms: flush then. */
  readonly at?: number;
  /** What has become of a click. */
  readonly outcome?: Outcome;
  /** What the developer should know. */
  readonly words?: Explanation;
}

interface Port {
  postMessage(message: ToPage): void;
}

export interface Desk {
  readonly queue: Queue;
  readonly place: Place;
  port: Port | undefined;
  isHeard: boolean;
  /** What the page was told last of clicks that have to wait. */
  hold: number;
  /** Epoch ms of the flush that this courier wakes itself for. */
  next: number;
  /** Its first flush found no database, which may open late. */
  isBlind: boolean;
}

/** A courier wakes itself for what is due within this time: its page may have gone. */
const SOON_MS = 10_000;
/** WebKitGTK 2.50 ends a service worker 10 s after the message that woke it. */
const SLICE_MS = 8_000;

/** A shared worker outlives its page. A browser ends a service worker as it likes, and a page goes. */
export type Place = "worker" | "service-worker" | "page";

export function createDesk(route: Route, place: Place, parts: Partial<Queue> = {}): Desk {
  const say = (message: ToPage) => desk.port?.postMessage(message);
  // Whatever the message says: what is stored for one endpoint never goes to another.
  const store = createStore(scopeOf(route), {
    join: joinLedgers,
    unwritten: (keep) => say({ keep }),
    settled: (settled) => say({ settled }),
    opened() {
      if (desk.isBlind) receive(desk, { flush: "start" });
      desk.isBlind = false;
    },
  });
  const desk: Desk = {
    place,
    queue: createQueue({
      mayEnd: place !== "worker",
      ...(place === "service-worker" && { sliceMs: SLICE_MS }),
      ...parts,
      route,
      store,
      tell: (outcome) => tellOf(desk, outcome),
    }),
    port: undefined,
    isHeard: false,
    hold: -1,
    next: NEVER,
    isBlind: false,
  };
  return desk;
}

function tellOf({ port, isHeard, queue }: Desk, outcome: Outcome): void {
  const words = troubleOf(outcome, queue.route);
  if (words) port?.postMessage({ words });
  // A page is always told of what goes wrong.
  if (isHeard || outcome.name !== "delivered") port?.postMessage({ outcome });
}

/** Takes a page's message; settles when all that it asks for is done, and nothing more is due soon. */
export async function receive(desk: Desk, message: ToCourier, port = desk.port): Promise<void> {
  desk.port = port;
  const { ask: re } = message;
  const isAsked = re !== undefined;
  if (isAsked) port?.postMessage({ re, isHere: true });
  /** When to flush next. */
  const times: number[] = [];
  const reply = await work(desk, message, times).then(
    (value) => ({ value }),
    (error) => ({ error: `${error.message}` }),
  );
  // Another page of the same service worker may have spoken meanwhile.
  if (isAsked) port?.postMessage({ re, ...reply });
  await rest(desk, Math.min(...times));
  if (message.hello) await tidyUp(desk.queue);
}

/** A click of last week is kept nowhere. As in a page's own database one visit says that it is old, and a later one that it still is. */
async function tidyUp({ store, now, startedAt }: Queue): Promise<void> {
  if (!store.database.connection) return;
  const others = await findOthers(store.database.name).catch(() => []);
  await emptyOthers(others, (row) => {
    const { at, staleAt } = Object(row);
    if (!isOld({ at: Number(at) }, now())) return row;
    return staleAt < startedAt ? undefined : { ...row, staleAt: Math.min(staleAt ?? now(), now()) };
  });
}

async function work(desk: Desk, message: ToCourier, times: number[]): Promise<unknown> {
  const { queue, port } = desk;
  const { hello, entry, answer, flush: reason, stash = [], drop, stats, stop, bye } = message;
  queue.withdrawnAt = message.withdrawnAt ?? queue.withdrawnAt;
  desk.isHeard = message.isHeard ?? desk.isHeard;
  // Other pages go on with a service worker where one ends its tracking.
  if (hello || stop) queue.isStopped = desk.place === "service-worker" ? stop === "withdraw" : !!stop;
  if (bye && desk.place === "page") {
    const rows = [...rowsOf(queue), ...leave(queue)];
    abandon(queue.store);
    // Of what isn't counted yet the next page knows by this alone.
    port?.postMessage({ keep: [...rows, ...queue.uncounted.map(({ end }) => end)] });
  }
  if (stop === "withdraw") {
    await withdraw(queue, stash);
    if (queue.store.database.connection) await emptyOthers(await findOthers(queue.store.database.name));
  }
  if (stats) return statsOf(await allRows(queue.store), 0, queue.now());
  if (isOutcome(drop)) await count(queue, { end: drop });
  if (hello) {
    queue.startedAt = queue.now();
    for (const words of optionMistakes(Object(message.options), !!message.isTag))
      port?.postMessage({ words });
    const isOpen = await openDatabase(queue.store.database);
    desk.isBlind = !isOpen && desk.place === "page";
    // A worker without the database would forget what its page has written.
    if (!isOpen && desk.place !== "page") return;
    port?.postMessage({ ready: FORMAT });
  }
  if (queue.isStopped) return;
  if (isEntry(entry)) times.push(await (answer ? finish(queue, entry, answer) : add(queue, entry)));
  if (hello || reason) times.push(await flush(queue, reason ?? "start", stash));
}

const rowsOf = ({ store }: Queue) => [...store.memory.values()].filter(isEntry);

/** Tells the page what has changed for its next clicks, and comes again in time. */
async function rest(desk: Desk, at: number): Promise<void> {
  const { queue } = desk;
  const hold = heldUntil(queue);
  if (hold !== desk.hold) desk.port?.postMessage({ hold });
  desk.hold = hold;
  if (at === NEVER || queue.isStopped || at >= desk.next) return;
  const ms = at - queue.now();
  // The page has to wake it: by then a browser may have ended this context.
  if (ms > SOON_MS) return desk.port?.postMessage({ at });
  desk.next = at;
  await new Promise((resolve) => setTimeout(resolve, ms));
  if (desk.next !== at) return;
  desk.next = NEVER;
  if (!queue.isStopped) await rest(desk, await flush(queue, "later"));
}

/** The parts of the workers' global scopes that are used; TypeScript's DOM library does not have them. */
interface SharedScope {
  onconnect: (event: MessageEvent) => void;
  close(): void;
}

export function runSharedWorker(scope: SharedScope): void {
  /** Its pages (one, unless a page's own random numbers give two the same name), and what is under way. */
  let busy = 0;
  scope.onconnect = ({ ports }) => {
    const port = ports[0] as MessagePort;
    let desk: Desk | undefined;
    busy++;
    const rest = () => --busy || scope.close();
    port.onmessage = ({ data }: MessageEvent<ToCourier>) => {
      desk ??= data.route && createDesk(data.route, "worker");
      busy++;
      if (desk) receive(desk, data, port).then(rest, rest);
      else rest();
      if (!data.bye) return;
      // A page in the back/forward cache would lose its place by a message (Chromium 156).
      port.close();
      rest();
    };
  };
}

interface ServiceScope {
  readonly location: Location;
  readonly registration: { readonly scope: string; unregister(): Promise<boolean> };
  addEventListener(type: string, listener: (event: ServiceEvent) => void): void;
  skipWaiting(): Promise<void>;
}

interface ServiceEvent extends MessageEvent<{ clicktrail?: ToCourier } | undefined> {
  waitUntil(work: Promise<unknown>): void;
}

export function runServiceWorker(scope: ServiceScope): void {
  const desks: Record<string, Desk> = {};
  // Inside a site's own worker, that one decides when it takes over.
  const isOurs = scope.location.href.split("?")[0] === scope.registration.scope;
  if (isOurs) scope.skipWaiting();
  scope.addEventListener("message", (event) => {
    const message = event.data?.clicktrail;
    if (!isRecord(message)) return;
    const { route } = message as ToCourier;
    // What isn't a route makes no desk.
    const desk = attempt(
      () => (desks[JSON.stringify(route)] ??= createDesk(route as Route, "service-worker")),
    );
    if (!desk) return;
    const done = receive(desk, message, event.ports[0]);
    // What is withdrawn leaves no worker behind.
    const isLast = isOurs && (message as ToCourier).stop === "withdraw";
    event.waitUntil(isLast ? done.then(() => scope.registration.unregister()) : done);
  });
}
