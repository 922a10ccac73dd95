// The courier's shared worker for the npm builds, where it is inlined as text.
import { runSharedWorker } from "./worker";

runSharedWorker(self as never);
