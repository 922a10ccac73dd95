// Owns the tracker that does nothing: on a server, and where an option is wrong. Every method answers, nothing is kept.
import type { Options, Route } from "./config";
import type { Tracker } from "./page/api";

const NO_STATS = { made: 0, delivered: 0, waiting: 0, inDoubt: 0, dropped: {}, unreadable: 0 };

export function createInert(options: Options): Tracker {
  const undo = () => () => {};
  const nothing = () => undefined;
  const done = async () => {};
  return {
    options,
    route: {} as Route,
    trackClick: nothing,
    capture: nothing,
    on: undo,
    use: undo,
    extras: () => ({}),
    read: nothing,
    stats: async () => NO_STATS,
    flush: done,
    grantConsent: nothing,
    revokeConsent: done,
    consented: () => false,
    courier: () => "page",
    attach: nothing,
    destroy: nothing,
  };
}
