// Wires everything of one page: DOM events to clicks, clicks to whoever sends them, and consent and the page's life to both.
import { ANNOUNCEMENT, announce, runningTracker, setRunningTracker } from "../announce";
import { type Options, route as routeOf } from "../config";
import { tell } from "../report";
import type { Tracker } from "./api";
import { createCapture, OF_CLICKS } from "./capture";
import { createConsent, isOptedOut } from "./consent";
import { createDebug } from "./debug";
import { createDispatch } from "./dispatch";
import { listen, whenShown } from "./listen";
import { createOutcomes } from "./outcomes";
import { createRecorder } from "./record";
import { statsOf } from "./stats";
import { ofDocument } from "./step";

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
    running.attach();
    return running;
  }
  /** Nothing is tracked, or no more. */
  let isOff = isOptedOut(options);
  /** What waits for consent: nothing is opened, stored or sent before. */
  let held: (() => void)[] = [];
  let undos: (() => void)[] = [];
  const consent = createConsent(route.scope, options.consent === "required");
  const given = () => consent.state() === "given";
  const isOn = () => !isOff && given();
  const outcomes = createOutcomes(route.endpoint);
  const debug = options.debug ? createDebug(route, outcomes) : undefined;
  const { courier, remote, store, ...dispatch } = createDispatch({
    route,
    isOn,
    withdrawnAt: consent.withdrawnAt,
    isHeard: outcomes.heard,
    tell: outcomes.tell,
    begin,
  });
  const recorder = createRecorder({
    options,
    drop: (id, at, reason) => keep(() => courier.settle([{ name: "dropped", id, at, attempt: 0, reason }])),
    keep(entry) {
      keep(() => dispatch.deliver(entry));
      outcomes.tell({ ...entry, name: "click" });
    },
  });
  const clicks = createCapture({
    record: (click, how) =>
      isOff || consent.state() === "withdrawn" ? undefined : recorder.record(click, how),
    firstPosition: options.firstPosition,
    rejected: debug?.rejected,
    near: (isOnResult) => remote.started() || (isOn() && isOnResult() && remote.start()),
  });
  const keep = (work: () => void) => void (given() ? work() : held.push(work));

  async function flush(hope?: boolean): Promise<void> {
    // Where the database doesn't respond, the next occasion comes.
    if (!isOff && consent.isUnfinished()) await withdraw().catch(() => {});
    if (isOn()) await dispatch.flush(hope);
  }

  function begin(): void {
    if (isOn()) dispatch.open();
    flush();
  }

  async function withdraw(): Promise<void> {
    held = [];
    dispatch.stop("withdraw");
    announce({ consent: false });
    await courier.withdraw();
    // A database that isn't open may hold rows: they are taken back when it is.
    if (store.isOpen()) consent.finish();
  }

  function allow(): void {
    courier.pause(false);
    announce({ consent: true });
    for (const work of held.splice(0)) work();
    begin();
  }

  function attach(): void {
    for (const undo of undos) undo();
    if (isOff) return;
    undos = [
      listen(OF_CLICKS, clicks.capture),
      listen("pagehide", dispatch.leave),
      listen("online", () => flush(true)),
      // Also what a page gets that comes back from the back/forward cache.
      listen("visibilitychange", () => ofDocument("hidden") || begin()),
      listen(ANNOUNCEMENT, ({ detail }: CustomEvent) => detail?.tagged && dispatch.startWorker()),
      consent.watch(allow, () => withdraw().catch(() => {})),
    ];
  }

  const tracker: Tracker = {
    ...clicks,
    options,
    route,
    on: outcomes.on,
    use: recorder.use,
    extras: recorder.extras,
    flush: () => flush(),
    grantConsent() {
      const was = given();
      consent.grant();
      if (!was && isOn()) allow();
    },
    async revokeConsent() {
      consent.revoke();
      await withdraw();
    },
    async stats() {
      const isOpen = !isOff && consent.state() !== "unasked";
      return statsOf(isOpen ? await store.all() : new Map(), held.length, +Date.now());
    },
    consented: isOn,
    courier: () => (store.isOpen() ? remote.name() : "page"),
    attach,
    destroy() {
      if (runningTracker() !== tracker) return;
      isOff = true;
      for (const undo of undos) undo();
      dispatch.stop("end");
      store.close();
      setRunningTracker(undefined);
    },
  };
  setRunningTracker(tracker);
  attach();
  whenShown(async () => {
    begin();
    // As soon as it is known who sends.
    if (debug && isOn()) await remote.start();
    debug?.started(
      tracker.courier(),
      isOff ? "this browser is not tracked" : given() ? "" : `consent is ${consent.state()}`,
    );
  });
  return tracker;
}
