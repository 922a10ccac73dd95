// Owns the question whether a received payload is the expected one. It knows no HTTP and no payload in particular.

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** `expect.any(String)`, `expect.stringMatching(…)` and their kin. */
interface Matcher {
  asymmetricMatch(value: unknown): boolean;
}

/** Objects may have more keys than expected; everything else has to be equal. An expected `undefined` means absent. */
export function matches(expected: unknown, received: unknown): boolean {
  if (isMatcher(expected)) return expected.asymmetricMatch(received);
  if (Array.isArray(expected)) {
    if (!Array.isArray(received) || received.length !== expected.length) return false;
    return expected.every((part, index) => matches(part, received[index]));
  }
  if (typeof expected !== "object" || expected === null) return Object.is(expected, received);
  if (typeof received !== "object" || received === null || Array.isArray(received)) return false;
  const own = received as Readonly<Record<string, unknown>>;
  return Object.entries(expected).every(([key, part]) => matches(part, own[key]));
}

function isMatcher(value: unknown): value is Matcher {
  return typeof value === "object" && value !== null && "asymmetricMatch" in value;
}
