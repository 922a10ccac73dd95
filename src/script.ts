// Owns the script tag's way in: options from the element, the global, and what a stub has kept.
import type { Options } from "./config";
import { OF_CLICKS } from "./page/capture";
import { tagResults } from "./page/tag";
import { createTracker, listen, type Tracker, whenIdle } from "./page/tracker";
import { attempt, complain } from "./report";

/** The global `clicktrail`. */
export interface Clicktrail extends Tracker {
  readonly tagResults: typeof tagResults;
  /** Loads the inspector from where this script came from; rejects where it can't be had. */
  inspect(): Promise<unknown>;
}

const SWITCHES = /^(respectGpc|debug|dryRun|idempotent|ignoreAutomation|inspector)$/;

/** What the stub left: calls by name. A click is a call of `capture`, with the path that it had. */
type Early = readonly [name: keyof Clicktrail, args: never[]];

/**
 * Runs in the page as the script loads. It only looks around: the tracker starts in idle time, or with the first click, or
 * when the page reads the global.
 */
export function runScript(): void {
  const page = window as unknown as {
    clicktrail?: Partial<Clicktrail> & { q?: Early[] | undefined } & Pick<Options, "beforeSend">;
  };
  const stub = page.clicktrail;
  const kept = stub?.q ?? [];
  // The stub's listeners are no longer needed.
  if (stub) stub.q = undefined;
  // `document.currentScript` is null in modules and for some tag managers.
  const script = (document.currentScript ??
    document.querySelector("script[data-dataset]")) as HTMLScriptElement | null;
  /** Ends the wait for the first use; gone once it is over. */
  let stop: (() => void) | undefined = listen(OF_CLICKS, (event) => start()?.capture?.(event));

  // The inspector puts its own function in this one's place: a module that is there already does not run again.
  const inspect = async () => import(new URL("clicktrail.inspector.js", script?.src) as never);

  function start(): Partial<Clicktrail> | undefined {
    if (!stop) return page.clicktrail;
    const options: Record<string, unknown> = { beforeSend: stub?.beforeSend };
    for (const [name, value] of Object.entries(script?.dataset ?? {})) {
      // An empty attribute switches a switch on; any other is a template's that had nothing to say.
      if (SWITCHES.test(name)) options[name] = value !== "false";
      else if (value) options[name] = value;
    }
    // The page's calls must not fail because an attribute is wrong.
    const clicktrail = {
      trackClick() {},
      ...stub,
      tagResults,
      inspect,
    } as Partial<Clicktrail>;
    page.clicktrail = clicktrail;
    attempt(() => {
      Object.assign(clicktrail, createTracker(options as unknown as Options));
      for (const [name, args] of kept)
        attempt(() => (clicktrail[name] as (...args: never[]) => void)(...args), complain);
      if (options.inspector && /clicktrail=inspect/.test(location.search)) inspect();
    }, complain);
    return clicktrail;
  }

  const define = (property: PropertyDescriptor) =>
    Object.defineProperty(page, "clicktrail", { ...property, configurable: true });
  define({
    get: start,
    set(value) {
      stop?.();
      stop = undefined;
      define({ value, writable: true });
    },
  });
  whenIdle(start);
}
