// Owns the courier's life in a worker: a shared one that outlives its page, or a service worker that the browser ends and starts as it likes.
import type { Route } from "../config";
import { createCourier } from "./courier";
import { joinLedgers, type Outcome } from "./ledger";
import type { Entry } from "./row";
import { createSend } from "./send";
import { createStore } from "./store";

/** What a page says to its worker, one thing a message. Each message says everything, for a service worker forgets. */
export interface ToWorker {
  readonly route: Route;
  /** Epoch ms: consent was withdrawn for what was clicked until then. */
  readonly withdrawnAt: number;
  /** Send this click now. */
  readonly entry?: Entry;
  /** A page begins: the configuration may be right by now. */
  readonly hello?: boolean;
  /** Flush; `true`: there is reason to try at once. */
  readonly flush?: boolean;
  /** The page wants to know of clicks that are delivered, too: a message costs it as much as a click. */
  readonly isHeard?: boolean;
  /** Begin nothing more: the tracker has ended, or consent was withdrawn; then drop what is left, too. */
  readonly stop?: "end" | "withdraw";
  /** The page goes. */
  readonly bye?: boolean;
}

/** What a worker says to its page: its version, which says that it is ready too; an outcome; or when a flush is due (epoch ms). */
export type ToPage = { readonly version: string } | Outcome | number;

/** A worker wakes itself for what is due within this time: its page may have gone. */
const SOON_MS = 10_000;
/** WebKitGTK 2.50 ends a service worker 10 s after the message that woke it. */
const SLICE_MS = 8_000;
declare const __VERSION__: string;

/** What a page says is done, for one route. */
type Desk = (message: ToWorker, port: MessagePort | undefined) => Promise<void>;

function createDesk(route: Route, sliceMs?: number): Desk {
  let port: MessagePort | undefined;
  let latest: ToWorker;
  let stopped = false;
  let next = 0;
  const say = (message: ToPage) => port?.postMessage(message);
  const store = createStore<Entry>(route.scope, joinLedgers);
  const courier = createCourier({
    ...route,
    store,
    send: createSend(route),
    withdrawnAt: () => latest.withdrawnAt,
    // A page is always told of what goes wrong.
    tell: (outcome) => (latest.isHeard || outcome.name !== "delivered") && say(outcome),
    // A browser may end a service worker before the response: what it began is in doubt then, not to be sent twice.
    ...(sliceMs && { sliceMs, mayLeave: true }),
  });

  /** Comes again by itself for what is due soon: its page may have gone. */
  async function rest(at: number): Promise<void> {
    if (!at || stopped || (next && next <= at)) return;
    next = at;
    say(at);
    const ms = at - Date.now();
    if (ms < SOON_MS) {
      await new Promise((resolve) => setTimeout(resolve, ms));
      if (next !== at || stopped) return;
      next = 0;
      return rest(await courier.flush());
    }
    next = 0;
  }

  return async (message, from) => {
    const { entry, hello, flush, stop } = message;
    latest = message;
    port = from ?? port;
    if (hello || stop) {
      stopped = !!stop;
      courier.pause(stopped);
    }
    if (hello && (await store.open())) say({ version: __VERSION__ });
    if (stop === "withdraw") await courier.withdraw();
    if (stopped) return;
    if (entry) {
      let work: Promise<number> | undefined;
      // A browser may end a service worker at any moment. The request begins inside a transaction that already has its turn, so
      // that both leave together: WebKitGTK 2.50 ended the worker between the request and a write begun beside it in 5 of 88 tabs
      // that were closed after a link to another site, and the click was sent again; this way in none of 88.
      if (sliceMs)
        await store
          .transact([entry.id], (rows) => {
            rows.set(entry.id, { ...entry, doubt: true });
            work ??= courier.deliver(entry);
          })
          .catch(() => {});
      work ??= courier.deliver(entry);
      await rest(await work);
    }
    if (flush !== undefined) await rest(await courier.flush(flush));
  };
}

/** The parts of the workers' global scopes that are used; TypeScript's DOM library does not have them. */
interface SharedScope {
  onconnect: (event: MessageEvent) => void;
  close(): void;
}

export function runSharedWorker(scope: SharedScope): void {
  scope.onconnect = ({ ports }) => {
    const port = ports[0] as MessagePort;
    let desk: Desk | undefined;
    /** The page, and what is under way. */
    let busy = 1;
    const rest = () => --busy || scope.close();
    port.onmessage = ({ data }: MessageEvent<ToWorker>) => {
      desk ??= createDesk(data.route);
      busy++;
      desk(data, port).then(rest, rest);
      if (!data.bye) return;
      // A page in the back/forward cache would lose its place by a message (Chromium 156).
      port.close();
      rest();
    };
  };
}

interface ServiceScope {
  readonly location: Location;
  readonly registration: { readonly scope: string };
  addEventListener(type: string, listener: (event: ServiceEvent) => void): void;
  skipWaiting(): Promise<void>;
}

interface ServiceEvent extends MessageEvent<{ clicktrail?: ToWorker } | undefined> {
  waitUntil(work: Promise<unknown>): void;
}

export function runServiceWorker(scope: ServiceScope): void {
  const desks: Record<string, Desk> = {};
  // Inside a site's own worker, that one decides when it takes over.
  if (scope.location.href.split("?")[0] === scope.registration.scope) scope.skipWaiting();
  scope.addEventListener("message", (event) => {
    const message = event.data?.clicktrail;
    if (!message) return;
    const { route } = message;
    const key = JSON.stringify(route);
    desks[key] ??= createDesk(route, SLICE_MS);
    event.waitUntil(desks[key](message, event.ports[0]));
  });
}
