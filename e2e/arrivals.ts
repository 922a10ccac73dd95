// Owns what is expected of the PUTs that have arrived: exactly these, and nothing else. It knows no server; collector.ts
// writes the record that is read here.
import { expect } from "playwright/test";
import { type Json, matches } from "./matches.ts";

/**
 * How long it has to stay quiet after what was expected before "nothing else" is believed. It is asked once, when the test ends; a
 * spec that goes on to leave the page, or to change what the next request would meet, asks at once: `settleMs: QUIET_MS`.
 */
export const QUIET_MS = 400;
/** Longer than any navigation and any first retry takes. */
const EXPECT_MS = 15_000;
const POLL_MS = 20;

/** A PUT as it arrived. */
export interface Put {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The parsed body, or its text where it is no JSON; undefined as long as it isn't complete. */
  body: Json | undefined;
  /** When its headers were there, in `Date.now()`'s ms. */
  readonly at: number;
  /** Number of the connection it came on, from 1. */
  readonly connection: number;
  /** Whether it was the first request on that connection. */
  readonly isFirstOnConnection: boolean;
  /**
   * `pending`: no answer yet. `answered`: `status` was sent. `lost`: taken, but its answer was not sent. `reset`: refused by a reset.
   * `aborted`: the browser ended it before the body was complete. `left`: the browser went away while it waited for the answer.
   */
  outcome: "pending" | "answered" | "lost" | "reset" | "aborted" | "left";
  /** The answer's status, or the one it would have had; undefined for a PUT that was not taken. */
  status: number | undefined;
}

export interface Preflight {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly at: number;
}

/** A HEAD, by which a script asks whether anybody is there. */
export type Head = Preflight;

/** A part of a payload: objects may leave out keys, and `expect.any(String)` and its kin may stand for values. */
export type Expected = Readonly<Record<string, unknown>>;

export interface ExpectOptions {
  /** How long the expected may take to arrive. Default 15 s. */
  readonly timeoutMs?: number;
  /** How long nothing more may arrive before the spec goes on. Default 0: the test's end asks that once. */
  readonly settleMs?: number;
  /** Whether they have to arrive in the order given. Default false. */
  readonly inOrder?: boolean;
  /**
   * `"browser"` counts PUTs with the same id and the same attempt once: no script made the second, Chromium did.
   * `"script"` counts all PUTs with the same id once, whatever the attempt. Default: every PUT counts.
   */
  readonly copies?: "browser" | "script";
  /**
   * Which PUTs are meant. Default `complete`: those whose body has arrived. `taken`: of these, those that the server counts
   * (2xx, whether or not the browser gets to know). `any`: the incomplete ones too.
   */
  readonly only?: "any" | "complete" | "taken";
}

interface Pairs {
  readonly found: Put[];
  readonly missing: readonly Expected[];
  readonly extra: readonly Put[];
}

/** What a test expected last, and when. */
interface Expectation {
  readonly expected: readonly Expected[];
  readonly options: ExpectOptions;
  readonly since: number;
}

export function createArrivals(puts: readonly Put[], preflights: readonly Preflight[]) {
  let last: Expectation | undefined;

  /** The PUTs that `options` mean, copies left out where it says so. */
  function counted(options: ExpectOptions = {}): Put[] {
    const seen = new Set<string>();
    return puts.filter((put) => {
      if (!isMeant(put, options.only ?? "complete")) return false;
      const key = copyKey(put, options.copies);
      if (key === undefined) return true;
      const isCopy = seen.has(key);
      seen.add(key);
      return !isCopy;
    });
  }

  /**
   * Waits for exactly these payloads; fails at once when something arrives that isn't among them. Nor may anything arrive until the
   * next expectation, or the test's end. Answers the PUTs in the order of `expected`.
   */
  async function expectPuts(expected: readonly Expected[], options: ExpectOptions = {}): Promise<Put[]> {
    last = { expected, options, since: Date.now() };
    return quiet(last, options.settleMs ?? 0);
  }

  /** When a test ends: what it expected last is still all that has arrived, a quiet moment after it said so. */
  async function settled(): Promise<void> {
    if (last) await quiet(last, QUIET_MS);
  }

  /** Waits until exactly the expected has arrived, and nothing for so long since it was asked for. */
  async function quiet({ expected, options, since }: Expectation, settleMs: number): Promise<Put[]> {
    const deadline = Date.now() + (options.timeoutMs ?? EXPECT_MS);
    for (;;) {
      const pairs = pair(expected, counted(options), options.inOrder === true);
      const quietSince = Math.max(since, ...puts.map(({ at }) => at));
      const isComplete = pairs.missing.length === 0 && pairs.extra.length === 0;
      if (isComplete && Date.now() - quietSince >= settleMs) return pairs.found;
      const isHopeless = pairs.extra.length > 0 || (!isComplete && Date.now() > deadline);
      if (isHopeless) expect(isComplete, report(expected, pairs)).toBe(true);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Nothing at all may have arrived so far, nor arrive for this long. */
  async function expectNothing(settleMs = QUIET_MS): Promise<void> {
    await quiet({ expected: [], options: { only: "any" }, since: Date.now() }, settleMs);
  }

  /** Waits until so many PUTs have reached the server, complete or not. */
  async function arrived(count: number, options: ExpectOptions = {}): Promise<void> {
    const inAll = () => counted({ only: "any", ...options }).length;
    await expect
      .poll(inAll, {
        message: `${count} PUTs arrived`,
        timeout: options.timeoutMs ?? EXPECT_MS,
        // Specs act at once on what has arrived.
        intervals: [POLL_MS, 50, 100],
      })
      .toBeGreaterThanOrEqual(count);
  }

  function report(expected: readonly Expected[], pairs: Pairs): string {
    return [
      `the collector expected exactly ${expected.length} PUT(s)`,
      ...pairs.missing.map((payload) => `  missing: ${JSON.stringify(payload)}`),
      ...pairs.extra.map((put) => `  not expected: ${describe(put)}`),
      `in all it has received ${puts.length} PUT(s) and ${preflights.length} preflight(s):`,
      ...puts.map((put) => `  ${describe(put)}`),
    ].join("\n");
  }

  return { counted, expectPuts, expectNothing, settled, arrived };
}

/** What the library writes under its own metadata key; it tells copies and attempts of one click apart. */
export function clickMark(put: Put): { readonly id?: unknown; readonly attempt?: unknown } {
  const metadata = isRecord(put.body) ? put.body.metadata : undefined;
  const mark = isRecord(metadata) ? metadata.clicktrail : undefined;
  return isRecord(mark) ? mark : {};
}

function pair(expected: readonly Expected[], received: readonly Put[], inOrder: boolean): Pairs {
  const left = [...received];
  const found: Put[] = [];
  const missing: Expected[] = [];
  for (const payload of expected) {
    const index = left.findIndex((put) => matches(payload, put.body));
    if (index < 0 || (inOrder && index > 0)) missing.push(payload);
    else found.push(...left.splice(index, 1));
  }
  return { found, missing, extra: left };
}

function isMeant(put: Put, only: NonNullable<ExpectOptions["only"]>): boolean {
  if (only === "any") return true;
  if (put.body === undefined) return false;
  return only === "complete" || isTaken(put);
}

/** The server's point of view: it counts this click, whether or not the browser gets to know. */
function isTaken(put: Put): boolean {
  return put.status !== undefined && put.status >= 200 && put.status < 300;
}

function copyKey(put: Put, copies: ExpectOptions["copies"]): string | undefined {
  const mark = clickMark(put);
  if (!copies || typeof mark.id !== "string") return undefined;
  return copies === "script" ? mark.id : `${mark.id} ${mark.attempt}`;
}

function describe(put: Put): string {
  const status = put.status === undefined ? "" : ` ${put.status}`;
  const place = `connection ${put.connection}${put.isFirstOnConnection ? "" : ", reused"}`;
  return `${put.outcome}${status} (${place}): PUT ${put.path} ${JSON.stringify(put.body)}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
