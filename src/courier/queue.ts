// Owns what is sent, and when. It runs in a page and in workers alike, so it knows neither.
//
// A click is one row:
//
//   begun ── an answer that ends it ─────────────────> over: its row is deleted and counted
//    │  └─── one that doesn't, or none ──────────────> waiting ── a flush ──> begun, attempt + 1
//    └────── its page has gone, its lease has ended ─> in doubt: over, or waiting where something speaks against it
//
// 1. A request begins in the very task that writes that it has begun.
// 2. While its lease runs, a row belongs to the context that began it; taking it afterwards is one transaction.
// 3. A row is deleted in the transaction that counts it.
// 4. One context at a time sends what is left.
import type { Route } from "../options";
import { body } from "../payload";
import { attempt } from "../report";
import { healthAfter, outcomeOf, verdictOf } from "./answer";
import {
  book,
  type Health,
  isOutcome,
  isOver,
  LAST,
  LEDGER,
  ledgerIn,
  NEW_LEDGER,
  type Outcome,
  type Settled,
} from "./ledger";
import {
  ahead,
  type Entry,
  isEntry,
  isFree,
  isWithdrawn,
  leaseOf,
  TIMEOUT_MS,
  type Turn,
  timeoutOf,
} from "./row";
import { type Answer, type Flights, fits, MAX_KEEPALIVE_BYTES, send } from "./send";
import { allRows, type Store, transact } from "./store";
import { isRefuted, triage } from "./triage";

/** An outcome that is not counted yet, and what its answer says about the endpoint. */
interface Uncounted {
  readonly end: Settled;
  readonly learn?: (health: Health) => Health;
}

export interface Queue {
  readonly route: Route;
  readonly store: Store;
  /** Called with each outcome that is counted. */
  readonly tell: (outcome: Outcome) => void;
  /** The browser may end this context at any moment: a request that it begins is in doubt. */
  readonly mayEnd: boolean;
  /** A flush asks to be called again after this time, in ms; default: never. */
  readonly sliceMs: number;
  readonly now: () => number;
  readonly random: () => number;
  /** Requests under way here, by their clicks. */
  readonly flights: Flights;
  readonly uncounted: Uncounted[];
  counting: Promise<void> | undefined;
  /** How the endpoint has been lately, as far as this context knows. */
  health: Health;
  /** Epoch ms: a page has begun, so the configuration may be right. */
  startedAt: number;
  /** Epoch ms: consent was withdrawn for what was clicked until then; 0: never. */
  withdrawnAt: number;
  /** Nothing may be begun. */
  isStopped: boolean;
  /** The flush that runs. */
  flushing: { result: Promise<number> } | undefined;
  /** Gives up the place of the context that sends what is left. */
  release?: () => void;
}

/** Nothing is to be done later. */
export const NEVER = Number.POSITIVE_INFINITY;
/** Taken at once, in two lanes: six requests at a time are also HTTP/1.1's limit, and a transaction costs as much as a request. */
const BATCH = 3;
/** When to look again at what can't be sent now. */
const AGAIN_MS = 1_000;

export function createQueue(
  parts: Pick<Queue, "route" | "store" | "tell"> &
    Partial<Pick<Queue, "mayEnd" | "sliceMs" | "now" | "random" | "flights">>,
): Queue {
  const { now = () => +Date.now() } = parts;
  return {
    mayEnd: false,
    sliceMs: NEVER,
    random: Math.random,
    flights: new Map(),
    ...parts,
    now,
    uncounted: [],
    counting: undefined,
    health: NEW_LEDGER.health,
    startedAt: now(),
    withdrawnAt: 0,
    isStopped: false,
    flushing: undefined,
  };
}

/** Epoch ms until which clicks wait, because the endpoint asked for silence or refuses this configuration. */
export function heldUntil({ health, startedAt, isStopped, now }: Queue): number {
  const { refusedAt, asked } = health;
  if (isStopped || (refusedAt >= startedAt && refusedAt <= now())) return NEVER;
  return ahead(asked, now()) ? asked : 0;
}

/**
 * Sends a click whose row its page has written. Resolves, once the outcome is counted, to when to flush (epoch ms).
 */
export async function add(queue: Queue, entry: Entry): Promise<number> {
  const { now, store, flights } = queue;
  const { id, at, payload, size, due } = entry;
  if (queue.route.dryRun) {
    await count(queue, { end: { name: "dropped", id, at, payload, attempt: 0, reason: "dry-run" } });
    return NEVER;
  }
  // Handed over late: its lease would end before its request does.
  if (entry.begun && due - now() < timeoutOf(entry)) return due;
  if (!entry.begun || heldUntil(queue)) {
    const waits = { ...entry, attempt: 0, due: now(), begun: false, doubt: false };
    await count(queue, { end: { name: "waiting", id, at, payload, attempt: entry.attempt, remains: waits } });
    return Math.max(heldUntil(queue), now() + AGAIN_MS);
  }
  // Its row stays as its page writes it, perhaps only now: a row of this worker's could come first, and be replaced by that.
  if (!fits(flights, size)) {
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    return add(queue, entry);
  }
  let work: Promise<number> | undefined;
  // Once, also where a transaction that was given up gets its turn after all.
  const begin = () => (work ??= request(queue, entry));
  // A browser may end a service worker at any moment. The request begins inside a transaction that already has its turn, so
  // that both leave together: WebKitGTK 2.50 ended the worker between the request and a write begun beside it in 5 of 88 tabs
  // that were closed after a link to another site, and the click was sent again; this way in none of 88.
  if (queue.mayEnd)
    await transact(store, [id], (rows) => {
      rows.set(id, { ...entry, doubt: true });
      begin();
    }).catch(() => {});
  return begin();
}

/** Consent may be withdrawn while a click waits for the disk or for a response. */
function isOff({ withdrawnAt, now }: Queue, row: Entry): boolean {
  return isWithdrawn(row, withdrawnAt, now());
}

/** Sends a begun row within this task. */
async function request(queue: Queue, row: Entry): Promise<number> {
  const { route, flights } = queue;
  if (isOff(queue, row)) return NEVER;
  const flight = { row, size: row.size, abort: new AbortController() };
  flights.set(row.id, flight);
  const timer = setTimeout(() => flight.abort.abort(), timeoutOf(row));
  const answer = await send(route, row, body(row.payload, row.attempt), flight.abort.signal);
  clearTimeout(timer);
  const isKnown = flights.get(row.id) === flight;
  // The page has gone. Chromium rejects what is pending within a ms after pagehide, delivered or not; Firefox never settles it. A
  // page that closes itself sees the rejection without a pagehide (Chromium 156).
  if (answer.isSilent && (!isKnown || globalThis.closed === true)) return NEVER;
  const next = await finish(queue, row, answer);
  if (flights.get(row.id) === flight) flights.delete(row.id);
  return next;
}

/** Counts what came of an attempt; resolves to when to flush (epoch ms). */
export async function finish(queue: Queue, row: Entry, answer: Answer): Promise<number> {
  const { health, now } = queue;
  const isCopy = !!answer.isSilent && (await mayHaveArrived(queue, row));
  const end = outcomeOf(row, answer, health, { ...queue, isCopy, now: now() });
  if (!end || (end.remains && isOff(queue, row))) return NEVER;
  await count(queue, {
    end,
    learn: (before) => healthAfter(before, answer, row.id, { ...queue, now: now() }),
  });
  if (heldUntil(queue) === NEVER || verdictOf(answer) === "config") return NEVER;
  if (end.remains) return Math.max(end.remains.due, queue.health.until);
  // The endpoint is back: what waits goes at once.
  return health.downSince && !queue.health.downSince ? now() : NEVER;
}

/**
 * Whether a request without a response may be a copy by now. From the second one on the endpoint is asked: where nothing listens the
 * request rejects with a TypeError, where a server is there it resolves, whatever its status and headers, and where it hangs it
 * times out (Chromium 156, Firefox 153).
 */
async function mayHaveArrived({ route, flights }: Queue, { id, silent = 0 }: Entry): Promise<boolean> {
  // A copy does no harm where each click is taken once.
  if (route.idempotent) return false;
  if (!silent) return true;
  const { endpoint } = route;
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
  const asked = fetch(endpoint, {
    method: "HEAD",
    mode: "no-cors",
    cache: "no-store",
    credentials: "omit",
    referrerPolicy: "no-referrer",
    signal: abort.signal,
  });
  return asked
    .then(
      () => true,
      // A page that goes takes the question with it.
      () => abort.signal.aborted || !flights.has(id),
    )
    .finally(() => clearTimeout(timer));
}

function learned(ends: readonly Uncounted[], before: Health): Health {
  return ends.reduce((health, { learn }) => learn?.(health) ?? health, before);
}

/** Counts outcomes and tells them, once, whoever else tries. Never rejects: what can't be counted now is counted with the next. */
export async function count(queue: Queue, ...ends: readonly Uncounted[]): Promise<void> {
  queue.health = learned(ends, queue.health);
  queue.uncounted.push(...ends);
  if (!queue.uncounted[0]) return;
  queue.counting ??= countAll(queue);
  await queue.counting;
}

async function countAll(queue: Queue): Promise<void> {
  const { store, uncounted, tell } = queue;
  // What comes while one transaction runs shares the next, whether or not that one fails.
  for (let failed = 0; uncounted.length > failed; ) {
    const all = uncounted.length;
    // No more than the ledger knows again: a transaction that was given up may get its turn all the same.
    const batch = uncounted.slice(0, LAST / 2);
    const ends = batch.map(({ end }) => end);
    let news: readonly Settled[] = [];
    const counted = transact(store, [LEDGER, ...ends.map(({ id }) => id)], (rows) => {
      news = book(rows, ends, (before) => {
        const health = learned(batch, before);
        // This context knows of the others, too.
        queue.health = learned(uncounted.slice(batch.length), health);
        return health;
      });
    });
    failed = await counted.then(
      () => 0,
      () => all,
    );
    if (failed) continue;
    uncounted.splice(0, batch.length);
    for (const { stored: _, remains: __, ...outcome } of news) attempt(() => tell(outcome));
  }
  // In the task that has seen that nothing more waits.
  queue.counting = undefined;
}

/**
 * Why a flush begins. `start`: a page begins or is shown, which is worth one attempt during an outage. `hope`: the browser is online
 * again, which is worth one for each click. `later`: its time has come.
 */
export type Reason = "start" | "hope" | "later";

/** Sends what is left; resolves to when to come again (epoch ms). `stash`: what pages have kept outside the database. */
export function flush(queue: Queue, reason: Reason, stash: readonly unknown[] = []): Promise<number> {
  if (queue.flushing && !stash[0]) return queue.flushing.result;
  const mine: NonNullable<Queue["flushing"]> = { result: Promise.resolve(NEVER) };
  queue.flushing = mine;
  mine.result = drain(queue, reason, stash, () => queue.flushing === mine && !heldUntil(queue))
    // A store that does not respond: the next occasion comes.
    .catch(() => NEVER)
    .finally(() => {
      if (queue.flushing === mine) queue.flushing = undefined;
    });
  return mine.result;
}

async function drain(
  queue: Queue,
  reason: Reason,
  stash: readonly unknown[],
  mayGoOn: () => boolean,
): Promise<number> {
  const { store, flights, now, route, withdrawnAt, startedAt } = queue;
  await recover(queue, stash);
  const rows = await allRows(store);
  const ledger = ledgerIn(rows);
  const { health } = ledger;
  queue.health = reason === "later" ? health : { ...health, until: health.asked };
  const times: number[] = [];
  for (const [id, row] of rows) {
    if (flights.has(id)) rows.delete(id);
    // A page without a courier has received it.
    else if (isEntry(row) && row.answer) {
      rows.delete(id);
      times.push(await finish(queue, row, row.answer));
    }
  }
  const turn = { seenAt: reason === "hope" ? NEVER : health.seenAt, startedAt, mayGoOn };
  const { ends, due, next } = triage(rows, {
    ...turn,
    ledger,
    resend: route.resend || route.idempotent,
    withdrawnAt,
    now: now(),
  });
  await count(queue, ...ends.map((end) => ({ end })));
  const later = () => (ahead(queue.health.until, now()) ? queue.health.until : NEVER);
  if (!due[0] || route.dryRun || later() < NEVER || !mayGoOn()) return Math.min(later(), next, ...times);
  const end = now() + queue.sliceMs;
  const ready = due.map(({ id }) => id);
  times.push(next);
  const isOpen = () =>
    ready[0] && mayGoOn() && later() === NEVER && now() < end && fits(flights, MAX_KEEPALIVE_BYTES / 2);
  const takeNext = async (size: number) =>
    times.push(...(await take(queue, ready.splice(-size).reverse(), turn)));
  const lane = async () => {
    while (isOpen()) await takeNext(BATCH);
  };
  const isAlone = await locked(queue, async () => {
    // The first one alone: it pays the preflight for all, and an endpoint that is down gets no more than it. One by one, too, until
    // it is known whether a click or the configuration is at fault.
    while (isOpen() && (queue.health.suspect || !times[1])) await takeNext(1);
    await Promise.all([lane(), lane()]);
  });
  if (!isAlone || (ready[0] && mayGoOn())) times.push(now() + AGAIN_MS);
  return Math.min(later() < NEVER ? later() : Math.min(...times));
}

/** Lets one context at a time send what is left: requests of several tabs would wait for one another until they time out. */
async function locked(queue: Queue, work: () => Promise<void>): Promise<boolean> {
  let isAlone = true;
  let working: Promise<void> | undefined;
  // A page that goes must not hold it: it would lose its place in the back/forward cache, and a frozen one would hold up the others.
  const released = () =>
    new Promise<void>((resolve) => {
      queue.release = resolve;
    });
  const inside = (lock: Lock | null) => {
    isAlone = !!lock;
    if (!lock) return;
    working = work();
    return Promise.race([working, released()]);
  };
  const request = async () =>
    navigator.locks.request(`${queue.store.database.name} flush`, { ifAvailable: true }, inside);
  // Without permission for locks, or without locks: there is no other tab that shares these rows, or no better way. Where the lock is
  // broken, as it is when a worker's page goes into the back/forward cache (Chromium 156), the work goes on.
  await request().catch(() => (working ??= work()));
  return isAlone;
}

/**
 * What pages have kept outside the database: outcomes are counted, rows go to the disk unless it knows better. Of an attempt that the
 * disk knows as under way, the end that its page has seen is newer.
 */
async function recover(queue: Queue, stash: readonly unknown[]): Promise<void> {
  const rows = stash.filter(isEntry);
  const outcomes = stash.filter(isOutcome);
  await count(queue, ...outcomes.map((end) => ({ end })));
  if (!rows[0]) return;
  await transact(queue.store, [LEDGER, ...rows.map(({ id }) => id)], (known) => {
    const ledger = ledgerIn(known);
    for (const row of rows) {
      const old = known.get(row.id) as Entry | undefined;
      const isLater = old?.begun && old.attempt === row.attempt && (row.answer || !row.begun);
      if ((!old || isLater) && !isOver(ledger, row.id)) known.set(row.id, row);
    }
  });
}

/** Takes rows and begins their requests in one task, so that no death comes between; resolves as they do. */
async function take(
  queue: Queue,
  ids: readonly string[],
  turn: Pick<Turn, "seenAt" | "startedAt"> & { readonly mayGoOn: () => boolean },
): Promise<number[]> {
  const { store, flights, route, now, mayEnd } = queue;
  const sending: Promise<number>[] = [];
  await transact(store, ids, (rows) => {
    for (const id of ids) {
      const row = rows.get(id);
      if (!isEntry(row) || flights.has(id) || !turn.mayGoOn() || !isFree(row, { ...turn, now: now() }))
        continue;
      const silent = (row.silent ?? 0) + +(!!row.begun && !route.idempotent);
      const mine = {
        ...row,
        silent,
        attempt: row.attempt + 1,
        due: now() + leaseOf({ ...row, silent }),
        begun: true,
        doubt: mayEnd && navigator.onLine !== false,
      };
      rows.set(id, mine);
      sending.push(request(queue, mine));
    }
  });
  return Promise.all(sending);
}

/** Ends what is under way, and drops what was clicked until consent was withdrawn. Rejects where the database doesn't respond. */
export async function withdraw(queue: Queue, stash: readonly unknown[] = []): Promise<void> {
  const { store, withdrawnAt, now, uncounted } = queue;
  // The last first: an aborted request's connection goes to one that waits for it, if that isn't aborted yet.
  for (const { abort } of [...queue.flights.values()].reverse()) abort.abort();
  leave(queue);
  const known = await allRows(store);
  const rows = [...known.values(), ...stash]
    .filter(isEntry)
    .filter((row) => isWithdrawn(row, withdrawnAt, now()));
  const ends = rows.map(({ id, at, attempt: tries }) => ({
    end: { name: "dropped", id, at, attempt: tries, stored: known.has(id), reason: "consent" } as const,
  }));
  await count(queue, ...ends);
  if (uncounted[0]) throw new Error("IndexedDB does not respond");
  // The last outcomes say what was clicked, and when.
  await transact(store, [LEDGER], (all) => all.set(LEDGER, { ...ledgerIn(all), last: [] }));
}

/**
 * The page goes: begins nothing more until a page begins, and no response is no failure any more. Returns what the next page may send
 * at once: what is under way although other requests have failed lately.
 */
export function leave(queue: Queue): Entry[] {
  const { flights, health, route, now } = queue;
  const rows = [...flights.values()].flatMap(({ row }) => (row && isRefuted(row, health) ? row : []));
  flights.clear();
  queue.isStopped = true;
  queue.release?.();
  queue.flushing = undefined;
  return rows.map((row) => ({
    ...row,
    begun: false,
    doubt: false,
    due: now(),
    silent: (row.silent ?? 0) + +!route.idempotent,
  }));
}
