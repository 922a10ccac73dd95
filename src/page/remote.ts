// Owns the page's side of its worker: which kind there is, its start, and when it may be trusted with a click.
import type { Route } from "../config";
import type { Outcome } from "../delivery/ledger";
import type { ToPage, ToWorker } from "../delivery/worker";
import { attempt } from "../report";
import { type CourierName, type Link, linkToService, linkToShared, outlivesPage } from "./link";

export interface Remote {
  /** Starts a worker unless one runs or can't be had; resolves to whether it is ready, after three seconds at the latest. */
  start(): Promise<boolean>;
  started(): boolean;
  /** Which courier a click would get now. */
  name(): CourierName;
  post(message: Partial<ToWorker>): void;
  /** Lets the worker finish what it has; the next `start` makes another. */
  stop(message?: Partial<ToWorker>): void;
}

interface Parts {
  readonly route: Route;
  readonly withdrawnAt: () => number;
  /** Whether the page wants to know of clicks that are delivered. */
  readonly isHeard: () => boolean;
  readonly tell: (outcome: Outcome) => void;
  /** Called with the time (epoch ms) at which a flush is due. */
  readonly wake: (at: number) => void;
}

/** A worker is ready some 15 ms after its start; a flush waits no longer than this for one. */
const READY_MS = 3_000;
const FORBIDDEN = "clicktrail no worker";

export function createRemote({ route, withdrawnAt, isHeard, tell, wake }: Parts): Remote {
  let link: Link | undefined;
  let ready = false;
  let starting: Promise<boolean> | undefined;

  function post(message: Partial<ToWorker>): void {
    link?.post({ ...message, route, withdrawnAt: withdrawnAt(), isHeard: isHeard() });
  }

  function begin(): Promise<boolean> {
    return new Promise((resolve) => {
      let mine: Link | undefined;
      const hear = (message: ToPage) => {
        // A worker that was stopped has nothing more to say.
        if (mine !== link) return;
        if (typeof message === "number") return wake(message);
        // A site's own service worker may have been given for ours, and answers as it likes.
        const { name, version } = Object(message);
        if (name) return tell(message as Outcome);
        if (!version) return;
        ready = true;
        resolve(true);
      };
      const join = (made: Link) => {
        link = mine = made;
        post({ hello: true });
      };
      const serve = () => {
        if (!route.serviceWorker) return resolve(false);
        linkToService(route.serviceWorker, hear).then(
          (made) => starting && join(made),
          () => resolve(false),
        );
      };
      const fail = () => {
        if (ready) return;
        // A page's policy does not change within a visit: the next page need not try.
        attempt(() => sessionStorage.setItem(FORBIDDEN, "1"));
        serve();
      };
      if (attempt(() => sessionStorage.getItem(FORBIDDEN)) || !outlivesPage()) serve();
      else attempt(() => join(linkToShared(hear, fail)), fail);
      setTimeout(resolve, READY_MS, false);
    });
  }

  const name = () => (ready && link?.lives() ? link.name : "page");

  return {
    post,
    name,
    started: () => !!starting,
    async start() {
      starting ??= begin();
      await starting;
      // A service worker may have been taken away since.
      return name() !== "page";
    },
    stop(message) {
      post({ ...message, bye: true });
      link = starting = undefined;
      ready = false;
    },
  };
}
