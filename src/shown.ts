// Owns the position at which a response's results begin. A response keeps the page that it was first shown with.
import type { ResultResponse } from "./page/tag";

/** Where the results of a response stand among all results. */
export interface Paging {
  /** 1-based page that the response is of; default 1. */
  readonly page?: number | string | null | undefined;
  /** The most results a page can have; required from page 2 on. */
  readonly pageSize?: number | string | null | undefined;
}

const firsts = new WeakMap<object, number>();

/** The position of the first result. A page number that changes while the next response is awaited doesn't move the results shown. */
export function firstPositionOf(
  response: ResultResponse | readonly object[],
  { page, pageSize }: Paging,
): number {
  // As in tagResults: text is a number, and what is no number is the first page.
  const before = (Number(page) || 1) - 1;
  const first = firsts.get(response) ?? (before ? before * Number(pageSize ?? 0) : 0) + 1;
  firsts.set(response, first);
  return first;
}
