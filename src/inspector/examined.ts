// Owns which results had been in view, where the page has the add-on context: it is asked what a click would say now.
import type { Context } from "../addons/context";
import type { Tracker } from "../page/api";
import type { Marked } from "./scan";

/** The keys of the results that were seen; `undefined` where nobody watches. */
export function examined(
  tracker: Tracker | undefined,
  marked: readonly Marked[],
): ReadonlySet<string> | undefined {
  const seen = new Map<string, Context["seen"] | undefined>();
  const keys = new Set<string>();
  for (const { key, result } of marked) {
    const { requestId, position } = result.click;
    if (!seen.has(requestId)) {
      const { context } = (tracker?.extras(result.click) ?? {}) as { readonly context?: Context };
      seen.set(requestId, context?.seen);
    }
    if (seen.get(requestId)?.some(([first, last]) => first <= position && position <= last)) keys.add(key);
  }
  return [...seen.values()].some(Boolean) ? keys : undefined;
}
