// Owns how a mistake is told to the developer: once per cause, what to write instead, where the long answer stands.

const HELP = "https://npmjs.com/package/clicktrail#messages";

/** The one sentence every complaint is made of. */
export function mistake(field: string, expected: string, got: unknown): string {
  return `clicktrail: ${field} must be ${expected}, not ${typeof got === "string" ? `"${got}"` : got}. ${HELP}`;
}

const told = new Set<string>();

/** Writes `message` to the console unless this page has already been told. Never throws. */
export function tell(message: string, ...seen: unknown[]): void {
  if (told.has(message)) return;
  told.add(message);
  console.error(message, ...seen);
}
