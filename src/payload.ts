// Owns the wire format: the only file with snake_case names. Checks a click's fields and makes the payload of them.
import type { RequestType } from "./attributes";
import { toJson } from "./json";
import { type Options, REQUEST_TYPE, UUID } from "./options";
import { attempt, explain } from "./report";

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
  id: string;
  /** When it was clicked, ISO 8601; the server stamps only the arrival. */
  clicked_at: string;
  /** 1 for the first attempt. */
  attempt: number;
  version: string;
  /** `click`, or `manual` for `trackClick`. */
  action: string;
  /** The base of the position, where that is a whole number. */
  first_position?: number;
  user_id?: string;
}

type Metadata = { clicktrail: Trail } & { [key: string]: unknown };

/** The body of `PUT /api/analytics/ctr`. */
export interface CtrPayload {
  request_id: string;
  ctr_type: RequestType;
  position: number;
  clicked_chunk_id?: string;
  clicked_chunk_tracking_id?: string;
  metadata: Metadata;
}

/** The body of a click on `PUT /api/analytics/events`. */
export interface EventsPayload {
  event_type: "click";
  event_name: "Click";
  request: { request_id: string; request_type: RequestType };
  clicked_items: { chunk_id: string; position: number };
  user_id?: string;
  metadata: Metadata;
}

export type Payload = CtrPayload | EventsPayload;

/** In characters of JSON. Metadata above it is left out, the click is sent: keepalive bodies share 64 KiB a page. */
export const MAX_METADATA = 4096;
declare const __VERSION__: string;

/** An object as plain JSON, if it is one and small; else `{}`, after saying what is wrong with it. */
export function small(field: "metadata" | "use", given: unknown, seen?: unknown): object {
  const json = given == null ? "{}" : `${attempt(() => toJson(given))}`;
  if (json.startsWith("{") && json.length <= MAX_METADATA) return JSON.parse(json);
  explain(field, [MAX_METADATA], given, seen);
  return {};
}

const isInt = (given: number) => given === (given | 0);
const text = (given: unknown) => (given == null ? undefined : `${given}`);

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
  const { position } = click;
  const type = text(click.type ?? defaultType) as RequestType;
  const requestId = text(click.requestId) ?? "";
  const chunkId = text(click.chunkId);
  const chunkTrackingId = text(click.chunkTrackingId);
  const isChunk = chunkId ? UUID.test(chunkId) : chunkTrackingId && api !== "events";
  if (!UUID.test(requestId) || !isChunk || position !== (position | 0) || !REQUEST_TYPE.test(type))
    return explain("click", [requestId, isChunk, chunkId, position, type, api], seen);
  const first = +(click.firstPosition ?? firstPosition);
  if (!position && first) explain("position-zero", [], seen);
  const user = userId && { user_id: text(userId) as string };
  const ours = {
    ...trail.extra,
    id: trail.id,
    clicked_at: new Date(trail.at).toISOString(),
    attempt: 1,
    version: __VERSION__,
    action: trail.action,
    // What isn't a whole number would be null as JSON.
    ...(isInt(first) && { first_position: first }),
    ...user,
  };
  const all = { ...small("metadata", click.metadata, seen), clicktrail: ours };
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

/** What was clicked, as the payload of either API says it. */
export interface Clicked {
  readonly chunkId?: string | undefined;
  readonly position?: number | undefined;
}

export function clickedOf(payload: Payload | undefined): Clicked {
  const { clicked_items, clicked_chunk_id, position } = Object(payload);
  return clicked_items
    ? { chunkId: clicked_items.chunk_id, position: clicked_items.position }
    : { chunkId: clicked_chunk_id, position };
}

/** The body of one attempt. */
export function body(payload: Payload, attempt: number): string {
  const { metadata } = payload;
  return toJson({
    ...payload,
    metadata: { ...metadata, clicktrail: { ...metadata?.clicktrail, attempt } },
  });
}
