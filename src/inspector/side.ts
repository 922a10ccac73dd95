// Owns where the page has things of its own that stay in the window: a panel on one side, a bar at the bottom. Moves nothing.
import { lineage } from "../audit/results";
import type { Side } from "./keep";

/** A bar is wide and low; what is higher is a page's layer, and the inspector stands over it. */
const BAR_PX = 120;

/** The elements at a point that stay where they are while the page scrolls. */
function stayingAt(x: number, y: number, host: Element): Element[] {
  const above = document.elementsFromPoint(x, y).filter((element) => element !== host);
  const staying = above
    .flatMap(lineage)
    .filter((element) => /fixed|sticky/.test(getComputedStyle(element).position));
  return [...new Set(staying)];
}

const isWide = (element: Element) => element.getBoundingClientRect().width > innerWidth * 0.7;

/** How many of a grid of points in the box are on a panel of the page's. */
function covered(left: number, { top, width, height }: DOMRect, host: Element): number {
  const steps = [0.1, 0.5, 0.9];
  const points = steps.flatMap((x) => steps.map((y) => [left + x * width, top + y * height] as const));
  return points.filter(([x, y]) => stayingAt(x, y, host).some((element) => !isWide(element))).length;
}

/** The side where the panel covers less of the page's own panels: the right one unless the left is better. */
export function freeSide(element: Element, host: Element): Side {
  const panel = element.getBoundingClientRect();
  const gap = Math.min(panel.left, innerWidth - panel.right);
  const right = covered(innerWidth - gap - panel.width, panel, host);
  return right > covered(gap, panel, host) ? "left" : "right";
}

/** The height of the page's bar at the bottom of the window, or 0. */
export function barHeight(host: Element): number {
  const bars = stayingAt(innerWidth / 2, innerHeight - 4, host).filter(isWide);
  const top = Math.min(innerHeight, ...bars.map((bar) => bar.getBoundingClientRect().top));
  return innerHeight - top > BAR_PX ? 0 : innerHeight - top;
}
