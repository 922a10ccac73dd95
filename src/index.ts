// The npm entry: what the package exports, without side effects.
import type { Options } from "./config";
import { createInert } from "./inert";
import type { Tracker } from "./page/api";
import { createTracker } from "./page/tracker";

export type { RequestType, ResultTag } from "./attributes";
export { resultAttributes } from "./attributes";
export type { Options, Route } from "./config";
export type { Outcome, OutcomeName } from "./delivery/ledger";
export type { Tracker } from "./page/api";
export type { CourierName } from "./page/link";
export type { Extra } from "./page/record";
export type { ResultResponse } from "./page/response";
export type { Stats } from "./page/stats";
export type { Tagging, TagOptions } from "./page/tag";
export { tagResults } from "./page/tag";
export type { Click, CtrPayload, EventsPayload, Payload, Trail } from "./payload";

/**
 * Starts tracking on this page; a second call returns the running tracker. On a server it returns a tracker that does nothing.
 *
 * @throws Error that says what to write instead, if an option is wrong.
 * @example const tracker = init({ dataset: "…", apiKey: "…" });
 */
export function init(options: Options): Tracker {
  // A field that another script has put on `Object.prototype` is no option.
  const own = { __proto__: null, ...options };
  return typeof window === "undefined" ? createInert(options) : createTracker(own);
}
