// Owns which row of a response an element shows, by the links of both. Writes nothing.
import { attempt } from "../report";
import type { Chunk } from "./response";
import { all, attribute, holds, nameOf, ofDocument, type Step } from "./step";

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
