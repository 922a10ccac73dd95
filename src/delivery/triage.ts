// Owns which of the stored clicks is whose turn. Pure.
import { isOver, ledgerIn, type Settled } from "./ledger";
import { ahead, type Entry, freeAt, isEntry, isFree, leaseOf } from "./row";
import { isLate } from "./verdict";

/** More entries than a person leaves waiting; past it something else is wrong. */
const MAX_ENTRIES = 1_000;
const MAX_BYTES = 1_000_000;
/** A failure this close to the beginning of an attempt in doubt speaks against its arrival. */
const EVIDENCE_MS = 60_000;

export interface Triage {
  /** What needs no request any more, and what is no longer in doubt. */
  readonly ends: readonly Settled[];
  /** What is to be sent, the first one last. */
  readonly due: Entry[];
  /** Epoch ms from which more is due; 0: nothing else waits. */
  readonly next: number;
}

interface Terms {
  /** Send what is in doubt again, instead of trusting that it arrived. */
  readonly resend: boolean;
  /** Epoch ms of the last acknowledgement, or of the sign that another attempt is worth it. */
  readonly seenAt: number;
  /** Epoch ms: consent was withdrawn for what was clicked until then. */
  readonly withdrawnAt: number;
  readonly time: number;
}

export function triage(
  rows: ReadonlyMap<string, unknown>,
  { resend, seenAt, withdrawnAt, time }: Terms,
): Triage {
  const ledger = ledgerIn(rows);
  const ends: Settled[] = [];
  const due: Entry[] = [];
  let next = 0;
  let count = 0;
  let bytes = 0;
  // Newest first: of too many the oldest go.
  for (const id of [...rows.keys()].sort().reverse()) {
    const entry = rows.get(id);
    if (!isEntry(entry)) continue;
    const { at, attempt, payload, size, doubt } = entry;
    bytes += size;
    const end = (name: Settled["name"], more?: Partial<Settled>) =>
      ends.push({ name, id, at, attempt, payload, stored: true, ...more });
    const began = entry.due - leaseOf(entry);
    // Nothing that is known speaks against the arrival of an attempt whose end nobody saw.
    const isTrusted = doubt && !resend && Math.abs(began - ledger.health.failedAt) > EVIDENCE_MS;
    if (at <= withdrawnAt) end("dropped", { reason: "consent" });
    else if (++count > MAX_ENTRIES || bytes > MAX_BYTES) end("dropped", { reason: "overflow" });
    else if (!isFree(entry, seenAt, time)) {
      const when = ahead(entry.due, time) ? entry.due : freeAt(entry, seenAt);
      next = Math.min(next || when, when);
    } else if (isTrusted || isOver(ledger, id)) end("in-doubt");
    else {
      // Once and for all: the failures to come are no evidence any more.
      if (doubt) end("waiting", { remains: { ...entry, doubt: false } });
      due.push(entry);
    }
  }
  // The oldest first, but what the server fails at or has refused must not stand before the others.
  const isLast = (entry: Entry) => isLate(entry) || !!entry.refusals;
  due.sort((a, b) => +isLast(b) - +isLast(a));
  return { ends, due, next };
}
