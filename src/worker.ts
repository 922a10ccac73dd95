// Owns the courier's life in a SharedWorker: it outlives the page, sees the answers, and ends when nothing is left to do.

import type { Route } from "./config";
import { createCourier } from "./courier";
import type { Entry } from "./entry";
import { createQueue } from "./queue";
import { createSend } from "./transport";

/** What a page tells its worker, one of them a message. */
export interface ToWorker {
  readonly route?: Route;
  readonly entry?: Entry;
  readonly flush?: boolean;
  readonly online?: boolean;
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
    let courier: ReturnType<typeof createCourier>;
    (port as MessagePort).onmessage = async ({ data }: MessageEvent<ToWorker>) => {
      if (data.route) {
        const { route } = data;
        const queue = createQueue<Entry>(route.scope);
        const channel = new BroadcastChannel(route.scope);
        courier = createCourier({
          ...route,
          queue,
          send: createSend(route),
          emit: (outcome) => channel.postMessage(outcome),
          wake: (wake) => say({ wake }),
        });
        if (await queue.open()) say({ ready: true });
      }
      if (data.entry) courier.deliver(data.entry);
      if (data.online) courier.hope();
      if (data.flush) say({ wake: await courier.flush(), flushed: true });
      if (data.leave) {
        courier.leave();
        await courier.idle();
        scope.close();
      }
    };
  };
}
