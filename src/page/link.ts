// Owns how a page reaches a worker that outlives it: a shared worker with an extended lifetime, or a service worker. Knows no click.
import { courierSource } from "courier-source";
import type { ToPage, ToWorker } from "../delivery/worker";
import { attempt, tell } from "../report";
import { ofDocument } from "./step";

/** Which courier a click gets: a shared worker or a service worker, which outlive the page, or the page itself. */
export type CourierName = "worker" | "service-worker" | "page";

/** What a page needs of either kind of worker. */
export interface Link {
  readonly name: CourierName;
  /** Whether a message would be received. */
  lives(): boolean;
  post(message: ToWorker): void;
}

declare const __VERSION__: string;

/** Whether shared workers can have an extended lifetime (Chromium 148): the getter shows whether the browser reads the option. */
export function outlivesPage(): boolean {
  let read = false;
  const options = {
    get extendedLifetime() {
      read = true;
      return read;
    },
  };
  // The address can't be parsed: no browser makes a worker of it.
  attempt(() => new SharedWorker("//:", options as WorkerOptions));
  return read;
}

export function linkToShared(hear: (message: ToPage) => void, fail: () => void): Link {
  const url = URL.createObjectURL(new Blob([courierSource()], { type: "text/javascript" }));
  const worker = new SharedWorker(url, { extendedLifetime: true } as WorkerOptions);
  // A policy that forbids the worker shows here, after the constructor.
  worker.onerror = fail;
  worker.port.onmessage = ({ data }: MessageEvent<ToPage>) => {
    // It runs, so its text is no longer needed.
    URL.revokeObjectURL(url);
    hear(data);
  };
  return { name: "worker", lives: () => true, post: (message) => worker.port.postMessage(message) };
}

/**
 * A page need not be in a service worker's scope to send it messages: this scope is the file itself, so it holds no page, and the
 * site's own service worker is left alone.
 */
export async function linkToService(file: string, hear: (message: ToPage) => void): Promise<Link> {
  const url = new URL(file, ofDocument("baseURI"));
  const own = await navigator.serviceWorker.register(url, { scope: url.pathname }).catch((error) => {
    tell(`serviceWorker must be a script of this origin that is clicktrail.js or imports it: ${error}`);
    throw error;
  });
  await new Promise<void>((resolve) => {
    const look = () => own.active && resolve();
    own.installing?.addEventListener("statechange", look);
    own.waiting?.addEventListener("statechange", look);
    look();
  });
  return {
    name: "service-worker",
    lives: () => own.active?.state === "activated",
    post(message) {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }: MessageEvent<ToPage>) => {
        const { version = __VERSION__ } = Object(data);
        if (version !== __VERSION__) own.update();
        hear(data);
      };
      own.active?.postMessage({ clicktrail: message }, [port2]);
    },
  };
}
