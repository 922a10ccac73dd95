// Owns sending and flushing: from entries in the queue to counted outcomes. Runs in a page and in a worker alike, so it knows neither.
import { backoff } from "./backoff";
import {
  ahead,
  type Entry,
  type Health,
  isEntry,
  LEDGER,
  type Ledger,
  NEW_LEDGER,
  type Outcome,
  type OutcomeName,
  type Settled,
} from "./row";
import { type Answer, MAX_KEEPALIVE_BYTES, type Send } from "./send";
import { locked, type Queue } from "./store";

/** An entry belongs to the context that made or claimed it for this long: three attempts' time-outs. */
export const LEASE_MS = 30_000;
/** One browser drains no faster than this many requests at a time; six is also HTTP/1.1's limit. */
const LANES = 6;
/** Entries claimed in one transaction: few enough to be sent well within their lease. */
const CLAIM = 24;
/** When to look again while another context drains: it does not see what is stored after it began. */
const BUSY_MS = 5_000;
/** Attempts at an answer that blames the request without saying what is wrong with it, or at a click past its age. */
const MAX_TRIES = 4;
/** More entries than a person leaves waiting; past it something else is wrong. */
const MAX_ENTRIES = 1_000;
const MAX_BYTES = 1_000_000;
/** An entry older than this gets no further attempt once one has failed: a click of last week ranks nothing. */
const MAX_AGE_MS = 7 * 86_400_000;
/** A failure this close to an attempt in doubt speaks against its arrival. */
const EVIDENCE_MS = 60_000;
/** Outcomes that the ledger keeps: to know a click that has been counted, and for the inspector. */
const LAST = 8;

export interface Courier {
  /** Sends an entry now, in this very task; its outcome goes to the queue and to `emit`. */
  deliver(entry: Entry): void;
  /**
   * Sends what is left, unless another context does; resolves to when to come again (epoch ms, 0: nothing waits).
   * With `hope` it forgets the back-off first: the browser is online again.
   */
  flush(hope?: boolean): Promise<number>;
  /** Whether clicks wait, because the endpoint asked for silence or refuses this configuration. */
  holds(): boolean;
  /** Stops flushing; what is in flight goes on. Returns how many that are. */
  stop(): number;
  /** The page goes away: stops, and what is in flight is in doubt from now on. */
  leave(): void;
  /** Counts outcomes and tells them. Never rejects: what could not be counted stays in the queue. */
  settle(outcomes: readonly Settled[]): Promise<void>;
}

interface Parts {
  readonly scope: string;
  readonly queue: Queue<Entry>;
  readonly send: Send;
  readonly emit: (outcome: Outcome) => void;
  /** Called when a flush is due, with its epoch ms. */
  readonly wake: (at: number) => void;
  /** Takes the flush over, where somebody better can: resolves to whether it did. */
  readonly delegate?: (hope: boolean) => Promise<boolean> | false;
  /** Called when nothing is in flight any more. */
  readonly rest?: () => void;
  readonly resend: boolean;
  readonly dryRun: boolean;
  readonly now?: () => number;
  readonly random?: () => number;
}

/** An entry whose request is under way. */
interface Flight {
  readonly entry: Entry;
  /** Nothing spoke against its arrival when it left. */
  readonly doubt: boolean;
  /** What the answer means, while it is not counted yet. */
  outcome?: Settled;
  /** The page left meanwhile, so that no answer is no failure any more; or somebody has counted the click. */
  left?: boolean;
}

export function createCourier({
  scope,
  queue,
  send,
  emit,
  wake,
  delegate,
  rest,
  resend,
  dryRun,
  now = Date.now,
  random = Math.random,
}: Parts): Courier {
  const flights = new Map<string, Flight>();
  /** Bytes of the bodies in flight. */
  let load = 0;
  let { health } = NEW_LEDGER;
  /** Whether this courier has learned something about the endpoint that the ledger doesn't know. */
  let learned = false;
  /** The endpoint refuses this configuration; over with the next page or a new configuration. */
  let paused = false;
  /** Outcomes that the store doesn't know yet; those that it did not take are counted before the next flush. */
  let unsettled: Settled[] = [];
  let settling: Promise<void> | undefined;
  /** Something waits for room in the keepalive budget. */
  let crowded = false;
  let stopped = false;
  let running: Promise<number> | undefined;
  let release = () => {};

  function isTooMuch({ size }: Entry): boolean {
    crowded ||= load > 0 && load + size > MAX_KEEPALIVE_BYTES;
    return crowded;
  }

  const holds = () => paused || ahead(health.asked, now());

  function deliver(entry: Entry): void {
    if (dryRun) settle([{ ...entry, name: "dropped", reason: "dry-run" }]);
    else if (holds() || isTooMuch(entry)) {
      settle([{ ...entry, name: "waiting", stays: { ...entry, attempt: 0, due: 0 } }]);
    } else attempt(entry);
  }

  async function attempt(entry: Entry): Promise<void> {
    const flight: Flight = { entry, doubt: navigator.onLine !== false };
    flights.set(entry.id, flight);
    load += entry.size;
    const answer = await send(entry);
    load -= entry.size;
    if (crowded && load < MAX_KEEPALIVE_BYTES / 2) {
      crowded = false;
      wake(now());
    }
    // Chromium rejects what is pending within a ms after pagehide, delivered or not; Firefox never settles it. A page
    // that closes itself sees the rejection without a pagehide (Chromium 156).
    if (!answer.status && globalThis.closed) leave();
    if (answer.status || !flight.left) flight.outcome = judge(entry, answer);
    // Counted a little later: the next request need not wait for that.
    settle(flight.outcome ? [flight.outcome] : []).then(() => {
      flights.delete(entry.id);
      if (!flights.size) rest?.();
    });
  }

  function judge(entry: Entry, { verdict, status, message, retryAt }: Answer): Settled {
    const time = now();
    const end = (name: OutcomeName, reason?: string, stays?: Entry): Settled => {
      return { ...entry, status, message, name, reason, stays };
    };
    const wait = (due = 0, reason?: string) =>
      end("waiting", reason, { ...entry, due, attempt: entry.attempt - +paused });
    if (verdict === "delivered") {
      if (health.fails && !ahead(health.asked, time)) {
        learn({ ...health, fails: 0, until: 0, asked: 0 });
        wake(time);
      }
      return end(verdict);
    }
    if (verdict === "pause") {
      paused = true;
      return wait(0, verdict);
    }
    const isLast = late(entry);
    if (verdict === "refused" || (verdict === "unclear" && isLast)) return end("dropped", "refused");
    // Not before the last try: a clock that jumped must not cost a click that one more attempt delivers.
    if (isLast && entry.at + MAX_AGE_MS < time) return end("dropped", "expired");
    if (verdict === "unclear") return wait(time + backoff(entry.attempt, random));
    // The lanes of one drain fail together: that is one failure.
    const fails = health.fails + +!ahead(health.until, time);
    const until = Math.max(retryAt, health.asked, time) + backoff(fails, random);
    learn({ fails, until, asked: retryAt ? until : health.asked, failedAt: time });
    return wait();
  }

  function learn(lately: Health): void {
    health = lately;
    learned = true;
  }

  /** What comes while one transaction runs shares the next. */
  function settle(outcomes: readonly Settled[]): Promise<void> {
    unsettled.push(...outcomes);
    settling ??= settleAll().finally(() => {
      settling = undefined;
    });
    return settling;
  }

  async function settleAll(): Promise<void> {
    while (unsettled[0]) {
      const outcomes = unsettled;
      unsettled = [];
      try {
        await count(outcomes);
      } catch {
        // The page leaves in the middle of it, or the disk is full: the answer must not be forgotten with the count.
        for (const { id } of outcomes) note(flights.get(id));
        unsettled = [...outcomes, ...unsettled];
        return;
      }
    }
  }

  /** Keeps in the journal what is known of a request that was answered. */
  function note({ entry, outcome }: Partial<Flight> = {}): void {
    if (outcome) queue.journal(outcome.stays ?? { ...(entry as Entry), due: 0, answered: outcome });
  }

  /**
   * Such a row is back: from the journal of a page that died before it knew that it was written, from a tab that had not heard
   * yet that another had taken it from there, or from a worker that wrote late what was handed over just before consent was
   * withdrawn.
   */
  const isCounted = (rows: ReadonlyMap<string, unknown>, id: string) =>
    (rows.get(LEDGER) as Ledger | undefined)?.last?.some((known) => known.id === id);

  async function count(outcomes: readonly Settled[]): Promise<void> {
    const counted: Outcome[] = [];
    await queue.transact([LEDGER, ...outcomes.map(({ id }) => id)], (rows) => {
      const ledger: Ledger = { ...NEW_LEDGER, ...(rows.get(LEDGER) as Ledger | undefined) };
      const counts: Record<string, number> = { ...ledger.counts };
      for (const { stays, ...outcome } of outcomes) {
        const { id, name, attempt, payload, reason = name } = outcome;
        const row = rows.get(id) as Entry | undefined;
        // Gone: somebody else has counted it. A later attempt: somebody else has it now.
        if (payload && (!row || (stays && row.attempt > attempt))) continue;
        rows.delete(id);
        if (isCounted(rows, id)) continue;
        if (stays) rows.set(id, stays);
        else counts[reason] = (counts[reason] ?? 0) + 1;
        counted.push(outcome);
      }
      const last = [...ledger.last, ...counted.filter(({ name }) => name !== "waiting")].slice(-LAST);
      rows.set(LEDGER, { counts, last, health: learned ? health : ledger.health });
      learned = false;
    });
    counted.forEach(emit);
    // Only now that it is on the disk: a flush before would find the row still leased; and a page that leaves before
    // that has to journal what it was answered, for the transaction may end with it (Chromium 156).
    for (const { id, stays } of outcomes) {
      const flight = flights.get(id);
      if (!stays) {
        // Also a click that was counted while its request is under way: leaving must not bring it back.
        if (flight) flight.left = true;
      } else if (!paused) wake(Math.max(stays.due, health.until, now()));
    }
  }

  function flush(hope = false): Promise<number> {
    stopped = false;
    // A store that does not answer: the next occasion comes.
    running ??= survey(hope)
      .catch(() => 0)
      .finally(() => {
        running = undefined;
      });
    return running;
  }

  const open = () => !stopped && !paused && !ahead(health.until, now()) && load < MAX_KEEPALIVE_BYTES / 2;

  const late = ({ attempt }: Entry) => attempt >= MAX_TRIES;

  /** Settles what needs no request, and has the rest sent. */
  async function survey(hope: boolean): Promise<number> {
    await settle([]);
    const rows = await queue.all();
    const time = now();
    health = { ...health, ...(rows.get(LEDGER) as Ledger | undefined)?.health };
    if (hope) health = { ...health, fails: 0, until: health.asked };
    const gone: Settled[] = [];
    const due: Entry[] = [];
    let next = 0;
    let count = 0;
    let bytes = 0;
    for (const id of [...rows.keys()].sort().reverse()) {
      const entry = rows.get(id);
      if (!isEntry(entry)) continue;
      bytes += entry.size;
      if (++count > MAX_ENTRIES || bytes > MAX_BYTES)
        gone.push({ ...entry, name: "dropped", reason: "overflow" });
      else if (ahead(entry.due, time)) next = Math.min(next || entry.due, entry.due);
      else if (
        entry.answered ||
        isCounted(rows, id) ||
        (entry.doubt && !resend && Math.abs(entry.due - LEASE_MS - health.failedAt) > EVIDENCE_MS)
      )
        gone.push({ ...entry, name: "in-doubt", ...entry.answered });
      else {
        // Once and for all: the failures to come are no evidence any more.
        if (entry.doubt) gone.push({ ...entry, name: "waiting", stays: { ...entry, doubt: false } });
        due.push(entry);
      }
    }
    // Taken from the end: the oldest first, but an entry that the server fails at must not stand before the others.
    const ids = due.sort((a, b) => +late(b) - +late(a)).map(({ id }) => id);
    await settle(gone);
    if (ahead(health.until, time)) return health.until;
    if (!ids[0] || paused || dryRun || (await delegate?.(hope))) return next;
    return locked(`${scope} drain`, { ifAvailable: true }, (lock) =>
      lock
        ? new Promise<number>((resolve) => {
            release = () => resolve(0);
            drain(ids, next).then(resolve, release);
          })
        : now() + BUSY_MS,
    );
  }

  async function drain(ids: string[], next: number): Promise<number> {
    // The first one alone: it pays the preflight for all, and an endpoint that is down gets no more than it.
    for (let most = 1; ids[0] && open(); most = CLAIM) {
      const claimed = await claim(ids.splice(-most).reverse());
      await Promise.all(
        Array.from({ length: LANES }, async () => {
          // A page that was frozen after its claim finds the lease over when it is back: others may have sent the entry.
          for (
            let entry = claimed.shift();
            entry && ahead(entry.due, now()) && open();
            entry = claimed.shift()
          )
            await attempt(entry);
        }),
      );
    }
    await settling;
    crowded ||= !!ids[0] && load > 0;
    if (ahead(health.until, now())) return health.until;
    return ids[0] && !paused ? now() + LEASE_MS : next;
  }

  async function claim(ids: readonly string[]): Promise<Entry[]> {
    const claimed: Entry[] = [];
    const due = now() + LEASE_MS;
    await queue.transact(ids, (rows) => {
      for (const id of ids) {
        const entry = rows.get(id) as Entry | undefined;
        if (!entry || ahead(entry.due, now())) continue;
        const mine = { ...entry, attempt: entry.attempt + 1, due, doubt: false };
        rows.set(id, mine);
        claimed.push(mine);
      }
    });
    return claimed;
  }

  function stop(): number {
    stopped = true;
    release();
    return flights.size;
  }

  function leave(): void {
    stop();
    for (const flight of flights.values()) {
      if (flight.left) continue;
      // The page goes before its count is written: the next page's to count.
      note(flight);
      if (!flight.outcome) {
        const { entry, doubt } = flight;
        // Without doubt it is the next page's, at once.
        const row = { ...entry, doubt, due: doubt ? entry.due : 0 };
        // Both, for each is lost now and then: the write where a tab is closed, the journal where a renderer is torn down.
        queue.journal(row);
        queue.add(row);
      }
      // Last, for whoever is cut off before leaves once more.
      flight.left = true;
    }
  }

  return { deliver, flush, settle, holds, stop, leave };
}
