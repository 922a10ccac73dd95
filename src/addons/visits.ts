// Owns what a tab knows of each request, and its place in sessionStorage, so that a results page that is loaded again goes on.
// Sees no element.
import { attempt } from "../report";

/** One request in this tab; stored as it is. */
export interface Visit {
  /** For how many ms each position has been in view. */
  readonly seen: Record<number, number>;
  /** Time since the first result was seen, hidden time left out; 0 before. */
  ms: number;
  /** How many clicks. */
  nth: number;
  /** The last click. */
  previous?: Previous | undefined;
  /** Epoch ms at which the results were left after that click; 0 as long as they are not. */
  left?: number | undefined;
}

export interface Previous {
  readonly id: string;
  readonly position: number;
  /** How long the results were out of sight after it, in ms; left out as long as they were not. */
  away_ms?: number;
}

export type Visits = Map<string, Visit>;

/** Longer than a result is in view that is scrolled past, shorter than it takes to read one. */
export const SEEN_MS = 500;
/** Who goes back further has searched anew. */
const MAX_REQUESTS = 20;
/** With the format's number: another version's is left alone. */
const KEY = "clicktrail context 2";

/**
 * What is stored goes into the visits that `visitOf` gives. It is removed instead if consent was withdrawn since it was stored: this
 * tab may have been on another site then.
 */
export function load(scope: string | undefined, visitOf: (request: string) => object): void {
  attempt(() => {
    const [storedAt, ...visits] = JSON.parse(sessionStorage[KEY]);
    // As the tracker notes it (page/consent.ts).
    const withdrawnAt = Number.parseInt(
      attempt(() => localStorage[`consent ${scope}`]),
      10,
    );
    if (storedAt <= withdrawnAt) forget();
    else for (const [request, visit] of visits) Object.assign(visitOf(request), visit);
  });
}

export function save(visits: Visits): void {
  attempt(() => {
    sessionStorage[KEY] = JSON.stringify([Date.now(), ...[...visits].slice(-MAX_REQUESTS)]);
  });
}

export function forget(): void {
  attempt(() => delete sessionStorage[KEY]);
}

/** None of the results can be seen any more. */
export function leave(visit: Visit): void {
  if (visit.left === 0) visit.left = Date.now();
}

/** The results are looked at, perhaps again. */
export function look(visit: Visit): void {
  if (visit.left) (visit.previous as Previous).away_ms ??= Date.now() - visit.left;
}

/** The positions that were seen, as ranges. */
export function rangesOf(seen: Visit["seen"]): [first: number, last: number][] {
  const ranges: [number, number][] = [];
  // An object's whole numbers come in their order.
  for (const [key, ms] of Object.entries(seen).reverse()) {
    const position = +key;
    const next = ranges[0];
    if (ms < SEEN_MS) continue;
    if (next?.[0] === position + 1) next[0] = position;
    else ranges.unshift([position, position]);
  }
  return ranges;
}
