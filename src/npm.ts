// The npm build's entry: the package's exports in a page, and the courier in the worker that a page makes of this build's own text.
import { runSharedWorker } from "./delivery/worker";

export { init, tagResults } from "./index";

/** Set in front of the text: a site's own shared worker may import the package, too. */
declare const clicktrailCourier: true | undefined;

if (typeof clicktrailCourier !== "undefined") runSharedWorker(self as never);
