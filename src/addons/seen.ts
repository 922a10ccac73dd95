// Owns watching which results come into view and leave it, those that are added, replaced or tagged later included. Keeps no time.
import { CHUNK_ID, REQUEST_ID, TAGGED, TRACKING_ID } from "../attributes";

/** Changes come in bursts. */
const SETTLE_MS = 100;
/** Where the page's own work leaves no idle time, look anyway. */
const IDLE_MS = 500;
/** Of one document or shadow root: watching costs the page some microseconds a result, and nobody reads on beyond these. */
const MAX_WATCHED = 1_000;
/** Half of a result is 0.5; of one that is higher than the viewport less can be in view. Enough for five viewports. */
const THRESHOLDS = [0.5, 0.4, 0.3, 0.2, 0.1];
const CHANGES = { childList: true, subtree: true, attributeFilter: [REQUEST_ID, CHUNK_ID, TRACKING_ID] };

/** Half of it is in view, or it fills half of the viewport. */
export function isInView(entry: IntersectionObserverEntry): boolean {
  // The rectangle is made when it is asked for: not for each of thousands that are out of view.
  return (
    entry.intersectionRatio >= 0.5 ||
    (entry.isIntersecting && entry.intersectionRect.height > innerHeight / 2)
  );
}

/**
 * Calls `moved` when results have come into view or left it, `retagged` when those in view may carry other tags than before.
 * Returns what follows all results in the document or the open shadow root of a node, and what ends it.
 */
export function watchResults(moved: (entries: IntersectionObserverEntry[]) => void, retagged: () => void) {
  const observer = new IntersectionObserver(moved, { threshold: THRESHOLDS });
  const mutations = new MutationObserver((records) => {
    for (const { target } of records) follow(target);
  });
  const changed = new Set<Node>();

  function scan(): void {
    for (const root of changed) {
      mutations.observe(root, CHANGES);
      let room = MAX_WATCHED;
      for (const element of (root as ParentNode).querySelectorAll(TAGGED)) {
        if (!room--) break;
        observer.observe(element);
      }
    }
    changed.clear();
    retagged();
  }

  function follow(node: Node): void {
    if (!changed.size)
      setTimeout(globalThis.requestIdleCallback ?? setTimeout, SETTLE_MS, scan, { timeout: IDLE_MS });
    changed.add(node.getRootNode());
  }

  function unfollow(): void {
    observer.disconnect();
    mutations.disconnect();
    changed.clear();
  }

  return [follow, unfollow] as const;
}

/** Where a root with results may be: not in a result, so that of thousands none is looked at. */
const HOSTS = `:not(${TAGGED},:is(${TAGGED}) *)`;

/** The document and all its open shadow roots. */
export function followAll(root: Document | ShadowRoot, follow: (root: Node) => void): void {
  follow(root);
  for (const { shadowRoot } of root.querySelectorAll(HOSTS)) if (shadowRoot) followAll(shadowRoot, follow);
}
