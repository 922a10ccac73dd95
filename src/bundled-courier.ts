// Owns how a page with the npm build reaches the courier's file: as Vite, webpack 5, Parcel and Turbopack understand these two forms.
import { askForLastingWorkers } from "./lasting";
import type { CourierFile } from "./page/reach";

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
    if (isCopied) askForLastingWorkers(read);
    return worker;
  },
  load: () => import("./courier.js" as string),
};
