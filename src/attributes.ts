// Owns the names of the result attributes and writes them as a plain object. Works without a DOM and knows no clicks.

/** The three kinds of request that show results. */
export type RequestType = "search" | "rag" | "recommendation";

/** What one result element (or an ancestor of several) carries. */
export interface ResultTag {
  /** The search, RAG or recommendation request that brought the result; a UUID. */
  readonly requestId?: string | undefined;
  /** The chunk's own id; a UUID. Give it whenever it is known: the server ignores tracking ids. */
  readonly chunkId?: string | undefined;
  /** The chunk's tracking id, for results whose chunk id is not known. */
  readonly chunkTrackingId?: string | null | undefined;
  /** Absolute position over pages. Left out: the rank among the tagged chunks of the same request. */
  readonly position?: number | undefined;
  /** The position of the first result (for results without a position of their own); default 1. */
  readonly firstPosition?: number | undefined;
  /** The kind of request; default: the tracker's `type`, else `search`. */
  readonly type?: RequestType | undefined;
  /** The page's own metadata for a click on this result. */
  readonly metadata?: object | undefined;
}

export const CHUNK_ID = "data-ctr-chunk-id";
export const TRACKING_ID = "data-ctr-chunk-tracking-id";
export const REQUEST_ID = "data-ctr-request-id";
export const POSITION = "data-ctr-position";
export const FIRST_POSITION = "data-ctr-first-position";
export const TYPE = "data-ctr-type";
export const METADATA = "data-ctr-metadata";
/** This inner element counts, too. */
export const CLICK = "data-ctr-click";
/** Never counts. */
export const IGNORE = "data-ctr-ignore";
/** On a wrapper of somebody else's content: no tag below it is read. */
export const UNTRUSTED = "data-ctr-untrusted";
const ALL = [
  CHUNK_ID,
  TRACKING_ID,
  REQUEST_ID,
  POSITION,
  FIRST_POSITION,
  TYPE,
  METADATA,
  CLICK,
  IGNORE,
  UNTRUSTED,
];
/** Selects the results of a page. */
export const TAGGED = `[${CHUNK_ID}],[${TRACKING_ID}]`;

/** `chunkId` → `data-ctr-chunk-id`. */
export function attributeName(field: keyof ResultTag | "click" | "ignore"): string {
  return `data-ctr-${field.replace(/[A-Z]/g, "-$&").toLowerCase()}`;
}

/** The attribute that was meant by a name that isn't one, such as `data-ctrRequestId`. */
export function meantAttribute(name: string): string | undefined {
  const letters = (text: string) => text.toLowerCase().replace(/[^a-z]/g, "");
  return ALL.includes(name) ? undefined : ALL.find((one) => letters(one) === letters(name));
}

/**
 * The attributes of one result as a plain object, to spread in JSX, bind in Vue or Svelte, or render on a server.
 *
 * @example <li {...resultAttributes({ requestId, chunkId: chunk.id, position: 3 })}>
 */
export function resultAttributes(tag: ResultTag): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [field, value] of Object.entries(tag)) {
    if (value == null) continue;
    attributes[attributeName(field as keyof ResultTag)] =
      typeof value === "object" ? JSON.stringify(value) : `${value}`;
  }
  return attributes;
}
