// The script tag's entry. The same file is the courier's worker: the page starts it from this very text.

import { runServiceWorker, runSharedWorker } from "./delivery/worker";
import { runScript } from "./script";

// By its prototype: a page may have globals of any name.
const kind = Object.prototype.toString.call(self);
if (kind === "[object SharedWorkerGlobalScope]") runSharedWorker(self as never);
else if (kind === "[object ServiceWorkerGlobalScope]") runServiceWorker(self as never);
else runScript();
