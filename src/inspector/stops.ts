// Owns telling why the tracker, which heard an event before, made no click of it though it was on a result. Counts nothing.

import type { Options } from "../config";
import { readClick } from "../page/capture";
import type { NotCounted } from "./words";

/** As in the tracker. */
export const REPEAT_MS = 1_000;

/** Made once a page; to be asked about each event that was on a result, for it remembers what was opened when. */
export function createStops(options: Options): (result: Element, detail: number) => NotCounted | undefined {
  const opened = new Map<string, number>();
  return (result, detail) => {
    if (options.respectGpc && (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl)
      return "gpc";
    if (options.ignoreAutomation && navigator.webdriver) return "automation";
    const { requestId, chunkId, chunkTrackingId } = readClick(result, options.firstPosition);
    const same = `${requestId} ${chunkId ?? chunkTrackingId}`;
    const before = opened.get(same);
    const now = Date.now();
    if (before && detail > 1) return "double";
    if (before && now - before < REPEAT_MS) return "repeat";
    opened.set(same, now);
    return undefined;
  };
}
