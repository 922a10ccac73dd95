// Owns a result's rank in its list, for results without a position of their own. Reads the list as it stands at the click.
import { CHUNK_ID, REQUEST_ID, TAGGED, TRACKING_ID, UNTRUSTED } from "../attributes";
import { all, attribute, childrenOf, isShot, isSlot, read, type Step, value } from "./step";
import { chunkOf, isUntrusted } from "./tagged";

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
  const isMany = results.length > MANY && !own;
  const mine = [...results].filter(
    (one) => isMany || (chunkOf(one) && (!own || value(one, REQUEST_ID) === own)),
  );
  if (isMany || new Set(mine.map(chunkOf)).size === mine.length) return mine.indexOf(result);
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
