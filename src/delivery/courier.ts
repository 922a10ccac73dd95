// Owns what is written and sent, and when. Runs in a page and in a worker alike, so it knows neither.
//
// A click is one row:
//
//   begun ── a response that ends it ────────────────> over: its row is deleted and counted
//    │  └─── one that doesn't, or none ──────────────> waiting ── a flush ──> begun, attempt + 1
//    └────── its page has gone, its lease has ended ─> in doubt: over, or waiting where something speaks against it
//
// 1. A request begins in the very task that writes that it has begun.
// 2. While its lease runs, a row belongs to the context that began it; taking it afterwards is one transaction.
// 3. A row is deleted in the transaction that counts it.
// 4. When a page goes, nothing needs to happen but a stash of what isn't known to be on disk.
import { createAccount } from "./account";
import { AGAIN_MS, createDrain } from "./drain";
import { createFlights } from "./flights";
import type { Outcome, Settled } from "./ledger";
import { ahead, type Entry, isEntry, timeoutOf } from "./row";
import type { Send } from "./send";
import type { Store } from "./store";

export interface Courier {
  /** A click: begins its request in this very task. Resolves, once its outcome is counted, to when to flush (epoch ms; 0: never). */
  deliver(entry: Entry): Promise<number>;
  /** Sends what is left; resolves to when to come again. `hope`: there is reason to try at once. */
  flush(hope?: boolean): Promise<number>;
  /** Whether clicks wait, because the endpoint asked for silence, refuses this configuration, or nothing may be sent. */
  holds(): boolean;
  /** Begins nothing more, or may again. */
  pause(isPaused: boolean): void;
  /** Drops what was clicked until consent was withdrawn. Rejects where the database doesn't respond. */
  withdraw(): Promise<void>;
  /** The page goes: begins nothing more until the next flush, and no response is no failure any more. */
  leave(): void;
  /** Counts outcomes and tells them, once, whoever else tries. Never rejects: what can't be counted now is counted later. */
  settle(outcomes: readonly Settled[]): Promise<void>;
}

export interface Parts {
  readonly store: Store<Entry>;
  readonly send: Send;
  /** Called with each outcome that is counted. */
  readonly tell: (outcome: Outcome) => void;
  /** Has a worker send what is due; resolves to whether one does. `isLapsed`: a context has ended with an attempt under way. */
  readonly delegate?: (hope: boolean, isLapsed: boolean) => Promise<boolean>;
  /** In a page, which may go before the response. */
  readonly mayLeave?: boolean;
  /** Epoch ms: consent was withdrawn for what was clicked until then. */
  readonly withdrawnAt: () => number;
  readonly resend: boolean;
  readonly idempotent?: boolean;
  readonly dryRun: boolean;
  /** A flush asks to be woken again after this time, in ms. */
  readonly sliceMs?: number;
  readonly now?: () => number;
  readonly random?: () => number;
}

export function createCourier(parts: Parts): Courier {
  const { store, tell, dryRun, withdrawnAt, now = () => +Date.now(), random = Math.random } = parts;
  const account = createAccount(store, tell);
  const flights = createFlights({ ...parts, account, now, random });
  const drain = createDrain({ ...parts, now, account, flights, settle });
  let running: Promise<number> | undefined;

  function settle(ends: readonly Settled[]): Promise<void> {
    return account.count(ends.map((end) => ({ end })));
  }

  const asked = () => account.health().asked;
  const holds = () => flights.isOver() || ahead(asked(), now());

  return {
    holds,
    settle,
    pause: flights.pause,
    async deliver(entry) {
      const { id, at, payload, size, due } = entry;
      const end = { id, at, payload, attempt: 0 };
      if (dryRun) {
        await settle([{ ...end, name: "dropped", reason: "dry-run" }]);
        return 0;
      }
      // Handed over late, its lease would end before its request does.
      const isLate = ahead(due, now()) && due - now() < timeoutOf(entry);
      if (!isLate && !holds() && flights.fits(size)) {
        const row = flights.begun(entry);
        store.add(row);
        return flights.request(row);
      }
      const row = isLate ? entry : { ...entry, attempt: 0, due: now(), begun: false };
      store.add(row);
      if (!isLate) await settle([{ ...end, name: "waiting", stored: true, remains: row }]);
      return flights.isOver() ? 0 : Math.max(row.due, asked(), now() + AGAIN_MS);
    },
    flush(hope = false) {
      // A store that does not respond: the next occasion comes.
      running ??= drain(hope, flights.visit())
        .catch(() => 0)
        .finally(() => {
          running = undefined;
        });
      return running;
    },
    async withdraw() {
      const known = await store.all();
      // What was clicked since has a newer consent, which this tab may not know yet. A click in the future was made before: the
      // clock was ahead.
      const isWithdrawn = ({ at }: Entry) => at <= withdrawnAt() || at > now();
      const rows = [...known.values(), ...store.stashed()].filter(isEntry).filter(isWithdrawn);
      await settle(
        rows.map(({ id, at, attempt }) => ({
          name: "dropped",
          id,
          at,
          attempt,
          stored: known.has(id),
          reason: "consent",
        })),
      );
      if (account.uncounted()[0]) throw new Error("IndexedDB does not respond");
    },
    leave() {
      flights.leave();
      running = undefined;
      store.leave(account.uncounted());
    },
  };
}
