// Owns the tagging of result elements from a Trieve response. Writes attributes and nothing else.

import { announce } from "../announce";
import {
  CHUNK_ID,
  FIRST_POSITION,
  POSITION,
  REQUEST_ID,
  type RequestType,
  TAGGED,
  TRACKING_ID,
  TYPE,
} from "../attributes";
import { attempt, mistake, tell } from "../report";

interface Chunk {
  readonly id?: string;
  readonly tracking_id?: string | null;
  readonly link?: string | null;
}

/** A chunk as one of the responses wraps it: v2 `{ chunk }`, v1 `{ metadata: [chunk] }`, a group of chunks, or bare. */
interface Row extends Chunk {
  readonly chunk?: Chunk | object;
  readonly metadata?: unknown;
  readonly chunks?: readonly object[];
}

/** Any response that results are rendered from: search, groups and recommendations (v2), search (v1), RAG chunks. */
export interface ResultResponse {
  /** The request id; v1 and RAG have it in their `TR-QueryID` header instead (option `requestId`). */
  readonly id?: string;
  readonly chunks?: readonly object[];
  readonly results?: readonly object[];
  readonly score_chunks?: readonly object[];
}

export interface TagOptions {
  /** The position of the first result; default: the first of `page`, else the tracker's. */
  readonly firstPosition?: number | undefined;
  /** 1-based page that the results are of; needs `pageSize`. */
  readonly page?: number | undefined;
  readonly pageSize?: number | undefined;
  /** `order`: the nth element shows the nth chunk (default). `link`: an element shows the chunk whose `link` it links to. */
  readonly match?: "order" | "link" | undefined;
  /** The request id where the response has none: the value of its `TR-QueryID` header. */
  readonly requestId?: string | null | undefined;
  /** The kind of request; default: the tracker's. */
  readonly type?: RequestType | undefined;
}

/** What `tagResults` did. */
export interface Tagging {
  readonly tagged: number;
  /** Ids of the chunks that no element shows. */
  readonly unmatchedChunks: readonly (string | undefined)[];
  /** The elements that show no chunk; they carry no chunk's tag now. */
  readonly unmatchedElements: readonly Element[];
}

function chunksOf(rows: readonly object[]): Chunk[] {
  return (rows as Row[]).flatMap((row) => {
    if (row.chunks) return chunksOf(row.chunks);
    return row.chunk ?? (row.id ? row : ((row.metadata as Chunk[])?.[0] ?? []));
  });
}

/** Elements that have been tagged before. */
const MARKED = `${TAGGED},[${POSITION}]`;

function write(element: Element, name: string, value: unknown): void {
  if (value == null) element.removeAttribute(name);
  else element.setAttribute(name, value as string);
}

function linksTo(element: Element, { link }: Chunk): boolean {
  const href = link && attempt(() => new URL(link, location.href).href);
  return [element, ...element.querySelectorAll("a")].some(
    (a) => href && (a as HTMLAnchorElement).href === href,
  );
}

/**
 * Tags results with what a click on them reports. Give the container whose children show one response's chunks, or
 * the result elements themselves where one list holds several responses (infinite scroll).
 *
 * @example tagResults(list, await response.json(), { page: 2, pageSize: 10 });
 */
export function tagResults(
  where: Element | ArrayLike<Element> | Iterable<Element>,
  response: ResultResponse | readonly object[],
  options: TagOptions = {},
): Tagging {
  try {
    return tag(where, response, options);
  } catch (error) {
    tell(mistake("tagResults' input", "elements and a Trieve response", error), where, response);
    return { tagged: 0, unmatchedChunks: [], unmatchedElements: [] };
  }
}

function tag(
  where: Parameters<typeof tagResults>[0],
  response: Parameters<typeof tagResults>[1],
  { page = 1, pageSize = 0, firstPosition, match, requestId, type }: TagOptions,
): Tagging {
  const { id, chunks, results, score_chunks } = response as ResultResponse;
  const all = chunksOf(chunks ?? results ?? score_chunks ?? (response as readonly object[]));
  const left = new Set(all);
  const container = where instanceof Element && where;
  const elements = Array.from((container ? container.children : where) as ArrayLike<Element>);
  const first = firstPosition ?? (page > 1 || pageSize ? (page - 1) * pageSize + 1 : undefined);
  const request = requestId ?? id;
  if (!request) tell(mistake("requestId", "the response's id or its TR-QueryID header", request), where);
  if (container) {
    write(container, REQUEST_ID, request);
    write(container, TYPE, type);
    write(container, FIRST_POSITION, first);
  }
  let tagged = 0;
  const unmatchedElements = elements.filter((element, at) => {
    const chunk = match === "link" ? [...left].find((one) => linksTo(element, one)) : all[at];
    // An element that a framework uses again must not keep what it carried for the response before.
    const used = element.matches(MARKED);
    const own = (name: string, value: unknown) => {
      if (used || value != null) write(element, name, chunk && value);
    };
    own(CHUNK_ID, chunk?.id);
    own(TRACKING_ID, chunk?.id ? null : chunk?.tracking_id);
    own(REQUEST_ID, container ? null : request);
    own(TYPE, container ? null : type);
    own(POSITION, container || first === undefined ? null : first + tagged);
    if (!chunk) return true;
    left.delete(chunk);
    tagged++;
    return false;
  });
  announce({ tagged: elements.filter((element) => !unmatchedElements.includes(element)) });
  const unmatchedChunks = [...left].map((chunk) => chunk.id);
  if (unmatchedChunks[0] || unmatchedElements[0])
    tell("tagResults found no match for", unmatchedChunks, unmatchedElements);
  return { tagged, unmatchedChunks, unmatchedElements };
}
