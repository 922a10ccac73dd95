// Owns the shape of a stored click, and whose turn it is by its times. Pure.
import { FORMAT } from "../config";
import type { Payload } from "../payload";

/** A click in the queue. Its row is deleted when the click is over, in the transaction that counts it. */
export interface Entry {
  /** The click's id, a UUIDv7: keys sort oldest first. */
  readonly id: string;
  /** The stored format it was written in. */
  readonly format: number;
  /** Plain JSON. */
  readonly payload: Payload;
  /** Epoch ms of the click. */
  readonly at: number;
  /** Bytes of its body. */
  readonly size: number;
  /** Attempts begun, the one under way included. */
  readonly attempt: number;
  /** Epoch ms: while an attempt is under way the end of its lease; otherwise when the last one failed, or the end of a wait. */
  readonly due: number;
  /** An attempt is under way, or its context has ended before it could write how it ended. */
  readonly begun?: boolean;
  /** That context is a page, which may go before the response: the browser has the request then, and nobody learns its fate. */
  readonly doubt?: boolean;
  /** Attempts that got no response: each may have arrived all the same. */
  readonly silent?: number;
  /** Responses that blame this request, without saying for certain that it is wrong. */
  readonly refusals?: number;
}

/** Whether a stored row can be read: corrupt rows and rows of another format are set aside. */
export function isEntry(row: unknown): row is Entry {
  const { id, format, payload, at, size, attempt, due } = (row ?? {}) as Entry;
  return format === FORMAT && !!id && !!payload && at + size + attempt + due > 0;
}

/** Trieve responds in tens of ms; without a response for this long the first attempt has failed. */
const TIMEOUT_MS = 10_000;
const MAX_TIMEOUT_MS = 60_000;

/** How long an attempt waits for its response: an endpoint that is always slow gets acknowledged in the end. */
export function timeoutOf({ silent = 0 }: Entry): number {
  return Math.min(MAX_TIMEOUT_MS, TIMEOUT_MS * 2 ** silent);
}

/** What a lease has over its attempt's time-out: timers in the background run late. */
const SPARE_MS = 20_000;

/** How long a row belongs to the context that has begun its attempt. */
export function leaseOf(entry: Entry): number {
  return timeoutOf(entry) + SPARE_MS;
}

const DAY_MS = 86_400_000;
/**
 * Waits after the first, second, … attempt without a response. To a script a response without CORS headers looks like none at
 * all, so that each attempt may be a copy: five in the first hour, then one a day.
 */
const SILENT_WAITS = [0, 0, 0, 0, 900_000, DAY_MS];
const MAX_SILENT = SILENT_WAITS.length - 1;

/** No lease and no back-off is longer: a time further away comes from a clock that jumped. */
export const MAX_WAIT_MS = 7_200_000;

/** Whether a time to wait for is still ahead. */
export function ahead(due: number, now: number): boolean {
  return due > now && due <= now + MAX_WAIT_MS;
}

/** Epoch ms from which a row may be taken. After a response that was seen later (`seenAt`), or with hope, silence is no reason to wait. */
export function freeAt({ due, begun, silent = 0 }: Entry, seenAt: number): number {
  if (begun || !silent) return due;
  return silent < MAX_SILENT && seenAt > due
    ? due
    : due + (SILENT_WAITS[Math.min(silent, MAX_SILENT)] as number);
}

/** Whether a row may be taken now. */
export function isFree(entry: Entry, seenAt: number, now: number): boolean {
  return !ahead(entry.due, now) && (freeAt(entry, seenAt) <= now || entry.due > now);
}
