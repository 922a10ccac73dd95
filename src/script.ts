// Owns the script tag's way in: options from the element, the global, and what a stub has kept.
import { KINDS, type Options, SWITCH } from "./config";
import { courierFile } from "./courier-file";
import { createInert } from "./inert";
import type { Tracker } from "./page/api";
import { OF_CLICKS } from "./page/capture";
import { listen, whenIdle } from "./page/listen";
import { ofDocument } from "./page/step";
import { tagResults } from "./page/tag";
import { createTracker } from "./page/tracker";
import { attempt, complain } from "./report";

/** The global `clicktrail`. */
export interface Clicktrail extends Tracker {
  readonly tagResults: typeof tagResults;
  /** Loads the inspector from where this script came from; rejects where it can't be had. */
  inspect(): Promise<unknown>;
}

/** What the stub left: calls by name, each with what takes its result; a click is a call of `capture`. */
type Early = readonly [name: keyof Clicktrail, args: never[], done?: (result: unknown) => void];

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
    const kind = name === "inspector" ? SWITCH : KINDS[name as keyof Options];
    // Consent managers keep the tag's own type here.
    if (name === "type" && /\/|^module$/.test(`${value}`)) continue;
    if (name === "consent") options.consent = value || "required";
    // An empty attribute switches a switch on; any other is a template's that had nothing to say.
    else if (kind === SWITCH) options[name] = value !== "false";
    else if (value || kind == null) options[name] = value;
  }
  return options;
}

/**
 * Runs in the page as the script loads. It only looks around: the tracker starts in idle time, or with the first click, or
 * when the page reads the global.
 */
export function runScript(): void {
  const page = window as unknown as { clicktrail?: Global };
  const before = page.clicktrail;
  // What the page has under this name, if it isn't the stub, stays as it is; an element's id is no stub.
  const clicktrail: Global = before?.q?.push ? before : { q: [], beforeSend: before?.beforeSend };
  const script = findScript();
  /** Ends the wait for the first use; gone once it is over. */
  let stop: (() => void) | undefined = listen(OF_CLICKS, (event) => start().capture?.(event));

  const beside = (name: string) => new URL(name, script?.src);
  // The inspector puts its own function in this one's place: a module that is there already does not run again.
  const inspect = () => load("clicktrail.inspector.js");
  const load = async (name: string) => {
    const address = beside(name);
    return import(address as never);
  };

  function start(): Global {
    if (!stop) return clicktrail;
    stop();
    stop = undefined;
    const { q = [] } = clicktrail;
    const options = {
      ...optionsOf(script),
      get beforeSend() {
        return clicktrail.beforeSend;
      },
    } as unknown as Options & { readonly inspector?: boolean };
    const tracker =
      attempt(
        () =>
          createTracker(
            options,
            courierFile(options.courier, () => beside("clicktrail.courier.js")),
          ),
        complain,
      ) ?? createInert(options);
    Object.assign(clicktrail, tracker, { tagResults, inspect });
    show({ value: clicktrail, writable: true });
    for (const [name, args, done] of q.splice(0))
      attempt(() => {
        const result = (clicktrail[name] as (...args: never[]) => unknown)(...args);
        done?.(result);
      }, complain);
    if (options.debug) load("clicktrail.debug.js").catch(complain);
    if (options.inspector && /clicktrail=inspect/.test(location.search)) inspect().catch(complain);
    return clicktrail;
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
