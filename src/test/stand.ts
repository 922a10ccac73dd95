// Owns a stand for tests of the courier: an endpoint that responds as a test says, and pages and workers on one database. A page is
// the real page's side, a worker the real courier's; only their greeting is left out, so that nothing is sent before a test says so.
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, vi } from "vitest";
import { openDatabase, transaction } from "../courier/database";
import { type Health, joinLedgers, LEDGER, type Ledger, NEW_LEDGER, type Outcome } from "../courier/ledger";
import { NEVER, type Queue, type Reason } from "../courier/queue";
import type { Entry } from "../courier/row";
import { stash, stashed } from "../courier/stash";
import { allRows, createStore, type Row, type Store, transact } from "../courier/store";
import { createDesk, type Desk, type Place, receive, type ToCourier, type ToPage } from "../courier/worker";
import { type Options, type Route, routeOf, scopeOf } from "../options";
import { ask, createHand, deliver, flush, type Hand, leave, take } from "../page/hand";
import { LOADED, type OpenCourier } from "../page/reach";
import { entryAt, REQUEST, START, settled } from "./entries";
import { createLocks, type Locks } from "./locks";
import { createStorage } from "./storage";

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
export const YEAR_MS = 365 * DAY_MS;

/** A request as the endpoint receives it. */
export interface Arrival {
  readonly id: string;
  readonly attempt: number;
  readonly at: number;
}
export type Responding = (arrival: Arrival, init: RequestInit) => unknown;

export const status = (code: number, message?: string, headers: Record<string, string> = {}) =>
  new Response(message === undefined ? null : JSON.stringify({ message }), { status: code, headers });
export const fine: Responding = () => status(204);
export const unreachable: Responding = () => Promise.reject(new TypeError("Failed to fetch"));
/** As a response without CORS headers looks to a script: the endpoint is there. */
export const unreadable: Responding = () => Promise.reject(new TypeError("Failed to fetch (CORS)"));
export const never: Responding = () => new Promise(() => {});

/** Options that the courier finds no fault with. */
export const OPTIONS: Options = { dataset: REQUEST, endpoint: "https://api.example/ctr" };

/** A route as `init` makes it. */
export function routeTo(change: Partial<Route> = {}, options: Partial<Options> = {}): Route {
  return { ...routeOf({ ...OPTIONS, ...options }), ...change };
}

/** Browsers refuse a keepalive request that would bring more than this under way. */
const KEEPALIVE_BYTES = 65_536;

export const SCOPE = scopeOf(routeTo());

export const stand = {
  store: undefined as unknown as Store,
  locks: undefined as unknown as Locks,
  arrivals: [] as Arrival[],
  requests: [] as RequestInit[],
  /** How often the endpoint was asked whether it is there. */
  probes: 0,
  respond: fine,
};

/** The test's own view of the database. */
function createView(): Store {
  return createStore(SCOPE, { join: joinLedgers, unwritten: () => {}, settled: () => {} });
}

/** Registers the stand for each test of a file. */
export function setUpStand(): void {
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: START });
    const later = setTimeout;
    // One task later is no time.
    vi.stubGlobal("setTimeout", (work: () => void, ms?: number, ...given: unknown[]) =>
      ms === undefined ? setImmediate(work) : later(work, ms, ...given),
    );
    vi.stubGlobal("indexedDB", new IDBFactory());
    vi.stubGlobal("localStorage", createStorage());
    stand.locks = createLocks();
    vi.stubGlobal("navigator", { onLine: true, locks: stand.locks });
    vi.stubGlobal("requestIdleCallback", (work: () => void) => setImmediate(work));
    vi.stubGlobal("addEventListener", () => {});
    vi.stubGlobal("removeEventListener", () => {});
    vi.spyOn(console, "error").mockReturnValue();
    stand.store = createView();
    await openDatabase(stand.store.database);
    stand.arrivals = [];
    stand.requests = [];
    stand.probes = 0;
    stand.respond = fine;
    let flying = 0;
    vi.stubGlobal("fetch", (_url: string, init: RequestInit) => {
      if (init.method === "HEAD") {
        stand.probes++;
        // What rejects for want of a server rejects here, too; whatever the status, there is a server.
        return stand.respond === unreachable ? unreachable({} as never, init) : Promise.resolve(status(204));
      }
      const { id, attempt } = JSON.parse(`${init.body}`).metadata.clicktrail;
      const arrival = { id, attempt: attempt ?? 1, at: Date.now() };
      const bytes = init.keepalive ? new TextEncoder().encode(`${init.body}`).length : 0;
      if (flying + bytes > KEEPALIVE_BYTES) return Promise.reject(new TypeError("Failed to fetch"));
      flying += bytes;
      stand.arrivals.push(arrival);
      stand.requests.push(init);
      return Promise.race([
        Promise.resolve().then(() => stand.respond(arrival, init)),
        new Promise((_, reject) =>
          init.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError"))),
        ),
      ]).finally(() => {
        flying -= bytes;
      });
    });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });
}

declare function setImmediate(work: () => void): void;

/** A page or a worker, with its page's side. */
export interface Context {
  readonly hand: Hand;
  readonly desk: Desk;
  readonly outcomes: Outcome[];
  /** What the courier has said. */
  readonly said: ToPage[];
  /** A click as the tracker makes it. */
  click(change?: Partial<Entry>): Entry;
  /** Sends what is left; resolves to when it comes again (epoch ms). */
  flush(reason?: Reason): Promise<number>;
  /** When it flushes by itself. */
  next(): number;
  /** Whether clicks wait. */
  holds(): boolean;
  /** The page goes. */
  leave(): void;
  /** Its process ends. */
  kill(): void;
  /** Asks the courier. */
  ask(message: ToCourier): Promise<unknown>;
}

let serial = 0;

interface Change
  extends Partial<Pick<Queue, "now" | "random" | "sliceMs">>,
    Partial<Pick<Route, "resend" | "idempotent" | "dryRun">> {
  readonly withdrawnAt?: number;
  /** Whether the page is told of clicks that are delivered. */
  readonly isHeard?: boolean;
}

/** A page whose courier runs in `place`. */
function open(place: Place, change: Change): Context {
  const {
    withdrawnAt = 0,
    isHeard = true,
    resend = false,
    idempotent = false,
    dryRun = false,
    ...parts
  } = change;
  const outcomes: Outcome[] = [];
  const route = routeTo({ resend, idempotent, dryRun });
  const hand = createHand({
    route,
    file: {
      worker: () => Promise.reject(),
      // A page that comes back from the back/forward cache greets its courier again.
      async load() {
        const courier: OpenCourier = (_, hear) => (message) =>
          void receive(desk, structuredClone(message), { postMessage: hear });
        Object.assign(globalThis, { [LOADED]: courier });
      },
      service: () => undefined,
    },
    options: OPTIONS,
    isTag: false,
    isOn: () => true,
    greeting: () => ({ route, withdrawnAt, isHeard }),
    tell: (outcome) => outcomes.push(outcome),
  });
  const desk = createDesk(route, place, {
    random: () => 0.5,
    ...parts,
    ...(place === "page" && { flights: hand.flights }),
  });
  Object.assign(desk, { isHeard });
  desk.queue.withdrawnAt = withdrawnAt;
  let isAlive = true;
  const said: ToPage[] = [];
  const port = {
    postMessage: (message: ToPage) => {
      if (!isAlive || !hand.link) return;
      said.push(message);
      take(hand, structuredClone(message));
    },
  };
  const say = (message: ToCourier) => void (isAlive && receive(desk, structuredClone(message), port));
  function greet(): void {
    // A page that comes back begins anew.
    if (!hand.link && isAlive) desk.queue.isStopped = false;
    hand.link = say;
    hand.place = place;
    hand.search = { result: Promise.resolve(), greeted: [say] };
  }
  greet();
  openDatabase(hand.disk.database);
  // A timer whose time the test's clock has jumped over.
  function forget(): void {
    if (desk.next <= Date.now()) desk.next = NEVER;
    if (hand.next > Date.now()) return;
    clearTimeout(hand.timer);
    hand.next = NEVER;
  }
  return {
    hand,
    desk,
    outcomes,
    said,
    next: () => Math.min(desk.next, hand.next),
    holds: () => hand.hold > Date.now(),
    async flush(reason = "later") {
      forget();
      greet();
      await flush(hand, reason).catch(() => {});
      await settled(2);
      return Math.min(desk.next, hand.next);
    },
    ask: (message) => ask(hand, message),
    click(different = {}) {
      const entry = entryAt(Date.now(), different, ++serial);
      deliver(hand, entry);
      return entry;
    },
    leave: () => leave(hand),
    kill() {
      isAlive = false;
      desk.queue.release?.();
      stopQueue(desk.queue);
    },
  };
}

/** A dead context begins nothing. */
function stopQueue(queue: Queue): void {
  queue.isStopped = true;
}

/** A page that is its own courier. */
export const openPage = (change: Change = {}) => open("page", change);
/** A page with a worker that outlives it. */
export const openWorker = (change: Change = {}) => open("worker", change);
/** A page with a service worker, which the browser may end at any moment. */
export const openService = (change: Change = {}) => open("service-worker", { sliceMs: 8_000, ...change });

/** Writes rows as another context would. */
export function put(...rows: readonly (Row | Entry)[]): void {
  const written = transaction(stand.store.database, "readwrite");
  for (const row of rows) written.put(row, row.id);
}

/** Entries that earlier pages have left, oldest first. */
export function left(count: number, change: Partial<Entry> = {}, age = DAY_MS): Entry[] {
  const entries = Array.from({ length: count }, (_, at) => entryAt(Date.now() - age + at, change, ++serial));
  put(...entries);
  return entries;
}

/** What a dead page has left in localStorage alone. */
export function stashRow(row: Row): void {
  stash(SCOPE, row);
}

export const inStash = () => stashed(SCOPE);

/** What waits in the database. */
export async function stored(): Promise<Entry[]> {
  const rows = await allRows(stand.store);
  rows.delete(LEDGER);
  return [...rows.values()] as Entry[];
}

export async function ledger(): Promise<Ledger> {
  return ((await allRows(stand.store)).get(LEDGER) ?? NEW_LEDGER) as Ledger;
}

export const counts = async () => (await ledger()).counts;
export const forward = (ms: number) => vi.setSystemTime(Date.now() + ms);
export const names = ({ outcomes }: Context) => outcomes.map(({ name, reason }) => reason ?? name);
export const attempts = () => stand.arrivals.map(({ attempt }) => attempt);
/** Times between the endpoint's arrivals, in seconds. */
export const gaps = () =>
  stand.arrivals.slice(1).map(({ at }, before) => (at - (stand.arrivals[before]?.at ?? 0)) / SECOND_MS);

/** What the ledger knows of the endpoint, as if it had been learned before. */
export async function knows(health: Partial<Health>): Promise<void> {
  await transact(stand.store, [LEDGER], (rows) =>
    rows.set(LEDGER, { ...NEW_LEDGER, health: { ...NEW_LEDGER.health, ...health } }),
  );
}

/** A page that flushes whenever it means to, for `ms`. */
export async function live(page: Context, ms: number): Promise<void> {
  const end = Date.now() + ms;
  await settled(20);
  for (;;) {
    const at = await page.flush();
    await settled(5);
    const next = Math.min(at, page.next());
    if (next > end) break;
    vi.setSystemTime(Math.max(Date.now() + 1, next));
  }
  vi.setSystemTime(end);
}

/** Another context writes, and all that comes after waits, until the returned function is called. */
export async function busyDisk(): Promise<() => Promise<void>> {
  await settled(10);
  const rows = transaction(stand.store.database, "readwrite");
  let isBusy = true;
  const goOn = () => isBusy && Object.assign(rows.get("nothing"), { onsuccess: goOn });
  goOn();
  return () => {
    isBusy = false;
    return settled();
  };
}

/** Virtual time, with the database's own turns in between. */
export async function pass(ms: number): Promise<void> {
  await settled();
  await vi.advanceTimersByTimeAsync(ms);
  await settled();
}
