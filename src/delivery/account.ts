// Owns what is not counted yet, and what is known of the endpoint: outcomes enter the ledger, once, whoever else tries.

import { attempt } from "../report";
import { book, type Health, LEDGER, NEW_LEDGER, type Outcome, type Settled } from "./ledger";
import type { Entry } from "./row";
import type { Store } from "./store";

/** An outcome, and what its response says about the endpoint. */
export interface End {
  readonly end: Settled;
  readonly learn?: (health: Health) => Health;
}

export interface Account {
  /** How the endpoint has been lately. */
  health(): Health;
  /** Takes over what the ledger says. */
  know(health: Health): void;
  /** Counts outcomes and tells them. Never rejects: what can't be counted now is counted with the next. */
  count(ends: readonly End[]): Promise<void>;
  /** What is not counted yet. */
  uncounted(): readonly Settled[];
}

export function createAccount(store: Store<Entry>, tell: (outcome: Outcome) => void): Account {
  let { health } = NEW_LEDGER;
  let counting: Promise<void> | undefined;
  const waiting: End[] = [];

  async function countAll(): Promise<void> {
    // What comes while one transaction runs shares the next, whether or not that one fails.
    for (let failed = 0; waiting.length > failed; ) {
      const batch = [...waiting];
      const ends = batch.map(({ end }) => end);
      let news!: readonly Settled[];
      const counted = store.transact([LEDGER, ...ends.map(({ id }) => id)], (rows) => {
        news = book(rows, ends, (before) => {
          health = batch.reduce((so, { learn }) => learn?.(so) ?? so, before);
          return health;
        });
      });
      failed = await counted.then(
        () => 0,
        () => batch.length,
      );
      if (failed) continue;
      waiting.splice(0, batch.length);
      for (const { stored: _, remains: __, ...outcome } of news) attempt(() => tell(outcome));
    }
    // In the task that has seen that nothing more waits.
    counting = undefined;
  }

  return {
    health: () => health,
    know(next) {
      health = next;
    },
    async count(ends) {
      for (const { learn } of ends) health = learn?.(health) ?? health;
      waiting.push(...ends);
      if (!waiting[0]) return;
      counting ??= countAll();
      await counting;
    },
    uncounted: () => waiting.map(({ end }) => end),
  };
}
