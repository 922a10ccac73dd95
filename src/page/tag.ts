// Owns the tagging of result elements from a Trieve response: which element shows which chunk, and the attributes that say so.

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
import { attempt, explain } from "../report";
import { all, attribute, holds, isElement, nameOf, ofDocument, read, type Step, value } from "./dom";

export interface Chunk {
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

/** The chunks in their order, groups one after the other. */
export function chunksOf(rows: readonly object[]): Chunk[] {
  return (rows as Row[]).flatMap((row) => {
    if (row.chunks) return chunksOf(row.chunks);
    return row.chunk ?? (row.id ? row : ((row.metadata as Chunk[])?.[0] ?? []));
  });
}

/** What campaigns and referrers add to an address. */
const TRACKING = /&(utm_\w*|gclid|fbclid|ref)(=[^&#]*)?(?![^&#])/gi;

/**
 * What links are compared by, each made of the one before: as they are written, as the browser resolves them, without what campaigns
 * add, and without their fragments. `isSought`: the link is a chunk's, not an element's.
 */
const KEYS: readonly ((link: string, isSought: boolean) => string | readonly string[])[] = [
  (link) => link,
  (link) => attempt(() => new URL(link, ofDocument("baseURI")).href) ?? [],
  (url) => url.replace(/\?/g, "&").replace(TRACKING, ""),
  (url, isSought) => {
    const [address, fragment] = url.split(/#(.*)/);
    // Two different fragments are two different chunks: only a link without one stands for any.
    return !fragment === isSought ? `${address}` : `${address}#`;
  },
];

/**
 * Says which row each element shows, by its place among the rows; a row is one chunk, or a group of chunks. An element without a
 * row, or with several that it may show, is left out. Undefined where no link of any element leads to a chunk.
 */
export function pairByLink(
  elements: readonly Element[],
  rows: readonly (readonly Chunk[])[],
): Map<Element, number> | undefined {
  let sought = rows.map((row) => row.flatMap(({ link }) => link || []));
  if (!sought.flat()[0]) return;
  let shown = elements.map(linksOf);
  const pairs = new Map<Element, number>();
  let isMet = false;
  for (const key of KEYS) {
    sought = sought.map((links) => links.flatMap((link) => key(link, true)));
    shown = shown.map((links) => links.flatMap((link) => key(link, false)));
    const isInOrder = (links: string[], at: number) => links.some((link) => sought[at]?.includes(link));
    // Most pages render the response's links in its order, and as they are: nothing has to be resolved there.
    if (!isMet && rows.length === elements.length && shown.every(isInOrder))
      return new Map(elements.map((element, at) => [element, at]));
    for (let before = -1; key !== KEYS[0] && before < pairs.size; ) {
      before = pairs.size;
      /** The rows that are left, by what leads to them; and the elements that lead to these rows alone. */
      const left: Record<string, string> = {};
      const alone: Record<string, Element[]> = {};
      sought.forEach((links, at) => {
        for (const link of new Set(links)) left[link] = left[link] ? `${left[link]},${at}` : `${at}`;
      });
      elements.forEach((element, at) => {
        if (pairs.has(element)) return;
        const [places, another] = new Set(shown[at]?.flatMap((link) => left[link] ?? []));
        isMet ||= !!places;
        if (places && !another) alone[places] = [...(alone[places] ?? []), element];
      });
      for (const [found, same] of Object.entries(alone)) {
        const places = found.split(",").map(Number);
        // Several chunks with one link are told apart by their order, if all of them are there.
        if (places.length === same.length)
          places.forEach((place, nth) => {
            sought[place] = [];
            pairs.set(same[nth] as Element, place);
          });
      }
    }
  }
  return isMet ? pairs : undefined;
}

/** The links that an element shows: those of open shadow roots only where it has none of its own, for these take longer to find. */
function linksOf(element: Element): string[] {
  const hrefs = (steps: readonly Step[]) => steps.flatMap((step) => attribute(step, "href") || []);
  const own = hrefs([element, ...all(element, "a")]);
  if (!own[0])
    holds(element, (step) => {
      if (nameOf(step) === "a") own.push(...hrefs([step]));
      return false;
    });
  return own;
}

export interface TagOptions {
  /** The position of the first result; default: the first of `page`, else the tracker's. */
  readonly firstPosition?: number | string | null | undefined;
  /** 1-based page that the results are of, also as text; default 1. From page 2 on `pageSize` is needed. */
  readonly page?: number | string | null | undefined;
  readonly pageSize?: number | string | null | undefined;
  /**
   * `auto` (default): an element shows the chunk whose `link` it links to; where no link of any element leads to a chunk, the nth
   * element shows the nth chunk, if there are as many. `link`: by link alone. `order`: the nth shows the nth, however many there are.
   */
  readonly match?: "auto" | "order" | "link" | undefined;
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
const NO_RESULT = `template,script,style,link,meta,hr,thead,[role=separator],[hidden],[${IGNORE}]`;

/** Elements whose link has led to a chunk. */
const linked = new WeakSet<Element>();

const matches = (element: Element, selector: string) => Element.prototype.matches.call(element, selector);

const isResult = (element: Element) => !matches(element, NO_RESULT);

/** The number that an option says, also as text; NaN where it says none. */
const number = (given: unknown) => Number.parseFloat(given as string);

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
  const tagging = attempt(() => tag(where, response, options));
  if (tagging) return tagging;
  explain("input", [], where, response, options);
  return { tagged: 0, unmatchedChunks: [], unmatchedElements: [] };
}

/** The position of the first result; undefined where the tracker's is meant, NaN where nobody can tell. */
function firstOf({ page, pageSize, firstPosition }: TagOptions): number | undefined {
  if (number(page) < 1) explain("page", [page]);
  const size = number(pageSize) || Number.NaN;
  const first = number(firstPosition);
  if (!Number.isNaN(first)) return first;
  return number(page) > 1 ? (number(page) - 1) * size + 1 : size ? 1 : undefined;
}

/** The request whose tag an element carries itself or inherits. */
const requestOf = (element: Element) =>
  value(Element.prototype.closest.call(element, `[${REQUEST_ID}]`) ?? element, REQUEST_ID);

/** What shows a group's chunks: parts of its card, or the card itself. */
function partsOf(card: Element, group: readonly Chunk[]): (readonly [Element, Chunk])[] {
  const chunks = group.map((chunk) => [chunk]);
  for (const box of [card, ...all(card, "*")]) {
    const parts = pairByLink([...read(box, "children")].filter(isResult), chunks);
    if (parts && parts.size > 1) return [...parts].map(([part, at]) => [part, group[at] as Chunk]);
  }
  const chunk = group[pairByLink([card], chunks)?.get(card) ?? 0];
  return chunk ? [[card, chunk]] : [];
}

function tag(
  where: Parameters<typeof tagResults>[0],
  response: Parameters<typeof tagResults>[1],
  options: TagOptions,
): Tagging | undefined {
  const { match, requestId, type } = options;
  const { id, chunks, results, score_chunks } = response as ResultResponse;
  const rows = chunks ?? results ?? score_chunks ?? (response as readonly object[]);
  const flat = chunksOf(rows);
  const container = isElement(where) && where;
  const given = !container
    ? (where as ArrayLike<Element>)
    : nameOf(container) === "table"
      ? all(container, ":scope>tbody>tr")
      : read(container, "children");
  const elements = Array.from(given).filter(isResult);
  const first = firstOf(options);
  const request = requestId ?? id;
  if (!request || Number.isNaN(first) || (container && matches(container, "html,body"))) return;

  const isCards = flat.length > rows.length && elements.length === rows.length;
  const sought = isCards ? rows.map((row) => chunksOf([row])) : flat.map((chunk) => [chunk]);
  const theirs = new Set(
    elements.filter((element) => matches(element, TAGGED) && requestOf(element) !== request),
  );
  // A framework may use elements of another request again: then there are as many as there are chunks, or their links say so.
  const isMore =
    theirs.size === elements.length
      ? elements.some((element) => linked.has(element))
      : theirs.size && elements.length !== sought.length;
  const fresh = isMore ? elements.filter((element) => !theirs.has(element)) : elements;
  const isPlain = match === "order" || (match !== "link" && fresh.length === sought.length);
  let places = match === "order" ? undefined : pairByLink(elements, sought);
  if (isMore && ![...theirs].some((element) => places?.has(element))) {
    places &&= pairByLink(fresh, sought);
    explain("more", [], where);
  } else theirs.clear();
  for (const [element] of places ?? []) linked.add(element);
  const inOrder = isPlain ? fresh.slice(0, sought.length) : [];
  const pairs = places ?? new Map(inOrder.map((element, at) => [element, at]));

  const shown = [...pairs].flatMap(([element, at]) => {
    const row = sought[at] as readonly Chunk[];
    return isCards ? partsOf(element, row) : row.map((chunk) => [element, chunk] as const);
  });
  // A group is one result of the list, unless its chunks are.
  const areParts = shown.length > pairs.size;
  const tags = new Map(shown.filter(([, chunk]) => chunk.id ?? chunk.tracking_id));
  const isTheList = container && !theirs.size && (tags.size || !flat[0]);
  if (isTheList) {
    write(container, REQUEST_ID, request);
    write(container, TYPE, type);
    write(container, FIRST_POSITION, first);
  }
  const from = first ?? +(runningTracker()?.options.firstPosition ?? 1);
  const inCards = isCards ? elements.flatMap((card) => [...all(card, MARKED)]) : [];
  for (const element of new Set([...elements, ...tags.keys(), ...inCards])) {
    if (theirs.has(element)) continue;
    const chunk = tags.get(element);
    // An element that a framework uses again must not keep what it carried for the response before.
    const used = matches(element, MARKED);
    const own = (name: string, value: unknown) => {
      if (used || value != null) write(element, name, chunk && value);
    };
    own(CHUNK_ID, chunk?.id);
    own(TRACKING_ID, chunk?.id ? null : chunk?.tracking_id);
    own(REQUEST_ID, isTheList ? null : request);
    own(TYPE, isTheList ? null : type);
    // Carousels clone and turn their slides, and virtual lists cut them: what is written here goes with the element.
    const rank = areParts ? flat.indexOf(chunk as Chunk) : pairs.get(element);
    own(POSITION, from + (rank as number));
  }
  announce({ tagged: [...tags.keys()] });
  const taken = new Set(pairs.values());
  const unmatchedChunks = sought.flatMap((row, at) => (taken.has(at) ? [] : row.map((chunk) => chunk.id)));
  const unmatchedElements = elements.filter((element) => !pairs.has(element) && !theirs.has(element));
  const isTold = pairs.size || !elements[0] || (match !== "link" && fresh[0]);
  if (flat[0] && isTold && unmatchedChunks.length + unmatchedElements.length)
    explain("unmatched", [pairs.size, sought.length], unmatchedElements, unmatchedChunks, where, elements);
  return { tagged: tags.size, unmatchedChunks, unmatchedElements };
}
