// Owns telling which courier a click would get now, and why.

import type { Tracker } from "../page/tracker";
import { attempt } from "../report";

/** The getter is read by browsers that know the option; the address makes no worker. */
function hasLastingWorkers(): boolean {
  let read = false;
  const options = {
    get extendedLifetime() {
      read = true;
      return read;
    },
  };
  attempt(() => new SharedWorker("//:", options as WorkerOptions));
  return read;
}

export function courierOf(tracker: Tracker): { readonly now: string; readonly why: string } {
  if (tracker.courier() === "worker")
    return { now: "A worker that outlives the page", why: "It sees the answer even after the page is gone." };
  const now = "The page itself";
  if (!hasLastingWorkers())
    return { now, why: "This browser has no worker that outlives the page (Chromium 148 and later do)." };
  if (attempt(() => sessionStorage["clicktrail no worker"]))
    return {
      now,
      why: "The worker failed in this visit, most likely by the page's Content-Security-Policy.",
    };
  return { now, why: "The worker starts when the pointer or the focus reaches a result." };
}
