// Owns the exact request that a click on a result would send: method, address, headers with the key masked, body. Sends nothing.

import type { Result } from "../audit/results";
import type { Found } from "../audit/rules";
import { uuid7 } from "../id";
import type { Tracker } from "../page/api";
import { body, makePayload } from "../payload";
import { isDropped } from "./marks";
import { masked } from "./words";

export interface Request {
  readonly method: "PUT";
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export function maskedHeaders({ headers }: Tracker["route"]): Record<string, string> {
  const { Authorization, ...rest } = headers;
  return Authorization ? { ...rest, Authorization: masked(Authorization) } : { ...rest };
}

/** `undefined` where the click would be dropped as invalid. */
export function requestOf(result: Result, found: readonly Found[], tracker: Tracker): Request | undefined {
  const { options, route } = tracker;
  // The payload's own check would write each mistake to the console.
  if (isDropped(result, options)) return;
  const left = found.some(({ rule }) => rule === "metadata-format");
  const click = { ...result.click, ...(left && { metadata: undefined }) };
  const at = Date.now();
  const extra = tracker.extras(click, result.element);
  const payload = makePayload(click, options, { id: uuid7(at), at, action: "click", extra });
  if (!payload) return;
  const json = JSON.parse(body(payload, 1));
  return { method: "PUT", endpoint: route.endpoint, headers: maskedHeaders(route), body: json };
}
