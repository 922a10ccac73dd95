// Owns where frames, badges, the card and a dragged panel stand: read from the page's layout each time something may have moved.
import type { State } from "./state";

const GAP = 8;
/** How far a badge stands out over its result's corner. */
const OUT = 11;
/** Lower than this, a result gets a badge that leaves something of it to be seen. */
const SMALL = 40;
/** What moves without an event: images that arrive, animations, fonts. */
const AGAIN_MS = 400;
/** As in the styles: below it the panel is a sheet at the bottom. */
export const PHONE_PX = 560;

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Elements with `display: contents` have no box; their children do. */
function boxOf(element: Element): Box {
  const own = element.getBoundingClientRect();
  if (own.width || own.height || !element.childNodes[0]) return own;
  const range = document.createRange();
  range.selectNodeContents(element);
  return range.getBoundingClientRect();
}

/** Why an element can't be seen, if so: it has no place in the page, or a box around it has scrolled it out of sight. */
function hiddenAs(element: Element, { left, top, width, height }: Box): "gone" | "clipped" | undefined {
  if ((!width && !height) || element.checkVisibility?.({ visibilityProperty: true }) === false) return "gone";
  for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) {
    if (getComputedStyle(at).overflow === "visible") continue;
    const clip = at.getBoundingClientRect();
    if (top + height <= clip.top || top >= clip.bottom || left + width <= clip.left || left >= clip.right)
      return "clipped";
  }
}

function hide(node: HTMLElement | null, how: string | undefined): void {
  if (how) node?.setAttribute("data-hidden", how);
  else node?.removeAttribute("data-hidden");
}

function put(node: HTMLElement | null, x: number, y: number, size?: Box): void {
  if (!node) return;
  node.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  if (!size) return;
  node.style.width = `${Math.round(size.width)}px`;
  node.style.height = `${Math.round(size.height)}px`;
}

const clamp = (value: number, low: number, high: number) => Math.max(low, Math.min(value, high));

function placeCard(root: ShadowRoot, badge: HTMLElement | null): void {
  const card = root.querySelector<HTMLElement>(".card");
  if (!card || !badge) return;
  const { left, right, top, bottom } = badge.getBoundingClientRect();
  const { width, height } = card.getBoundingClientRect();
  const below = bottom + GAP;
  const above = top - GAP - height;
  const fitsBelow = below + height < innerHeight - GAP;
  const y = fitsBelow || above < GAP ? below : above;
  // With room neither above nor below it stands beside: a card over its badge opens again as soon as it closes.
  const beside = right + GAP + width < innerWidth ? right + GAP : left - GAP - width;
  const x = clamp(fitsBelow || above >= GAP ? left : beside, GAP, innerWidth - width - GAP);
  // Scrolled away, it goes with its result: at the window's edge it would explain whatever is there.
  const isSeen = bottom > 0 && top < innerHeight;
  put(card, x, isSeen ? clamp(y, GAP, Math.max(GAP, innerHeight - height - GAP)) : below);
}

/** Where the person has dragged it, as far as that is in the window. */
function placePanel(root: ShadowRoot, { spot }: State): void {
  const panel = root.querySelector<HTMLElement>(".panel");
  if (!panel) return;
  const at = innerWidth < PHONE_PX ? undefined : spot?.at;
  const { width, height } = panel.getBoundingClientRect();
  const [left = 0, top = 0] = at
    ? [
        clamp(at.left, GAP, Math.max(GAP, innerWidth - width - GAP)),
        clamp(at.top, GAP, Math.max(GAP, innerHeight - height - GAP)),
      ]
    : [];
  panel.style.inset = at ? `${top}px auto auto ${left}px` : "";
}

export function place(root: ShadowRoot, state: State): void {
  const { scan, card } = state;
  placePanel(root, state);
  const at = (selector: string) => root.querySelector<HTMLElement>(selector);
  for (const { key, result } of scan.marked) {
    const box = boxOf(result.element);
    const hidden = hiddenAs(result.element, box);
    const [frame, badge] = [at(`[data-frame="${key}"]`), at(`[data-place="${key}"]`)];
    hide(frame, hidden);
    hide(badge, hidden);
    put(frame, box.left - 3, box.top - 3, { ...box, width: box.width + 6, height: box.height + 6 });
    const small = box.height < SMALL;
    const out = small ? OUT + 3 : OUT;
    badge?.toggleAttribute("data-small", small);
    const isCut = box.top < 4 && box.top + box.height > 30;
    put(badge, clamp(box.left - out, 2, innerWidth - 40), isCut ? 4 : box.top - out);
  }
  scan.ignored.forEach((element, index) => {
    const box = boxOf(element);
    const hatch = at(`[data-ignored="${index}"]`);
    hide(hatch, hiddenAs(element, box));
    put(hatch, box.left, box.top, box);
  });
  if (card) placeCard(root, at(`[data-place="${card.key}"]`));
}

/** Calls `move` in the next frame after anything that moves things. */
export function onMove(move: () => void, signal: AbortSignal): () => void {
  let frame = 0;
  const soon = () => {
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      move();
    });
  };
  const options = { capture: true, passive: true, signal };
  for (const type of ["scroll", "resize", "transitionend", "toggle", "load"])
    window.addEventListener(type, soon, options);
  window.visualViewport?.addEventListener("resize", soon, { signal });
  const again = setInterval(() => document.hidden || soon(), AGAIN_MS);
  signal.addEventListener("abort", () => {
    cancelAnimationFrame(frame);
    clearInterval(again);
  });
  return soon;
}
