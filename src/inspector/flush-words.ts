// Owns saying what a flush did: how many clicks were delivered or dropped, how many still wait, and for what. Pure text, knows no DOM.
import { isInDoubt } from "./compare";
import { nextAt } from "./rows";
import type { State } from "./state";
import { many, sum, timeOf } from "./words";

/** Why clicks are still in the queue. */
function whyWaiting({ rows, now, tracker }: State): string {
  if (tracker && !tracker.consented()) return "they wait for consent";
  const { asked = 0 } = rows?.ledger?.health ?? {};
  if (asked > now) return `the server asked to wait until ${timeOf(asked)}`;
  const entries = rows?.entries.filter((entry) => !isInDoubt(entry, now)) ?? [];
  const next = Math.min(...entries.map((entry) => nextAt(entry, rows?.ledger, now)));
  if (!Number.isFinite(next)) return "they are in this page's memory";
  return next > now ? `the next attempt is at ${timeOf(next)}` : "there is no response yet";
}

/** Two states: before the flush and after it. */
export function sayFlush({ stats: before }: State, state: State): string {
  const after = state.stats;
  const when = `Last flush at ${timeOf(state.now)}:`;
  if (!before || !after)
    return `${when} the counts can't be read. The database doesn't respond, or the courier file can't be loaded.`;
  if (!before.waiting && !after.waiting) return `${when} nothing was waiting.`;
  const delivered = after.delivered - before.delivered;
  const dropped = sum(after.dropped) - sum(before.dropped);
  const parts = [
    `${many(delivered, "click")} delivered`,
    dropped > 0 && `${many(dropped, "click")} dropped`,
    after.waiting ? `${after.waiting} still waiting: ${whyWaiting(state)}` : "nothing is waiting any more",
  ];
  return `${when} ${parts.filter(Boolean).join(", ")}.`;
}
