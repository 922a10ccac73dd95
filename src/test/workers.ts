// Owns couriers' files for tests: what is posted to each worker, and what each says or how it fails, when a test wants it.
import type { ToCourier, ToPage } from "../courier/worker";
import type { CourierFile } from "../page/reach";

/** What a page sees of a worker. */
export interface FakeWorker {
  readonly posted: ToCourier[];
  onerror?: () => void;
  say(message: ToPage): void;
}

/** A file that can't be had: the page begins its clicks' requests itself, and nobody counts them. */
export const NO_FILE: CourierFile = {
  worker: () => Promise.reject(new Error("no worker")),
  load: () => Promise.reject(new Error("no module")),
  service: () => undefined,
};

/** In a browser: the real courier, in the page itself. */
export const IN_PAGE: CourierFile = { ...NO_FILE, load: () => import("../courier-script") };

interface Browser extends Partial<CourierFile> {
  /** Its shared workers outlive the page. */
  readonly outlives?: boolean;
}

/** A file in a browser like that, and the workers that are made of it. */
export function fakeFile({ outlives = true, ...change }: Browser = {}) {
  const workers: FakeWorker[] = [];
  const file: CourierFile = {
    ...NO_FILE,
    async worker(read) {
      if (outlives) read();
      const posted: ToCourier[] = [];
      const port: { onmessage?: (event: { data: ToPage }) => void; postMessage(message: ToCourier): void } = {
        postMessage: (message) => posted.push(structuredClone(message)),
      };
      const fake = { port, posted, say: (data: ToPage) => port.onmessage?.({ data }) };
      workers.push(fake);
      return fake as unknown as SharedWorker;
    },
    ...change,
  };
  return { file, workers };
}
