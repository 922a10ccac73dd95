// Wires everything of one page: DOM events to clicks, clicks to the courier, and consent and the page's life to both.
import { ANNOUNCEMENT, announce, runningTracker, setRunningTracker } from "../announce";
import { TAGGED } from "../attributes";
import type { Stats } from "../courier/stats";
import { NO_STATS } from "../inert";
import { type Options, routeOf } from "../options";
import { tell } from "../report";
import type { Tracker } from "./api";
import { createCapture, OF_CLICKS } from "./click";
import {
  consentState,
  createConsent,
  finish,
  grant,
  isOptedOut,
  isUnfinished,
  revoke,
  watch,
  withdrawnAt,
} from "./consent";
import { listen, ofDocument, whenIdle, whenShown } from "./dom";
import { ask, closeDisk, createHand, deliver, flush, leave, openDisk, post, start, withdraw } from "./hand";
import { type Listeners, listenFor, tellPage } from "./outcomes";
import type { CourierFile } from "./reach";
import { createRecorder } from "./record";

/**
 * Starts the page's tracker.
 *
 * @throws Error that says what to write instead, if an option is wrong.
 */
export function createTracker(options: Options, file: CourierFile, isTag = false): Tracker {
  const route = routeOf(options);
  const running = runningTracker();
  if (running) {
    tell("it is running already; start it only once", running.options);
    running.attach();
    return running;
  }
  /** Nothing is tracked, or no more. */
  let isOff = isOptedOut(options);
  /** What waits for consent: nothing is opened, stored or sent before. */
  let held: (() => void)[] = [];
  let undos: (() => void)[] = [];
  const listeners: Listeners = new Set();
  const consent = createConsent(route.scope, options.consent === "required");
  const given = () => consentState(consent) === "given";
  const isOn = () => !isOff && given();
  const hand = createHand({
    route,
    file,
    options,
    isTag,
    isOn,
    greeting: () => ({ route, withdrawnAt: withdrawnAt(consent), isHeard: listeners.size > 0 }),
    tell: (outcome) => tellPage(listeners, outcome),
  });
  const keep = (work: () => void) => void (given() ? work() : held.push(work));
  const recorder = createRecorder({
    options,
    drop: (id, at, reason) =>
      keep(() => post(hand, { drop: { name: "dropped", id, at, attempt: 0, reason } })),
    keep(entry) {
      keep(() => deliver(hand, entry));
      tellPage(listeners, { ...entry, name: "click" });
    },
  });
  const clicks = createCapture({
    record: (click, how) =>
      isOff || consentState(consent) === "withdrawn" ? undefined : recorder.record(click, how),
    firstPosition: options.firstPosition,
    rejected: (rule, path) => tellPage(listeners, { name: "not-counted", rule, path }),
    near: (isOnResult) => hand.search?.isNeeded || (isOn() && isOnResult() && start(hand)),
  });

  /** What was left, or clicked before consent was withdrawn, is dealt with. */
  async function goOn(reason: Parameters<typeof flush>[1]): Promise<void> {
    // Where the database doesn't respond, the next occasion comes.
    if (!isOff && isUnfinished(consent)) await empty().catch(() => {});
    if (isOn()) await flush(hand, reason);
  }

  /** Opens the database, which sends what is left, and starts the courier where there are results: never inside a call of the page's. */
  function begin(): void {
    if (!isOff && isUnfinished(consent)) empty().catch(() => {});
    if (!isOn()) return;
    openDisk(hand);
    if (hand.search) flush(hand, "start").catch(() => {});
    else if (ofDocument("querySelector").call(document, TAGGED)) start(hand, true);
  }

  async function empty(): Promise<void> {
    held = [];
    announce({ consent: false });
    await withdraw(hand);
    finish(consent);
  }

  function allow(): void {
    announce({ consent: true });
    post(hand, { hello: true }, true);
    for (const work of held.splice(0)) work();
    begin();
  }

  function attach(): void {
    for (const undo of undos) undo();
    if (isOff) return;
    const mine = [
      listen(OF_CLICKS, clicks.capture),
      listen("pagehide", () => leave(hand)),
      listen("online", () => goOn("hope").catch(() => {})),
      // Also what a page gets that comes back from the back/forward cache.
      listen("visibilitychange", () => ofDocument("hidden") || begin()),
      listen(
        ANNOUNCEMENT,
        ({ detail }: CustomEvent) => detail?.tagged && whenIdle(() => isOn() && start(hand, true)),
      ),
    ];
    undos = mine;
    // With the first listener for other tabs' storage the browser reads the storage, which takes some ms.
    whenIdle(
      () => isOff || undos !== mine || mine.push(watch(consent, allow, () => empty().catch(() => {}))),
    );
  }

  const tracker: Tracker = {
    ...clicks,
    options,
    route,
    on(name, callback) {
      const undo = listenFor(listeners, name, callback);
      for (const say of hand.search?.greeted ?? []) say({ isHeard: true });
      return undo;
    },
    use: recorder.use,
    extras: recorder.extras,
    flush: () => goOn("later"),
    grantConsent() {
      const was = given();
      grant(consent);
      if (!was && isOn()) allow();
    },
    async revokeConsent() {
      revoke(consent);
      await empty();
    },
    async stats() {
      const isOpen = !isOff && consentState(consent) !== "unasked";
      const stats = isOpen ? ((await ask(hand, { stats: true })) as Stats) : NO_STATS;
      return { ...stats, made: stats.made + held.length, waiting: stats.waiting + held.length };
    },
    consented: isOn,
    courier: () => hand.place,
    attach,
    destroy() {
      if (runningTracker() !== tracker) return;
      isOff = true;
      for (const undo of undos) undo();
      leave(hand, "end");
      closeDisk(hand);
      setRunningTracker(undefined);
    },
  };
  setRunningTracker(tracker);
  attach();
  whenShown(begin);
  return tracker;
}
