// The script tag's entry with web vitals.
import { runScript } from "./script";
import { measureVitals } from "./vitals";
import { runWorker } from "./worker";

if ("onconnect" in self) runWorker(self as never);
else runScript(measureVitals());
