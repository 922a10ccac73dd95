// Owns the page's way to the snippet's global: `clicktrail` is the inline stub first and the library later.

const LOOK_MS = 100;
const GIVE_UP_MS = 15_000;

/** Tags what was rendered from a response; before the script has loaded the stub keeps the call. */
export function tag(where, response, options) {
  window.clicktrail?.tagResults(where, response, options);
}

/** The library once it is there (the stub's `stats` promises nothing), or undefined if it never comes. */
export async function whenLoaded() {
  const tries = GIVE_UP_MS / LOOK_MS;
  for (let look = 0; look < tries; look += 1) {
    if (typeof window.clicktrail?.stats?.()?.then === "function") return window.clicktrail;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return undefined;
}
