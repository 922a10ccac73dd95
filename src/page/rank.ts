// Owns a result's rank in its list, for results without a position of their own. Reads the list as it stands at the click.
import { CHUNK_ID, REQUEST_ID, TAGGED, TRACKING_ID, UNTRUSTED } from "../attributes";
import { all, attribute, childrenOf, isShot, isSlot, read, type Step, value } from "./step";
import { chunkOf, isUntrusted } from "./tagged";

interface Place {
  readonly chunk: string;
  /** In a copy that nobody is meant to see, such as a carousel's. */
  readonly isHidden: boolean;
}

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
  if (results.length > MANY) {
    let rank = 0;
    for (let at = 0; results[at] !== result; at++)
      if (!own || value(results[at] as Element, REQUEST_ID) === own) rank++;
    return rank;
  }
  const mine = [...results].filter((one) => chunkOf(one) && (!own || value(one, REQUEST_ID) === own));
  return new Set(mine.map(chunkOf)).size === mine.length ? mine.indexOf(result) : undefined;
}

/** The list's results in the order of the flat tree, copies included. */
function placesIn(step: Step, requestId: string, isList: boolean, isHidden = false): Place[] {
  return childrenOf(step).flatMap((child) => {
    const id = value(child, REQUEST_ID);
    const chunk = chunkOf(child);
    const hidden =
      isHidden || attribute(child, "aria-hidden") === "true" || attribute(child, "inert") !== null;
    const places = chunk && (id ?? (isList && requestId)) === requestId ? [{ chunk, isHidden: hidden }] : [];
    // What is inside of another list, or of content that isn't trusted, isn't this list's.
    if ((isList && id) || isUntrusted(child)) return places;
    return [...places, ...placesIn(child, requestId, isList, hidden)];
  });
}

/** A chunk that is shown twice is one, and a hidden copy of one is none: where it stands is the carousel's affair. */
function rankAmong(own: string, places: readonly Place[]): number {
  const chunks = places.map(({ chunk }) => chunk);
  const isCopy = ({ chunk, isHidden }: Place) =>
    isHidden && chunks.indexOf(chunk) !== chunks.lastIndexOf(chunk);
  const shown = places.filter((place) => !isCopy(place)).map(({ chunk }) => chunk);
  return [...new Set(shown.includes(own) ? shown : chunks)].indexOf(own);
}
