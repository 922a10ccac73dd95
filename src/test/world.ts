// Owns a browser in a test: virtual time, contexts (pages and workers) that freeze and die, one disk, a stash, an endpoint that
// misbehaves. It keeps the record that assertions are made on, and notes what no context may ever write.
import { LEDGER, type Ledger, ledgerIn } from "../courier/ledger";
import { ahead, type Entry, isEntry, leaseOf, timeoutOf } from "../courier/row";
import type { Answer, Send } from "../courier/send";
import type { Store } from "../courier/store";
import { START, seeded, settled } from "./entries";

/** A page or a worker. Its code runs only while it is awake. */
export interface Context {
  readonly name: string;
  alive: boolean;
  frozen: boolean;
  /** What runs when it thaws. */
  readonly backlog: (() => void)[];
  /** What the browser does to its pending requests when it leaves or dies. */
  readonly requests: Set<(end: "left" | "killed") => void>;
  /** Its readings of the whole disk. */
  readonly readings: Reading[];
}

/** When a context has read the disk, and which failure was the last known there. */
interface Reading {
  readonly at: number;
  readonly failedAt: number;
}

/** What is known about a click at the end of a run. */
export interface Fate {
  /** A record of it reached the disk or the stash: from then on it must not get lost. */
  recorded: boolean;
  /** Attempts that the endpoint received and accepted, or refused for good. */
  received: number;
  /** Reasons for one more copy each: responses that got lost, contexts that ended in mid-request, failed writes and removals. */
  readonly excuses: string[];
  /** Attempts whose context saw no response. */
  silences: number;
  /** Counted states it ended in; more than one is a mistake. */
  readonly ends: string[];
}

export type Weather = "fine" | "slow" | "flaky" | "down" | "strict" | "locked";

interface Event {
  readonly time: number;
  readonly work: () => void;
}

/** Chances per request, in the order they are tried; the rest is a quick 204. */
const WEATHER: Record<Weather, Readonly<Partial<Record<Trouble, number>>>> = {
  fine: {},
  slow: { slow: 0.7 },
  flaky: { slow: 0.2, lost: 0.1, hang: 0.05, unreachable: 0.1, busy: 0.1, unclear: 0.03 },
  down: { unreachable: 0.5, busy: 0.4, hang: 0.1 },
  strict: { wait: 0.6, busy: 0.1 },
  locked: { forbidden: 0.9 },
};
type Trouble = "slow" | "lost" | "hang" | "unreachable" | "busy" | "wait" | "unclear" | "forbidden";
/** How much later a busy process may see what another has taken from the stash. */
const STALE_MS = 5_000;
/** A failure this close to the beginning of an attempt speaks against its arrival. */
const EVIDENCE_MS = 60_000;

export type World = ReturnType<typeof createWorld>;

export function createWorld(seed: number, turns: number) {
  const random = seeded(seed);
  const fates = new Map<string, Fate>();
  const contexts = new Set<Context>();
  const refused = new Set<string>();
  const poisoned = new Set<string>();
  const wrongs: string[] = [];
  const readings: Reading[] = [];
  const log: string[] = [];
  const events: Event[] = [];
  let time = START;
  let requests = 0;
  const world = {
    random,
    fates,
    contexts,
    refused,
    /** Clicks whose words a firewall dislikes. */
    poisoned,
    log,
    /** What a context wrote against the rules. */
    wrongs,
    /** The disk's rows, and the stash's. */
    disk: new Map<string, unknown>(),
    stash: new Map<string, Row>(),
    /** What was taken from the stash: another process may see it there for a while yet. */
    taken: [] as { readonly row: Row; readonly by: string; readonly at: number }[],
    /** Whether what is in doubt is to be sent again. */
    resend: false,
    weather: "fine" as Weather,
    online: true,
    /** The chance that a write fails: the disk is full. */
    full: 0,
    now: () => time,
    requests: () => requests,
    chance: (probability: number) => random() < probability,
    between: (low: number, high: number) => low + Math.floor(random() * (high - low + 1)),
    at,
    run,
    createContext,
    guard,
    freeze,
    thaw,
    kill,
    fateOf,
    createSend,
    note,
    read,
    wrote,
  };

  function note(text: string): void {
    log.push(`${time - START}: ${text}`);
  }

  function at(when: number, work: () => void): void {
    const event = { time: Math.max(when, time), work };
    let low = 0;
    let high = events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((events[middle]?.time ?? 0) <= event.time) low = middle + 1;
      else high = middle;
    }
    events.splice(low, 0, event);
  }

  /** Runs what happens until `end`; more than `most` events are a loop that should not be there. */
  async function run(end: number, most = 20_000): Promise<void> {
    for (let count = 0; ; count++) {
      // What is under way on a real store may still bring events.
      if (!due(end)) await settled(turns * 4);
      if (!due(end)) break;
      if (count > most) throw new Error("something loops");
      const event = events.shift() as Event;
      time = event.time;
      event.work();
      await settled(turns);
    }
    time = end;
  }

  const due = (end: number) => events[0] && events[0].time <= end;

  function createContext(name: string): Context {
    const context = {
      name,
      alive: true,
      frozen: false,
      backlog: [],
      requests: new Set<never>(),
      readings: [],
    };
    contexts.add(context);
    return context;
  }

  function awake(context: Context, work: () => void): void {
    if (!context.alive) return;
    if (context.frozen) context.backlog.push(work);
    else work();
  }

  /** A promise whose reactions run only while the context is awake, and never once it is dead. */
  function guard<T>(context: Context, promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      promise.then(
        (value) => awake(context, () => resolve(value)),
        (error) => awake(context, () => reject(error)),
      );
    });
  }

  function freeze(context: Context): void {
    for (const end of [...context.requests]) end("left");
    context.frozen = true;
  }

  function thaw(context: Context): void {
    context.frozen = false;
    for (const work of context.backlog.splice(0)) work();
  }

  function kill(context: Context, end: "left" | "killed"): void {
    for (const request of [...context.requests]) request(end);
    context.alive = false;
    contexts.delete(context);
  }

  function fateOf(id: string): Fate {
    const fate = fates.get(id) ?? { recorded: false, received: 0, excuses: [], silences: 0, ends: [] };
    fates.set(id, fate);
    return fate;
  }

  function read(context: Context, rows: ReadonlyMap<string, unknown>): void {
    const reading = { at: time, failedAt: ledgerIn(rows).health.failedAt };
    context.readings.push(reading);
    readings.push(reading);
  }

  /** Whether a failure around the beginning of a row's attempt was known, at each reading since the row was to be decided on. */
  function evidence(context: Context, row: Entry): boolean[] {
    const began = row.due - leaseOf(row);
    const since = (known: Context["readings"]) =>
      known.filter(({ at }) => at >= row.due || !ahead(row.due, at));
    const own = since(context.readings);
    // It may have been decided by a page that could not write it, and stashed it.
    return (own[0] ? own : since(readings)).map(({ failedAt }) => Math.abs(began - failedAt) <= EVIDENCE_MS);
  }

  /** Judges what a transaction has made of its rows, and notes which of them ended in which counted state. */
  function wrote(
    context: Context,
    before: ReadonlyMap<string, unknown>,
    after: ReadonlyMap<string, unknown>,
  ): void {
    const last = (after.get(LEDGER) as Ledger | undefined)?.last ?? [];
    const known = (before.get(LEDGER) as Ledger | undefined)?.last ?? [];
    // What only a stash knew has no row.
    for (const end of last)
      if (!before.has(end.id) && !known.some(({ id }) => id === end.id))
        fateOf(end.id).ends.push(end.reason ?? end.name);
    for (const [id, row] of before) {
      if (id === LEDGER || !isEntry(row)) continue;
      const next = after.get(id);
      if (next) {
        judge(context, row, next as Entry);
        continue;
      }
      // It was counted before, and only came back from a stash.
      if (known.some((outcome) => outcome.id === id)) continue;
      const end = [...last].reverse().find((outcome) => outcome.id === id);
      const fate = fateOf(id);
      fate.recorded = true;
      fate.ends.push(end ? (end.reason ?? end.name) : "uncounted");
      if (end?.name === "in-doubt") trusts(context, row);
    }
  }

  function judge(context: Context, before: Entry, after: Entry): void {
    const wrong = (text: string) => wrongs.push(`${before.id.slice(-4)} ${text}: by ${context.name}`);
    if (after.attempt < before.attempt) wrong("went back to an earlier attempt");
    if (after.attempt === before.attempt && before.begun && after.begun && after.due < before.due)
      wrong("lost its lease");
    if (after.attempt > before.attempt) {
      if (ahead(before.due, time)) wrong("was taken within its lease or wait");
    }
    if (after.attempt > before.attempt + 1) wrong("skipped an attempt");
    // Where that could not be written, whoever takes it takes it out of doubt.
    const isFreed = before.doubt && (after.attempt > before.attempt || (!after.doubt && after.begun));
    if (isFreed && !world.resend && !evidence(context, before).includes(true))
      wrong("was taken out of doubt without evidence");
  }

  function trusts(context: Context, row: Entry): void {
    const wrong = (text: string) => wrongs.push(`${row.id.slice(-4)} ${text}: by ${context.name}`);
    if (!row.doubt) wrong("was trusted, though nobody said that it was in doubt");
    if (world.resend) wrong("was trusted, though it was to be sent again");
    if (ahead(row.due, time)) wrong("was trusted within its lease");
    const said = evidence(context, row);
    if (!said.includes(false)) wrong("was trusted against the evidence");
  }

  function troubleNow(): Trouble | undefined {
    let roll = random();
    for (const [trouble, chance] of Object.entries(WEATHER[world.weather])) {
      roll -= chance;
      if (roll < 0) return trouble as Trouble;
    }
    return undefined;
  }

  function createSend(context: Context): Send {
    return (entry) =>
      guard(
        context,
        new Promise<Answer>((resolve) => {
          requests++;
          request(context, entry, resolve);
        }),
      );
  }

  function request(context: Context, entry: Entry, resolve: (answer: Answer) => void): void {
    const { id, attempt } = entry;
    const fate = fateOf(id);
    const weather = world.online ? troubleNow() : "unreachable";
    const trouble = poisoned.has(id) && !weather ? "forbidden" : weather;
    const latency = trouble === "slow" ? world.between(1_000, 9_000) : world.between(2, 250);
    const received = !["hang", "unreachable", "busy", "wait", "unclear", "forbidden"].includes(trouble ?? "");
    let arrives = received;
    let over = false;
    note(`${context.name} sends ${id.slice(-4)} attempt ${attempt}: ${trouble ?? "fine"}, ${latency} ms`);
    at(time + latency / 2, () => {
      if (arrives) fate.received++;
      arrives = false;
    });
    const finish = (answer: Answer) => {
      if (over) return;
      over = true;
      context.requests.delete(leave);
      if (answer.isSilent && context.alive && !context.frozen) fate.silences++;
      resolve(answer);
    };
    /** The browser goes on with a keepalive request of a page that left; one that was killed may lose it. */
    function leave(end: "left" | "killed"): void {
      fate.excuses.push(`${context.name} ${end}`);
      if (end === "killed" && world.chance(0.5)) arrives = false;
      // Chromium rejects what is pending, delivered or not; Firefox may never settle it; some answers come after all.
      const how = random();
      if (how < 0.5) finish({ verdict: "retry", isSilent: true, status: 0, message: "left", retryAt: 0 });
      else if (how < 0.7) over = true;
      context.requests.delete(leave);
    }
    context.requests.add(leave);
    if (trouble === "lost") fate.excuses.push("answer lost");
    const silent = trouble === "lost" || trouble === "hang";
    at(time + (silent ? timeoutOf(entry) : latency), () => finish(answerOf(trouble, id)));
  }

  function answerOf(trouble: Trouble | undefined, id: string): Answer {
    const none = { message: "", retryAt: 0 };
    switch (trouble) {
      case "lost":
      case "hang":
      case "unreachable":
        return { ...none, verdict: "retry", isSilent: true, status: 0 };
      case "busy":
        return { ...none, verdict: "retry", status: 503 };
      case "wait":
        return { ...none, verdict: "retry", status: 429, retryAt: time + world.between(1, 60) * 1000 };
      case "unclear":
        return { ...none, verdict: "unclear", status: 400 };
      case "forbidden":
        return { ...none, verdict: "config", status: 403 };
      default:
        return refused.has(id)
          ? { ...none, verdict: "refused", status: 400 }
          : { ...none, verdict: "delivered", status: 204 };
    }
  }

  return world;
}

interface Row {
  readonly id: string;
}

/** The store's contract on the world's disk: writes take their time, fail and get lost as a browser's do. */
export function modelStore(world: World, context: Context, hasStash: boolean): Store<Entry> {
  const memory = new Map<string, Entry>();
  /** How often the page has left: transactions that wait for their rows are given up then. */
  let leaves = 0;

  /** Work on the disk, in order, a little later. A dead page's last work may be lost. */
  function work<T>(ids: readonly string[], change: () => T): Promise<T> {
    const last = Math.max(lastOf.get(world) ?? 0, world.now() + world.between(0, 4));
    lastOf.set(world, last);
    return new Promise((resolve, reject) => {
      world.at(last, () => {
        if (!context.alive && world.chance(0.3)) {
          for (const id of ids) world.fateOf(id).excuses.push("write lost");
          return;
        }
        try {
          resolve(change());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  function failAtTimes(ids: readonly string[]): void {
    if (!world.chance(world.full)) return;
    for (const id of ids) world.fateOf(id).excuses.push("write failed");
    throw new Error("QuotaExceededError");
  }

  function stash(row: Row): void {
    if (!hasStash) return;
    world.stash.set(row.id, row);
    world.fateOf(row.id).recorded = true;
  }

  function forget(id: string): void {
    memory.delete(id);
    const row = hasStash && world.stash.get(id);
    if (!row) return;
    world.stash.delete(id);
    world.taken.push({ row, by: context.name, at: world.now() });
  }

  function put(row: Entry): Promise<void> {
    const written = work([row.id], () => {
      failAtTimes([row.id]);
      world.disk.set(row.id, row);
      world.fateOf(row.id).recorded = true;
    });
    return world.guard(context, written);
  }

  return {
    add(row) {
      memory.set(row.id, row);
      put(row).then(
        () => memory.get(row.id) === row && forget(row.id),
        () => stash(row),
      );
    },
    share(row) {
      memory.set(row.id, row);
      const done = () => forget(row.id);
      put(row).then(done, done);
    },
    stashed() {
      if (!hasStash) return [];
      const lag = world.chance(0.5) ? world.between(0, STALE_MS) : 0;
      const stale = world.taken.filter(({ by, at }) => by !== context.name && at > world.now() - lag);
      return [
        ...new Map(
          [...stale.map(({ row }) => row), ...world.stash.values()].map((row) => [row.id, row]),
        ).values(),
      ];
    },
    all: () =>
      world.guard(
        context,
        work([], () => {
          world.read(context, world.disk);
          return new Map<string, unknown>([...memory, ...world.disk]);
        }),
      ),
    async transact(ids, change) {
      const visit = leaves;
      const changing = work(ids, () => {
        if (visit < leaves) throw new Error("AbortError");
        failAtTimes(ids);
        const rows = new Map<string, unknown>();
        for (const id of ids) {
          const row = world.disk.get(id) ?? memory.get(id);
          if (row) rows.set(id, row);
        }
        const before = new Map(rows);
        change(rows);
        world.wrote(context, before, rows);
        for (const id of ids) {
          if (rows.has(id)) world.disk.set(id, rows.get(id));
          else world.disk.delete(id);
        }
      });
      await world.guard(context, changing);
      ids.forEach(forget);
    },
    open: async () => true,
    isOpen: () => true,
    close() {},
    leave(notes) {
      leaves++;
      for (const row of memory.values()) stash(row);
      for (const note of notes) stash(memory.has(note.id) ? { ...note, stored: false } : note);
    },
  };
}

/** When each world's disk is free again: its transactions come one after the other. */
const lastOf = new WeakMap<World, number>();
