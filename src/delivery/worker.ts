// Owns the courier's life in a SharedWorker: it outlives the page, sees the answers, and ends when nothing is left to do.

import type { Route } from "../config";
import { type Courier, createCourier } from "./courier";
import { type Entry, joinLedgers } from "./row";
import { createSend } from "./send";
import { createQueue, type Queue } from "./store";

/** What a page tells its worker, one of them a message. */
export interface ToWorker {
  readonly route?: Route;
  readonly entry?: Entry;
  /** Flush; `hope` forgets the back-off. */
  readonly flush?: { readonly hope: boolean };
  /** The page goes: finish what is in flight and end. */
  readonly leave?: boolean;
}

/** What a worker tells its page. */
export interface ToPage {
  readonly ready?: boolean;
  /** A flush is due at this epoch ms. */
  readonly wake?: number;
  /** The flush asked for is over. */
  readonly flushed?: boolean;
}

/** The part of SharedWorkerGlobalScope that is used; TypeScript's DOM library does not have it. */
interface Scope {
  onconnect: (event: MessageEvent) => void;
  close(): void;
}

export function runWorker(scope: Scope): void {
  scope.onconnect = ({ ports: [port] }) => {
    const say = (message: ToPage) => port?.postMessage(message);
    let queue: Queue<Entry>;
    let courier: Courier;
    let left = false;
    (port as MessagePort).onmessage = async ({
      data: { route, entry, flush, leave },
    }: MessageEvent<ToWorker>) => {
      if (route) {
        queue = createQueue<Entry>(route.scope, joinLedgers);
        const channel = new BroadcastChannel(route.scope);
        courier = createCourier({
          ...route,
          queue,
          send: createSend(route),
          emit: (outcome) => channel.postMessage(outcome),
          wake: (at) => say({ wake: at }),
          rest: () => left && scope.close(),
        });
        if (await queue.open()) say({ ready: true });
      }
      if (entry) {
        // The page has written it too, but a page that navigates under load loses about one write in ten (Chromium 156).
        queue.add(entry);
        courier.deliver(entry);
      }
      if (flush) say({ wake: await courier.flush(flush.hope), flushed: true });
      if (leave) {
        left = true;
        if (!courier.stop()) scope.close();
      }
    };
  };
}
