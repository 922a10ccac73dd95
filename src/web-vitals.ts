// The npm entry with web vitals: the same exports, each click with the page's vitals as of then.
import type { Options } from "./config";
import { createTracker, type Tracker } from "./page/tracker";
import { measureVitals } from "./vitals";

export { resultAttributes } from "./attributes";
export type * from "./index";
export { tagResults } from "./page/tag";

/** Like `init` of the main entry, with LCP, INP, CLS, FCP and TTFB in each click's metadata. */
export function init(options: Options): Tracker {
  return createTracker(options, measureVitals());
}
