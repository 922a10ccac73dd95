// Owns the tagging of result elements from a Trieve response. Writes attributes and nothing else.

import { announce, runningTracker } from "../announce";
import {
  CHUNK_ID,
  FIRST_POSITION,
  IGNORE,
  POSITION,
  REQUEST_ID,
  type RequestType,
  TAGGED,
  TRACKING_ID,
  TYPE,
} from "../attributes";
import { mistake, tell } from "../report";
import { createMatch } from "./match";
import { chunksOf, type ResultResponse } from "./response";
import { isElement, read } from "./step";

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

/** Elements that have been tagged before. */
const MARKED = `${TAGGED},[${POSITION}]`;
/** Children of a list that are no results; microdata has its own among them. */
const NO_RESULT = `template,script,style,link,meta,[${IGNORE}]`;

const matches = (element: Element, selector: string) => Element.prototype.matches.call(element, selector);

function write(element: Element, name: string, value: unknown): void {
  if (value == null) Element.prototype.removeAttribute.call(element, name);
  else Element.prototype.setAttribute.call(element, name, value as string);
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
    return NOTHING;
  }
}

const NOTHING: Tagging = { tagged: 0, unmatchedChunks: [], unmatchedElements: [] };

/** The position of the first result. */
function firstOf({ page = 1, pageSize = 0, firstPosition }: TagOptions, where: unknown): number | undefined {
  if (page < 1) tell(mistake("page", "1 for the first page", page), where);
  if (page > 1 && !pageSize) tell(mistake("pageSize", "given with page", pageSize), where);
  const first = firstPosition ?? (page > 1 || pageSize ? (Math.max(page, 1) - 1) * pageSize + 1 : undefined);
  return first == null ? undefined : +first;
}

function tag(
  where: Parameters<typeof tagResults>[0],
  response: Parameters<typeof tagResults>[1],
  options: TagOptions,
): Tagging {
  const { match, requestId, type } = options;
  const { id, chunks, results, score_chunks } = response as ResultResponse;
  const rows = chunks ?? results ?? score_chunks ?? (response as readonly object[]);
  const inOrder = chunksOf(rows);
  const left = new Set(inOrder);
  const container = isElement(where) && where;
  const given = container ? read(container, "children") : (where as Iterable<Element>);
  const elements = [...(Symbol.iterator in given ? given : Array.prototype.slice.call(given))].filter(
    (element: Element) => !matches(element, NO_RESULT),
  );
  const isGroups = inOrder.length > rows.length && elements.length === rows.length;
  // The only child has as many children itself as there are chunks: it is the list.
  const [only, second] = elements;
  const isAround = container && only && !second && inOrder[1] && read(only, "children")[inOrder.length - 1];
  if (isGroups || isAround || (container && matches(container, "html,body"))) {
    const expected = isGroups ? "one group's results, with that group's chunks" : "the results' own list";
    return tell(mistake("tagResults' element", expected, "…"), where) ?? NOTHING;
  }
  const first = firstOf(options, where);
  const from = first ?? +(runningTracker()?.options.firstPosition ?? 1);
  const request = requestId ?? id;
  if (!request) tell(mistake("requestId", "the response's id or its TR-QueryID header", request), where);
  if (container) {
    write(container, REQUEST_ID, request);
    write(container, TYPE, type);
    write(container, FIRST_POSITION, first);
  }
  const matching = match === "link" ? createMatch(inOrder) : undefined;
  let tagged = 0;
  const unmatchedElements = elements.filter((element, at) => {
    const chunk = matching ? matching(element) : inOrder[at];
    // An element that a framework uses again must not keep what it carried for the response before.
    const used = matches(element, MARKED);
    const own = (name: string, value: unknown) => {
      if (used || value != null) write(element, name, chunk && value);
    };
    own(CHUNK_ID, chunk?.id);
    own(TRACKING_ID, chunk?.id ? null : chunk?.tracking_id);
    own(REQUEST_ID, container ? null : request);
    own(TYPE, container ? null : type);
    // Carousels clone and turn their slides, and virtual lists cut them: what is written here goes with the element.
    own(POSITION, from + tagged);
    if (!chunk) return true;
    left.delete(chunk);
    tagged++;
    return false;
  });
  announce({ tagged: elements.filter((element) => !unmatchedElements.includes(element)) });
  const unmatchedChunks = [...left].map((chunk) => chunk.id);
  if (unmatchedChunks[0] || unmatchedElements[0])
    tell(`tagResults found no match; what is no result needs ${IGNORE}:`, unmatchedChunks, unmatchedElements);
  return { tagged, unmatchedChunks, unmatchedElements };
}
