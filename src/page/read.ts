// Owns what a click says: from the elements along its path to the tagged one and its fields. Decides nothing about counting.
import {
  CHUNK_ID,
  FIRST_POSITION,
  METADATA,
  POSITION,
  REQUEST_ID,
  type RequestType,
  TRACKING_ID,
  TYPE,
} from "../attributes";
import type { Click } from "../payload";
import { attempt } from "../report";
import { rankOf } from "./rank";
import { type Step, value } from "./step";
import { pathTo } from "./tagged";

/** A click's fields, and the base of its position. */
export type ReadClick = Click & { readonly firstPosition: number };

/** Reads the click's fields along the path that begins at the tagged element. */
export function readPath(path: readonly Step[], firstPosition = 1): ReadClick {
  const [result] = path as readonly [Step];
  const requestId = path.map((step) => value(step, REQUEST_ID)).find(Boolean) ?? "";
  // A list in another request's list takes nothing of that one.
  const end = path.findIndex((step) => (value(step, REQUEST_ID) ?? requestId) !== requestId);
  const own = end < 0 ? path : path.slice(0, end);
  const inherited = (name: string) => own.map((step) => value(step, name)).find(Boolean);
  const metadata = value(result, METADATA);
  const base = +(inherited(FIRST_POSITION) ?? firstPosition);
  return {
    requestId,
    chunkId: value(result, CHUNK_ID),
    chunkTrackingId: value(result, TRACKING_ID),
    position: +(value(result, POSITION) ?? base + rankOf(path, requestId)),
    type: inherited(TYPE) as RequestType | undefined,
    // JSON that is none goes on as the text it is: the payload's check says what to write instead.
    metadata: attempt(
      () => JSON.parse(metadata ?? "null") ?? undefined,
      () => metadata as unknown as object,
    ),
    firstPosition: base,
  };
}

/** The tagged element that a click on this one belongs to, and what it says. */
export function readElement(
  element: Element,
  firstPosition?: number,
): { readonly result: Element; readonly click: ReadClick } | undefined {
  const path = pathTo(element);
  return path[0] && { result: path[0] as Element, click: readPath(path, firstPosition) };
}
