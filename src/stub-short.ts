// Owns the short inline stub: the text that the documents show and pages paste. It keeps calls until the script takes its queue over,
// and no clicks.

/**
 * Every other call, before the script and after it: `clicktrail.q.push(["grantConsent"])`. `??=` leaves the methods of a script
 * that is there already alone.
 */
export const SHORT_STUB = `window.clicktrail ??= { q: [] };
for (const name of ["tagResults", "trackClick"])
  clicktrail[name] ??= (...a) => clicktrail.q.push([name, ...a]);`;
