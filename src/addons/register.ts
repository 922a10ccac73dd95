// Owns how an add-on finds the tracker, whichever of the two is there first. Knows no add-on.
import { ANNOUNCEMENT, runningTracker } from "../announce";
import type { Extra } from "../page/record";
import type { Tracker } from "../page/tracker";

/** Calls `work` once with the page's tracker: now if it runs, else when it starts. */
export function whenStarted(work: (tracker: Tracker) => void): void {
  const tracker = runningTracker();
  if (tracker) work(tracker);
  else addEventListener(ANNOUNCEMENT, () => whenStarted(work), { once: true });
}

/** What an add-on's script tag does. */
export function register(extra: Extra): void {
  whenStarted((tracker) => tracker.use(extra));
}
