// Owns waiting for something no longer than a time.

/** The outcome of `work`; rejects where it takes longer than `ms`, and what comes of it later is ignored. */
export function within<T>(ms: number, work: T | Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(reject, ms, new Error("Too late"));
    Promise.resolve(work)
      .finally(() => clearTimeout(timer))
      .then(resolve, reject);
  });
}
