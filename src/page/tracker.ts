// Wires everything of one page: clicks to payloads, payloads to the queue and a courier, and the page's life to both.

import { announce, runningTracker, setRunningTracker } from "../announce";
import { type Options, type Route, route as routeOf } from "../config";
import { createCourier, LEASE_MS } from "../delivery/courier";
import {
  ahead,
  type Entry,
  isEntry,
  joinLedgers,
  LEDGER,
  type Ledger,
  NEW_LEDGER,
  type Outcome,
  type OutcomeName,
} from "../delivery/row";
import { createSend } from "../delivery/send";
import { createQueue } from "../delivery/store";
import type { Click } from "../payload";
import { attempt, complain, tell } from "../report";
import { type Capture, createCapture, OF_CLICKS, readClick } from "./capture";
import { createOutcomes } from "./outcomes";
import { createRecorder, type Extra, type Recorder } from "./record";
import { createRemote } from "./remote";

/** Where every click is, over all pages and visits: `made` is the sum of the others but `unreadable`. */
export interface Stats {
  readonly made: number;
  readonly delivered: number;
  readonly waiting: number;
  /** Taken over by the browser, the answer not seen. */
  readonly inDoubt: number;
  /** By reason. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Stored rows that this version can't read; they are left alone. */
  readonly unreadable: number;
}

export interface Tracker {
  /** What `init` was given. */
  readonly options: Options;
  readonly route: Route;
  /** Reports a click by hand; returns its id, or `undefined` after telling what is wrong with it. Never throws. */
  readonly trackClick: Capture["trackClick"];
  /** Takes a DOM event as the tracker's own listeners do; `path` is the composed path it had. */
  readonly capture: Capture["capture"];
  /** Calls back with each outcome of that name; returns the undo. */
  on(name: OutcomeName, callback: (outcome: Outcome) => void): () => void;
  /** Rejects with an Error where the database does not answer within five seconds. */
  stats(): Promise<Stats>;
  /** Sends what waits and may be sent now. */
  flush(): Promise<void>;
  /** With `consent: "required"`: queues the clicks that waited in memory, and those to come. */
  grantConsent(): void;
  /** Empties memory and queue, and tracks nothing until consent is granted. Rejects as `stats` does. */
  revokeConsent(): Promise<void>;
  /**
   * Adds what `extra` returns to each click's metadata, under its `clicktrail` key; returns the undo. If `extra` throws, the
   * click is sent without it.
   */
  use(extra: Extra): () => void;
  /** What `use` has added would put on this click now. */
  extras(click: Click, element?: Element): object;
  /** What a click on a tagged element would report. */
  read(element: Element): Click;
  /** Whether clicks are kept and sent now: not before consent where it is required, and not after it was withdrawn. */
  consented(): boolean;
  /** Which courier a click would get now. */
  courier(): "worker" | "page";
  /** Stops tracking. Requests in flight go on. */
  destroy(): void;
}

const MERGE_MS = 5_000;
/** Where the page's own work leaves no idle time, start anyway. */
const IDLE_MS = 500;
/**
 * Hears DOM events on the window before the page does, and never throws into it; returns the undo. With an abort signal
 * a listener takes half as long again to add (Chromium 156), and adding them is much of the script's evaluation.
 */
export function listen(types: string, callback: (event: never) => void): () => void {
  const listener = (event: Event) => attempt(() => callback(event as never), complain);
  const each = (change: typeof addEventListener) => {
    for (const type of types.split(" ")) change(type, listener, true);
  };
  each(addEventListener);
  return () => each(removeEventListener);
}

export function whenIdle(work: () => void): void {
  (globalThis.requestIdleCallback ?? setTimeout)(work, { timeout: IDLE_MS } as never);
}

/**
 * Starts the page's tracker.
 *
 * @throws Error that says what to write instead, if an option is wrong.
 */
export function createTracker(options: Options): Tracker {
  const route = routeOf(options);
  const running = runningTracker();
  if (running) {
    tell("it runs already; start it once", running.options);
    return running;
  }
  const { consent, firstPosition, debug, respectGpc, ignoreAutomation } = options;
  const off =
    (respectGpc && (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl) ||
    (ignoreAutomation && navigator.webdriver);
  const queue = createQueue<Entry>(route.scope, joinLedgers);
  const outcomes = createOutcomes(route.scope, noteworthy);
  const remote = createRemote(route, wake);
  const send = createSend(route);
  const courier = createCourier({
    ...route,
    queue,
    send(entry) {
      // A second listener where there is something to lose: whatever runs at the moment that a process is told to end,
      // Firefox cuts off (`dom.abort_script_on_child_shutdown`; in 10 of 24 pages that left, Firefox 153).
      addEventListener("pagehide", onLeave);
      return send(entry);
    },
    emit: outcomes.tell,
    wake,
    delegate: (hope) => queue.durable() && remote.flush(hope),
  });
  /** What waits for consent: nothing is stored or counted before. */
  let held: (() => void)[] = [];
  let granted = !consent;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let alarm = 0;
  let undos: (() => void)[] = [];

  function noteworthy(outcome: Outcome): void {
    const { name, reason, status, message } = outcome;
    if (debug) console.log("clicktrail:", name, reason ?? status ?? "", outcome);
    if (status && reason) tell(`the endpoint answered ${status} ${message}`, reason);
  }

  /** One timer for all: the earliest time at which a flush has something to do. */
  function wake(at: number): void {
    if (!at || (alarm && alarm <= at)) return;
    clearTimeout(timer);
    alarm = at;
    timer = setTimeout(() => {
      alarm = 0;
      flush();
    }, at - Date.now());
  }

  async function flush(hope?: unknown): Promise<void> {
    outcomes.listen();
    // The journal's rows go to the disk in the task that reads them: two tabs may read the same.
    await queue.open();
    // A little early: what becomes due while the rows are read must not be taken without its doubt. Whoever left that is gone.
    queue.merge(({ doubt, due }) => doubt || !ahead(due, Date.now() + MERGE_MS));
    wake(await courier.flush(hope === true));
  }

  const handsOver = () => remote.ready() && queue.durable();

  function deliver(entry: Entry): void {
    const mine = { ...entry, due: Date.now() + LEASE_MS };
    if (handsOver() && !courier.holds()) {
      queue.add(mine, { shared: true });
      remote.post({ entry: mine });
    } else {
      queue.add(mine);
      courier.deliver(mine);
    }
  }

  function whenGranted(work: () => void): void {
    if (granted) work();
    else held.push(work);
  }

  function drop(id: string, at: number, reason: string): void {
    whenGranted(() => courier.settle([{ name: "dropped", id, at, attempt: 0, reason }]));
  }

  const recorder = createRecorder({
    options,
    drop,
    keep(entry) {
      whenGranted(() => deliver(entry));
      outcomes.tell({ ...entry, name: "click" });
    },
  });

  function record(click: Click, how: Parameters<Recorder["record"]>[1]): string | undefined {
    return off || !(granted || consent) ? undefined : recorder.record(click, how);
  }

  const { capture, trackClick } = createCapture({
    record,
    firstPosition,
    // The courier starts before the click: it is ready some 15 ms later.
    near: (isOnResult) => remote.started() || (isOnResult() && remote.start()),
  });

  function onLeave(event?: Event): void {
    if (event) queue.abandon();
    courier.leave();
    remote.stop();
    outcomes.close();
  }

  const tracker: Tracker = {
    options,
    route,
    on: outcomes.on,
    use: recorder.use,
    extras: recorder.extras,
    read: (element) => readClick(element, firstPosition),
    flush,
    capture,
    trackClick,
    grantConsent() {
      granted = true;
      announce({ consent: true });
      for (const work of held.splice(0)) work();
    },
    async revokeConsent() {
      granted = false;
      announce({ consent: false });
      held = [];
      queue.merge(() => true);
      await courier.settle(
        [...(await queue.all()).values()]
          .filter(isEntry)
          .map((entry) => ({ ...entry, name: "dropped", reason: "consent" })),
      );
    },
    async stats() {
      const rows = await queue.all();
      const { counts } = (rows.get(LEDGER) as Ledger | undefined) ?? NEW_LEDGER;
      rows.delete(LEDGER);
      const readable = [...rows.values()].filter(isEntry);
      const doubts = readable.filter(({ doubt }) => doubt).length;
      const { delivered = 0, "in-doubt": trusted = 0, ...dropped } = counts;
      const waiting = held.length + readable.length - doubts;
      const made = Object.values(counts).reduce((sum, count) => sum + count, waiting + doubts);
      const unreadable = rows.size - readable.length;
      return { made, delivered, waiting, inDoubt: trusted + doubts, dropped, unreadable };
    },
    consented: () => granted && !off,
    courier: () => (handsOver() ? "worker" : "page"),
    destroy() {
      for (const undo of undos) undo();
      removeEventListener("pagehide", onLeave);
      clearTimeout(timer);
      onLeave();
      setRunningTracker(undefined);
    },
  };
  setRunningTracker(tracker);
  if (off) return tracker;

  undos = [
    listen(OF_CLICKS, capture),
    listen("pagehide", onLeave),
    listen("online", () => flush(true)),
    // Also what a page sees that comes back from the back/forward cache.
    listen("visibilitychange", () => document.hidden || flush()),
  ];
  whenIdle(flush);
  return tracker;
}
