// Owns who in this page is told what has become of a click.
import type { Outcome, OutcomeName } from "../delivery/ledger";
import { attempt, complain } from "../report";

export interface Outcomes {
  on(name: OutcomeName, callback: (outcome: Outcome) => void): () => void;
  /** Calls this page's callbacks; one that throws harms nobody else. */
  tell(outcome: Outcome): void;
  /** Whether there are any. */
  heard(): boolean;
}

export function createOutcomes(): Outcomes {
  const listeners = new Set<(outcome: Outcome) => void>();
  return {
    heard: () => listeners.size > 0,
    tell(outcome) {
      // A copy: a callback that subscribes anew must not be called for ever.
      for (const listener of [...listeners]) attempt(() => listener(outcome), complain);
    },
    on(name, callback) {
      const listener = (outcome: Outcome) => outcome.name === name && callback(outcome);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
