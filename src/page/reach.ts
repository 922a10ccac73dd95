// Owns the ways from a page to its courier: a shared worker that outlives the page, a service worker, or the courier's file in the page.

import type { Flights } from "../courier/send";
import type { ToCourier, ToPage } from "../courier/worker";
import { FORMAT, type Route } from "../options";
import { whenIdle } from "./dom";

/** Which courier a click gets: a shared worker or a service worker, which outlive the page, or the page itself. */
export type CourierName = "worker" | "service-worker" | "page";

/** How this page reaches the courier's file: a script tag and a bundler each have their own way. */
export interface CourierFile {
  /** Makes the shared worker; `read` gives the value of `extendedLifetime`, which only a browser that knows it asks for. */
  worker(read: () => boolean): Promise<SharedWorker>;
  /** Loads the courier into this page. */
  load(): Promise<unknown>;
  /** The address of the service worker, where there may be one. */
  service(): string | undefined;
}

export type Say = (message: ToCourier) => void;
export type Hear = (message: ToPage) => void;

/** A worker is ready some 15 ms after its start; nobody waits longer than this for one. */
export const READY_MS = 3_000;
/** How the courier's file makes itself known to the page that loads it. */
export const LOADED = Symbol.for("clicktrail courier");

/** What of the page a way needs to know. */
interface Page {
  readonly file: CourierFile;
  readonly route: Route;
  readonly flights: Flights;
  readonly greeting: () => ToCourier;
}

interface Ends {
  /** This courier will not be ready. */
  readonly failed: () => void;
  /** It was taken away: the next use finds another. */
  readonly lost: () => void;
}

/** Makes the way to a courier, if this page can have one. */
type Reach = (page: Page, hear: Hear, ends: Ends) => Promise<Say | undefined>;

const reachWorker: Reach = async ({ file }, hear, { failed }) => {
  let isKnown = false;
  // Each page has its own: the first one's end would close a shared one (Chromium 148 knows the option).
  const worker = await file.worker(() => {
    isKnown = true;
    return true;
  });
  const { port } = worker;
  // A policy that forbids the worker, or a file that isn't there, shows here.
  worker.onerror = failed;
  port.onmessage = ({ data }) => hear(Object(data));
  const say: Say = (message) => port.postMessage(message);
  if (isKnown) return say;
  say({ bye: true });
};

/**
 * A page need not be in a service worker's scope to send it messages: this scope is the file itself, so it holds no page, and the
 * site's own service worker is left alone.
 */
const reachService: Reach = async ({ file, greeting }, hear, { lost }) => {
  const service = file.service();
  if (!service) return;
  const [scope] = `${service}`.slice(location.origin.length).split(/[?#]/) as [string];
  const own = await navigator.serviceWorker.register(service, { scope });
  const active = new Promise<ServiceWorker>((resolve) => {
    const look = () => own.active && resolve(own.active);
    (own.installing ?? own.waiting)?.addEventListener("statechange", look);
    look();
  });
  active.then((worker) =>
    // It may have replied before it says that it is activated.
    worker.addEventListener("statechange", () => worker.state === "redundant" && lost()),
  );
  return (message) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<ToPage>) => {
      const { ready: format = FORMAT } = Object(data);
      if (format !== FORMAT) own.update();
      hear(Object(data));
    };
    const post = () => own.active?.postMessage({ clicktrail: { ...greeting(), ...message } }, [port2]);
    // A click has no time to wait.
    if (own.active) post();
    else active.then(post);
  };
};

const reachHere: Reach = async ({ file, route, flights }, hear) => {
  await new Promise<void>((resolve) => whenIdle(resolve));
  await file.load();
  return (globalThis as { [LOADED]?: OpenCourier })[LOADED]?.(route, hear, flights);
};

/** In the order in which they are tried. */
export const WAYS: readonly (readonly [CourierName, Reach])[] = [
  ["worker", reachWorker],
  ["service-worker", reachService],
  ["page", reachHere],
];

/** What the courier's file gives to the page that loads it. */
export type OpenCourier = (route: Route, hear: Hear, flights: Flights) => Say;
