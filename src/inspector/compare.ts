// Owns what the queue says about clicks beyond the outcomes that this page received: made or tried by other pages. Knows no events.
import type { Ledger } from "../courier/ledger";
import { ahead, type Entry } from "../courier/row";
import { nextAt } from "./rows";
import type { Seen } from "./seen";

/** A click this old without a row has left the queue. */
const SETTLED_MS = 5_000;

/** Nobody saw how its attempt ended, and its page may have closed before the response. */
export function isInDoubt({ doubt, due }: Entry, now: number): boolean {
  return !!doubt && !ahead(due, now);
}

function stateOf(entry: Entry, before: Seen | undefined, now: number): Seen["state"] {
  if (isInDoubt(entry, now)) return "in-doubt";
  if (entry.begun && ahead(entry.due, now)) return before && before.state !== "gone" ? before.state : "click";
  return "waiting";
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
    const state = stateOf(entry, before, now);
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
