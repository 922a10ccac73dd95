// Owns the script tag's way in: options from the element, the global, and what a stub has kept.
import { resultAttributes } from "./attributes";
import type { Options } from "./config";
import { tell } from "./report";
import { tagResults } from "./tag";
import { createTracker, type EarlyClick, type Tracker } from "./tracker";

/** The global `clicktrail`. */
export interface Clicktrail extends Tracker {
  readonly tagResults: typeof tagResults;
  readonly resultAttributes: typeof resultAttributes;
  /** Loads the inspector from where this script came from. */
  inspect(): void;
}

/** What the stub left: calls by name, and clicks with their paths. */
type Early = readonly [name: keyof Clicktrail, args: never[]] | EarlyClick;

const SWITCHES = ["respectGpc", "debug", "dryRun", "ignoreAutomation"];

function readOptions(script: HTMLScriptElement | null): Options {
  const options: Record<string, unknown> = { ...script?.dataset };
  for (const name of SWITCHES) if (name in options) options[name] = options[name] !== "false";
  if ("firstPosition" in options) options.firstPosition = Number.parseInt(`${options.firstPosition}`, 10);
  return options as unknown as Options;
}

/** Runs in the page as the script loads; `extra` adds to each click's metadata. */
export function runScript(extra?: () => object): void {
  const page = window as unknown as { clicktrail?: Partial<Clicktrail> & { q?: Early[] } };
  // `document.currentScript` is null in modules and for some tag managers.
  const script = (document.currentScript ??
    document.querySelector("script[data-dataset]")) as HTMLScriptElement | null;
  const inspect = () => {
    const inspector = document.createElement("script");
    inspector.src = `${new URL("clicktrail.inspector.js", script?.src)}`;
    document.head.append(inspector);
  };
  const stub = page.clicktrail;
  const early = stub?.q ?? [];
  const clicks = early.filter((kept) => typeof kept[0] !== "string") as EarlyClick[];
  try {
    page.clicktrail = {
      tagResults,
      resultAttributes,
      inspect,
      ...createTracker(readOptions(script), { extra, clicks }),
    };
    if (script?.hasAttribute("data-inspector") && /[?&]clicktrail=inspect/.test(location.search)) inspect();
    for (const [name, args] of early) {
      if (typeof name === "string")
        (page.clicktrail[name] as (...args: never[]) => void)?.(...(args as never[]));
    }
  } catch (error) {
    tell((error as Error).message);
    // The page's calls must not fail because an attribute is wrong.
    page.clicktrail = { trackClick() {}, tagResults, resultAttributes, ...stub } as Partial<Clicktrail>;
  }
}
