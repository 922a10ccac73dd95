// Owns watching which results come into view and leave it, those that are added, replaced or tagged later included. Keeps no time.
import { CHUNK_ID, REQUEST_ID, TAGGED, TRACKING_ID } from "../attributes";

/** Changes come in bursts. */
const SETTLE_MS = 100;
/** Of one document or shadow root: watching costs the page some microseconds a result, and nobody reads on beyond these. */
const MAX_WATCHED = 3_000;
/** Half of a result is 0.5; of one that is higher than the viewport less can be in view. Enough for twenty viewports. */
const THRESHOLDS = [0.5, 0.4, 0.3, 0.2, 0.1, 0.05];
const CHANGES = { subtree: true, childList: true, attributeFilter: [CHUNK_ID, TRACKING_ID, REQUEST_ID] };

/** Half of it is in view, or it fills half of the viewport. */
export function isInView(entry: IntersectionObserverEntry): boolean {
  const { intersectionRatio } = entry;
  // The rectangle is made when it is asked for: not for each of thousands that are out of view.
  return (
    intersectionRatio >= 0.5 || (intersectionRatio > 0 && entry.intersectionRect.height > innerHeight / 2)
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
      // Elements that are watched already stay so, whatever has come before them since.
      for (const element of [...(root as ParentNode).querySelectorAll(TAGGED)].slice(0, MAX_WATCHED))
        observer.observe(element);
    }
    changed.clear();
    retagged();
  }

  function follow(node: Node): void {
    if (!changed.size) setTimeout(globalThis.requestIdleCallback ?? setTimeout, SETTLE_MS, scan);
    changed.add(node.getRootNode());
  }

  function unfollow(): void {
    observer.disconnect();
    mutations.disconnect();
    changed.clear();
  }

  return [follow, unfollow] as const;
}

/** Frequent elements that can't have a shadow root are left out: looking at each costs more than all the rest. */
const HOSTS = ":not(a,b,img,li,td)";

/** The document and all its open shadow roots. */
export function followAll(root: Document | ShadowRoot, follow: (root: Node) => void): void {
  follow(root);
  for (const { shadowRoot } of root.querySelectorAll(HOSTS)) if (shadowRoot) followAll(shadowRoot, follow);
}
