// Owns how a value becomes plain JSON, in pages with old libraries too. Knows no payload.

/**
 * The value's JSON. Two things differ from `JSON.stringify`: an `Array.prototype.toJSON` (Prototype.js) isn't asked, and half of an
 * emoji becomes U+FFFD, for strict parsers refuse it.
 */
export function toJson(value: unknown): string {
  const json = JSON.stringify(value, function (this: Record<string, unknown>, key, made) {
    return Array.isArray(this[key]) ? this[key] : made;
  });
  // JSON.stringify writes a half as \ud83c; a backslash of the text itself is written twice.
  return json.replace(/\\(?:ud[89a-f]..|.)/g, (written) => (written[2] ? "\ufffd" : written));
}

/** What is left of a value as JSON; throws where there is nothing. */
export function plain<Value>(value: Value): Value {
  return JSON.parse(toJson(value));
}
