// Owns whom a page has asked to be told what becomes of its clicks.
import type { Outcome, OutcomeName } from "../courier/ledger";
import { attempt, complain } from "../report";
import type { Rule } from "./click";
import type { Step } from "./dom";

/** What the page can listen to: each click with its outcomes, and DOM events that aren't counted as clicks. */
export interface PageEvents extends Record<OutcomeName, Outcome> {
  readonly "not-counted": NotCounted;
}

/** A DOM event that isn't counted, and the rule that says so. */
export interface NotCounted {
  readonly name: "not-counted";
  readonly rule: Rule;
  /** The elements along the event's path. */
  readonly path: readonly Step[];
}

export type Listeners = Set<(told: Outcome | NotCounted) => void>;

/** Calls back with everything of that name; returns the undo. */
export function listenFor<Name extends keyof PageEvents>(
  listeners: Listeners,
  name: Name,
  callback: (told: PageEvents[Name]) => void,
): () => void {
  const listener = (told: Outcome | NotCounted) => told.name === name && callback(told as PageEvents[Name]);
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Calls the page back; a callback that throws harms nobody else. */
export function tellPage(listeners: Listeners, told: Outcome | NotCounted): void {
  // A copy: a callback that subscribes anew must not be called for ever.
  for (const listener of [...listeners]) attempt(() => listener(told), complain);
}
