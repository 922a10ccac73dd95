// Owns the entries, ids and random numbers that tests are made of.

import type { Entry } from "../courier/row";
import { FORMAT } from "../options";
import { makePayload } from "../payload";

export const REQUEST = "11111111-1111-4111-8111-111111111111";
export const OTHER_REQUEST = "22222222-2222-4222-8222-222222222222";
export const CHUNK = "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa";
export const OTHER_CHUNK = "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb";

/** A moment to start from: 2025-01-01T00:00:00Z. */
export const START = 1_735_689_600_000;

/** A click's id whose order is that of `at`, and of `serial` within one ms. */
export function idAt(at: number, serial = 0): string {
  const time = at.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${serial.toString(16).padStart(12, "0")}`;
}

/** An entry as the tracker makes it; `change` says what is special about this one. */
export function entryAt(at: number, change: Partial<Entry> = {}, serial = 0): Entry {
  const id = change.id ?? idAt(at, serial);
  const payload = makePayload(
    { requestId: REQUEST, chunkId: CHUNK, position: 1 },
    { dataset: REQUEST },
    { id, at, action: "click" },
  );
  if (!payload) throw new Error("the test's own click is wrong");
  return { id, format: FORMAT, payload, at, size: 400, attempt: 1, due: 0, ...change };
}

/** A seeded generator of numbers in [0, 1): the mulberry32 of public domain. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Lets promises and the in-memory database go on; no time passes. */
export async function settled(turns = 60): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}

declare function setImmediate(callback: (value: unknown) => void): void;
