// The courier's file: a shared worker's script, a service worker's, or a module that a page loads to be its own courier.

import type { Flights } from "./courier/send";
import {
  createDesk,
  receive,
  runServiceWorker,
  runSharedWorker,
  type ToCourier,
  type ToPage,
} from "./courier/worker";
import type { Route } from "./options";

// By its prototype: a page may have globals of any name.
const kind = Object.prototype.toString.call(self);
if (kind === "[object SharedWorkerGlobalScope]") runSharedWorker(self as never);
else if (kind === "[object ServiceWorkerGlobalScope]") runServiceWorker(self as never);
else
  Object.assign(globalThis, {
    [Symbol.for("clicktrail courier")](route: Route, hear: (message: ToPage) => void, flights: Flights) {
      const desk = createDesk(route, "page", { flights });
      const port = { postMessage: hear };
      return (message: ToCourier) => void receive(desk, message, port);
    },
  });
