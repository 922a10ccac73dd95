// Owns how an add-on's script tag finds the tracker, whichever of the two is there first. Knows no add-on.
import { ANNOUNCEMENT, runningTracker } from "../announce";
import type { Extra } from "../page/record";

/** Adds to the page's tracker: now if it runs, else when it starts. */
export function register(extra: Extra): void {
  const tracker = runningTracker();
  if (tracker) tracker.use(extra);
  else addEventListener(ANNOUNCEMENT, () => register(extra), { once: true });
}
