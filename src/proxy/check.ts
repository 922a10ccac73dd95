// Owns checks: an id without a body asks whether the endpoint remembers ids. Nobody has clicked, so checks have a memory of their own,
// and a store is asked to keep only a few.
import { TAKEN } from "./api";
import { createLimit } from "./limit";
import { createMemory } from "./memory";
import { REPLAYED, type Result, STORE_MS, type Store } from "./once";
import { within } from "./within";

const RATE = { atOnce: 10, perSecond: 1 / 6 };
const BOUNDS = { maxIds: 100, keepMs: 600_000 };

export function createChecks(store: Store = createMemory(BOUNDS)) {
  const limit = createLimit(RATE);
  return async (id: string): Promise<Result> => {
    const seconds = limit();
    if (seconds) return { status: 429, message: "Too many checks", headers: { "Retry-After": `${seconds}` } };
    const name = `check ${id}`;
    const isKnown = await within(STORE_MS, store.has(name));
    await within(STORE_MS, (async () => store.add(name))());
    return isKnown ? REPLAYED : TAKEN;
  };
}
