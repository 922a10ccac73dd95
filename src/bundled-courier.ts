// Owns how a page with the npm build reaches the courier's file: as Vite, webpack 5, Parcel and Turbopack understand these two forms.
import type { CourierFile } from "./page/reach";
import { attempt } from "./report";

export const bundledCourier: CourierFile = {
  service: () => undefined,
  worker: async (read) => {
    let isCopied = false;
    // The options have to stand here: bundlers read them.
    const worker = new SharedWorker(new URL("./courier.js", import.meta.url), {
      name: `${+Date.now()}${Math.random()}`,
      // No browser reads this, only code that copies the options, as Turbopack's (Next 16) does: it then reads the next one, too.
      get copied() {
        isCopied = true;
        return isCopied;
      },
      get extendedLifetime() {
        return isCopied || read();
      },
    } as WorkerOptions);
    if (isCopied) askBrowser(read);
    return worker;
  },
  load: () => import("./courier.js" as string),
};

/** A browser reads the options before it refuses the address, so this makes no worker. */
function askBrowser(read: () => boolean): void {
  const options = {
    get extendedLifetime() {
      return read();
    },
  };
  attempt(() => new SharedWorker("//:", options as WorkerOptions));
}
