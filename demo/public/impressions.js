// Owns how often each position was shown in this tab, for a real Trieve, which has no route for that. Knows no clicks.

/** @type {Record<string, Record<number, number>>} */
const shown = {};

/** Results of this type were shown at `first` and the `count - 1` positions after it. */
export function countShown(type, first, count) {
  shown[type] ??= {};
  for (let position = first; position < first + count; position += 1) {
    shown[type][position] = (shown[type][position] ?? 0) + 1;
  }
}

export function impressions() {
  return structuredClone(shown);
}
