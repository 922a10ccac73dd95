// The npm entry `clicktrail/inspector`: one function that opens the inspector, so that no bundler can drop it. Runs nothing by itself.
import { type Inspector, openInspector } from "./open";

export type { Inspector };

const KEY = Symbol.for("clicktrail inspector");

/**
 * Opens the inspector over this page, or brings back the one that is open, whichever copy of the script opened it.
 *
 * @example if (import.meta.env.DEV) inspect();
 */
export function inspect(): Inspector {
  const page = window as { [KEY]?: Inspector | undefined };
  page[KEY]?.focus();
  page[KEY] ??= openInspector(() => {
    delete page[KEY];
  });
  return page[KEY];
}
