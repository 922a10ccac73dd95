// Owns the question whether this browser has shared workers that outlive their page.
import { attempt } from "./report";

/**
 * Calls `read` if the browser knows the option `extendedLifetime`. It reads the options before it refuses the address, so this makes no
 * worker. Parcel refuses to build `new SharedWorker` with such an address.
 */
export function askForLastingWorkers(read: () => boolean): void {
  const options = {
    get extendedLifetime() {
      return read();
    },
  };
  attempt(() => Reflect.construct(SharedWorker, ["//:", options]));
}
