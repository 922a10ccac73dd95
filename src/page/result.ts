// Owns what a tagged result says: which elements of a path are its, its fields, and its rank in the list as it stands at the click.
import {
  CHUNK_ID,
  FIRST_POSITION,
  METADATA,
  POSITION,
  REQUEST_ID,
  type RequestType,
  TAGGED,
  TRACKING_ID,
  TYPE,
  UNTRUSTED,
} from "../attributes";
import type { Click } from "../payload";
import { attempt } from "../report";
import { all, attribute, childrenOf, isShot, isSlot, pathOf, read, type Step, value } from "./dom";

/** The chunk that an element shows; undefined where it isn't tagged. */
export function chunkOf(step: Step): string | undefined {
  return value(step, CHUNK_ID) ?? value(step, TRACKING_ID);
}

/** Whether tags below this element are the content's own and none of ours. */
export const isUntrusted = (step: Step) => attribute(step, UNTRUSTED) !== null;

/** The part of a path whose tags are read. */
export function trustedPart(path: readonly Step[]): readonly Step[] {
  return path.slice(Math.max(0, path.map(isUntrusted).lastIndexOf(true)));
}

/** The nearest tagged element of a path, and all above it; empty where nothing is tagged. */
export function taggedPart(path: readonly Step[]): readonly Step[] {
  const trusted = trustedPart(path);
  const at = trusted.findIndex(chunkOf);
  return at < 0 ? [] : trusted.slice(at);
}

/** The tagged part of the path of a click on this element. */
export const pathTo = (element: Element) => taggedPart(pathOf(element));

interface Place {
  readonly chunk: string;
  /** 2: a carousel's copy by its name; 1: hidden, as copies are, and slides that have their turn later; 0: shown. */
  readonly doubt: number;
}

/** What slick, Owl, Glide, Splide, tiny-slider and Swiper 8 call their copies. */
const COPY = /clone|duplicate/;

/** A list of more results is taken for one that shows each chunk once: comparing 10,000 ids takes 8 ms, finding one 1 ms. */
const MANY = 1_000;

/**
 * The number of chunks before this one in its list: the nearest element above it that carries the request id, or, where each
 * result carries it itself, the page. `path` begins at the result.
 */
export function rankOf(path: readonly Step[], requestId: string): number {
  const [result] = path as readonly [Step];
  const list = path.slice(1).find((step) => value(step, REQUEST_ID) === requestId);
  const root = list ?? (path[path.length - 1] as Step);
  // Slots may show what is in them in another order.
  const isFlat = isShot(result) || isShot(root) || path.slice(0, path.indexOf(root)).some(isSlot);
  const plain = isFlat ? undefined : plainRank(result as Element, root as Element, list ? "" : requestId);
  return plain ?? rankAmong(`${chunkOf(result)}`, placesIn(root, requestId, !!list));
}

/** The rank by the order of the tree alone, where there are no copies, no lists within, no shadow roots between. */
function plainRank(result: Element, root: Element, own: string): number | undefined {
  if (!read(root, "contains").call(root, result)) return;
  if (!own && all(root, `[${REQUEST_ID}]`)[0]) return;
  if (all(root, `[${UNTRUSTED}]`)[0] && all(root, `[${UNTRUSTED}] :is(${TAGGED})`)[0]) return;
  // Asking for two attributes takes four times as long as for one (Chromium 156).
  const results = all(root, all(root, `[${TRACKING_ID}]`)[0] ? TAGGED : `[${CHUNK_ID}]`);
  // Neither can have a shadow root: to look at each of 10,000 elements takes 1.5 ms (Chromium 156).
  // A form's field of this name is taken for a root, too: the slow way finds none.
  if ([...all(root, ":not(a,li)")].some((one) => one.shadowRoot)) return;
  if (results.length > MANY && !own) return Array.prototype.indexOf.call(results, result);
  const mine = [...results].filter((one) => chunkOf(one) && (!own || value(one, REQUEST_ID) === own));
  if (new Set(mine.map(chunkOf)).size === mine.length) return mine.indexOf(result);
}

/** The list's results in the order of the flat tree, copies included. */
function placesIn(step: Step, requestId: string, isList: boolean, around = 0): Place[] {
  return childrenOf(step).flatMap((child) => {
    const id = value(child, REQUEST_ID);
    const chunk = chunkOf(child);
    const hidden = attribute(child, "aria-hidden") === "true" || attribute(child, "inert") !== null;
    const doubt = COPY.test(value(child, "class") ?? "") ? 2 : around || +hidden;
    const places = chunk && (id ?? (isList && requestId)) === requestId ? [{ chunk, doubt }] : [];
    // What is inside of another list, or of content that isn't trusted, isn't this list's.
    if ((isList && id) || isUntrusted(child)) return places;
    return [...places, ...placesIn(child, requestId, isList, doubt)];
  });
}

/** A chunk that is shown twice is one, and stands where it is least likely a copy. */
function rankAmong(own: string, places: readonly Place[]): number {
  const worstFirst = [...places].reverse().sort((one, other) => other.doubt - one.doubt);
  const best = new Map(worstFirst.map((place) => [place.chunk, place]));
  const mine = best.get(own);
  // NaN in a closed root, or where no slot shows it: nobody can tell, and no click is better than a wrong one.
  return mine ? places.filter((place) => best.get(place.chunk) === place).indexOf(mine) : Number.NaN;
}

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
