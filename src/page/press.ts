// Owns the mouse's press before a click, and whether the two were a drag or a selection. Knows no results.

/** CSS pixels between press and click from which it is a drag; a hand's tremble stays below. */
const DRAG_PX = 10;

/** What is selected; also in shadow roots, where `isCollapsed` says that nothing is (Chromium 156, WebKitGTK 2.50). */
const selected = () => `${getSelection() ?? ""}`;

export interface Press {
  down(event: PointerEvent): void;
  /** Whether the mouse was dragged to this click, or has selected something. `opens`: a link opens even after a drag. */
  wasDrag(event: MouseEvent, opens: boolean): boolean;
}

export function createPress(): Press {
  let press: { readonly event: PointerEvent; readonly text: string } | undefined;
  return {
    down(event) {
      // A finger trembles, and what it drags scrolls.
      press = event.pointerType === "mouse" ? { event, text: selected() } : undefined;
    },
    wasDrag(event, opens) {
      // Clicks of keys and scripts have no press.
      if (!press || !event.isTrusted || !event.detail || press.event.button !== event.button) return false;
      const { event: from, text } = press;
      press = undefined;
      const isFar = Math.hypot(event.clientX - from.clientX, event.clientY - from.clientY) > DRAG_PX;
      const now = selected();
      return opens ? isFar && !!now : isFar || (!!now && now !== text);
    },
  };
}
