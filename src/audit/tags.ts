// Owns the rules about one result: its ids, its position, its metadata, and whether it opens anything.
import { CLICK, METADATA, meantAttribute, POSITION, REQUEST_ID, TAGGED } from "../attributes";
import { type Options, REQUEST_TYPE, UUID } from "../options";
import { holds, pathOf } from "../page/dom";
import { chunkOf, taggedPart, trustedPart } from "../page/result";
import { MAX_METADATA } from "../payload";
import { lineage, queryAll, type Result, trees } from "./results";
import type { Found, RuleName } from "./rules";

const LINK = "a[*|href],area[href]";
const OPENS = `${LINK},button,summary,[role=link],[role=button],[onclick],[${CLICK}]`;
const HALF_TAGGED = [POSITION, METADATA];

const isWhole = (value: number) => value === (value | 0);

/** What is wrong with one result. */
export function checkTag({ element, click }: Result, { api }: Partial<Options> = {}): Found[] {
  const { requestId, chunkId, chunkTrackingId, position, type, metadata, firstPosition } = click;
  const found: Found[] = [];
  const rule = (name: RuleName, broken: unknown, seen: unknown = "") =>
    broken && found.push({ rule: name, element, seen: `${seen}` });
  const own = element.getAttribute(POSITION);
  rule("request-id-missing", !requestId);
  rule("request-id-format", requestId && !UUID.test(requestId), `request id "${requestId}"`);
  if (chunkId) rule("chunk-id-format", !UUID.test(chunkId), `chunk id "${chunkId}"`);
  // The events route takes no tracking id.
  else rule(api === "events" ? "chunk-id-missing" : "tracking-id-only", true, chunkTrackingId);
  rule("first-position-format", !own?.trim() && !isWhole(firstPosition));
  if (own?.trim()) rule("position-format", !isWhole(position), `position "${own}"`);
  rule("position-zero", position === 0);
  rule("type-format", type !== undefined && !REQUEST_TYPE.test(type), `type "${type}"`);
  found.push(...checkMetadata(element, metadata, api));
  const [around] = taggedPart(lineage(element).slice(1));
  rule("nested-result", around, around && `chunk ${chunkOf(around)} around chunk ${chunkOf(element)}`);
  const inLink = "button:not([data-ctr-ignore],[data-ctr-ignore] *,[data-ctr-click])";
  rule("button-in-link", queryAll(`:is(${LINK}) ${inLink}`, [element, ...trees(element)])[0]);
  rule("nothing-clickable", !opens(element), element.textContent?.trim().slice(0, 60));
  return found;
}

function checkMetadata(element: Element, metadata: unknown, api: Options["api"]): Found[] {
  if (metadata === undefined) return [];
  const isObject = typeof metadata === "object" && metadata !== null && !Array.isArray(metadata);
  const json = `${JSON.stringify(metadata)}`;
  if (!isObject || json.length > MAX_METADATA) {
    const seen = isObject ? `${json.length} characters` : json.slice(0, 60);
    return [{ rule: "metadata-format", element, seen }];
  }
  const keys = Object.keys(metadata);
  if (!keys[0] || api === "events") return [];
  return [{ rule: "metadata-keys", element, seen: `${keys.join(", ")}: counted ${keys.length + 1} times` }];
}

/** Something to press, in it or around it; a pointer cursor stands for a listener, which nothing can tell. */
function opens(element: Element): boolean {
  const inside = [element, ...trees(element), ...(element.shadowRoot ? trees(element.shadowRoot) : [])];
  if (queryAll(OPENS, inside)[0] || lineage(element).some((above) => above.matches(OPENS))) return true;
  return element.matches("[tabindex]") || getComputedStyle(element).cursor === "pointer";
}

/** Whether a tag on it is read: none is in content that isn't trusted. */
const isRead = (element: Element) => trustedPart(pathOf(element)).includes(element);

/** Attributes that are nearly ours. */
function checkNames(roots: ParentNode[]): Found[] {
  return queryAll("*", roots).flatMap((element) =>
    element.getAttributeNames().flatMap((name): Found[] => {
      const meant = /^data-ctr/.test(name) ? meantAttribute(name) : undefined;
      return meant ? [{ rule: "attribute-name", element, seen: `${name} instead of ${meant}` }] : [];
    }),
  );
}

/** Elements that were meant to be results, and lists that were meant to hold some. */
export function checkUntagged(): Found[] {
  const roots = trees();
  const half = queryAll([...HALF_TAGGED.map((name) => `[${name}]`), TAGGED].join(), roots).filter(
    (element) => !chunkOf(element) && isRead(element),
  );
  const lists = queryAll(`[${REQUEST_ID}]`, roots).filter(
    // Also what is slotted into the list from outside.
    (list) => list.childElementCount && !list.matches(TAGGED) && !holds(list, (inside) => !!chunkOf(inside)),
  );
  return [
    ...checkNames(roots),
    ...half.map((element): Found => ({ rule: "chunk-id-missing", element, seen: "" })),
    ...lists
      .filter((list) => !half.some((element) => list.contains(element)))
      .map(
        (element): Found => ({
          rule: "untagged-list",
          element,
          seen: element.childElementCount > 1 ? `${element.childElementCount} children` : "1 child",
        }),
      ),
  ];
}
