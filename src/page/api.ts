// Owns the shape of the tracker that pages, add-ons and the inspector use. Types only.

import type { Stats } from "../courier/stats";
import type { Options, Route } from "../options";
import type { Click } from "../payload";
import type { Capture } from "./click";
import type { PageEvents } from "./outcomes";
import type { CourierName } from "./reach";
import type { Extra } from "./record";

export interface Tracker {
  /** What `init` was given. */
  readonly options: Options;
  readonly route: Route;
  readonly trackClick: Capture["trackClick"];
  readonly capture: Capture["capture"];
  /** Calls back with each outcome of that name, and with `not-counted` each DOM event that is no click; returns the undo. */
  on<Name extends keyof PageEvents>(name: Name, callback: (told: PageEvents[Name]) => void): () => void;
  /** Rejects with an Error if the courier file can't be loaded, or if the database doesn't respond within five seconds. */
  stats(): Promise<Stats>;
  /** Sends what waits and may be sent now. */
  flush(): Promise<void>;
  /** With `consent: "required"`, and after `revokeConsent`: queues the clicks that waited in memory, and those to come. */
  grantConsent(): void;
  /**
   * Empties memory and queue, and tracks nothing, in every tab of the origin and on later visits, until consent is granted. Rejects
   * as `stats` does; what could not be emptied then is emptied as soon as a page can do it.
   */
  revokeConsent(): Promise<void>;
  /**
   * Adds what `extra` returns to each click's metadata, under its `clicktrail` key; returns the undo. If `extra` throws, the
   * click is sent without it.
   */
  use(extra: Extra): () => void;
  /** What `use` has added would put on this click now. */
  extras(click: Click, element?: Element): object;
  /** What a click on an element in a result would report. */
  readonly read: Capture["read"];
  /** Whether clicks are kept and sent now: not before consent where it is required, and not after it was withdrawn. */
  consented(): boolean;
  /** Which courier a click would get now. */
  courier(): CourierName;
  /** Listens again: `document.open()` takes all of a page's listeners away. */
  attach(): void;
  /** Stops tracking. Requests in flight go on. */
  destroy(): void;
}
