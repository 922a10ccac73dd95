// Owns the words for which courier a click would get now, and why.

import type { Found } from "../audit/rules";
import { askForLastingWorkers } from "../lasting";
import type { Tracker } from "../page/api";
import type { CourierName } from "../page/reach";

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

function hasLastingWorkers(): boolean {
  let isKnown = false;
  askForLastingWorkers(() => {
    isKnown = true;
    return true;
  });
  return isKnown;
}

function whyThePage(setup: readonly Found[]): string {
  if (!hasLastingWorkers())
    return "This browser has no shared worker that outlives the page (Chromium 148 and later do). A courier file of the page's own origin (data-courier) does the same in every browser.";
  return setup.some(({ rule }) => rule === "csp-worker")
    ? "The page's Content-Security-Policy forbids the worker."
    : "The worker starts in idle time as soon as the page has a tagged result. If it can't, the console says so.";
}

/** `setup`: what the audit has found about the set-up. */
export function courierOf(tracker: Tracker, setup: readonly Found[]): Words {
  return LASTING[tracker.courier()] ?? { now: "The page itself", why: whyThePage(setup) };
}
