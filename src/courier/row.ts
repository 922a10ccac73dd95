// Owns the shape of a stored click, and whose turn it is by its times. Pure.

import { toJson } from "../json";
import { FORMAT, UUID } from "../options";
import type { Payload } from "../payload";
import { attempt } from "../report";
import type { Answer } from "./send";

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
  /** Attempts without a response that may have arrived all the same. */
  readonly silent?: number;
  /** Responses that blame this request, without saying for certain that it is wrong. */
  readonly refusals?: number;
  /** Epoch ms: the last response that blamed the configuration. It is sent again by pages that begin later. */
  readonly refusedAt?: number;
  /** Epoch ms: a visit has found it too old. A later visit that finds the same drops it. */
  readonly staleAt?: number;
  /** A page without a courier has received this and could not count it. */
  readonly answer?: Answer;
}

/** More bytes than all clicks together may have: no click has so many. */
export const MAX_BYTES = 1_000_000;

/** A number that a row or the ledger can hold: neither damaged nor negative, and one can be added to it. */
export const isAmount = (given: unknown) => typeof given === "number" && given >= 0 && given < 1e15;

export const isRecord = (given: unknown): given is Record<string, unknown> =>
  Object.prototype.toString.call(given) === "[object Object]";

export const isId = (given: unknown): given is string => typeof given === "string" && UUID.test(given);

/** Whether a row can be read: damaged rows and rows of another format are set aside. */
export function isEntry(row: unknown): row is Entry {
  if (!isRecord(row)) return false;
  const { id, format, payload, at, size, attempt, due } = row as unknown as Entry;
  const { silent = 0, refusals = 0, refusedAt = 0, staleAt = 0, answer = {} } = row as unknown as Entry;
  return (
    format === FORMAT &&
    isId(id) &&
    [at, size, attempt, due, silent, refusals, refusedAt, staleAt].every(isAmount) &&
    size < MAX_BYTES &&
    isRecord(answer) &&
    isPayload(payload)
  );
}

/** What no JSON can hold (a BigInt, a circle) would stop every later flush. */
function isPayload(payload: unknown): boolean {
  const { request_id, request } = Object(payload);
  return UUID.test(request_id ?? Object(request).request_id) && !!attempt(() => toJson(payload));
}

/** Trieve responds in tens of ms; without a response for this long the first attempt has failed. */
export const TIMEOUT_MS = 10_000;
const MAX_TIMEOUT_MS = 60_000;

/** How long an attempt waits for its response: an endpoint that is always slow gets acknowledged in the end. */
export function timeoutOf({ silent = 0 }: Entry): number {
  return Math.min(MAX_TIMEOUT_MS, TIMEOUT_MS * 2 ** silent);
}

/** What a lease has over its attempt's time-out: timers in the background run late. */
export const SPARE_MS = 20_000;

/** How long a row belongs to the context that has begun its attempt. */
export function leaseOf(entry: Entry): number {
  return timeoutOf(entry) + SPARE_MS;
}

const DAY_MS = 86_400_000;
/** A click of last week ranks nothing. */
const MAX_AGE_MS = 7 * DAY_MS;
/**
 * Waits after the first, second, … attempt that may have arrived although no response was seen: five in the first hour, then one a
 * day. To a script a response without CORS headers looks like none at all.
 */
const SILENT_WAITS = [0, 0, 0, 0, 900_000, DAY_MS];
const MAX_SILENT = SILENT_WAITS.length - 1;

/** No lease and no back-off is longer: a time further away comes from a clock that jumped. */
export const MAX_WAIT_MS = 7_200_000;

/** Whether a time to wait for is still ahead. */
export function ahead(due: number, now: number): boolean {
  return due > now && due <= now + MAX_WAIT_MS;
}

/** Whether a click is older than anything that is sent. */
export function isOld({ at }: Pick<Entry, "at">, now: number): boolean {
  return at + MAX_AGE_MS < now;
}

/** Whether a click was made before consent was withdrawn. One that lies in the future was: the clock was ahead. */
export function isWithdrawn({ at }: Entry, withdrawnAt: number, now: number): boolean {
  return withdrawnAt > 0 && (at <= withdrawnAt || at > now);
}

/** What decides whether a row's turn has come. */
export interface Turn {
  /** Epoch ms of the last acknowledgement, or `Infinity` where there is reason to try at once. */
  readonly seenAt: number;
  /** Epoch ms: the configuration may be right since. */
  readonly startedAt: number;
  readonly now: number;
}

/** Epoch ms from which a row may be taken. After a response that was seen later silence is no reason to wait. */
export function freeAt(
  { due, begun, silent = 0, refusedAt = 0 }: Entry,
  { seenAt, startedAt, now }: Turn,
): number {
  if (refusedAt >= startedAt && refusedAt <= now) return Number.POSITIVE_INFINITY;
  if (ahead(due, now) || begun || !silent) return due;
  return silent < MAX_SILENT && seenAt > due
    ? due
    : due + (SILENT_WAITS[Math.min(silent, MAX_SILENT)] as number);
}

/** Whether a row may be taken now. */
export function isFree(entry: Entry, turn: Turn): boolean {
  const { due } = entry;
  const at = freeAt(entry, turn);
  // A time too far ahead comes from a clock that jumped.
  return at <= turn.now || (at < Number.POSITIVE_INFINITY && due > turn.now && !ahead(due, turn.now));
}
