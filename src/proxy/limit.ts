// Owns how many requests are let through: so many at once, and so many a second after that.

export interface Rate {
  readonly atOnce: number;
  readonly perSecond: number;
}

/** A function that lets one request through: 0, or the seconds until the next one may come. */
export function createLimit({ atOnce, perSecond }: Rate): () => number {
  let left = atOnce;
  let countedAt = Date.now();
  return () => {
    const now = Date.now();
    // A clock that was set back gives nothing.
    left = Math.min(atOnce, left + (Math.max(0, now - countedAt) / 1_000) * perSecond);
    countedAt = now;
    if (left < 1) return Math.ceil((1 - left) / perSecond);
    left -= 1;
    return 0;
  };
}

const MAX_WAIT_SECONDS = 86_400;

/** Whole seconds of what a site's own limit has returned. Throws where that is no number. */
export function wholeSeconds(given: unknown): number {
  const seconds = Math.ceil(Number(given ?? 0));
  if (Number.isNaN(seconds)) throw new TypeError("limit must return seconds");
  return Math.min(Math.max(seconds, 0), MAX_WAIT_SECONDS);
}
