// The courier's worker for the npm builds, where it is inlined as text.
import { runWorker } from "./worker";

runWorker(self as never);
