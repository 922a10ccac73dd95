// Owns bringing a result into view. Opens and focuses nothing.

/** What the window and every scrolling box around the element leave to be seen. */
function clipOf(element: Element): { readonly top: number; readonly bottom: number } {
  let [top, bottom] = [0, innerHeight];
  for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) {
    if (getComputedStyle(at).overflowY === "visible") continue;
    const box = at.getBoundingClientRect();
    top = Math.max(top, box.top);
    bottom = Math.min(bottom, box.bottom);
  }
  return { top, bottom };
}

export function scrollTo(element: Element, block: "start" | "center" = "center"): void {
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
  element.scrollIntoView({ block, behavior });
}

/** Scrolls only if no part of its upper edge, where the badge is, can be seen. */
export function reveal(element: Element): void {
  const { top, bottom } = clipOf(element);
  const edge = element.getBoundingClientRect().top;
  if (edge < top || edge > bottom - 24) scrollTo(element);
}
