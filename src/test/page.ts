// Owns the page that browser tests look at: its results, and clicks that lead nowhere.
import { afterEach, beforeEach, vi } from "vitest";
import { type ReadClick, readElement } from "../page/result";
import { CHUNK, OTHER_CHUNK, REQUEST } from "./entries";

let controller = new AbortController();

/** Clicks in these tests must not take the page away: stopped last, after all that a test looks at. */
export function staysOnPage(): void {
  beforeEach(() => {
    // The test files share an origin: what one has revoked must not end another's tracking.
    localStorage.clear();
    controller = new AbortController();
    for (const type of ["click", "auxclick", "dragstart"])
      addEventListener(type, (event) => event.preventDefault(), { signal: controller.signal });
  });
  afterEach(() => {
    controller.abort();
    document.body.replaceChildren();
    getSelection()?.removeAllRanges();
  });
}

/** Over with the test. */
export const untilTheEnd = () => controller.signal;

/** The types of the window's listeners that were added from now on and not removed again, sorted. */
export function watchListeners(): () => string[] {
  const added = vi.spyOn(window, "addEventListener");
  const removed = vi.spyOn(window, "removeEventListener");
  const isSame = ([type, listener, options]: unknown[], other: unknown[]) =>
    type === other[0] && listener === other[1] && !!options === !!other[2];
  return () => {
    const left = added.mock.calls.filter((call) => !removed.mock.calls.some((other) => isSame(call, other)));
    return left.map(([type]) => type).sort();
  };
}

export function show(html: string): void {
  document.body.innerHTML = html;
}

export function find<E extends Element = HTMLElement>(selector: string, root: ParentNode = document): E {
  const element = root.querySelector<E>(selector);
  if (!element) throw new Error(`the test's page has no ${selector}`);
  return element;
}

/** An open shadow root with `html` on the element that `selector` finds. */
export function shade(selector: string, html: string, root: ParentNode = document): ShadowRoot {
  const shadow = find(selector, root).attachShadow({ mode: "open" });
  shadow.innerHTML = html;
  return shadow;
}

/** A chunk's id from its number. */
export const chunkId = (n: number) => `cccccccc-cccc-4ccc-8ccc-${`${n}`.padStart(12, "0")}`;

/** A list of two results with links, as most pages have it. */
export const LIST = `
  <ol data-ctr-request-id="${REQUEST}" data-ctr-type="search">
    <li data-ctr-chunk-id="${CHUNK}" id="first">
      <a href="/one"><b id="inside">One</b></a> <button>Favourite</button> <p>About one</p>
    </li>
    <li data-ctr-chunk-id="${OTHER_CHUNK}" id="second"><a href="/two">Two</a></li>
  </ol>
  <p id="beside">Something else</p>`;

/** What a click on this element says. */
export function readClick(element: Element, firstPosition?: number): ReadClick {
  const found = readElement(element, firstPosition);
  if (!found) throw new Error("the element is in no result");
  return found.click;
}
