// Owns the script tag's way in: options from the element, the global, and what a stub has kept.

import { beside, courierFile } from "./courier-file";
import { createInert } from "./inert";
import { type Options, SWITCHES } from "./options";
import type { Tracker } from "./page/api";
import { OF_CLICKS } from "./page/click";
import { listen, ofDocument, whenIdle } from "./page/dom";
import { tagResults } from "./page/tag";
import { createTracker } from "./page/tracker";
import { attempt, complain, explain, loadWordsBy } from "./report";

/** The global `clicktrail`. */
export interface Clicktrail extends Tracker {
  readonly tagResults: typeof tagResults;
  /** Loads the inspector from where this script came from; rejects where it can't be had. */
  inspect(): Promise<unknown>;
}

/** A call that a stub has kept: `[name, ...args]`, or `[name, args, done]` of the stub that keeps clicks, as calls of `capture`. */
type Early = Iterable<unknown>;

type Global = Partial<Clicktrail> &
  Pick<Options, "beforeSend"> & {
    q?: Early[] | undefined;
    /** Set for the stub, whose methods may be in other hands: makes the tracker that they call from now on. */
    go?: () => Partial<Clicktrail>;
  };

/** The script tag, whatever the page calls `currentScript`; that is null in modules, and a bundle's own tag has no dataset. */
function findScript(): HTMLScriptElement | undefined {
  const current: unknown = ofDocument("currentScript");
  const first = ofDocument("querySelector").call(document, "script[data-dataset]");
  return [current, first].find(
    (script): script is HTMLScriptElement =>
      script instanceof HTMLScriptElement && script.dataset.dataset !== undefined,
  );
}

function optionsOf(script: HTMLScriptElement | undefined): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const [name, given] of Object.entries(script?.dataset ?? {})) {
    const value = given?.trim();
    // Consent managers keep the tag's own type here.
    if (name === "type" && /\/|^module$/.test(`${value}`)) continue;
    if (name === "consent") options.consent = value || "required";
    // An empty attribute switches a switch on; any other is a template's that had nothing to say.
    else if (SWITCHES.test(name)) options[name] = value !== "false";
    else if (value || /consent|gpc/i.test(name)) options[name] = value;
  }
  return options;
}

/**
 * Runs in the page as the script loads. It only looks around: the tracker starts in idle time, or with the first click, or
 * when the page reads the global.
 */
export function runScript(): void {
  const page = window as unknown as { clicktrail?: Global };
  // An element or a frame may have this name, too. It has no fields of its own, and another site's frame allows no look at others.
  const { q, beforeSend } = { __proto__: null, ...page.clicktrail } as Global;
  // What isn't a stub stays as it is.
  const clicktrail: Global = Array.isArray(q) ? (page.clicktrail as Global) : { q: [], beforeSend };
  const script = findScript();
  /** Ends the wait for the first use; gone once it is over. */
  let stop: (() => void) | undefined = listen(OF_CLICKS, (event) => start().capture?.(event));

  // The inspector puts its own function in this one's place: a module that is there already does not run again.
  const load = async (name: string) => import(beside(script?.src, name));
  const inspect = () => load("clicktrail.inspector.js");
  const words = () => load("clicktrail.debug.js");
  loadWordsBy(words);

  function start(): Global {
    if (!stop) return clicktrail;
    stop();
    stop = undefined;
    const options = {
      __proto__: null,
      ...optionsOf(script),
      get beforeSend() {
        return clicktrail.beforeSend;
      },
    } as unknown as Options & { readonly inspector?: boolean };
    const tracker =
      attempt(
        () => createTracker(options, courierFile(options.courier, script?.src), true),
        (error) => {
          const { dataset, endpoint, api } = options;
          explain("start", [`data-${(error as Error).message}`, dataset, endpoint, api]);
        },
      ) ?? createInert(options);
    Object.assign(clicktrail, tracker, { tagResults, inspect });
    show({ value: clicktrail, writable: true });
    const calls = clicktrail.q as Early[];
    calls.push = run as typeof calls.push;
    run(...calls.splice(0));
    if (options.debug) words().catch(complain);
    if (options.inspector && /clicktrail=inspect/.test(location.search)) inspect().catch(complain);
    return clicktrail;
  }

  /** What a stub has kept, and what is pushed onto its queue later. */
  function run(...calls: Early[]): void {
    for (const call of calls)
      attempt(() => {
        const [name, ...given] = call as [keyof Clicktrail, ...never[]];
        const method = clicktrail[name] as (...args: never[]) => unknown;
        const [args, done = Array] = given as unknown as [never[], ((result: unknown) => void)?];
        if (Array.isArray(args) && typeof done === "function") done(method(...args));
        else method(...given);
      }, complain);
  }

  /** Makes the global; where the page has declared a variable of this name, that is given the value. */
  function show(property: PropertyDescriptor): void {
    attempt(
      () => Object.defineProperty(page, "clicktrail", { ...property, configurable: true }),
      () =>
        attempt(() => {
          page.clicktrail = start();
        }),
    );
  }

  clicktrail.go = start;
  show({
    get: start,
    set(value) {
      stop?.();
      stop = undefined;
      Object.assign(clicktrail, createInert({} as Options));
      show({ value, writable: true });
    },
  });
  whenIdle(start);
}
