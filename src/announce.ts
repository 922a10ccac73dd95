// Owns how the parts of a page find its tracker, and the DOM event that says what has changed there. Knows no add-on.
import type { Tracker } from "./page/api";

/** What has changed; exactly one field is set. */
export interface Announcement {
  /** Elements that `tagResults` has just tagged, those in shadow roots included. */
  readonly tagged?: readonly Element[];
  /** The tracker has started. */
  readonly started?: true;
  /** Whether clicks may be kept and sent from now on. */
  readonly consent?: boolean;
  /** The tracker has ended. */
  readonly destroyed?: true;
}

/** Dispatched on the window; its `detail` is an `Announcement`. */
export const ANNOUNCEMENT = "clicktrail";

export function announce(detail: Announcement): void {
  dispatchEvent(new CustomEvent(ANNOUNCEMENT, { detail }));
}

const KEY = Symbol.for("clicktrail");
const page = () => globalThis as { [KEY]?: Tracker | undefined };

/** The page's one tracker, whichever copy of the script made it. */
export function runningTracker(): Tracker | undefined {
  return page()[KEY];
}

export function setRunningTracker(tracker: Tracker | undefined): void {
  page()[KEY] = tracker;
  announce(tracker ? { started: true } : { destroyed: true });
}
