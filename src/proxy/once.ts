// Owns that each click is passed on once by its id: which are under way, and which have been taken.
import { createMemory } from "./memory";
import { within } from "./within";

/** What a request is responded to with: without a message there is no body. */
export type Result = { readonly status: number; readonly message?: string; readonly headers?: HeadersInit };

/** Remembers ids, for at least 8 days: a browser keeps a click for 7. */
export interface Store {
  has(id: string): boolean | Promise<boolean>;
  add(id: string): unknown;
}

export const REPLAYED: Result = { status: 204, headers: { "Idempotent-Replayed": "true" } };
const MAX_IDS = 50_000;
const KEEP_MS = 8 * 86_400_000;
/** Longer than any request takes: an older one has died with its platform's context. */
const FLIGHT_MS = 60_000;
/** A store that takes longer has failed. */
export const STORE_MS = 2_000;

interface Flight {
  readonly result: Promise<Result>;
  readonly until: number;
}

export function createOnce(store?: Store) {
  const taken = createMemory({ maxIds: MAX_IDS, keepMs: KEEP_MS });
  // The oldest is the first.
  const flights = new Map<string, Flight>();

  async function pass(id: string, send: () => Promise<Result>): Promise<Result> {
    const isKnown = store && (await within(STORE_MS, store.has(id)));
    const result = isKnown ? REPLAYED : await send();
    if (result.status >= 300) return result;
    taken.add(id);
    // The click is taken even if the store fails.
    if (!isKnown) await within(STORE_MS, (async () => store?.add(id))()).catch(() => undefined);
    return result;
  }

  return async (id: string, send: () => Promise<Result>): Promise<Result> => {
    if (taken.has(id)) return REPLAYED;
    for (const [old, { until }] of flights) {
      if (Date.now() < until) break;
      flights.delete(old);
    }
    const earlier = flights.get(id);
    if (earlier) return earlier.result.then((result) => (result.status < 300 ? REPLAYED : result));
    const flight = { result: pass(id, send), until: Date.now() + FLIGHT_MS };
    flights.set(id, flight);
    try {
      return await flight.result;
    } finally {
      if (flights.get(id) === flight) flights.delete(id);
    }
  };
}
