// Owns the rules about results that stand together: chunks twice, positions that repeat, leave out or go back, requests that mix.
import { parentOf, type Result } from "./results";
import type { Found } from "./rules";

/** How far above a result its list is looked for: the list itself, or the list around one wrapper each. */
const WRAPPERS = 2;

function groupBy<Key>(results: readonly Result[], key: (result: Result) => Key): Map<Key, Result[]> {
  const groups = new Map<Key, Result[]>();
  for (const result of results) {
    const name = key(result);
    groups.set(name, [...(groups.get(name) ?? []), result]);
  }
  return groups;
}

/** Results side by side: `ol > li`, or with a wrapper or a shadow root each. */
function listsOf(results: readonly Result[]): Result[][] {
  const lists: Result[][] = [];
  let left = results;
  let above = results.map(({ element }) => parentOf(element));
  for (let level = 0; level < WRAPPERS; level += 1) {
    const parents = new Map(left.map((result, at) => [result, above[at]]));
    const full = [...groupBy(left, (result) => parents.get(result))].filter(
      ([list, items]) => list && items.length > 1,
    );
    lists.push(...full.map(([, items]) => items));
    const placed = new Set(full.flatMap(([, items]) => items));
    left = left.filter((result) => !placed.has(result));
    above = left.map((result) => {
      const parent = parents.get(result);
      return parent && parentOf(parent);
    });
  }
  return lists;
}

const chunkOf = ({ click }: Result) => click.chunkId || click.chunkTrackingId;

function checkRequest(results: readonly Result[]): Found[] {
  const found: Found[] = [];
  // An answer shows only the sources that it cites, and each of them as a citation and in the list.
  const isAnswer = results.some(({ click }) => click.type === "rag");
  const chunks = groupBy(results, chunkOf);
  for (const [chunk, same] of chunks) {
    if (chunk && !(isAnswer && new Set(same.map(({ click }) => click.position)).size === 1))
      for (const { element } of same.slice(1)) found.push({ rule: "duplicate-chunk", element, seen: chunk });
  }
  const once = [...chunks.values()].flatMap((same) => same.slice(0, 1));
  const places = [...groupBy(once, ({ click }) => click.position)].filter(([at]) => Number.isInteger(at));
  for (const [position, same] of places)
    for (const { element } of same.slice(1))
      found.push({ rule: "position-repeated", element, seen: `position ${position}` });
  if (isAnswer) return found;
  const taken = new Set(results.map(({ click }) => click.position));
  const sorted = places.sort(([a], [b]) => a - b);
  sorted.forEach(([position, [result]], index) => {
    const before = sorted[index - 1]?.[0];
    if (before !== undefined && result && !taken.has(position - 1))
      found.push({
        rule: "position-gap",
        element: result.element,
        seen: `${before} is followed by ${position}`,
      });
  });
  return found;
}

/** One chunk and many requests: no search shows that. */
function isSwapped(list: readonly Result[]): boolean {
  const chunks = new Set(list.map(chunkOf));
  const requests = new Set(list.map(({ click }) => click.requestId));
  return list.length > 2 && chunks.size === 1 && requests.size === list.length;
}

function checkList(list: readonly Result[]): Found[] {
  if (isSwapped(list))
    return [{ rule: "ids-swapped", element: list[0]?.element, seen: `${list.length} requests, one chunk` }];
  const requests = list.map(({ click }) => click.requestId).filter(Boolean);
  const changes = requests.filter((request, at) => at > 0 && request !== requests[at - 1]).length;
  const different = new Set(requests).size;
  const element = list.find(({ click }) => click.requestId !== requests[0])?.element;
  const found: Found[] = [];
  if (different > 1) {
    const rule = changes >= different ? "mixed-requests" : "several-requests";
    found.push({ rule, element, seen: `${different} requests among ${list.length} results` });
  }
  list.forEach(({ element, click }, at) => {
    const before = list[at - 1]?.click;
    if (!before || click.position > before.position || Number.isNaN(click.position + before.position)) return;
    if (click.position === before.position && click.requestId === before.requestId) return;
    found.push({
      rule: "position-restart",
      element,
      seen: `${before.position} is followed by ${click.position}`,
    });
  });
  return found;
}

/** What is wrong with results taken together. */
export function checkTogether(results: readonly Result[]): Found[] {
  const requests = groupBy(results, ({ click }) => click.requestId);
  requests.delete("");
  return [...[...requests.values()].flatMap(checkRequest), ...listsOf(results).flatMap(checkList)];
}
