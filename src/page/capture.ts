// Owns the way from a DOM event, or from what the page hands over, to a click's fields. Stores and sends nothing.
import type { Click } from "../payload";
import { attempt, complain } from "../report";
import { judge, type Rule } from "./judge";
import { down, wasDrag } from "./press";
import { readElement, readPath } from "./read";
import type { How } from "./record";
import { isElement, isShot, type Shot, type Step } from "./step";
import { taggedPart } from "./tagged";

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
