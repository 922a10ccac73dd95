// The npm entry: what the package exports, without side effects.
import { bundledCourier } from "./bundled-courier";
import { courierFile } from "./courier-file";
import { createInert } from "./inert";
import type { Options } from "./options";
import type { Tracker } from "./page/api";
import { createTracker } from "./page/tracker";
import { loadWordsBy } from "./report";

export type { RequestType, ResultTag } from "./attributes";
export { resultAttributes } from "./attributes";
export type { Outcome, OutcomeName } from "./courier/ledger";
export type { Stats } from "./courier/stats";
export type { Options, Route } from "./options";
export type { Tracker } from "./page/api";
export type { CourierName } from "./page/reach";
export type { Extra } from "./page/record";
export type { ResultResponse, Tagging, TagOptions } from "./page/tag";
export { tagResults } from "./page/tag";
export type { Click, CtrPayload, EventsPayload, Payload, Trail } from "./payload";

const words = () => import("./debug.js" as string);
loadWordsBy(words);

/**
 * Starts tracking on this page; a second call returns the running tracker. On a server it returns a tracker that does nothing.
 *
 * @throws Error that says what to write instead, if an option is wrong.
 * @example const tracker = init({ dataset: "…", apiKey: "…" });
 */
export function init(options: Options): Tracker {
  if (typeof window === "undefined") return createInert(options);
  // A field that another script has put on `Object.prototype` is no option.
  const own = { __proto__: null, ...options } as Options;
  const tracker = createTracker(own, own.courier ? courierFile(own.courier) : bundledCourier);
  if (own.debug) words();
  return tracker;
}
