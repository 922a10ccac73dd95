// The entry for Vue: a directive for the list that shows a response. Knows no component, and nothing of Vue at run time.
import { type ResultResponse, type TagOptions, tagResults } from "./index";
import { firstPositionOf } from "./shown";

/** The directive's value: the response that the list shows, and `tagResults`' options. */
export interface ShownResults extends TagOptions {
  /** Nothing is tagged before there is a response. */
  readonly response?: ResultResponse | null | undefined;
}

function tag(list: Element, { value: { response, ...options } }: { readonly value: ShownResults }): void {
  if (!response) return;
  const firstPosition = options.page ? firstPositionOf(response, options) : undefined;
  tagResults(list, response, { firstPosition, ...options });
}

/**
 * Tags the children of a list as results. A response keeps the page that it was first shown with.
 *
 * @example <ol v-results="{ response, page, pageSize: 10 }">
 */
export const vResults = { mounted: tag, updated: tag };
