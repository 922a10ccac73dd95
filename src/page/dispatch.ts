// Owns who sends a click, a worker that outlives the page or the page itself, and when what is left is sent. Knows no element.
import { TAGGED } from "../attributes";
import type { Route } from "../config";
import { type Courier, createCourier } from "../delivery/courier";
import { joinLedgers, type Outcome } from "../delivery/ledger";
import { type Entry, leaseOf } from "../delivery/row";
import { createSend } from "../delivery/send";
import { createStore, type Store } from "../delivery/store";
import { createAlarm } from "./alarm";
import { createRemote, type Remote } from "./remote";
import { ofDocument } from "./step";

interface Parts {
  readonly route: Route;
  /** Whether clicks may be kept and sent now. */
  readonly isOn: () => boolean;
  /** Epoch ms: consent was withdrawn for what was clicked until then. */
  readonly withdrawnAt: () => number;
  /** Whether the page wants to know of clicks that are delivered. */
  readonly isHeard: () => boolean;
  readonly tell: (outcome: Outcome) => void;
  /** A flush is due, or the database has just opened. */
  readonly begin: () => void;
}

export interface Dispatch {
  readonly courier: Courier;
  readonly remote: Remote;
  readonly store: Store<Entry>;
  /** Takes a click over, in its own task. */
  deliver(entry: Entry): void;
  /** Sends what waits and may be sent now. `hope`: there is reason to try at once. */
  flush(hope?: boolean): Promise<void>;
  /** Opens the database, and starts the worker where there are results. */
  open(): void;
  startWorker(): void;
  /** Begins nothing more; a worker is told why. */
  stop(why: "end" | "withdraw"): void;
  /** The page goes. */
  leave(): void;
}

export function createDispatch({ route, isOn, withdrawnAt, isHeard, tell, begin }: Parts): Dispatch {
  const alarm = createAlarm(begin);
  const wake = (at: number) => isOn() && alarm.set(at);
  const store = createStore<Entry>(route.scope, joinLedgers, begin);
  const remote = createRemote({ route, withdrawnAt, isHeard, tell, wake });
  const courier = createCourier({
    ...route,
    store,
    send: createSend(route),
    tell,
    mayLeave: true,
    withdrawnAt,
    async delegate(hope, isLapsed) {
      // Whoever had it may have been killed.
      if (isLapsed) remote.stop();
      if (!store.isOpen() || !(await remote.start())) return false;
      remote.post({ flush: hope });
      return true;
    },
  });

  function handsOver(): boolean {
    return remote.name() !== "page" && store.isOpen() && !courier.holds() && !route.dryRun;
  }

  /** A page that its click closes gets no pagehide (Chromium 156, where nothing else is in its process). */
  const left = () => globalThis.closed === true && courier.leave();

  /** A worker outlives its page, and takes some 15 ms to be there. */
  function startWorker(): void {
    if (isOn()) remote.start();
  }

  return {
    courier,
    remote,
    store,
    startWorker,
    deliver(entry) {
      // Behind the listeners that the page has by now; once, for it is one function.
      addEventListener("click", left);
      if (!handsOver()) return void courier.deliver(entry).then(wake);
      // Not in doubt: whether a request has begun is the worker's to write. One that ends before that never sent it.
      const row = { ...entry, due: +Date.now() + leaseOf(entry), begun: true };
      store.share(row);
      remote.post({ entry: row });
      // A worker that was killed says nothing.
      alarm.set(row.due);
    },
    flush: async (hope) => void wake(await courier.flush(hope)),
    open() {
      store.open();
      if (ofDocument("querySelector").call(document, TAGGED)) startWorker();
    },
    stop(why) {
      removeEventListener("click", left);
      alarm.clear();
      courier.pause(true);
      remote.stop({ stop: why });
    },
    leave() {
      courier.leave();
      remote.stop();
    },
  };
}
