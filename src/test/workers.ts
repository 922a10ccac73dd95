// Owns a browser's shared workers for tests: what is posted to each, and what each says or how it fails, when a test wants it.
import { vi } from "vitest";
import type { ToPage, ToWorker } from "../courier/worker";

/** What a page sees of a worker. */
export interface FakeWorker {
  readonly posted: ToWorker[];
  onerror?: () => void;
  say(message: ToPage): void;
}

export const READY: ToPage = { version: "0.0.0-test" };

/**
 * A browser whose workers outlive the page, or one that does not know of that; returns the workers that are made. `make` runs in the
 * constructor.
 */
export function fakeWorkers(outlives = true, make?: () => void): FakeWorker[] {
  const workers: FakeWorker[] = [];
  vi.stubGlobal(
    "SharedWorker",
    function (this: object, url: string, options: { extendedLifetime?: boolean }) {
      const extended = outlives && options.extendedLifetime;
      if (url === "//:") throw new SyntaxError(`no address: ${extended}`);
      make?.();
      const posted: ToWorker[] = [];
      const port: { onmessage?: (event: { data: ToPage }) => void; postMessage(message: ToWorker): void } = {
        postMessage: (message) => posted.push(structuredClone(message)),
      };
      const fake = Object.assign(this, { port, posted, say: (data: ToPage) => port.onmessage?.({ data }) });
      workers.push(fake);
    },
  );
  return workers;
}
