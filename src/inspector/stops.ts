// Owns the reason why the tracker made no click of an event that was on a result. Counts nothing.

import type { Options } from "../config";
import { chunkKey, DOUBLE_MS, REPEAT_MS } from "../page/record";
import type { Click } from "../payload";
import type { NotCounted } from "./words";

/** Made once a page, and asked about each event that was on a result, because it remembers what was opened when. */
export function createStops(options: Options): (click: Click, detail?: number) => NotCounted | undefined {
  const opened = new Map<string, number>();
  return (click, detail = 0) => {
    if (options.respectGpc && (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl)
      return "gpc";
    if (options.ignoreAutomation && navigator.webdriver) return "automation";
    const before = opened.get(chunkKey(click));
    const now = Date.now();
    opened.set(chunkKey(click), now);
    if (!before || now - before >= (detail > 1 ? DOUBLE_MS : REPEAT_MS)) return undefined;
    return detail > 1 ? "double" : "repeat";
  };
}
