// Owns the mouse's press before a click, and whether the two were a drag or a selection. Knows no results.
import { read } from "./step";

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
  if (way > SLIDE_PX && cameAlong(before, event)) return true;
  if (way > DRAG_PX) return !opens || !!selected() || "unless it opens";
  // Without a move only a second click or the shift key selects.
  const now = !opens && (way || event.detail > 1 || event.shiftKey) ? selected() : "";
  return !!now && now !== before.text;
}
