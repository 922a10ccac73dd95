// The script tag's entry. The same file is the courier's worker: the page starts it from this very text.

import { runWorker } from "./delivery/worker";
import { runScript } from "./script";

if ("onconnect" in self) runWorker(self as never);
else runScript();
