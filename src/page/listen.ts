// Owns when the page's thread is used: in its DOM events, before the page's own listeners, and in its idle time.
import { attempt, complain } from "../report";
import { ofDocument } from "./step";

/** Where the page's own work leaves no idle time, start anyway. */
const IDLE_MS = 500;

/**
 * Listens on the window before the page does, and never throws into it; returns the undo. With an abort signal a listener
 * takes half as long again to add (Chromium 156), and adding them is much of the script's evaluation.
 */
export function listen(types: string, callback: (event: never) => void): () => void {
  const listener = (event: Event) => attempt(() => callback(event as never), complain);
  const each = (change: typeof addEventListener) => {
    for (const type of types.split(" ")) change(type, listener, true);
  };
  each(addEventListener);
  return () => each(removeEventListener);
}

/** In idle time, once the page is shown: one that is prerendered has no worker before. */
export function whenShown(work: () => void): void {
  const start = () => whenIdle(work);
  if (ofDocument("prerendering" as never))
    addEventListener("prerenderingchange", start, { once: true, capture: true });
  else start();
}

export function whenIdle(work: () => void): void {
  (globalThis.requestIdleCallback ?? setTimeout)(work, { timeout: IDLE_MS } as never);
}
