// Owns what a click becomes before it is queued: repeats, its id, what the page adds and vetoes, its entry. Stores and sends nothing.

import type { Entry } from "../courier/row";
import { uuid7 } from "../id";
import { plain, toJson } from "../json";
import { FORMAT, type Options } from "../options";
import {
  type Click,
  type CtrPayload,
  type EventsPayload,
  makePayload,
  type Payload,
  small,
} from "../payload";
import { attempt, complain, explain } from "../report";

/** Adds fields to each click's metadata, under its `clicktrail` key. */
export interface Extra {
  /**
   * Runs inside the click's task, so it must be cheap. `id` is the click's; without it nobody has clicked: the inspector asks what
   * a click would say.
   */
  (click: Click, element?: Element, id?: string): object | undefined;
  /** Called by `use`. */
  start?(): void;
  /** Called by the undo of `use`. */
  stop?(): void;
}

export interface Recorder {
  /** Makes an entry of a click; returns the click's id, or `undefined` after saying why there is none. */
  record(click: Click, how: How): string | undefined;
  /** Adds to every click from now on; returns the undo. */
  use(extra: Extra): () => void;
  /** What is added to this click now. */
  extras(click: Click, element?: Element): object;
}

/** How a click came to be. */
export interface How {
  /** `click`, or `manual` for `trackClick`. */
  readonly action: string;
  /** What was clicked, where that is known. */
  readonly element?: Element | undefined;
  /** The DOM event's own count of clicks. */
  readonly detail?: number;
  /** Epoch ms; default: now. */
  readonly at?: number | undefined;
  /** Called where it is no click of its own: it repeats one. */
  readonly repeats?: () => void;
}

interface Parts {
  readonly options: Options;
  /** Takes an entry over, within the click's task. */
  readonly keep: (entry: Entry) => void;
  /** Counts a click that isn't queued. */
  readonly drop: (id: string, at: number, reason: string) => void;
}

/** One open is one click: the same chunk within this time of the last event on it isn't counted. */
export const REPEAT_MS = 1_000;
/** The browser itself says that it is a double click, which people may have set to be slow. */
const DOUBLE_MS = 3_000;

/** What two clicks on one chunk have in common. */
function chunkKey({ requestId, chunkId, chunkTrackingId }: Click): string {
  return `${requestId} ${chunkId || chunkTrackingId}`.toLowerCase();
}

export function createRecorder({ options, keep, drop }: Parts): Recorder {
  const clicks = new Map<string, { readonly id?: string; at: number }>();
  const extras = new Set<Extra>();

  /** What `beforeSend` makes of a payload, as plain JSON; false where it vetoes. */
  function edit(payload: Payload): Payload | false {
    const { beforeSend } = options;
    if (!beforeSend) return payload;
    const edited = attempt(() => {
      const draft = plain(payload);
      const changed = plain(beforeSend(draft) ?? draft) as CtrPayload | EventsPayload | false;
      if (changed && !("request" in changed ? changed.request : changed.request_id))
        return explain("before-send", [], changed);
      return changed;
    }, complain);
    return edited ?? payload;
  }

  function extrasOf(click: Click, element?: Element, id?: string): object {
    const add = (extra: Extra) =>
      small(
        "use",
        attempt(() => extra(click, element, id), complain),
      );
    return Object.assign({}, ...[...extras].map(add));
  }

  /** The payload, or the reason why there is none. */
  function make(click: Click, { action, element }: How, id: string, at: number): Payload | string {
    const trail = { id, at, action, extra: extrasOf(click, element, id) };
    const payload = makePayload(click, options, trail, element);
    return payload ? edit(payload) || "vetoed" : "invalid";
  }

  return {
    record(click, how) {
      const { detail = 0, at = +Date.now() } = how;
      const key = chunkKey(click);
      // What is invalid or vetoed swallows no click that says something else of the same chunk: the mistake is put right.
      const whole = key + click.position;
      const before = clicks.get(key) ?? clicks.get(whole);
      if (before && Math.abs(at - before.at) < (detail > 1 ? DOUBLE_MS : REPEAT_MS)) {
        before.at = at;
        how.repeats?.();
        return before.id;
      }
      const id = uuid7(at);
      clicks.set(whole, { at });
      const payload = make(click, how, id, at);
      if (typeof payload === "string") return void drop(id, at, payload);
      clicks.set(key, { id, at });
      // In bytes, of which a character has up to three.
      const size = toJson(payload).replace(/[^\0-~]/g, "123").length;
      keep({ id, format: FORMAT, payload, at, size, attempt: 1, due: 0 });
      return id;
    },
    use(extra) {
      extras.add(extra);
      attempt(() => extra.start?.(), complain);
      return () => {
        extras.delete(extra);
        attempt(() => extra.stop?.(), complain);
      };
    },
    extras: extrasOf,
  };
}
