// Owns where to point at an element, the same in every engine: one question to the page, where Playwright's own click asks half
// a dozen and brings a library into each page for them (half of a click's CPU time in Firefox).
import { setTimeout as pause } from "node:timers/promises";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Runs a function in the page. */
type Evaluate = <Result>(run: (selector: string) => Result, selector: string) => Promise<Result>;

const WAIT_MS = 10_000;
/** An element that moves does so by a pixel or more in this time. */
const LOOK_MS = 25;
/** Equal answers in a row that make it still. */
const LOOKS = 3;

/**
 * Waits for the element until it stands still and nothing covers its middle; coordinates rather than the drivers' own element
 * clicks, of which WebDriver's cannot see into shadow roots.
 *
 * @throws Error with the selector, where that is not so within 10 s.
 */
export async function pointAt(evaluate: Evaluate, selector: string): Promise<Point> {
  const deadline = Date.now() + WAIT_MS;
  let last = "";
  for (let looks = 1; ; looks += 1) {
    const found = await evaluate(locate, selector);
    const isPoint = typeof found !== "string";
    const now = JSON.stringify(found);
    if (now !== last || !isPoint) looks = 1;
    if (isPoint && looks === LOOKS) return found;
    if (Date.now() > deadline) throw new Error(`${selector} ${isPoint ? "moves" : found}`);
    last = now;
    await pause(LOOK_MS);
  }
}

/** Runs in the page. Finds an element, in open shadow roots too, and says where its middle is, or what is wrong with it. */
function locate(selector: string): Point | string {
  function find(root: Document | ShadowRoot): Element | null {
    const found = root.querySelector(selector);
    if (found) return found;
    for (const element of root.querySelectorAll("*")) {
      const inner = element.shadowRoot && find(element.shadowRoot);
      if (inner) return inner;
    }
    return null;
  }
  const element = find(document);
  if (!element) return "is not there";
  element.scrollIntoView({ block: "center", behavior: "instant" });
  const box = element.getClientRects()[0] ?? element.getBoundingClientRect();
  const point = { x: Math.floor(box.x + box.width / 2), y: Math.floor(box.y + box.height / 2) };
  const onTop = (element.getRootNode() as Document | ShadowRoot).elementFromPoint(point.x, point.y);
  return onTop && (element === onTop || element.contains(onTop) || onTop.contains(element))
    ? point
    : "is covered";
}

/** Runs in the page. */
export function focus(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.focus();
}
