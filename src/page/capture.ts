// Owns what counts as a click: from a DOM event to the fields of a click, or the rule that stopped it. Sends nothing.
import {
  CHUNK_ID,
  FIRST_POSITION,
  REQUEST_ID,
  type RequestType,
  TAGGED,
  TRACKING_ID,
  TYPE,
} from "../attributes";
import type { Click } from "../payload";
import { attempt, complain } from "../report";
import type { How } from "./record";

/** Why a DOM event is no click. */
export type Rule = "button" | "untagged" | "ignored" | "beside-link" | "selection" | "repeat";

/** The DOM events that make a click, or announce one. */
export const OF_CLICKS = "click auxclick pointerover pointerdown focusin";

interface Parts {
  /** Takes a click; returns its id, or `undefined` where it isn't counted. */
  readonly record: (click: Click, how: How) => string | undefined;
  readonly firstPosition: number | undefined;
  /** The pointer or the focus has moved; `isOnResult` looks where to. */
  readonly near: (isOnResult: () => boolean) => void;
  /** A click on the page isn't counted, by this rule. */
  readonly rejected?: (rule: Rule, event: MouseEvent, path: readonly EventTarget[]) => void;
}

export interface Capture {
  /** Takes any of the DOM events of `OF_CLICKS`; `path` is the composed path that it had. */
  capture(event: MouseEvent, path?: EventTarget[]): void;
  /** Reports a click by hand; returns its id, or `undefined` after saying what is wrong with it. Never throws. */
  trackClick(click: Click): string | undefined;
}

export function createCapture({ record, firstPosition, near, rejected }: Parts): Capture {
  let pressed: MouseEvent | undefined;
  return {
    capture(event, path = event.composedPath()) {
      const { type, detail } = event;
      if (/click/.test(type)) {
        const result = findResult(event, path, pressed);
        if (typeof result === "string") rejected?.(result, event, path);
        else record(readClick(result, firstPosition), { action: "click", element: result, detail });
        return;
      }
      if (type === "pointerdown") pressed = event;
      near(() => taggedIn(path) >= 0);
    },
    trackClick: (click) => attempt(() => record({ ...click }, { action: "manual" }), complain),
  };
}

// a[*|href] also finds the xlink:href of SVG links.
const LINK = "a[*|href],area[href]";
/** CSS pixels between press and click from which it is a drag; a hand's tremble stays below. */
const DRAG_PX = 10;

const matching = (path: readonly EventTarget[], selector: string) =>
  path.findIndex((node) => node instanceof Element && node.matches(selector));

/** The nearest tagged element of a composed path: shadow roots, SVG and text nodes are all on it. */
export function taggedIn(path: readonly EventTarget[]): number {
  return matching(path, TAGGED);
}

/** The clicked result, or the rule that says why it is none. `pressed` is the pointer's last press. */
export function findResult(
  event: MouseEvent,
  path: readonly EventTarget[],
  pressed: MouseEvent | undefined,
): Element | Rule {
  if (event.button > 1) return "button";
  const depth = taggedIn(path);
  const result = path[depth] as Element | undefined;
  if (!result) return "untagged";
  if (matching(path, "[data-ctr-ignore]") >= 0) return "ignored";
  const opens = matching(path, `${LINK},[data-ctr-click]`) >= 0;
  // Also the shadow roots that the click came through hold links.
  const inside = [...path.slice(0, depth + 1), result.shadowRoot] as (ParentNode | null)[];
  if (!opens && inside.some((node) => node?.querySelector?.(LINK))) return "beside-link";
  const dragged =
    event.detail &&
    pressed &&
    Math.hypot(event.clientX - pressed.clientX, event.clientY - pressed.clientY) > DRAG_PX;
  return dragged && (!opens || `${getSelection()}`) ? "selection" : result;
}

/** The value of an attribute on the element or its nearest ancestor that has it, across shadow roots. */
function inherited(element: Element, attribute: string): string | undefined {
  const found = element.closest(`[${attribute}]`);
  if (found) return found.getAttribute(attribute) as string;
  const { host } = element.getRootNode() as ShadowRoot;
  return host && inherited(host, attribute);
}

/** `""` and words become NaN: an empty attribute is a mistake, not position 0. */
const number = (text: string) => (text.trim() ? +text : Number.NaN);

/** Reads the click's fields off a result. The position is the element's own, else its rank in the request. */
export function readClick(result: Element, firstPosition = 1): Click & { firstPosition: number } {
  const {
    ctrChunkId: chunkId,
    ctrChunkTrackingId: chunkTrackingId,
    ctrPosition: position,
    ctrMetadata: metadata,
  } = (result as HTMLElement).dataset;
  const requestId = inherited(result, REQUEST_ID) ?? "";
  const base = number(inherited(result, FIRST_POSITION) ?? `${firstPosition}`);
  return {
    requestId,
    chunkId,
    chunkTrackingId,
    position: position === undefined ? base + rank(result, requestId) : number(position),
    type: inherited(result, TYPE) as RequestType | undefined,
    // JSON that is none goes on as the text it is: the payload's check tells what to write instead.
    metadata: attempt(
      () => JSON.parse(metadata ?? "null") ?? undefined,
      () => metadata,
    ),
    firstPosition: base,
  };
}

/** The number of chunks of the request before this one; a chunk that is shown twice is one. */
function rank(result: Element, requestId: string): number {
  const key = (element: Element) => element.getAttribute(CHUNK_ID) ?? element.getAttribute(TRACKING_ID);
  const chunks = [...(result.getRootNode() as ParentNode).querySelectorAll(TAGGED)]
    .filter((element) => inherited(element, REQUEST_ID) === requestId)
    .map(key);
  return [...new Set(chunks)].indexOf(key(result));
}
