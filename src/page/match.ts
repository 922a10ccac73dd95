// Owns which row of a response an element shows, by the links of both. Writes nothing.
import { attempt } from "../report";
import type { Chunk } from "./response";
import { all, attribute, ofDocument } from "./step";

/** What campaigns and referrers add to an address. */
const TRACKING = /^(utm_\w*|gclid|fbclid|ref)(=|$)/i;

/** A link as it is, without what campaigns add, and without its fragment. */
type Keys = readonly [string, string, string];

/** Resolved as a browser does; nothing where it is no address. `isSought`: the link of a chunk, not of an element. */
function keysOf(link: string | null | undefined, isSought: boolean): Keys[] {
  const url = link && attempt(() => new URL(link, ofDocument("baseURI")).href);
  if (!url) return [];
  const [address = "", fragment = ""] = url.split(/#(.*)/);
  const page = address
    .split(/[?&]/)
    .filter((part) => !TRACKING.test(part))
    .join("&");
  // Two different fragments are two different chunks: only a link without one stands for any.
  return [[url, `${page}#${fragment}`, `${page}${isSought === !fragment ? "" : "#"}`]];
}

const linksOf = (element: Element) =>
  [element, ...all(element, "a")].flatMap((link) => keysOf(attribute(link, "href"), false));

/**
 * Says which row each element shows, by its place among the rows; a row is one chunk, or a group of chunks. An element without a
 * row, or with several that it may show, is left out. Undefined where no link of any element leads to a chunk.
 */
export function pairByLink(
  elements: readonly Element[],
  rows: readonly (readonly Chunk[])[],
): Map<Element, number> | undefined {
  const sought = rows.map((row) => row.flatMap(({ link }) => keysOf(link, true)));
  if (!sought.some(([key]) => key)) return;
  const shown = elements.map(linksOf);
  const pairs = new Map<Element, number>();
  const taken = new Set<number>();
  let isMet = false;
  for (const level of [0, 1, 2] as const) {
    const isInOrder = (links: Keys[], at: number) =>
      links.some((link) => sought[at]?.some((keys) => keys[level] === link[level]));
    if (!isMet && rows.length === elements.length && shown.every(isInOrder))
      return new Map(elements.map((element, at) => [element, at]));
    for (let before = -1; before < pairs.size; ) {
      before = pairs.size;
      /** The rows that are left, by what leads to them; and the elements that lead to these rows alone. */
      const left = new Map<string, number[]>();
      const alone = new Map<string, Element[]>();
      sought.forEach((links, at) => {
        for (const key of taken.has(at) ? [] : new Set(links.map((keys) => keys[level]))) push(left, key, at);
      });
      shown.forEach((links, at) => {
        const element = elements[at] as Element;
        if (pairs.has(element)) return;
        const [found, ...others] = new Set(links.flatMap((keys) => left.get(keys[level])?.join() ?? []));
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

function push<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list) list.push(item);
  else lists.set(key, [item]);
}
