// Owns who is told what has become of a click: the page's callbacks, and the console where something is wrong.
import type { Outcome, OutcomeName } from "../delivery/ledger";
import { attempt, complain, tell } from "../report";
import { troubleOf } from "./trouble";

export interface Outcomes {
  /** Calls back with every outcome; returns the undo. */
  each(callback: (outcome: Outcome) => void): () => void;
  on(name: OutcomeName, callback: (outcome: Outcome) => void): () => void;
  /** Calls this page's callbacks; one that throws harms nobody else. */
  tell(outcome: Outcome): void;
  /** Whether there are any. */
  heard(): boolean;
}

export function createOutcomes(endpoint: string): Outcomes {
  const listeners = new Set<(outcome: Outcome) => void>();

  function each(listener: (outcome: Outcome) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  return {
    each,
    on: (name, callback) => each((outcome) => outcome.name === name && callback(outcome)),
    heard: () => listeners.size > 0,
    tell(outcome) {
      const trouble = troubleOf(outcome, endpoint);
      if (trouble) tell(trouble);
      // A copy: a callback that subscribes anew must not be called for ever.
      for (const listener of [...listeners]) attempt(() => listener(outcome), complain);
    },
  };
}
