// The script tag's entry with web vitals.

import { runWorker } from "./delivery/worker";
import { runScript } from "./script";
import { measureVitals } from "./vitals";

if ("onconnect" in self) runWorker(self as never);
else runScript(measureVitals());
