// Owns which row of a response an element shows, by the links of both. Writes nothing.
import { attempt } from "../report";
import type { Chunk } from "./response";
import { all, attribute, holds, nameOf, ofDocument } from "./step";

/** What campaigns and referrers add to an address. */
const TRACKING = /^(utm_\w*|gclid|fbclid|ref)(=|$)/i;

/**
 * What a link is compared by: 0 all of it, 1 without what campaigns add, 2 without its fragment. `isSought`: it is a chunk's, not an
 * element's.
 */
function keyOf(url: string, level: number, isSought: boolean): string {
  if (!level) return url;
  const [address = "", fragment = ""] = url.split(/#(.*)/);
  const parts = address.split(/[?&]/).filter((part) => !TRACKING.test(part));
  // Two different fragments are two different chunks: only a link without one stands for any.
  const rest = level < 2 ? fragment : isSought === !fragment ? "" : "#";
  return `${parts.join("&")}#${rest}`;
}

/** Resolves links as a browser does; nothing where one is no address. */
function createResolve(): (link: string | null | undefined) => string[] {
  const base = ofDocument("baseURI");
  const known = new Map<string, string[]>();
  return (link) => {
    if (!link) return [];
    const urls = known.get(link) ?? attempt(() => [new URL(link, base).href]) ?? [];
    known.set(link, urls);
    return urls;
  };
}

/**
 * Says which row each element shows, by its place among the rows; a row is one chunk, or a group of chunks. An element without a
 * row, or with several that it may show, is left out. Undefined where no link of any element leads to a chunk.
 */
export function pairByLink(
  elements: readonly Element[],
  rows: readonly (readonly Chunk[])[],
): Map<Element, number> | undefined {
  if (!rows.some((row) => row.some(({ link }) => link))) return;
  const hrefs = elements.map(hrefsOf);
  const inOrder = () => new Map(elements.map((element, at) => [element, at]));
  // Most pages render the response's links as they are, in its order: nothing has to be resolved there.
  const isPlain = (own: readonly unknown[], at: number) =>
    rows[at]?.some(({ link }) => link && own.includes(link));
  if (rows.length === elements.length && hrefs.every(isPlain)) return inOrder();
  const resolve = createResolve();
  const sought = rows.map((row) => row.flatMap(({ link }) => resolve(link)));
  const shown = hrefs.map((own) => own.flatMap(resolve));
  const pairs = new Map<Element, number>();
  const taken = new Set<number>();
  let isMet = false;
  for (const level of [0, 1, 2] as const) {
    const isInOrder = (links: string[], at: number) => {
      const keys = sought[at]?.map((url) => keyOf(url, level, true));
      return links.some((url) => keys?.includes(keyOf(url, level, false)));
    };
    if (!isMet && rows.length === elements.length && shown.every(isInOrder)) return inOrder();
    for (let before = -1; before < pairs.size; ) {
      before = pairs.size;
      /** The rows that are left, by what leads to them; and the elements that lead to these rows alone. */
      const left = new Map<string, number[]>();
      const alone = new Map<string, Element[]>();
      sought.forEach((links, at) => {
        for (const key of taken.has(at) ? [] : new Set(links.map((url) => keyOf(url, level, true))))
          push(left, key, at);
      });
      shown.forEach((links, at) => {
        const element = elements[at] as Element;
        if (pairs.has(element)) return;
        const [found, ...others] = new Set(
          links.flatMap((url) => left.get(keyOf(url, level, false))?.join() ?? []),
        );
        isMet ||= found !== undefined;
        if (found !== undefined && !others[0]) push(alone, found, element);
      });
      for (const [found, same] of alone) {
        const places = found.split(",");
        // Several chunks with one link are told apart by their order, if all of them are there.
        if (places.length === same.length)
          same.forEach((element, nth) => {
            taken.add(Number(places[nth]));
            pairs.set(element, Number(places[nth]));
          });
      }
    }
  }
  return isMet ? pairs : undefined;
}

/** The links that an element shows: those of open shadow roots only where it has none of its own, for these take longer to find. */
function hrefsOf(element: Element): (string | null)[] {
  const own = [element, ...all(element, "a")].map((link) => attribute(link, "href"));
  if (!own.some(Boolean))
    holds(element, (step) => {
      if (nameOf(step) === "a") own.push(attribute(step, "href"));
      return false;
    });
  return own;
}

function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
