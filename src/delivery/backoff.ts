// Owns how long to wait after failures.

/** The first wait is at most this. */
const BASE_MS = 1_000;
/** And no wait is longer, however many failures came before. */
const MAX_MS = 300_000;

/**
 * Full jitter: anything up to twice the last bound, so that the browsers of an outage come back spread over the
 * whole window and not in waves (measured in `backoff.test.ts`).
 */
export function backoff(fails: number, random: () => number): number {
  return random() * Math.min(MAX_MS, BASE_MS * 2 ** (fails - 1));
}
