// Wires the add-on that says on each click what the visitor had seen: results in view, the tab's visits, the tracker's life.
import { ANNOUNCEMENT, type Announcement, runningTracker } from "../announce";
import type { Click, Extra, Tracker } from "../index";
import { followAll, isInView, watchResults } from "./seen";
import {
  forget,
  leave,
  load,
  look,
  type Previous,
  rangesOf,
  SEEN_MS,
  save,
  type Visit,
  type Visits,
} from "./visits";

/** What is put on a click, under `clicktrail.context`. */
export interface Context {
  /** The positions of the request's results that had been in view for half a second in all, as ranges. */
  readonly seen: readonly (readonly [first: number, last: number])[];
  /** Since the first of them was seen, hidden time left out. */
  readonly ms: number;
  /** The click's number among the visitor's clicks on the request, from 1. */
  readonly nth: number;
  /** The click before it on the same request. */
  readonly previous?: Previous | undefined;
}

/**
 * Watches which results are in view, and says on each click what was seen, for how long, and what the click before was.
 *
 * @example tracker.use(context());
 */
export function context(): Extra {
  /** What is in view, and as which. */
  const looks = new Map<Element, readonly [visit: Visit, position: number]>();
  /** Requests that have been looked at on this page. */
  const active = new Set<Visit>();
  const visits: Visits = new Map();
  const [follow, unfollow] = watchResults(moved, lookAgain);
  let tracker: Tracker | undefined;
  let mayStore: boolean | undefined;
  /** When what is in view was last counted, in the browser's own time; 0 while the page is hidden. */
  let counted = 0;

  function visitOf(request: string): Visit {
    const visit = visits.get(request) ?? { seen: {}, ms: 0, nth: 0 };
    // The last one used is the last to be left out.
    visits.delete(request);
    visits.set(request, visit);
    return visit;
  }

  /** Counts the time until now. */
  function count(): void {
    const now = performance.now();
    const ms = counted && now - counted;
    counted &&= now;
    for (const visit of active) if (visit.ms) visit.ms += ms;
    for (const [visit, position] of looks.values()) {
      visit.seen[position] = (visit.seen[position] ?? 0) + ms;
      visit.ms = Math.max(visit.ms, (visit.seen[position] as number) - SEEN_MS);
    }
  }

  function enter(element: Element): void {
    // What isn't tagged counts for nothing, but it may be tagged where it is.
    const { requestId = "", position = 0 } = tracker?.read(element) ?? {};
    const visit = visitOf(position % 1 === 0 ? requestId : "");
    active.add(visit);
    looks.set(element, [visit, position]);
    look(visit);
  }

  function moved(entries: readonly IntersectionObserverEntry[]): void {
    count();
    for (const entry of entries) {
      if (isInView(entry)) enter(entry.target);
      else looks.delete(entry.target);
    }
  }

  function lookAgain(): void {
    count();
    for (const element of looks.keys()) enter(element);
  }

  /** Goes on with what the tab's pages have stored. */
  function recall(): void {
    mayStore = tracker?.consented();
    load(tracker?.route.scope, (request) => (mayStore ? visitOf(request) : {}));
    lookAgain();
  }

  function store(): void {
    count();
    visits.forEach(leave);
    if (mayStore) save(visits);
  }

  /** The page is hidden or left, or visible again, the back/forward cache included. */
  function turn(): void {
    if (document.hidden) {
      store();
      counted = 0;
    } else {
      counted = performance.now();
      recall();
    }
  }

  /** What has become of the tracker or its results. */
  function hear({ detail: { tagged, consent, destroyed } }: CustomEvent<Announcement>): void {
    tagged?.forEach(follow);
    if (consent === false) {
      visits.clear();
      forget();
    }
    if (!mayStore || consent === false) recall();
    if (destroyed) stop();
  }

  function listen(change: typeof addEventListener): void {
    change(ANNOUNCEMENT, hear as (event: Event) => void);
    change("visibilitychange", turn);
  }

  function start(): void {
    tracker = runningTracker();
    listen(addEventListener);
    turn();
    followAll(document, follow);
  }

  function stop(): void {
    store();
    listen(removeEventListener);
    unfollow();
  }

  function contextOf(
    { requestId, position }: Click,
    _?: Element,
    id?: string,
  ): { readonly context: Context } {
    count();
    const visit = visitOf(requestId);
    const { seen, ms, nth, previous } = visit;
    if (id) Object.assign(visit, { nth: nth + 1, previous: { id, position }, left: 0 });
    return { context: { seen: rangesOf(seen), ms: ms | 0, nth: nth + 1, previous } };
  }

  return Object.assign(contextOf, { start, stop });
}
