// Owns what the queue tells about clicks beyond what this page has heard: made, tried or left by other pages. Knows no events.
import type { Ledger } from "../delivery/ledger";
import type { Entry } from "../delivery/row";
import { nextAt } from "./rows";
import type { Seen } from "./seen";

/** As in the courier: a row due at its click's time plus this is under its first attempt. */
const LEASE_MS = 30_000;
/** A click this old without a row has left the queue. */
const SETTLED_MS = 5_000;
/** Times that differ by less are the same. */
const SAME_MS = 1_000;

function stateOf({ at, attempt, due, doubt }: Entry, before: Seen | undefined): Seen["state"] {
  if (doubt) return "in-doubt";
  if (attempt === 1 && Math.abs(due - at - LEASE_MS) < SAME_MS) return before?.state ?? "click";
  return !before || before.state === "click" || before.state === "gone" ? "waiting" : before.state;
}

/** The clicks that look different now. */
export function compare(
  known: readonly Seen[],
  entries: readonly Entry[],
  ledger: Ledger | undefined,
  now: number,
): Seen[] {
  const fresh = entries.flatMap((entry): Seen[] => {
    const { id, at, payload, attempt } = entry;
    const before = known.find((one) => one.id === id);
    const due = nextAt(entry, ledger, now);
    const state = stateOf(entry, before);
    if (before?.due === due && before.attempt === attempt && before.state === state) return [];
    const blank = { id, at, payload, what: "", page: "", tries: [] };
    return [{ ...blank, ...before, state, attempt, due, held: false }];
  });
  const rows = new Set(entries.map(({ id }) => id));
  const gone = known.filter(({ id, state, held, at }) => {
    const isOpen = (state === "click" && !held) || state === "waiting";
    return isOpen && !rows.has(id) && now - at > SETTLED_MS;
  });
  return [...fresh, ...gone.map((one): Seen => ({ ...one, state: "gone" }))];
}
