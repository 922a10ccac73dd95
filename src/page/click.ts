// Owns the way from a DOM event, or from what the page hands over, to a click or to the rule by which it is none. Stores and sends nothing.

import { CLICK, IGNORE } from "../attributes";
import type { Click } from "../payload";
import { attempt, complain } from "../report";
import {
  attribute,
  holds,
  isElement,
  isShot,
  nameOf,
  ofDocument,
  read,
  type Shot,
  type Step,
  value,
} from "./dom";
import type { How } from "./record";
import { pathTo, readElement, readPath, taggedPart, trustedPart } from "./result";

const CONTROL = /^(input|textarea|select|summary|dialog)$/;
const BUTTON = /^(button|submit|image)$/i;
/** In any role of several: check boxes, list boxes, text boxes, also those of menus. */
const ROLE = /box|switch|radio|slider|spinbutton|dialog/i;
const EDITABLE = /^(?!false)/i;

/** Also links of SVG, in the old way of writing. */
const hrefOf = (step: Step) => attribute(step, "href") ?? attribute(step, "xlink:href");

export const isLink = (step: Step) => /^a(rea)?$/.test(nameOf(step)) && hrefOf(step) !== null;

/**
 * How much a link opens. 3: a page, also one that a script makes of a fragment (`#/about`). 2: a part of this page, or what a script
 * does. 1: nothing by itself (`#`): a script may open something. 0: an address of another program's, or no link.
 */
export function gradeOf(step: Step): number {
  if (!isLink(step)) return 0;
  const href = `${hrefOf(step)}`.trim();
  if (/^#[!0]?$/.test(href)) return 1;
  if (/^javascript:/i.test(href)) return 2;
  if (/^(?!https?:)[a-z][\w+.-]*:/i.test(href)) return 0;
  const [page, fragment] = `${attempt(() => new URL(href, ofDocument("baseURI")))}`.split("#");
  const isHere = fragment !== undefined && page === location.href.split("#")[0];
  return isHere && !/^!?\//.test(fragment) ? 2 : 3;
}

/** What a click moves, ticks or types in. */
export function isControl(step: Step): boolean {
  const name = nameOf(step);
  if (CONTROL.test(name)) return !BUTTON.test(value(step, "type") ?? "");
  return (
    EDITABLE.test(attribute(step, "contenteditable") ?? "false") ||
    ROLE.test(value(step, "role") ?? "") ||
    // Players, and what has a button of its own to close it.
    (attribute(step, "controls") ?? attribute(step, "popover")) !== null
  );
}

/** CSS pixels between press and click from which it is a drag; a hand's tremble stays below. */
const DRAG_PX = 10;
/** Carousels take a press for a drag from 5 px on. */
const SLIDE_PX = 4;

/** What is selected; also in shadow roots, where `isCollapsed` says that nothing is (Chromium 156, WebKitGTK 2.50). */
const selected = () => `${getSelection() ?? ""}`;

const boxOf = (target: Element) => Element.prototype.getBoundingClientRect.call(target);

interface Down {
  readonly event: PointerEvent;
  readonly target: Element;
  readonly box: DOMRect;
  readonly text: string;
}

/** Whether what was pressed came along with the pointer: a carousel drags it so, and lets the click open nothing. */
function cameAlong({ event, target, box }: Down, { clientX, clientY }: MouseEvent): boolean {
  const [right, down] = [clientX - event.clientX, clientY - event.clientY];
  const now = boxOf(target);
  const along = right * (now.x - box.x) + down * (now.y - box.y);
  // At its end a carousel holds back; what moves by itself meanwhile goes elsewhere.
  return read(target, "isConnected") && along > (right ** 2 + down ** 2) / 5;
}

/** The mouse's last press, until its click. */
let press: Down | undefined;

/** The pointer is pressed on this innermost element. */
export function down(event: PointerEvent, target: Element): void {
  // Reading what is selected takes longer than all else at a press.
  const text = getSelection()?.type === "Range" ? selected() : "";
  // A finger trembles, and what it drags scrolls.
  press = event.pointerType === "touch" ? undefined : { event, target, box: boxOf(target), text };
}

/**
 * Whether the mouse was dragged to this click, or has selected something. `opens`: a link opens even after a drag, unless the page
 * forbids it.
 */
export function wasDrag(event: MouseEvent, opens: boolean): boolean | "unless it opens" {
  const before = press;
  // Clicks of keys and scripts have no press.
  if (!before || !event.isTrusted || !event.detail || before.event.button !== event.button) return false;
  press = undefined;
  const way = Math.hypot(event.clientX - before.event.clientX, event.clientY - before.event.clientY);
  if (way > DRAG_PX || (way > SLIDE_PX && cameAlong(before, event)))
    return !opens || !!selected() || "unless it opens";
  // Without a move only a second click or the shift key selects.
  const now = !opens && (way || event.detail > 1 || event.shiftKey) ? selected() : "";
  return !!now && now !== before.text;
}

/** Why a DOM event is no click. */
export type Rule =
  | "button"
  | "untagged"
  | "ignored"
  | "middle"
  | "control"
  | "beside-link"
  | "selection"
  | "repeat";

/** A label is part of its control, which the browser clicks next: in another result that is the click. */
function movesControl(step: Step, result: Step, isInside: boolean): boolean {
  const { control } = nameOf(step) === "label" ? (step as Partial<HTMLLabelElement>) : {};
  if (control) return isControl(control) || (pathTo(control)[0] ?? result) !== result;
  return isInside && isControl(step);
}

/** `path` is the whole composed path, `result` its tagged element. */
export function judge(
  path: readonly Step[],
  result: Step | undefined,
  button: number,
): Rule | "link" | "text" {
  if (button > 1) return "button";
  if (!result) return "untagged";
  const trusted = trustedPart(path);
  const has = (step: Step, name: string) => trusted.includes(step) && attribute(step, name) !== null;
  if (path.some((step) => has(step, IGNORE))) return "ignored";
  const first = path.find(
    (step, at) => isLink(step) || has(step, CLICK) || movesControl(step, result, at < path.indexOf(result)),
  );
  const isOpener = first && isLink(first);
  if (button && !isOpener) return "middle";
  const holdsBetter = (grade: number) => holds(result, (step) => gradeOf(step) > grade);
  if (!first) return holdsBetter(1) ? "beside-link" : "text";
  if (!isOpener) return has(first, CLICK) ? "link" : "control";
  const grade = gradeOf(first);
  return !grade || (grade < 3 && holdsBetter(grade)) ? "beside-link" : "link";
}

/** The DOM events that make a click, or announce one. */
export const OF_CLICKS = "click auxclick pointerover pointerdown focusin";

/** A click from before the script, as the stub kept it. */
export interface EarlyClick {
  readonly type: "click";
  readonly button: number;
  readonly detail: number;
  /** Epoch ms. */
  readonly at: number;
  /** What the tags said. */
  readonly path: readonly Shot[];
  /** For results that are tagged only by a call that was kept, too. */
  readonly live: readonly WeakRef<EventTarget>[];
}

interface Parts {
  /** Takes a click; returns its id, or `undefined` where it isn't counted. */
  readonly record: (click: Click, how: How) => string | undefined;
  readonly firstPosition: number | undefined;
  /** The pointer or the focus has moved; `isOnResult` looks where to. */
  readonly near: (isOnResult: () => boolean) => void;
  /** A click on the page isn't counted, by this rule. */
  readonly rejected: (rule: Rule, path: readonly Step[]) => void;
}

export interface Capture {
  /** Takes any of the DOM events of `OF_CLICKS`, with the composed path that it had, or a click that the stub kept. */
  capture(event: MouseEvent | EarlyClick, path?: readonly unknown[]): void;
  /**
   * Reports a click by hand: its fields, or an element in a tagged result, which is read as a click on it would be. Returns the
   * click's id, or `undefined` after saying what is wrong with it. Never throws.
   *
   * @example trackClick(activeOption, { metadata: { action: "keyboard" } });
   */
  trackClick(click: Click | Element, overrides?: Partial<Click>): string | undefined;
  /** What a click on this element would report; undefined outside of results. */
  read(element: Element): Click | undefined;
}

function pathThen({ path, live }: EarlyClick): readonly unknown[] {
  return taggedPart(path)[0] ? path : live.map((reference) => reference.deref());
}

/** Calls back once the page's own listeners have had the event, if they let it pass. */
function behindPage(event: MouseEvent, work: () => void): void {
  addEventListener(event.type, (next) => next === event && work(), { once: true });
}

export function createCapture({ record, firstPosition, near, rejected }: Parts): Capture {
  function take(event: MouseEvent | EarlyClick, path: readonly Step[]): void {
    const { button, detail } = event;
    const tagged = taggedPart(path);
    const [result] = tagged as readonly [Step];
    const isEarly = "live" in event;
    const verdict = judge(path, result, button);
    // Asked in any case: the press ends with its click.
    const drag = !isEarly && wasDrag(event, verdict === "link");
    const isFine = verdict === "link" || verdict === "text";
    if (!isFine || drag === true) {
      rejected(isFine ? "selection" : verdict, path);
      return;
    }
    // What the tags say now: the page's own listeners may change them.
    const click = readPath(tagged, firstPosition);
    const count = () =>
      record(click, {
        action: "click",
        element: isShot(result) ? undefined : result,
        detail,
        at: isEarly ? event.at : undefined,
        repeats: () => rejected("repeat", path),
      });
    if (drag)
      behindPage(event as MouseEvent, () =>
        (event as MouseEvent).defaultPrevented ? rejected("selection", path) : count(),
      );
    else count();
  }

  return {
    capture(event, path = "live" in event ? pathThen(event) : event.composedPath()) {
      const steps = () => path.filter((node): node is Step => isShot(node as Step) || isElement(node));
      if (/click/.test(event.type)) {
        take(event, steps());
        return;
      }
      const [target] = event.type === "pointerdown" ? steps() : [];
      if (target) down(event as PointerEvent, target as Element);
      near(() => !!taggedPart(steps())[0]);
    },
    read: (element) => readElement(element, firstPosition)?.click,
    trackClick: (input, overrides) =>
      attempt(() => {
        const element = isElement(input) ? input : undefined;
        const found = element && readElement(element, firstPosition);
        const fields = element ? found?.click : input;
        return record(
          { ...(fields as Click), ...overrides },
          { action: "manual", element: found?.result ?? element },
        );
      }, complain),
  };
}
