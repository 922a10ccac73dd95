// Owns the wire format: the only file with snake_case names. Checks a click's fields and makes the payload of them.
import type { RequestType } from "./attributes";
import { type Options, UUID } from "./config";
import { mistake, tell } from "./report";

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
  click: Click,
  { api, type: defaultType = "search", firstPosition = 1, userId }: Options,
  trail: { id: string; at: number; action: string; extra?: object | undefined },
  seen?: Element,
): Payload | undefined {
  const { requestId, chunkId, chunkTrackingId, position, type = defaultType } = click;
  const right = (fine: unknown, field: keyof Click, expected: string) => {
    if (!fine) tell(mistake(field, expected, click[field]), seen ?? click);
    return fine;
  };
  const valid =
    right(UUID.test(requestId), "requestId", "a UUID") &&
    right(chunkId ? UUID.test(chunkId) : chunkTrackingId && api !== "events", "chunkId", "a UUID") &&
    right(position === (position | 0), "position", "an integer") &&
    right(/^(search|rag|recommendation)$/.test(type), "type", "search, rag or recommendation");
  if (!valid) return;
  let { metadata } = click;
  try {
    const fits =
      !metadata || (/^{/.test(JSON.stringify(metadata)) && JSON.stringify(metadata).length <= MAX_METADATA);
    if (!right(fits, "metadata", `an object of at most ${MAX_METADATA} characters of JSON`))
      metadata = undefined;
  } catch (error) {
    tell(mistake("metadata", "JSON", error), seen ?? click);
    metadata = undefined;
  }
  const user = userId && { user_id: userId };
  const tail = {
    ...(api === "events" && user),
    metadata: {
      ...metadata,
      clicktrail: {
        id: trail.id,
        clicked_at: new Date(trail.at).toISOString(),
        attempt: 1,
        version: __VERSION__,
        action: trail.action,
        first_position: firstPosition,
        ...user,
        ...trail.extra,
      },
    },
  };
  if (api === "events") {
    return {
      event_type: "click",
      event_name: "Click",
      request: { request_id: requestId, request_type: type },
      clicked_items: { chunk_id: chunkId as string, position },
      ...tail,
    };
  }
  return {
    request_id: requestId,
    ctr_type: type,
    position,
    ...(chunkId && { clicked_chunk_id: chunkId }),
    ...(chunkTrackingId && { clicked_chunk_tracking_id: chunkTrackingId }),
    ...tail,
  };
}

/** The body of one attempt. */
export function body(payload: Payload, attempt: number): string {
  const { metadata } = payload;
  return JSON.stringify({
    ...payload,
    metadata: { ...metadata, clicktrail: { ...metadata.clicktrail, attempt } },
  });
}
