// Owns the few statistics that the bench reports. Knows nothing of what is measured.

/** The p-th quantile (0 to 1) by linear interpolation. */
export function quantile(values, p) {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return Number.NaN;
  const at = (sorted.length - 1) * p;
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}

export function median(values) {
  return quantile(values, 0.5);
}

/** Median, quartiles and p95 of the values, each over `base`. */
export function summarize(values, base = 0) {
  const over = values.map((value) => value - base);
  return {
    n: over.filter(Number.isFinite).length,
    median: quantile(over, 0.5),
    q1: quantile(over, 0.25),
    q3: quantile(over, 0.75),
    p95: quantile(over, 0.95),
  };
}
