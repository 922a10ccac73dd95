// The script tag's entry with web vitals.

import { runServiceWorker, runSharedWorker } from "./delivery/worker";
import { runScript } from "./script";
import { measureVitals } from "./vitals";

// By its prototype: a page may have globals of any name.
const kind = Object.prototype.toString.call(self);
if (kind === "[object SharedWorkerGlobalScope]") runSharedWorker(self as never);
else if (kind === "[object ServiceWorkerGlobalScope]") runServiceWorker(self as never);
else runScript(measureVitals());
