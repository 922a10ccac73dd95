// The script tag's entry. The same file is the courier's worker: the page starts it from this very text.
import { runScript } from "./script";
import { runWorker } from "./worker";

if ("onconnect" in self) runWorker(self as never);
else runScript();
