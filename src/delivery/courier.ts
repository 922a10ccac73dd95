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
import { book, isOver, LEDGER, ledgerIn, NEW_LEDGER, type Outcome, type Settled } from "./ledger";
import { ahead, type Entry, isEntry, isFree, leaseOf, timeoutOf } from "./row";
import { type Answer, MAX_KEEPALIVE_BYTES, type Send } from "./send";
import type { Store } from "./store";
import { triage } from "./triage";
import { judge, learn } from "./verdict";

/** Six requests at a time, which is also HTTP/1.1's limit, taken three at once: a transaction costs as much as a request. */
const LANES = 2;
const BATCH = 3;
/** When to look again at what can't be sent now. */
const AGAIN_MS = 1_000;
/** Browsers allow 256 keepalive requests in flight (Chromium 156). */
const MAX_FLIGHTS = 200;

export interface Courier {
  /** A click: begins its request in this very task. Settles when its outcome is counted. */
  deliver(entry: Entry): Promise<void>;
  /** Sends what is left; resolves to when to come again (epoch ms; 0: nothing waits). `hope`: there is reason to try at once. */
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
  /** Called with the time (epoch ms) at which a flush is due. */
  readonly wake: (at: number) => void;
  /** Has a worker send what is due; resolves to whether one does. `isLapsed`: a context has ended with an attempt under way. */
  readonly delegate?: (hope: boolean, isLapsed: boolean) => Promise<boolean>;
  /** In a page, which may go before the response. */
  readonly mayLeave?: boolean;
  /** Epoch ms: consent was withdrawn for what was clicked until then. */
  readonly withdrawnAt?: () => number;
  readonly resend: boolean;
  readonly idempotent?: boolean;
  readonly dryRun: boolean;
  /** A flush goes on for this long before it asks to be woken again, in ms. */
  readonly sliceMs?: number;
  readonly now?: () => number;
  readonly random?: () => number;
}

export function createCourier({
  store,
  send,
  tell,
  wake,
  delegate,
  mayLeave = false,
  withdrawnAt = () => 0,
  resend,
  idempotent = false,
  dryRun,
  sliceMs = Number.POSITIVE_INFINITY,
  now = () => +Date.now(),
  random = Math.random,
}: Parts): Courier {
  let { health } = NEW_LEDGER;
  let paused = false;
  /** How often the page has left. */
  let leaves = 0;
  let running: Promise<number> | undefined;
  let counting: Promise<void> | undefined;
  /** What this context must not take: the bytes of its requests under way by their clicks; 0 for what was refused here. */
  const flights = new Map<string, number>();
  /** What is not counted yet. */
  const uncounted: { readonly end: Settled; readonly answer?: Answer | undefined }[] = [];

  const holds = () => paused || ahead(health.asked, now());

  function fits(size: number): boolean {
    const load = [...flights.values()].reduce((sum, bytes) => sum + bytes, 0);
    return !load || (load + size < MAX_KEEPALIVE_BYTES && flights.size < MAX_FLIGHTS);
  }

  /** The row of a request that begins: whatever happens to its context now, the row says it. */
  function begun(entry: Entry): Entry {
    const doubt = mayLeave && navigator.onLine !== false;
    return { ...entry, due: now() + leaseOf(entry), begun: true, doubt };
  }

  async function deliver(entry: Entry): Promise<void> {
    const { id, at, attempt, payload } = entry;
    if (dryRun) return settle([{ name: "dropped", id, at, attempt, payload, reason: "dry-run" }]);
    // Handed over late: its lease would end before its request does.
    if (ahead(entry.due, now()) && entry.due - now() < timeoutOf(entry)) return store.add(entry);
    if (!holds() && fits(entry.size)) {
      const row = begun(entry);
      store.add(row);
      return request(row);
    }
    const row = { ...entry, attempt: 0, due: now(), begun: false };
    store.add(row);
    return settle([{ name: "waiting", id, at, attempt: 0, payload, stored: true, remains: row }]);
  }

  async function request(row: Entry): Promise<void> {
    const visit = leaves;
    flights.set(row.id, row.size);
    const answer = await send(row);
    flights.delete(row.id);
    // Chromium rejects what is pending within a ms after pagehide, delivered or not; Firefox never settles it. A page
    // that closes itself sees the rejection without a pagehide (Chromium 156).
    if (answer.isSilent && (visit < leaves || globalThis.closed === true)) return;
    const { verdict } = answer;
    const { suspect } = health;
    // The configuration is to blame only if different clicks say so; the one that says it isn't tried again here.
    if (verdict === "config") {
      flights.set(row.id, 0);
      paused ||= !!suspect && suspect !== row.id;
    }
    // A copy does no harm where each click is taken once.
    const isSilent = !!answer.isSilent && !idempotent;
    const end = judge(row, { ...answer, isSilent }, health, now(), random);
    health = learn(health, answer, row.id, now(), random);
    if (end) await count([{ end, answer }]);
  }

  const settle = (ends: readonly Settled[]) => count(ends.map((end) => ({ end })));

  function count(ends: typeof uncounted): Promise<void> {
    uncounted.push(...ends);
    // What comes while one transaction runs shares the next.
    counting ??= countAll()
      .catch(() => {})
      .finally(() => {
        counting = undefined;
      });
    return counting;
  }

  async function countAll(): Promise<void> {
    while (uncounted[0]) {
      const batch = [...uncounted];
      const { fails } = health;
      let news: readonly Settled[] = [];
      await store.transact([LEDGER, ...batch.map(({ end }) => end.id)], (rows) => {
        news = book(
          rows,
          batch.map(({ end }) => end),
          (before) => {
            health = batch.reduce(
              (so, { end, answer }) => (answer ? learn(so, answer, end.id, now(), random) : so),
              before,
            );
            return health;
          },
        );
      });
      uncounted.splice(0, batch.length);
      for (const { stored: _, remains, ...outcome } of news) {
        tell(outcome);
        if (remains && !paused)
          wake(Math.max(remains.due, health.until, now() + (fits(remains.size) ? 0 : AGAIN_MS)));
      }
      // The endpoint is back: what waits goes at once.
      if (health.fails < fails) wake(now());
    }
  }

  function flush(hope = false): Promise<number> {
    // A store that does not respond: the next occasion comes.
    running ??= drain(hope)
      .catch(() => 0)
      .finally(() => {
        running = undefined;
      });
    return running;
  }

  /** What pages have stashed: outcomes are counted, rows go to the disk unless it knows better. */
  async function recover(): Promise<void> {
    const stashed = store.stashed();
    const rows = stashed.filter(isEntry);
    await settle(stashed.filter((row) => !isEntry(row)) as unknown as Settled[]);
    if (!rows[0]) return;
    await store.transact([LEDGER, ...rows.map(({ id }) => id)], (known) => {
      const ledger = ledgerIn(known);
      for (const row of rows) if (!known.has(row.id) && !isOver(ledger, row.id)) known.set(row.id, row);
    });
  }

  async function survey(hope: boolean) {
    await recover();
    const rows = await store.all();
    const { health: known } = ledgerIn(rows);
    health = hope ? { ...known, fails: 0, until: known.asked } : known;
    const seenAt = hope ? Number.POSITIVE_INFINITY : health.seenAt;
    const found = triage(rows, { resend: resend || idempotent, seenAt, withdrawnAt: withdrawnAt(), time: now() });
    await settle(found.ends);
    return { ...found, seenAt };
  }

  async function drain(hope: boolean): Promise<number> {
    const visit = leaves;
    const start = now();
    const { due, next, seenAt } = await survey(hope);
    const later = () => (ahead(health.until, now()) ? health.until : 0);
    const isOpen = () =>
      visit === leaves && !paused && !later() && fits(MAX_KEEPALIVE_BYTES / 2) && now() < start + sliceMs;
    const ready = due.filter(({ id }) => !flights.has(id)).map(({ id }) => id);
    const again = () => later() || (ready[0] && !paused ? now() + AGAIN_MS : next);
    if (!ready[0] || paused || dryRun || later()) return later() || next;
    if (await delegate?.(hope, due.some((row) => row.begun))) return next;
    const lane = async () => {
      while (isOpen() && ready[0]) await take(ready.splice(-BATCH), seenAt);
    };
    // The first one alone: it pays the preflight for all, and an endpoint that is down gets no more than it. One by one, too,
    // until it is known whether a click or the configuration is at fault.
    do if (isOpen()) await take(ready.splice(-1), seenAt);
    while (health.suspect && ready[0] && isOpen());
    await Promise.all(Array.from({ length: LANES }, lane));
    return again();
  }

  /** Takes rows and begins their requests in one task, so that no death comes between. */
  async function take(ids: readonly string[], seenAt: number): Promise<void> {
    const sending: Promise<void>[] = [];
    await store.transact(ids, (rows) => {
      for (const id of ids) {
        const row = rows.get(id);
        if (!isEntry(row) || flights.has(id) || !isFree(row, seenAt, now())) continue;
        const silent = (row.silent ?? 0) + +(!!row.begun && !idempotent);
        const mine = begun({ ...row, silent, attempt: row.attempt + 1 });
        rows.set(id, mine);
        sending.push(request(mine));
      }
    });
    await Promise.all(sending);
  }

  return {
    deliver,
    flush,
    holds,
    settle,
    pause(isPaused) {
      paused = isPaused;
      for (const [id, bytes] of flights) if (!bytes) flights.delete(id);
    },
    async withdraw() {
      const rows = [...store.stashed(), ...(await store.all()).values()].filter(isEntry);
      await settle(
        rows.map(({ id, at, attempt }) => ({ name: "dropped", id, at, attempt, stored: true, reason: "consent" })),
      );
      // It says whether that is done.
      if (uncounted[0]) throw new Error("IndexedDB does not respond");
    },
    leave() {
      leaves++;
      flights.clear();
      running = undefined;
      store.leave();
      for (const { end } of uncounted) store.stash(end);
    },
  };
}
