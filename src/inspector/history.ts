// Owns the list of clicks: those that were made with what happened to them, across pages, and those that were not
// counted with the rule that stopped them, as the tracker says it. Counts nothing itself.

import type { Ledger, Outcome, OutcomeName } from "../courier/ledger";
import type { Entry } from "../courier/row";
import type { Tracker } from "../page/api";
import { isElement } from "../page/dom";
import { REPEAT_MS } from "../page/record";
import { compare } from "./compare";
import { describe, type Seen } from "./seen";
import type { NotCounted } from "./words";

interface Parts {
  readonly tracker: Tracker;
  readonly signal: AbortSignal;
  readonly seen: readonly Seen[];
  /** Events on this element are the inspector's own. */
  readonly host: Element;
  readonly changed: () => void;
}

export interface History {
  list(): readonly Seen[];
  /** Brings the list up to what the queue and its ledger say. */
  reconcile(entries: readonly Entry[], ledger: Ledger | undefined): void;
  clear(): void;
}

/** Each kind is bounded on its own, so that neither pushes the other out. */
const MAX_SEEN = 60;
const NAMES: readonly OutcomeName[] = ["click", "delivered", "waiting", "in-doubt", "dropped"];
export function createHistory({ tracker, signal, seen, host, changed }: Parts): History {
  const known = new Map<string, Seen>(seen.map((one) => [one.id, { ...one, before: true }]));
  const { options } = tracker;
  /** The click that the tracker has made of the event under way. */
  let made: string | undefined;
  /** A click that the tracker will report as dropped, a little later. */
  let doomed: { readonly what: string; readonly at: number; isTold: boolean } | undefined;
  /** The rule by which the tracker hasn't counted the event under way. */
  let rejected: NotCounted | undefined;

  function put(one: Seen): void {
    known.set(one.id, one);
    for (const isNot of [true, false]) {
      const kind = [...known.values()].filter(({ state }) => (state === "not") === isNot);
      for (const { id } of kind.slice(0, -MAX_SEEN)) known.delete(id);
    }
    changed();
  }

  function hear(outcome: Outcome): void {
    const { id, at, name, attempt, status, message, reason, payload, chunkId, position } = outcome;
    const before = known.get(id);
    const isDoomed = !before && name === "dropped" && doomed && Math.abs(doomed.at - at) < REPEAT_MS;
    const dropped = isDoomed ? doomed?.what : undefined;
    if (isDoomed && doomed) doomed.isTold = true;
    const tried = name !== "click" && status !== undefined;
    const tries = before?.tries ?? [];
    if (tried && tries.some((one) => one.attempt === attempt && one.name === name)) return;
    if (name === "click") made = payload?.metadata.clicktrail.action === "click" ? id : undefined;
    put({
      id,
      at,
      state: name,
      what: before?.what ?? dropped ?? (name === "click" && !made ? "trackClick()" : ""),
      page: before?.page ?? (name === "click" || dropped ? location.pathname + location.search : ""),
      attempt,
      tries: tried ? [...tries, { at: Date.now(), attempt, name, status, message }] : tries,
      status,
      message,
      reason,
      payload: payload ?? before?.payload,
      chunkId,
      position,
      held: name === "click" && !tracker.consented(),
    });
  }

  function notCounted(event: MouseEvent, path: readonly EventTarget[], rule: NotCounted): void {
    const at = Date.now();
    const id = `${at}-${event.timeStamp}`;
    const page = location.pathname + location.search;
    put({ id, at, state: "not", rule, what: describe(path), page, attempt: 0, tries: [] });
  }

  /** Behind the tracker's own listener, which has said by now what it has made of the event. */
  function onClick(event: MouseEvent): void {
    const path = event.composedPath();
    const [rule, click] = [rejected, made ? known.get(made) : undefined];
    rejected = made = undefined;
    if (path.includes(host)) return;
    // A double click on words selects one, which is why the reader stopped the second click.
    if (rule) decide(event, path, event.detail > 1 && /selection|repeat/.test(rule) ? "double" : rule);
    else decide(event, path, silently(path), click);
  }

  /** Why the tracker has said nothing of an event: it is off. */
  function silently(path: readonly EventTarget[]): NotCounted | undefined {
    const target = path.find(isElement);
    if (!target || !tracker.read(target)) return "untagged";
    const { globalPrivacyControl, webdriver } = navigator as Navigator & { globalPrivacyControl?: boolean };
    if (options.respectGpc && globalPrivacyControl) return "gpc";
    return options.ignoreAutomation && webdriver ? "automation" : undefined;
  }

  function decide(event: MouseEvent, path: EventTarget[], stopped?: NotCounted, click?: Seen): void {
    const what = describe(path);
    if (click) put({ ...click, what });
    else if (stopped) notCounted(event, path, stopped);
    else {
      // Invalid and vetoed clicks are reported as dropped; one that isn't reported at all came after consent was withdrawn.
      const mine = { what, at: Date.now(), isTold: false };
      doomed = mine;
      setTimeout(() => mine.isTold || notCounted(event, path, "consent"), REPEAT_MS);
    }
  }

  for (const type of ["click", "auxclick"])
    window.addEventListener(type, onClick as (event: Event) => void, {
      capture: true,
      passive: true,
      signal,
    });
  for (const name of NAMES) signal.addEventListener("abort", tracker.on(name, hear));
  const undo = tracker.on("not-counted", ({ rule }) => {
    rejected = rule;
    made = undefined;
  });
  signal.addEventListener("abort", undo);

  function reconcile(entries: readonly Entry[], ledger: Ledger | undefined): void {
    for (const outcome of ledger?.last ?? []) {
      const before = known.get(outcome.id);
      if (!before || ["click", "waiting", "gone"].includes(before.state)) hear(outcome);
    }
    for (const one of compare([...known.values()], entries, ledger, Date.now())) put(one);
  }

  return {
    list: () => [...known.values()].sort((a, b) => b.at - a.at),
    reconcile,
    clear() {
      known.clear();
      changed();
    },
  };
}
