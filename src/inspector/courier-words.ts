// Owns the words for which courier a click would get now, and why.

import type { Tracker } from "../page/api";
import type { CourierName } from "../page/hand";
import { attempt } from "../report";

interface Words {
  readonly now: string;
  readonly why: string;
}

const OUTLIVES = "It receives the response even after the page has closed.";

/** By what `tracker.courier()` returns. */
const LASTING: Readonly<Partial<Record<CourierName, Words>>> = {
  worker: { now: "A shared worker that outlives the page", why: OUTLIVES },
  "service-worker": { now: "A service worker", why: OUTLIVES },
};

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

function whyThePage(): string {
  if (!hasLastingWorkers())
    return "This browser has no shared worker that outlives the page (Chromium 148 and later do). A service worker (data-service-worker) does the same in every browser.";
  return attempt(() => sessionStorage["clicktrail no worker"])
    ? "The worker could not start on this visit. The page's Content-Security-Policy most likely forbids it."
    : "The worker starts in idle time as soon as the page has a tagged result.";
}

export function courierOf(tracker: Tracker): Words {
  return LASTING[tracker.courier()] ?? { now: "The page itself", why: whyThePage() };
}
