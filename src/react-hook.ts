// Owns React's hook: starts the page's one tracker after the first render and gives it the visitor's consent.
import { useEffect, useState } from "react";
import { runningTracker } from "./announce";
import { init, type Options, type Tracker } from "./index";

/** What `init` takes, with the visitor's consent as a value. */
export interface ReactOptions extends Omit<Options, "consent"> {
  /** `false`: clicks wait in memory until it is `true`; from `true` to `false` withdraws it. Left out: no consent is needed. */
  readonly consent?: boolean | undefined;
}

/**
 * Starts the tracker, once a page. Does nothing on a server. Options other than `consent` are read at the first render.
 *
 * @returns The tracker, from the second render on.
 * @example useClicktrail({ dataset: "…", apiKey: "…" });
 */
export function useClicktrail({ consent, ...options }: ReactOptions): Tracker | undefined {
  const [tracker, setTracker] = useState<Tracker>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the other options are those of the first render.
  useEffect(() => {
    try {
      // Strict mode runs an effect twice, and a hot reload once more.
      const running =
        runningTracker() ?? init({ ...options, consent: consent == null ? undefined : "required" });
      setTracker(running);
      if (consent) running.grantConsent();
      else if (consent === false && running.consented()) running.revokeConsent().catch(console.error);
    } catch (error) {
      // Thrown in an effect it would take the whole app off the page.
      console.error(error);
    }
  }, [consent]);
  return tracker;
}
