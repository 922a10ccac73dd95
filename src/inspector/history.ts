// Owns the list of clicks: those that were made with what became of them, across pages, and those that were not counted
// with the rule that stopped them. Listens with the core's own functions and counts nothing itself.
import { findResult, readClick } from "../capture";
import type { Entry, Ledger, Outcome, OutcomeName } from "../entry";
import type { Tracker } from "../tracker";
import type { NotCounted } from "./words";

/** One try: what the server said, or that it said nothing. */
export interface Try {
  readonly at: number;
  readonly attempt: number;
  readonly name: OutcomeName;
  readonly status?: number | undefined;
  readonly message?: string | undefined;
}

/** One click, or one DOM event that was none. */
export interface Seen {
  /** The click's id; for an event that was none, a number of its own. */
  readonly id: string;
  /** Epoch ms. */
  readonly at: number;
  /** `not`: not counted. `gone`: it left the queue and nobody knows how. */
  readonly state: OutcomeName | "not" | "gone";
  /** What was clicked, in the page's words. */
  readonly what: string;
  /** The page it was clicked on. */
  readonly page: string;
  readonly attempt: number;
  readonly tries: readonly Try[];
  readonly status?: number | undefined;
  readonly message?: string | undefined;
  readonly reason?: string | undefined;
  readonly rule?: NotCounted | undefined;
  readonly payload?: Outcome["payload"];
  /** Epoch ms of the next attempt, where that is known. */
  readonly due?: number | undefined;
  /** It waits in memory for consent. */
  readonly held?: boolean | undefined;
  /** Made by a page that is gone. */
  readonly before?: boolean | undefined;
}

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

/** As in the tracker. */
const REPEAT_MS = 1_000;
/** Each kind is bounded on its own, so that neither pushes the other out. */
const MAX_SEEN = 60;
const NAMES: readonly OutcomeName[] = ["click", "delivered", "waiting", "in-doubt", "dropped"];
/** As in the courier: a row due at its click's time plus this is under its first attempt. */
const LEASE_MS = 30_000;
/** A click this old without a row has left the queue. */
const SETTLED_MS = 5_000;

const text = (element: Element | null | undefined) => element?.textContent?.replace(/\s+/g, " ").trim() ?? "";

function describe(path: readonly EventTarget[]): string {
  const elements = path.filter((node): node is Element => node instanceof Element);
  const pressed = elements.find((element) =>
    element.matches("a,button,area,summary,[role=button],[role=link]"),
  );
  const named = pressed ?? elements[0];
  const words = named?.getAttribute("aria-label") || text(named) || `<${named?.localName}>`;
  return words.length > 64 ? `${words.slice(0, 63)}…` : words;
}

export function createHistory({ tracker, signal, seen, host, changed }: Parts): History {
  const known = new Map<string, Seen>(seen.map((one) => [one.id, { ...one, before: true }]));
  const opened = new Map<string, number>();
  const { options } = tracker;
  /** The click that the tracker has made of the event under way. */
  let made: string | undefined;
  /** A click that the tracker will tell as dropped, a little later. */
  let doomed: { readonly what: string; readonly at: number; isTold: boolean } | undefined;
  let pressed: MouseEvent | undefined;

  function put(one: Seen): void {
    known.set(one.id, one);
    for (const isNot of [true, false]) {
      const kind = [...known.values()].filter(({ state }) => (state === "not") === isNot);
      for (const { id } of kind.slice(0, -MAX_SEEN)) known.delete(id);
    }
    changed();
  }

  function hear(outcome: Outcome): void {
    const { id, at, name, attempt, status, message, reason, payload } = outcome;
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
      held: name === "click" && options.consent === "required",
    });
  }

  function notCounted(event: MouseEvent, path: readonly EventTarget[], rule: NotCounted): void {
    const at = Date.now();
    const id = `${at}-${event.timeStamp}`;
    const page = location.pathname + location.search;
    put({ id, at, state: "not", rule, what: describe(path), page, attempt: 0, tries: [] });
  }

  /** Why the tracker, which heard the event before, made no click of it. */
  function stoppedBy(result: Element, detail: number): NotCounted | undefined {
    if (options.respectGpc && (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl)
      return "gpc";
    if (options.ignoreAutomation && navigator.webdriver) return "automation";
    const { requestId, chunkId, chunkTrackingId } = readClick(result, options.firstPosition);
    const same = `${requestId} ${chunkId ?? chunkTrackingId}`;
    const before = opened.get(same);
    const now = Date.now();
    if (before && detail > 1) return "double";
    if (before && now - before < REPEAT_MS) return "repeat";
    opened.set(same, now);
    return undefined;
  }

  function onClick(event: MouseEvent): void {
    const path = event.composedPath();
    if (path.includes(host)) return;
    const result = findResult(event, path, pressed);
    const click = made ? known.get(made) : undefined;
    made = undefined;
    if (typeof result === "string") notCounted(event, path, result);
    else decide(event, path, stoppedBy(result, event.detail), click);
  }

  function decide(event: MouseEvent, path: EventTarget[], stopped?: NotCounted, click?: Seen): void {
    const what = describe(path);
    if (click) put({ ...click, what });
    else if (stopped) notCounted(event, path, stopped);
    else {
      // Invalid and vetoed clicks are told as dropped; one that isn't told at all came after consent was revoked.
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
  window.addEventListener(
    "pointerdown",
    (event) => {
      pressed = event;
    },
    { capture: true, passive: true, signal },
  );
  for (const name of NAMES) signal.addEventListener("abort", tracker.on(name, hear));

  function reconcile(entries: readonly Entry[], ledger: Ledger | undefined): void {
    for (const outcome of ledger?.last ?? []) {
      const before = known.get(outcome.id);
      if (!before || ["click", "waiting", "gone"].includes(before.state)) hear(outcome);
    }
    for (const { id, at, payload, attempt, due, doubt } of entries) {
      const before = known.get(id);
      if (before && before.due === due && before.attempt === attempt) continue;
      const fresh: Seen = { id, at, payload, attempt, state: "waiting", what: "", page: "", tries: [] };
      const isUnderWay = attempt === 1 && Math.abs(due - at - LEASE_MS) < REPEAT_MS;
      const waits = !isUnderWay && (before?.state === "click" || before?.state === "gone");
      const state = doubt
        ? "in-doubt"
        : waits
          ? "waiting"
          : (before?.state ?? (isUnderWay ? "click" : "waiting"));
      put({ ...fresh, ...before, state, attempt, due, held: false });
    }
    const rows = new Set(entries.map(({ id }) => id));
    for (const one of [...known.values()]) {
      const isOpen = (one.state === "click" && !one.held) || one.state === "waiting";
      if (isOpen && !rows.has(one.id) && Date.now() - one.at > SETTLED_MS) put({ ...one, state: "gone" });
    }
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
