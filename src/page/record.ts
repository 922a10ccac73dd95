// Owns what a click becomes before it is queued: repeats, its id, what the page adds and vetoes, its entry. Stores and sends nothing.
import { FORMAT, type Options } from "../config";
import type { Entry } from "../delivery/row";
import { uuid7 } from "../id";
import { type Click, makePayload, type Payload } from "../payload";
import { attempt, complain, mistake } from "../report";

/** Adds fields to each click's metadata, under its `clicktrail` key. */
export interface Extra {
  /** Runs inside the click's task, so it must be cheap. The inspector calls it too: it must change nothing. */
  (click: Click, element?: Element): object | undefined;
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
}

interface Parts {
  readonly options: Options;
  /** Takes an entry over, within the click's task. */
  readonly keep: (entry: Entry) => void;
  /** Counts a click that isn't queued. */
  readonly drop: (id: string, at: number, reason: string) => void;
}

/** One open is one click: a repeat on the same chunk within this time isn't counted. */
const REPEAT_MS = 1_000;

export function createRecorder({ options, keep, drop }: Parts): Recorder {
  const clicks = new Map<string, { readonly id: string; readonly at: number }>();
  const extras = new Set<Extra>();

  /** What `beforeSend` makes of a payload; `undefined` where it vetoes. */
  function edit(payload: Payload): Payload | undefined {
    const edited = attempt(() => {
      const draft = JSON.parse(JSON.stringify(payload));
      const changed = options.beforeSend?.(draft) ?? draft;
      if (changed !== false && !changed.request_id && !changed.request)
        throw new Error(mistake("beforeSend's result", "the payload, false or nothing", changed));
      // What can't be sent throws here.
      JSON.stringify(changed);
      return changed;
    }, complain);
    return edited ?? payload;
  }

  function extrasOf(click: Click, element?: Element): object {
    return Object.assign({}, ...[...extras].map((extra) => attempt(() => extra(click, element), complain)));
  }

  return {
    record(click, { action, element, detail = 0 }) {
      const same = `${click.requestId} ${click.chunkId ?? click.chunkTrackingId}`;
      const at = Date.now();
      const before = clicks.get(same);
      if (before && (detail > 1 || Math.abs(at - before.at) < REPEAT_MS)) return before.id;
      const id = uuid7(at);
      clicks.set(same, { id, at });
      const trail = { id, at, action, extra: extrasOf(click, element) };
      const made = makePayload(click, options, trail, element);
      if (!made) return void drop(id, at, "invalid");
      const payload = options.beforeSend ? edit(made) : made;
      if (!payload) return void drop(id, at, "vetoed");
      const size = new TextEncoder().encode(JSON.stringify(payload)).length;
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
