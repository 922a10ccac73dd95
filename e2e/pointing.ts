// Owns where to point at an element, the same in every engine: one question to the page, where Playwright's own click asks half
// a dozen and brings a library into each page for them (half of a click's CPU time in Firefox).
import { setTimeout as pause } from "node:timers/promises";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Runs a function in the page. */
type Evaluate = <Result>(run: (selector: string) => Result, selector: string) => Promise<Awaited<Result>>;

const WAIT_MS = 10_000;
const POLL_MS = 50;

/**
 * Waits for the element until it stands still and nothing covers its middle; coordinates rather than the drivers' own element
 * clicks, of which WebDriver's cannot see into shadow roots.
 *
 * @throws Error with the selector, where that is not so within 10 s.
 */
export async function pointAt(evaluate: Evaluate, selector: string): Promise<Point> {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const found = await evaluate(locate, selector).catch(String);
    if (typeof found !== "string") return found;
    if (Date.now() > deadline) throw new Error(`${selector}: ${found}`);
    await pause(POLL_MS);
  }
}

/**
 * Runs in the page. Finds an element, in open shadow roots too, looks three times in 50 ms, and says where its middle is, or
 * what is wrong with it.
 */
async function locate(selector: string): Promise<Point | string> {
  function find(root: Document | ShadowRoot): Element | null {
    const found = root.querySelector(selector);
    if (found) return found;
    for (const element of root.querySelectorAll("*")) {
      const inner = element.shadowRoot && find(element.shadowRoot);
      if (inner) return inner;
    }
    return null;
  }
  function look(): Point | string {
    const element = find(document);
    if (!element) return "is not there";
    element.scrollIntoView({ block: "center", behavior: "instant" });
    const box = element.getClientRects()[0] ?? element.getBoundingClientRect();
    const point = { x: Math.floor(box.x + box.width / 2), y: Math.floor(box.y + box.height / 2) };
    const onTop = (element.getRootNode() as Document | ShadowRoot).elementFromPoint(point.x, point.y);
    return element.contains(onTop) ? point : `is covered by ${onTop?.outerHTML.slice(0, 60)}`;
  }
  const first = look();
  for (let more = 2; more > 0 && typeof first !== "string"; more -= 1) {
    await new Promise((resolve) => setTimeout(resolve, 25));
    if (JSON.stringify(look()) !== JSON.stringify(first)) return "moves";
  }
  return first;
}

/** Runs in the page. */
export function focus(selector: string): void {
  document.querySelector<HTMLElement>(selector)?.focus();
}
