// Owns what is not counted yet, and what is known of the endpoint: outcomes enter the ledger, once, whoever else tries.
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
    while (waiting[0]) {
      const batch = [...waiting];
      const ends = batch.map(({ end }) => end);
      let news: readonly Settled[] = [];
      await store.transact([LEDGER, ...ends.map(({ id }) => id)], (rows) => {
        news = book(rows, ends, (before) => {
          health = batch.reduce((so, { learn }) => learn?.(so) ?? so, before);
          return health;
        });
      });
      waiting.splice(0, batch.length);
      for (const { stored: _, remains: __, ...outcome } of news) tell(outcome);
    }
  }

  return {
    health: () => health,
    know(next) {
      health = next;
    },
    count(ends) {
      for (const { learn } of ends) health = learn?.(health) ?? health;
      waiting.push(...ends);
      // What comes while one transaction runs shares the next.
      counting ??= countAll()
        .catch(() => {})
        .finally(() => {
          counting = undefined;
        });
      return counting;
    },
    uncounted: () => waiting.map(({ end }) => end),
  };
}
