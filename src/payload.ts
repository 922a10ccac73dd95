// Owns the wire format: the only file with snake_case names. Checks a click's fields and makes the payload of them.
import type { RequestType } from "./attributes";
import { type Options, REQUEST_TYPE, UUID } from "./config";
import { attempt, mistake, tell } from "./report";

/** What `trackClick` takes. */
export interface Click {
  /** The request behind the result; a UUID. */
  readonly requestId: string;
  /** The clicked chunk; a UUID. One of `chunkId` and `chunkTrackingId` is needed; the server counts by `chunkId`. */
  readonly chunkId?: string | undefined;
  readonly chunkTrackingId?: string | undefined;
  /** Absolute position over pages, an int32. */
  readonly position: number;
  /** Default: the tracker's `type`, else `search`. */
  readonly type?: RequestType | undefined;
  /** The page's own metadata: it passes through untouched. Each top-level key is counted as one click by the server. */
  readonly metadata?: object | undefined;
}

/** What clicktrail adds to the metadata, under the one key `clicktrail`. */
export interface Trail {
  /** The click's own id, a UUIDv7: the same in every attempt. */
  readonly id: string;
  /** When it was clicked, ISO 8601; the server stamps only the arrival. */
  readonly clicked_at: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly version: string;
  /** `click`, or `manual` for `trackClick`. */
  readonly action: string;
  /** The base of the position. */
  readonly first_position: number;
  readonly user_id?: string;
}

type Metadata = { readonly clicktrail: Trail } & { readonly [key: string]: unknown };

/** The body of `PUT /api/analytics/ctr`. */
export interface CtrPayload {
  readonly request_id: string;
  readonly ctr_type: RequestType;
  readonly position: number;
  readonly clicked_chunk_id?: string;
  readonly clicked_chunk_tracking_id?: string;
  readonly metadata: Metadata;
}

/** The body of a click on `PUT /api/analytics/events`. */
export interface EventsPayload {
  readonly event_type: "click";
  readonly event_name: "Click";
  readonly request: { readonly request_id: string; readonly request_type: RequestType };
  readonly clicked_items: { readonly chunk_id: string; readonly position: number };
  readonly user_id?: string;
  readonly metadata: Metadata;
}

export type Payload = CtrPayload | EventsPayload;

/** In characters of JSON. Metadata above it is left out, the click is sent: keepalive bodies share 64 KiB a page. */
const MAX_METADATA = 4096;
declare const __VERSION__: string;

/** The payload of one click, or `undefined` after telling what is wrong with it. */
export function makePayload(
  click: Click & { readonly firstPosition?: number | undefined },
  { api, type: defaultType = "search", firstPosition = 1, userId }: Partial<Options>,
  trail: {
    readonly id: string;
    readonly at: number;
    readonly action: string;
    readonly extra?: object | undefined;
  },
  seen: unknown = click,
): Payload | undefined {
  const { requestId, chunkId, chunkTrackingId, position, type = defaultType, metadata = {} } = click;
  const fine = (right: unknown, field: keyof Click, expected: unknown) => {
    if (!right) tell(mistake(field, expected, click[field]), seen);
    return right;
  };
  const valid =
    fine(UUID.test(requestId), "requestId", "a UUID") &&
    fine(chunkId ? UUID.test(chunkId) : chunkTrackingId && api !== "events", "chunkId", "a UUID") &&
    fine(position === (position | 0), "position", "an integer") &&
    fine(REQUEST_TYPE.test(type), "type", REQUEST_TYPE);
  if (!valid) return;
  const json = `${attempt(() => JSON.stringify(metadata))}`;
  const fits = fine(
    json.startsWith("{") && json.length <= MAX_METADATA,
    "metadata",
    `an object under ${MAX_METADATA} characters`,
  );
  const user = userId && { user_id: userId };
  const ours = {
    id: trail.id,
    clicked_at: new Date(trail.at).toISOString(),
    attempt: 1,
    version: __VERSION__,
    action: trail.action,
    first_position: +(click.firstPosition ?? firstPosition),
    ...user,
    ...trail.extra,
  };
  const all = { ...(fits ? metadata : {}), clicktrail: ours };
  return api === "events"
    ? {
        event_type: "click",
        event_name: "Click",
        request: { request_id: requestId, request_type: type },
        clicked_items: { chunk_id: chunkId as string, position },
        ...user,
        metadata: all,
      }
    : {
        request_id: requestId,
        ctr_type: type,
        position,
        ...(chunkId && { clicked_chunk_id: chunkId }),
        ...(chunkTrackingId && { clicked_chunk_tracking_id: chunkTrackingId }),
        metadata: all,
      };
}

/** The body of one attempt. */
export function body(payload: Payload, attempt: number): string {
  const { metadata } = payload;
  return JSON.stringify({
    ...payload,
    metadata: { ...metadata, clicktrail: { ...metadata?.clicktrail, attempt } },
  });
}
