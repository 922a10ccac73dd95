// Owns that each click is passed on once by its id: which are under way, which have been taken.

/** What is answered: without a message there is no body. */
export type Result = { readonly status: number; readonly message?: string; readonly headers?: HeadersInit };

/** Remembers ids, for at least 8 days: a browser keeps a click for 7. */
export interface Store {
  has(id: string): boolean | Promise<boolean>;
  add(id: string): unknown;
}

const REPLAYED: Result = { status: 204, headers: { "Idempotent-Replayed": "true" } };
const copyOf = (result: Result) => (result.status < 300 ? REPLAYED : result);
const MAX_IDS = 50_000;
const KEEP_MS = 8 * 86_400_000;
/** Longer than anything takes: what is older has died with its request. */
const FLIGHT_MS = 60_000;

export function createOnce(store?: Store) {
  const known = new Map<string, { readonly result: Promise<Result>; until: number }>();
  return async (id: string, send: () => Promise<Result>): Promise<Result> => {
    const earlier = known.get(id);
    if (earlier && Date.now() < earlier.until) return earlier.result.then(copyOf);
    const pass = async () => ((await store?.has(id)) ? REPLAYED : send());
    const flight = { result: pass(), until: Date.now() + FLIGHT_MS };
    known.set(id, flight);
    const [oldest = id] = known.keys();
    if (known.size > MAX_IDS) known.delete(oldest);
    const { status } = await flight.result.catch(() => ({ status: 503 }));
    if (status < 300) flight.until = Date.now() + KEEP_MS;
    else known.delete(id);
    // Taken is taken, even if the store fails.
    if (status < 300) await (async () => store?.add(id))().catch(() => undefined);
    return flight.result;
  };
}
