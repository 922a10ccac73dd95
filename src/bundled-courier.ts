// Owns how a page with the npm build reaches the courier's file: as Vite, webpack 5 and Parcel understand these two forms.
import type { CourierFile } from "./page/reach";

export const bundledCourier: CourierFile = {
  service: () => undefined,
  worker: async (read) =>
    // The options have to stand here: bundlers read them.
    new SharedWorker(new URL("./courier.js", import.meta.url), {
      name: `${+Date.now()}${Math.random()}`,
      get extendedLifetime() {
        return read();
      },
    } as WorkerOptions),
  load: () => import("./courier.js" as string),
};
