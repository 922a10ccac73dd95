// Owns which of the stored clicks is whose turn. Pure.
import { isLate } from "./answer";
import { type Health, isOver, LEDGER, type Ledger, type Settled } from "./ledger";
import { type Entry, freeAt, isEntry, isFree, isOld, isWithdrawn, leaseOf, MAX_BYTES } from "./row";

/** More entries than a person leaves waiting; past it something else is wrong. */
const MAX_ENTRIES = 1_000;
/** A failure this close to the beginning of an attempt in doubt speaks against its arrival. */
const EVIDENCE_MS = 60_000;

export interface Triage {
  /** What needs no request any more, and what is no longer in doubt. */
  readonly ends: readonly Settled[];
  /** What is to be sent, the first one last. */
  readonly due: Entry[];
  /** Epoch ms from which more is due; `Infinity`: nothing else waits. */
  readonly next: number;
}

interface Terms {
  readonly ledger: Ledger;
  /** Send what is in doubt again, instead of trusting that it arrived. */
  readonly resend: boolean;
  /** Epoch ms of the last acknowledgement, or of the sign that another attempt is worth it. */
  readonly seenAt: number;
  /** Epoch ms: the configuration may be right since. */
  readonly startedAt: number;
  /** Epoch ms: consent was withdrawn for what was clicked until then. */
  readonly withdrawnAt: number;
  readonly now: number;
}

export function triage(rows: ReadonlyMap<string, unknown>, terms: Terms): Triage {
  const { ledger, resend, startedAt, withdrawnAt, now } = terms;
  const ends: Settled[] = [];
  const due: Entry[] = [];
  let next = Number.POSITIVE_INFINITY;
  let count = 0;
  let bytes = 0;
  // Newest first: of too many the oldest go.
  for (const id of [...rows.keys()].sort().reverse()) {
    const entry = rows.get(id);
    if (id === LEDGER || !isEntry(entry) || entry.id !== id) continue;
    const { at, attempt, payload, size, doubt, staleAt = 0 } = entry;
    const end = (name: Settled["name"], more?: Partial<Settled>) =>
      ends.push({ name, id, at, attempt, payload, stored: true, ...more });
    // One whose size is damaged takes no other with it.
    const hasRoom = bytes + size <= MAX_BYTES;
    if (hasRoom) bytes += size;
    if (isWithdrawn(entry, withdrawnAt, now)) end("dropped", { reason: "consent" });
    else if (++count > MAX_ENTRIES || !hasRoom) end("dropped", { reason: "overflow" });
    else if (isOver(ledger, id)) end("in-doubt");
    else if (!isFree(entry, terms)) next = Math.min(next, freeAt(entry, terms));
    else if (isTrusted(entry, ledger, resend)) end("in-doubt");
    else if (isOld(entry, now)) {
      // This visit's clock may be wrong, or that of the visit that set the mark: a later one has to say the same.
      if (!staleAt || staleAt > now) end("waiting", { remains: { ...entry, staleAt: now } });
      else if (staleAt < startedAt) end("dropped", { reason: "expired" });
    } else {
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

/** Whether nothing that is known speaks against the arrival of an attempt whose end nobody saw. */
function isTrusted(entry: Entry, { health }: Ledger, resend: boolean): boolean {
  return !!entry.doubt && !resend && !isRefuted(entry, health);
}

/** Whether other requests have failed around the time at which this one began. */
export function isRefuted(entry: Entry, { failedAt }: Health): boolean {
  return Math.abs(entry.due - leaseOf(entry) - failedAt) <= EVIDENCE_MS;
}
