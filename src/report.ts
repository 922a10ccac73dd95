// Owns how a mistake is told to the developer: once per cause. The sentences are in a file of their own, loaded to say one.
import type { say, WORDS } from "./words";

/** Where the messages are explained; the build fills it in from the homepage in package.json. */
declare const __HELP__: string;

export type Words = typeof WORDS;
/** A sentence by its code, and what stands in it: strings and numbers, which a courier can post, too. */
export type Explanation = readonly [code: keyof Words, ...args: unknown[]];
/** How the file of the sentences makes itself known to the page. */
export const SPOKEN = Symbol.for("clicktrail words");

/** The one sentence every complaint about an option is made of. */
export function mistake(field: string, expected: unknown, got: unknown): string {
  return `${field} must be ${expected}, not "${got}". See ${__HELP__}.`;
}

const told = new Set<string>();
let load: () => Promise<unknown> = () => Promise.reject();
let loading: Promise<unknown> | undefined;

/** Says how this page loads the file of the sentences. */
export function loadWordsBy(loader: typeof load): void {
  load = loader;
}

/** Writes `message` to the console unless this page has been told before. */
export function tell(message: string, ...seen: unknown[]): undefined {
  if (told.has(message)) return;
  told.add(message);
  console.error(`clicktrail: ${message}`, ...seen);
}

/** Explains a mistake in words, each sentence once. `seen`: what is printed beside it; a sentence may be made of that, too. */
export function explain(code: keyof Words, args: readonly unknown[], ...seen: unknown[]): undefined {
  loading ??= load();
  // Where the file isn't there, the code and the facts have to do.
  loading
    .then(() => (globalThis as unknown as { [SPOKEN]: typeof say })[SPOKEN](code, args, ...seen))
    .catch(() => tell(`${[code, ...args].join(" ")}, see ${__HELP__}`, ...seen));
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
