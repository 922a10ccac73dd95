// The entry for React: one hook that starts the tracker, and the attributes of one result. Only the hook needs a browser.
import { type RequestType, resultAttributes } from "./attributes";
import { firstPositionOf, type Paging } from "./shown";

export { type ReactOptions, useClicktrail } from "./react-hook";
export type { Paging };

/** The response of a search or a recommendation (API v2). */
export interface ShownResponse {
  /** The request id; API v1 and RAG have it in their `TR-QueryID` header: give `{ id, chunks }`, the same object at each render. */
  readonly id: string;
  readonly chunks: readonly object[];
}

export interface ResultOptions extends Paging {
  /** The kind of request; default: the tracker's. */
  readonly type?: RequestType | undefined;
}

/**
 * The attributes of the result at `index` (from 0) of the response that is shown. A response keeps the page that it was first
 * rendered with, so the page number may change while the next response is awaited.
 *
 * @example <li key={chunk.id} {...resultProps(response, index, { page, pageSize: 10 })}>
 */
export function resultProps(
  response: ShownResponse,
  index: number,
  options: ResultOptions = {},
): Record<string, string> {
  const row = response.chunks[index] as Row | undefined;
  return resultAttributes({
    requestId: response.id,
    chunkId: (row?.chunk ?? row)?.id,
    position: firstPositionOf(response, options) + index,
    type: options.type,
  });
}

/** A chunk, bare or as API v2 wraps it; a chunk without content has its id as well. */
interface Row {
  readonly id?: string;
  readonly chunk?: { readonly id: string };
}
