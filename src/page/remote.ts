// Owns the page's side of the worker: whether the browser has one that outlives the page, its start, and when it may be trusted.
import { courierSource } from "courier-source";
import type { Route } from "../config";
import type { ToPage, ToWorker } from "../delivery/worker";
import { attempt } from "../report";

export interface Remote {
  /** Starts the worker unless it runs or has failed in this visit; resolves to whether it is ready. */
  start(): Promise<boolean>;
  started(): boolean;
  /** Whether a click may be handed over now. */
  ready(): boolean;
  post(message: ToWorker): void;
  /** Has the worker flush; resolves when it is over, to whether there was one to do it. */
  flush(hope: boolean): Promise<boolean>;
  /** Lets the worker finish and end; the next `start` makes another. */
  stop(): void;
}

/** A worker is ready some 15 ms after its start; one that takes this long never will be. */
const READY_MS = 3_000;
/** A worker costs about 2 MB: it ends after this, and the next sign of intent starts another. */
const WORKER_MS = 60_000;
const FAILED = "clicktrail no worker";

/** Only a worker with an extended lifetime is of use (Chromium 148): the getter tells whether the browser reads the option. */
function outlivesPage(): boolean {
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

export function createRemote(route: Route, wake: (at: number) => void): Remote {
  let worker: SharedWorker | undefined;
  let starting: Promise<boolean> | undefined;
  let ready = false;
  let flushed = () => {};

  function start(): Promise<boolean> {
    starting ??= new Promise<boolean>((resolve) => {
      let mine: SharedWorker | undefined;
      const fail = () => {
        // A page's policy does not change within a visit: the next page need not try.
        if (mine === worker && !ready)
          attempt(() => {
            sessionStorage[FAILED] = 1;
          });
        resolve(false);
      };
      if (attempt(() => sessionStorage[FAILED]) || !outlivesPage()) return resolve(false);
      const url = URL.createObjectURL(new Blob([courierSource()], { type: "text/javascript" }));
      attempt(() => {
        mine = worker = new SharedWorker(url, { extendedLifetime: true } as WorkerOptions);
        // A policy that forbids the worker shows here, after the constructor.
        worker.onerror = fail;
        worker.port.onmessage = ({ data }: MessageEvent<ToPage>) => {
          if (mine !== worker) return;
          if (data.ready) {
            ready = true;
            resolve(true);
          }
          if (data.wake) wake(data.wake);
          if (data.flushed) flushed();
        };
        post({ route });
        setTimeout(fail, READY_MS);
        setTimeout(() => mine === worker && stop(), WORKER_MS);
      }, fail);
    });
    return starting;
  }

  const post = (message: ToWorker) => worker?.port.postMessage(message);

  function stop(): void {
    if (worker) post({ leave: true });
    worker = starting = undefined;
    ready = false;
    flushed();
  }

  async function flush(hope: boolean): Promise<boolean> {
    const can = await start();
    if (can)
      await new Promise<void>((resolve) => {
        flushed();
        flushed = resolve;
        post({ flush: { hope } });
        // Killed meanwhile, or very slow: what is left is for the next flush.
        setTimeout(() => flushed === resolve && stop(), WORKER_MS / 2);
      });
    return can;
  }

  return { start, post, stop, flush, ready: () => ready, started: () => !!starting };
}
