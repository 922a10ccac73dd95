// Wires everything of one page: clicks to entries, entries to a courier, and the page's life to both.
import { ANNOUNCEMENT, announce, runningTracker, setRunningTracker } from "../announce";
import { TAGGED } from "../attributes";
import { type Options, type Route, route as routeOf } from "../config";
import { createCourier } from "../delivery/courier";
import { joinLedgers, type Outcome, type OutcomeName } from "../delivery/ledger";
import { type Entry, leaseOf } from "../delivery/row";
import { createSend } from "../delivery/send";
import { createStore } from "../delivery/store";
import type { Click } from "../payload";
import { attempt, complain, tell } from "../report";
import { createAlarm } from "./alarm";
import { type Capture, createCapture, OF_CLICKS } from "./capture";
import { createConsent } from "./consent";
import { createDebug } from "./debug";
import type { CourierName } from "./link";
import { createOutcomes } from "./outcomes";
import { createRecorder, type Extra, type How } from "./record";
import { createRemote } from "./remote";
import { type Stats, statsOf } from "./stats";
import { troubleOf } from "./trouble";

export type { Stats };

export interface Tracker {
  /** What `init` was given. */
  readonly options: Options;
  readonly route: Route;
  readonly trackClick: Capture["trackClick"];
  readonly capture: Capture["capture"];
  /** Calls back with each outcome of that name; returns the undo. */
  on(name: OutcomeName, callback: (outcome: Outcome) => void): () => void;
  /** Rejects with an Error where the database does not respond within five seconds. */
  stats(): Promise<Stats>;
  /** Sends what waits and may be sent now. */
  flush(): Promise<void>;
  /** With `consent: "required"`, and after `revokeConsent`: queues the clicks that waited in memory, and those to come. */
  grantConsent(): void;
  /**
   * Empties memory and queue, and tracks nothing, in every tab of the origin and on later visits, until consent is granted. Rejects
   * as `stats` does; what could not be emptied then is emptied as soon as the database responds.
   */
  revokeConsent(): Promise<void>;
  /**
   * Adds what `extra` returns to each click's metadata, under its `clicktrail` key; returns the undo. If `extra` throws, the
   * click is sent without it.
   */
  use(extra: Extra): () => void;
  /** What `use` has added would put on this click now. */
  extras(click: Click, element?: Element): object;
  /** What a click on an element in a result would report. */
  readonly read: Capture["read"];
  /** Whether clicks are kept and sent now: not before consent where it is required, and not after it was withdrawn. */
  consented(): boolean;
  /** Which courier a click would get now. */
  courier(): CourierName;
  /** Listens again: `document.open()` takes all of a page's listeners away. */
  attach(): void;
  /** Stops tracking. Requests in flight go on. */
  destroy(): void;
}

/** Where the page's own work leaves no idle time, start anyway. */
const IDLE_MS = 500;

/**
 * Listens on the window before the page does, and never throws into it; returns the undo. With an abort signal a listener
 * takes half as long again to add (Chromium 156), and adding them is much of the script's evaluation.
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
  const { scope } = route;
  const running = runningTracker();
  if (running) {
    tell("it runs already; start it once", running.options);
    running.attach();
    return running;
  }
  const { firstPosition, respectGpc, ignoreAutomation } = options;
  const debug = options.debug ? createDebug(route) : undefined;
  const isOff =
    (respectGpc && (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl) ||
    (ignoreAutomation && navigator.webdriver);
  /** What waits for consent: nothing is opened, stored or sent before. */
  let held: (() => void)[] = [];
  let ended = false;
  let undos: (() => void)[] = [];
  const consent = createConsent(scope, options.consent === "required");
  const { withdrawnAt } = consent;
  const given = () => consent.state() === "given";
  const outcomes = createOutcomes();
  const alarm = createAlarm(begin);
  const wake = (at: number) => isOn() && alarm.set(at);
  const store = createStore<Entry>(scope, joinLedgers, begin);
  const remote = createRemote({
    route,
    withdrawnAt,
    isHeard: () => !!debug || outcomes.heard(),
    tell: say,
    wake,
  });
  const courier = createCourier({
    ...route,
    store,
    send: createSend(route),
    tell: say,
    mayLeave: true,
    withdrawnAt,
    async delegate(hope, isLapsed) {
      // Whoever had it may have been killed.
      if (isLapsed) remote.stop();
      if (!store.durable() || !(await remote.start())) return false;
      remote.post({ flush: hope });
      return true;
    },
  });
  const recorder = createRecorder({
    options,
    drop: (id, at, reason) => keep(() => courier.settle([{ name: "dropped", id, at, attempt: 0, reason }])),
    keep(entry) {
      keep(() => deliver(entry));
      say({ ...entry, name: "click" });
    },
  });
  const { capture, trackClick, read } = createCapture({
    record: (click, how: How) =>
      isOff || ended || consent.state() === "withdrawn" ? undefined : recorder.record(click, how),
    firstPosition,
    rejected: debug?.rejected,
    near: (isOnResult) => remote.started() || (isOn() && isOnResult() && remote.start()),
  });

  const isOn = () => !isOff && !ended && given();

  function say(outcome: Outcome): void {
    debug?.outcome(outcome);
    const trouble = troubleOf(outcome, route.endpoint);
    if (trouble) tell(trouble);
    outcomes.tell(outcome);
  }

  function keep(work: () => void): void {
    if (given()) work();
    else held.push(work);
  }

  function handsOver(): boolean {
    return remote.name() !== "page" && store.durable() && !courier.holds() && !route.dryRun;
  }

  function deliver(entry: Entry): void {
    if (!handsOver()) return void courier.deliver(entry).then(wake);
    const doubt = remote.name() === "service-worker" && navigator.onLine !== false;
    const row = { ...entry, due: +Date.now() + leaseOf(entry), begun: true, doubt };
    store.share(row);
    remote.post({ entry: row });
    // A worker that was killed says nothing.
    alarm.set(row.due);
  }

  async function flush(hope = false): Promise<void> {
    if (!isOff && !ended && consent.isUnfinished()) await withdraw();
    if (isOn()) wake(await courier.flush(hope));
  }

  /** A worker outlives its page, and takes some 15 ms to be there. */
  function startWorker(): void {
    if (isOn() && !remote.started()) remote.start();
  }

  function begin(): void {
    if (isOn()) {
      store.open();
      if (document.querySelector(TAGGED)) startWorker();
    }
    flush().catch(() => {});
  }

  /** Takes back all that was kept. */
  async function withdraw(): Promise<void> {
    held = [];
    alarm.clear();
    courier.pause(true);
    remote.stop({ stop: "withdraw" });
    announce({ consent: false });
    await courier.withdraw();
    // A database that isn't open may hold rows: they are taken back when it is.
    if (store.durable()) consent.finish();
  }

  function allow(): void {
    courier.pause(false);
    announce({ consent: true });
    for (const work of held.splice(0)) work();
    begin();
  }

  function onLeave(): void {
    courier.leave();
    remote.stop();
  }

  function attach(): void {
    for (const undo of undos) undo();
    if (isOff || ended) return;
    undos = [
      listen(OF_CLICKS, capture),
      listen("pagehide", onLeave),
      listen("online", () => flush(true).catch(() => {})),
      // Also what a page gets that comes back from the back/forward cache.
      listen("visibilitychange", () => document.hidden || begin()),
      listen(ANNOUNCEMENT, ({ detail }: CustomEvent) => detail?.tagged && startWorker()),
      consent.watch(() => (given() ? allow() : withdraw().catch(() => {}))),
    ];
  }

  const tracker: Tracker = {
    options,
    route,
    on: outcomes.on,
    use: recorder.use,
    extras: recorder.extras,
    read,
    flush: () => flush().catch(() => {}),
    capture,
    trackClick,
    grantConsent() {
      const was = given();
      consent.grant();
      if (!was && isOn()) allow();
    },
    async revokeConsent() {
      consent.revoke();
      await withdraw();
    },
    stats: async () => {
      const isOpen = !isOff && !ended && consent.state() !== "unasked";
      return statsOf(isOpen ? await store.all() : new Map<string, unknown>(), held.length, +Date.now());
    },
    consented: isOn,
    courier: () => (store.durable() ? remote.name() : "page"),
    attach,
    destroy() {
      if (ended) return;
      ended = true;
      for (const undo of undos) undo();
      alarm.clear();
      courier.pause(true);
      remote.stop({ stop: "end" });
      store.close();
      setRunningTracker(undefined);
    },
  };
  setRunningTracker(tracker);
  attach();
  // A page that is prerendered has no worker before it is shown.
  const start = () =>
    whenIdle(() => {
      begin();
      // As soon as it is known who sends.
      if (debug) remote.start().then(() => debug.started(tracker.courier()));
    });
  if ((document as { prerendering?: boolean }).prerendering)
    addEventListener("prerenderingchange", start, { once: true, capture: true });
  else start();
  return tracker;
}
