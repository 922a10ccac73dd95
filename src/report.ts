// Owns how a mistake is told to the developer: once per cause, what to write instead, where to read more.
import { WORDS } from "./words";

/** Where the messages are explained; the build fills it in from the homepage in package.json. */
declare const __HELP__: string;

/** The one sentence every complaint about an option is made of. */
export function mistake(field: string, expected: unknown, got: unknown): string {
  return `${field} must be ${expected}, not "${got}". See ${__HELP__}.`;
}

const told = new Set<string>();

/** Writes `message` to the console unless this page has been told before. */
export function tell(message: string, ...seen: unknown[]): undefined {
  if (told.has(message)) return;
  told.add(message);
  console.error(`clicktrail: ${message}`, ...seen);
}

/** Explains a mistake in words, once for each `code` and `args`; `seen` is only printed. */
export function explain(code: keyof typeof WORDS, args: readonly unknown[], ...seen: unknown[]): undefined {
  tell((WORDS[code] as (...args: readonly unknown[]) => string)(...args), ...seen);
}

/** Tells what was thrown. */
export function complain(error: unknown): undefined {
  tell(`${error}`, error);
}

/** The result of `work`; where it throws (blocked storage, JSON that is none, a page's callback) that of `failed`. */
export function attempt<T, F = undefined>(work: () => T, failed?: (error: unknown) => F): T | F | undefined {
  try {
    return work();
  } catch (error) {
    return failed?.(error);
  }
}
