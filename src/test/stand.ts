// Owns a stand for tests of the courier: an endpoint that responds as a test says, and pages and workers on one store in memory.
import { afterEach, beforeEach, vi } from "vitest";
import { type Route, route } from "../config";
import { type Courier, createCourier, type Parts } from "../courier/courier";
import { type Health, joinLedgers, LEDGER, type Ledger, NEW_LEDGER, type Outcome } from "../courier/ledger";
import { type Entry, leaseOf } from "../courier/row";
import { createSend } from "../courier/send";
import { type Row, stash } from "../courier/stash";
import { createStore, type Store } from "../courier/store";
import { entryAt, REQUEST, START, settled } from "./entries";
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
export const never: Responding = () => new Promise(() => {});

/** A route as `init` makes it. */
export function routeTo(change: Partial<Route> = {}): Route {
  vi.stubGlobal("location", { href: "https://shop.example/" });
  return { ...route({ dataset: REQUEST, endpoint: "https://api.example/ctr" }), ...change };
}

/** Browsers refuse a keepalive request that would bring more than this under way. */
const KEEPALIVE_BYTES = 65_536;

const SCOPE = "clicktrail courier";

export const stand = {
  store: undefined as unknown as Store<Entry>,
  arrivals: [] as Arrival[],
  requests: [] as RequestInit[],
  respond: fine,
};

/** Registers the stand for each test of a file. */
export function setUpStand(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: START });
    vi.stubGlobal("indexedDB", undefined);
    vi.stubGlobal("localStorage", createStorage());
    vi.stubGlobal("navigator", { onLine: true });
    stand.store = createStore<Entry>(SCOPE, joinLedgers);
    stand.arrivals = [];
    stand.requests = [];
    stand.respond = fine;
    let flying = 0;
    vi.stubGlobal("fetch", (_url: string, init: RequestInit) => {
      const { id, attempt } = JSON.parse(`${init.body}`).metadata.clicktrail;
      const arrival = { id, attempt, at: Date.now() };
      const bytes = init.keepalive ? new TextEncoder().encode(`${init.body}`).length : 0;
      if (flying + bytes > KEEPALIVE_BYTES) return Promise.reject(new TypeError("Failed to fetch"));
      flying += bytes;
      stand.arrivals.push(arrival);
      stand.requests.push(init);
      return Promise.resolve()
        .then(() => stand.respond(arrival, init))
        .finally(() => {
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

export interface Context extends Courier {
  readonly outcomes: Outcome[];
  /** When it asked to flush next, zeros left out. */
  readonly wakes: number[];
  /** A click as the tracker makes it, handed over to this courier. */
  click(change?: Partial<Entry>): Entry;
}

let serial = 0;

/** A page with a courier on the stand's store. */
export function openPage(change: Partial<Parts> & { readonly route?: Partial<Route> } = {}): Context {
  const outcomes: Outcome[] = [];
  const wakes: number[] = [];
  const { route: special, ...parts } = change;
  const route = routeTo(special);
  const courier = createCourier({
    ...route,
    store: stand.store,
    send: createSend(route, async () => {}),
    tell: (outcome) => outcomes.push(outcome),
    mayLeave: true,
    withdrawnAt: () => 0,
    random: () => 0.5,
    ...parts,
  });
  const click = (different: Partial<Entry> = {}) => {
    const entry = entryAt(Date.now(), different, ++serial);
    courier.deliver(entry).then((at) => at && wakes.push(at));
    return entry;
  };
  return { ...courier, outcomes, wakes, click };
}

/** A worker with a courier on the stand's store: it outlives its pages, and its clicks are handed over with their lease. */
export function openWorker(change: Parameters<typeof openPage>[0] = {}): Context {
  const worker = openPage({ mayLeave: false, ...change });
  return {
    ...worker,
    click: (different = {}) =>
      worker.click({ due: Date.now() + leaseOf(entryAt(Date.now())), begun: true, ...different }),
  };
}

/** Entries that earlier pages have left, oldest first. */
export function left(count: number, change: Partial<Entry> = {}, age = DAY_MS): Entry[] {
  return Array.from({ length: count }, (_, at) => {
    const entry = entryAt(Date.now() - age + at, change, ++serial);
    stand.store.add(entry);
    return entry;
  });
}

/** What a dead page has left in localStorage alone. */
export function stashRow(row: Row): void {
  stash(SCOPE, row);
}

/** What waits in the store. */
export async function stored(): Promise<Entry[]> {
  const rows = await stand.store.all();
  rows.delete(LEDGER);
  return [...rows.values()] as Entry[];
}

export async function ledger(): Promise<Ledger> {
  return ((await stand.store.all()).get(LEDGER) ?? NEW_LEDGER) as Ledger;
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
  await stand.store.transact([LEDGER], (rows) =>
    rows.set(LEDGER, { ...NEW_LEDGER, health: { ...NEW_LEDGER.health, ...health } }),
  );
}

/** A page that flushes whenever it asked to, for `ms`. */
export async function live(page: Context, ms: number): Promise<void> {
  const end = Date.now() + ms;
  for (;;) {
    page.wakes.push(await page.flush());
    await settled(5);
    const next = Math.min(...page.wakes.splice(0).filter(Boolean));
    if (next > end) break;
    vi.setSystemTime(Math.max(Date.now() + 1, next));
  }
  vi.setSystemTime(end);
}
