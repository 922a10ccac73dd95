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
import type { Health, Outcome, Settled } from "./ledger";
import { ahead, type Entry, isEntry, leaseOf, timeoutOf } from "./row";
import { MAX_KEEPALIVE_BYTES, type Send } from "./send";
import type { Store } from "./store";
import { judge, learn } from "./verdict";

/** Browsers allow 256 keepalive requests in flight (Chromium 156). */
const MAX_FLIGHTS = 200;

export interface Courier {
  /** A click: begins its request in this very task. Resolves, once its outcome is counted, to when to flush (epoch ms; 0: never). */
  deliver(entry: Entry): Promise<number>;
  /** Sends what is left; resolves to when to come again. `hope`: there is reason to try at once. */
  flush(hope?: boolean): Promise<number>;
  /** Whether clicks wait, because the endpoint asked for silence, refuses this configuration, or nothing may be sent. */
  holds(): boolean;
  /** Begins nothing more, or may again. */
  pause(isPaused: boolean): void;
  /** Drops all clicks for want of consent. Rejects where the database doesn't respond. */
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
  readonly withdrawnAt?: () => number;
  readonly resend: boolean;
  readonly idempotent?: boolean;
  readonly dryRun: boolean;
  /** A flush asks to be woken again after this time, in ms. */
  readonly sliceMs?: number;
  readonly now?: () => number;
  readonly random?: () => number;
}

export function createCourier(parts: Parts): Courier {
  const {
    store,
    send,
    tell,
    mayLeave,
    idempotent,
    dryRun,
    now = () => +Date.now(),
    random = Math.random,
  } = parts;
  const account = createAccount(store, tell);
  let paused = false;
  /** How often the page has left. */
  let leaves = 0;
  let running: Promise<number> | undefined;
  /** What this context must not take: the bytes of its requests under way by their clicks; 0 for what was refused here. */
  const flights = new Map<string, number>();

  const settle = (ends: readonly Settled[]) => account.count(ends.map((end) => ({ end })));
  const holds = () => paused || ahead(account.health().asked, now());

  function fits(size: number): boolean {
    const load = [...flights.values()].reduce((sum, bytes) => sum + bytes, 0);
    return !load || (load + size < MAX_KEEPALIVE_BYTES && flights.size < MAX_FLIGHTS);
  }

  /** The row of a request that begins: whatever happens to its context now, the row says it. */
  function begun(entry: Entry): Entry {
    return {
      ...entry,
      due: now() + leaseOf(entry),
      begun: true,
      doubt: !!mayLeave && navigator.onLine !== false,
    };
  }

  async function deliver(entry: Entry): Promise<number> {
    const { id, at, payload, size, due } = entry;
    const end = { id, at, payload, attempt: 0 };
    if (dryRun) {
      await settle([{ ...end, name: "dropped", reason: "dry-run" }]);
      return 0;
    }
    // Handed over late, its lease would end before its request does.
    const isLate = ahead(due, now()) && due - now() < timeoutOf(entry);
    const isSent = !isLate && !holds() && fits(size);
    const row = isSent
      ? begun(entry)
      : isLate
        ? entry
        : { ...entry, attempt: 0, due: now(), begun: false, doubt: false };
    store.add(row);
    if (isSent) return request(row);
    if (!isLate) await settle([{ ...end, name: "waiting", stored: true, remains: row }]);
    return paused ? 0 : Math.max(row.due, account.health().asked, now() + AGAIN_MS);
  }

  /** Settles when the outcome is counted, to when to flush. */
  async function request(row: Entry): Promise<number> {
    const visit = leaves;
    const { fails } = account.health();
    flights.set(row.id, row.size);
    const answer = await send(row);
    flights.delete(row.id);
    // Chromium rejects what is pending within a ms after pagehide, delivered or not; Firefox never settles it. A page
    // that closes itself sees the rejection without a pagehide (Chromium 156).
    if (answer.isSilent && (visit < leaves || globalThis.closed === true)) return 0;
    const isConfig = answer.verdict === "config";
    // It isn't tried again here.
    if (isConfig) flights.set(row.id, 0);
    // A copy does no harm where each click is taken once.
    const isSilent = !!answer.isSilent && !idempotent;
    const end = judge(row, { ...answer, isSilent }, account.health(), now(), random);
    const hear = (before: Health) => {
      // The configuration is to blame only if different clicks say so, whichever contexts sent them.
      paused ||= isConfig && !!before.suspect && before.suspect !== row.id;
      return learn(before, answer, row.id, now(), random);
    };
    if (end) await account.count([{ end, learn: hear }]);
    const health = account.health();
    if (paused || !end || isConfig) return 0;
    // The endpoint is back: what waits goes at once.
    return end.remains ? Math.max(end.remains.due, health.until) : health.fails < fails ? now() : 0;
  }

  const drain = createDrain({
    ...parts,
    now,
    account,
    settle,
    request,
    begun,
    flights,
    fits,
    isOver: (visit) => paused || visit < leaves,
  });

  return {
    deliver,
    holds,
    settle,
    flush(hope = false) {
      // A store that does not respond: the next occasion comes.
      running ??= drain(hope, leaves)
        .catch(() => 0)
        .finally(() => {
          running = undefined;
        });
      return running;
    },
    pause(isPaused) {
      paused = isPaused;
      for (const [id, bytes] of flights) if (!bytes) flights.delete(id);
    },
    async withdraw() {
      const rows = [...store.stashed(), ...(await store.all()).values()].filter(isEntry);
      await settle(
        rows.map(({ id, at, attempt }) => ({
          name: "dropped",
          id,
          at,
          attempt,
          stored: true,
          reason: "consent",
        })),
      );
      if (account.uncounted()[0]) throw new Error("IndexedDB does not respond");
    },
    leave() {
      leaves++;
      flights.clear();
      running = undefined;
      store.leave();
      // Nobody may have its row: that one may be what could not be written.
      for (const { stored: _, ...end } of account.uncounted()) store.stash(end);
    },
  };
}
