// Owns where frames, badges, the card and a dragged panel stand: read from the page's layout each time something may have moved.
import { lineage } from "../audit/results";
import type { Dock } from "./dock";
import type { State } from "./state";

const GAP = 8;
/** How far a badge stands out over its result's corner. */
const OUT = 11;
/** Lower than this, a result gets a badge that leaves something of it to be seen. */
const SMALL = 40;
/** Less than this of a card in the panel can't be read. */
const CARD_PX = 320;
/** Of a pinned card. */
const BORDER_PX = 2;
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

/** Whether a layer of the page, such as a sheet, a dialog or a sticky head, is over the middle of what the window shows of an element. */
function isCovered(element: Element, { left, top, width, height }: Box, host: Element): boolean {
  const middle = (Math.max(0, top) + Math.min(innerHeight, top + height)) / 2;
  const above = document.elementsFromPoint(left + width / 2, middle).find((one) => one !== host);
  if (!above || element.contains(above)) return false;
  const layer = lineage(above).find((one) => /fixed|sticky/.test(getComputedStyle(one).position));
  return !!layer && !lineage(element).includes(layer);
}

/** Why an element can't be seen, if so: it has no place in the page, or it is scrolled out of sight or covered. */
function hiddenAs(element: Element, box: Box, host: Element): "gone" | "clipped" | undefined {
  const { left, top, width, height } = box;
  if ((!width && !height) || element.checkVisibility?.({ visibilityProperty: true }) === false) return "gone";
  for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) {
    if (getComputedStyle(at).overflow === "visible") continue;
    const clip = at.getBoundingClientRect();
    if (top + height <= clip.top || top >= clip.bottom || left + width <= clip.left || left >= clip.right)
      return "clipped";
  }
  return isCovered(element, box, host) ? "clipped" : undefined;
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

/** The panel's box while it is docked at a side. */
function dockedBox(root: ShadowRoot, { collapsed, spot }: State): Box | undefined {
  if (collapsed || spot?.at || innerWidth < PHONE_PX) return;
  return root.querySelector(".panel")?.getBoundingClientRect();
}

/** Pinned beside a docked panel, the card stands in the panel's lower part, where it covers no result and none of the head's buttons. */
function placeInPanel(card: HTMLElement, { left, top, width, height }: Box, head: Element | null): void {
  const heightOf = (one: Element) => one.getBoundingClientRect().height;
  const below = height - (head ? heightOf(head) : 0);
  const content = [...card.children].reduce((sum, child) => sum + heightOf(child), 2 * BORDER_PX);
  const own = Math.min(below, content, Math.max(CARD_PX, height * 0.6));
  put(card, left, top + height - own, { left, top, width, height: own });
}

/** Where a card of that size covers nothing of its result: below, above, beside, or over the docked panel. */
function freePlace(
  box: Box,
  { width, height }: Box,
  panel: Box | undefined,
): readonly [number, number] | undefined {
  const lower = innerHeight - GAP;
  const [right, bottom] = [box.left + box.width, box.top + box.height];
  const x = clamp(box.left, GAP, innerWidth - width - GAP);
  const y = clamp(box.top, GAP, Math.max(GAP, lower - height));
  if (bottom + GAP + height < lower) return [x, bottom + GAP];
  if (box.top - GAP - height > GAP) return [x, box.top - GAP - height];
  if (panel && (panel.left >= right || panel.left + panel.width <= box.left))
    return [panel.left + panel.width - width, y];
  if (right + GAP + width < innerWidth) return [right + GAP, y];
  if (box.left - GAP - width > GAP) return [box.left - GAP - width, y];
}

function placeCard(root: ShadowRoot, state: State, element: Element): void {
  const card = root.querySelector<HTMLElement>(".card");
  if (!card) return;
  const panel = dockedBox(root, state);
  const isInPanel = panel && state.card?.pinned;
  card.toggleAttribute("data-docked", !!isInPanel);
  if (isInPanel) {
    placeInPanel(card, panel, root.querySelector(".panel .head"));
    return;
  }
  card.style.width = card.style.height = "";
  const [x, y] = cardPlace(root, boxOf(element), card.getBoundingClientRect(), panel);
  put(card, x, y);
}

function cardPlace(
  root: ShadowRoot,
  box: Box,
  size: Box,
  panel: Box | undefined,
): readonly [x: number, y: number] {
  // Scrolled away, it goes with its result: at the window's edge it would explain whatever is there.
  if (box.top + box.height < 0) return [box.left, box.top - size.height];
  if (box.top > innerHeight) return [box.left, box.top + GAP];
  const lowest = innerHeight - size.height - GAP;
  if (innerWidth < PHONE_PX) return [GAP, lowest - barOf(root)];
  return freePlace(box, size, panel) ?? [innerWidth - size.width - GAP, lowest];
}

/** The height of the folded panel and of the page's own bar below it. */
function barOf(root: ShadowRoot): number {
  const panel = root.querySelector(".panel[data-collapsed]");
  return panel ? innerHeight - panel.getBoundingClientRect().top : 0;
}

/** Where the person has dragged it, as far as that is in the window; docked, the page makes room for it. */
function placePanel(root: ShadowRoot, { spot, collapsed, freeSide, card }: State, dock: Dock): void {
  const panel = root.querySelector<HTMLElement>(".panel");
  if (!panel) return;
  const isPhone = innerWidth < PHONE_PX;
  const at = isPhone ? undefined : spot?.at;
  panel.toggleAttribute("data-floating", !!at);
  const { width, height } = panel.getBoundingClientRect();
  const lift = Number.parseFloat(getComputedStyle(panel).getPropertyValue("--lift")) || 0;
  const [left = 0, top = 0] = at
    ? [
        clamp(at.left, GAP, Math.max(GAP, innerWidth - width - GAP)),
        clamp(at.top, GAP, Math.max(GAP, innerHeight - lift - height - GAP)),
      ]
    : [];
  panel.style.inset = at ? `${top}px auto auto ${left}px` : "";
  // A card on a phone needs more room than the panel, so that its result can be scrolled above it.
  if (isPhone && card?.pinned) dock.make("bottom", innerHeight * 0.7);
  else if (collapsed || at) dock.make();
  else if (isPhone) dock.make("bottom", innerHeight - panel.getBoundingClientRect().top);
  else dock.make(spot?.side ?? freeSide, width);
}

export function place(root: ShadowRoot, state: State, dock: Dock): void {
  const { scan, card } = state;
  placePanel(root, state, dock);
  const at = (selector: string) => root.querySelector<HTMLElement>(selector);
  for (const { key, result } of scan.marked) {
    const box = boxOf(result.element);
    const hidden = hiddenAs(result.element, box, root.host);
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
    hide(hatch, hiddenAs(element, box, root.host));
    put(hatch, box.left, box.top, box);
  });
  const shown = scan.marked.find(({ key }) => key === card?.key);
  if (shown) placeCard(root, state, shown.result.element);
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
