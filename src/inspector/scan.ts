// Owns watching the page: runs the audit's rules again after changes, in every open shadow root. Changes nothing.

import { attributeName, TAGGED } from "../attributes";
import { checkResults } from "../audit/audit";
import { queryAll, type Result, trees } from "../audit/results";
import type { Found } from "../audit/rules";
import { runningTracker } from "../audit/setup";
import { type Mark, markOf } from "./marks";

export interface Marked {
  /** Stays with the element as long as it lives. */
  readonly key: string;
  readonly result: Result;
  readonly found: readonly Found[];
  readonly mark: Mark;
}

export interface Scan {
  readonly marked: readonly Marked[];
  readonly ignored: readonly Element[];
  readonly found: readonly Found[];
}

/** Changes come in bursts. */
const SETTLE_MS = 80;
/** `attachShadow` and some moves are no mutations. */
const AGAIN_MS = 1_500;
const keys = new WeakMap<Element, string>();
let lastKey = 0;

function keyOf(element: Element): string {
  const key = keys.get(element) ?? `${++lastKey}`;
  keys.set(element, key);
  return key;
}

export function scan(): Scan {
  const { results, found } = checkResults();
  const options = runningTracker()?.options;
  const marked = results.map((result): Marked => {
    const own = found.filter(({ element }) => element === result.element);
    return { key: keyOf(result.element), result, found: own, mark: markOf(result, own, options) };
  });
  const parts = queryAll(`[${attributeName("ignore")}]`);
  const ignored = parts.filter((part) => part.closest(TAGGED) || part.getRootNode() instanceof ShadowRoot);
  return { marked, ignored, found };
}

export function watch(host: Element, changed: (scan: Scan) => void, signal: AbortSignal): void {
  const watched = new WeakSet<ParentNode>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const observer = new MutationObserver((records) => {
    if (records.some(({ target }) => target !== host)) timer ??= setTimeout(look, SETTLE_MS);
  });
  function look(): void {
    clearTimeout(timer);
    timer = undefined;
    for (const tree of trees()) {
      if (watched.has(tree) || tree === host.shadowRoot) continue;
      watched.add(tree);
      observer.observe(tree, { subtree: true, childList: true, attributes: true, characterData: true });
    }
    changed(scan());
  }
  const again = setInterval(() => document.hidden || look(), AGAIN_MS);
  signal.addEventListener("abort", () => {
    observer.disconnect();
    clearTimeout(timer);
    clearInterval(again);
  });
  look();
}
