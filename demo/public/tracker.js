// Owns the page's way to clicktrail: to its global, which is the inline stub first and the library later, and to its tracker.

const LOOK_MS = 100;
const GIVE_UP_MS = 15_000;
/** Where every build of the library keeps the page's tracker, the npm package included. */
const TRACKER = Symbol.for("clicktrail");

/** Tags what was rendered from a response; before the script has loaded the stub keeps the call. */
export function tag(where, response, options) {
  window.clicktrail?.tagResults(where, response, options);
}

/** The page's tracker once it runs, or undefined if it never starts. */
export async function trackerRuns() {
  for (let look = 0; look < GIVE_UP_MS / LOOK_MS; look += 1) {
    if (globalThis[TRACKER]) return globalThis[TRACKER];
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return undefined;
}
