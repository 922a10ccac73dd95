// Owns the shape of what is stored: one entry a click, and the ledger that accounts for the clicks that are gone.
import { FORMAT } from "../config";
import type { Payload } from "../payload";

/** A payload in the queue with its id and history. */
export interface Entry {
  /** The click's id, a UUIDv7: keys sort oldest first. */
  readonly id: string;
  /** The stored format it was written in. */
  readonly format: number;
  readonly payload: Payload;
  /** Epoch ms of the click. */
  readonly at: number;
  /** Bytes of its body. */
  readonly size: number;
  /** Attempts begun, the one under way included. */
  readonly attempt: number;
  /** Epoch ms until which it belongs to the context that made or claimed it, or has to wait. */
  readonly due: number;
  /** The page left before the answer, and nothing speaks against its arrival. */
  readonly doubt?: boolean;
  /** What the answer made of it, where the page left before that was counted. */
  readonly answered?: Outcome;
}

export type OutcomeName = "click" | "delivered" | "waiting" | "in-doubt" | "dropped";

/** What became of a click, or that it was made. */
export interface Outcome {
  readonly name: OutcomeName;
  /** The click's id. */
  readonly id: string;
  readonly attempt: number;
  /** Epoch ms of the click. */
  readonly at: number;
  readonly payload?: Payload | undefined;
  /** The answer's HTTP status; 0 where there was none. */
  readonly status?: number | undefined;
  /** The server's own words. */
  readonly message?: string | undefined;
  /** Why it was dropped. */
  readonly reason?: string | undefined;
}

/** How the endpoint has been lately; shared by all pages and visits. */
export interface Health {
  /** Failures in a row. */
  readonly fails: number;
  /** Epoch ms before which nothing is flushed. */
  readonly until: number;
  /** Epoch ms before which the server asked for silence: clicks wait too. */
  readonly asked: number;
  /** Epoch ms of the last failure: evidence about clicks in doubt. */
  readonly failedAt: number;
}

/** An outcome, with the row that stays in the queue if the click waits. */
export interface Settled extends Outcome {
  readonly stays?: Entry | undefined;
}

/** Counts of the clicks that have left the queue, and the last of them for the inspector. */
export interface Ledger {
  readonly health: Health;
  /** By the outcome's name, or by the reason of a drop. */
  readonly counts: Readonly<Record<string, number>>;
  readonly last: readonly Outcome[];
}

/** The ledger's key: it sorts before every id. */
export const LEDGER = "!";

export const NEW_LEDGER: Ledger = {
  health: { fails: 0, until: 0, asked: 0, failedAt: 0 },
  counts: {},
  last: [],
};

/** The stored ledger with what was counted in memory before the database was there; any other row as it is stored. */
export function joinLedgers(stored: unknown, early: unknown): unknown {
  const counts: Record<string, number> = { ...(stored as Partial<Ledger>).counts };
  for (const [name, count] of Object.entries((early as Partial<Ledger>).counts ?? {}))
    counts[name] = (counts[name] ?? 0) + count;
  return isEntry(stored) ? stored : { ...(stored as Ledger), counts };
}

/** Whether a stored row can be read: corrupt rows and rows of another format are set aside. */
export function isEntry(row: unknown): row is Entry {
  const { id, format, payload, at, size, attempt, due } = (row ?? {}) as Entry;
  return format === FORMAT && !!id && !!payload && at + size + attempt + due > 0;
}

/** No lease and no back-off is longer: a due time further away comes from a clock that jumped. */
export const MAX_WAIT_MS = 7_200_000;

/** Whether a time to wait for is still ahead. */
export function ahead(due: number, now: number): boolean {
  return due > now && due <= now + MAX_WAIT_MS;
}
