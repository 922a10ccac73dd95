// Owns the handler's options: what they may be, and what is said where they are wrong. A message never holds what may be a key.
import { type Options, routeOf, UUID } from "../options";
import { attempt, mistake } from "../report";
import type { Api } from "./api";
import type { Store } from "./once";

export interface ProxyOptions extends Pick<Options, "dataset" | "organization" | "endpoint" | "api"> {
  /** A key scoped to `PUT /api/analytics/ctr`. */
  readonly apiKey: string;
  /** Remembers the clicks that were taken; default: this process, 50,000 of them for 8 days. */
  readonly store?: Store;
  /**
   * Asked before the body is read: the seconds that this client has to wait, or 0. Default: 1,000 requests of all clients at once,
   * then 100 a second.
   */
  readonly limit?: (request: Request, ...platform: readonly unknown[]) => number | Promise<number>;
}

export interface Settings extends Api {
  readonly store: Store | undefined;
  readonly limit: ProxyOptions["limit"] | undefined;
}

const OPTIONS = ["dataset", "apiKey", "organization", "endpoint", "api", "store", "limit"];
const PLACEHOLDER = /^[A-Z_]+_(UUID|KEY|ID)$/;
/** What a request header can carry. */
const HEADER = /^[ -~]+$/;
/** Any key is longer. */
const MAX_SHOWN = 12;
const DATASET = "your dataset's UUID";
const KEY = "a key scoped to PUT /api/analytics/ctr";
const ENDPOINT = "the API's full URL, without a password";
const API = '"ctr" or "events"';

/**
 * What the handler works with.
 *
 * @throws Error that says what to write instead.
 */
export function checkOptions(given: ProxyOptions): Settings {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new Error(mistake("createProxy's options", "an object", shown(given)));
  // Its own: what something else has put on every object is no option.
  const own = new Map<string, unknown>(Object.entries(given));
  const check = (isFine: unknown, option: string, expected: string) => {
    if (!isFine) throw new Error(mistake(option, expected, shown(own.get(option))));
  };
  const text = (option: string, expected: string, standard?: string): string => {
    const value = own.get(option) ?? (own.get(option) === undefined ? standard : undefined);
    const trimmed = typeof value === "string" ? value.trim() : "";
    check(!PLACEHOLDER.test(trimmed), option, "your own, not the placeholder");
    check(trimmed === standard || HEADER.test(trimmed), option, expected);
    return trimmed;
  };
  for (const option of own.keys()) check(OPTIONS.includes(option), option, `one of ${OPTIONS.join(", ")}`);
  const dataset = text("dataset", DATASET);
  const organization = text("organization", "a UUID", "");
  check(UUID.test(dataset) || organization, "organization", "a UUID unless dataset is one");
  check(UUID.test(organization) || !organization, "organization", "a UUID");
  const apiKey = text("apiKey", KEY);
  const api = text("api", API, "ctr");
  check(api === "ctr" || api === "events", "api", API);
  const { endpoint: standard, headers } = routeOf({
    dataset,
    apiKey,
    api: api as "ctr" | "events",
    endpoint: undefined,
    organization: organization || undefined,
  });
  const endpoint = text("endpoint", ENDPOINT, standard);
  check(/^https?:/i.test(endpoint) && attempt(() => new Request(endpoint)), "endpoint", ENDPOINT);
  const [store, limit] = [own.get("store"), own.get("limit")];
  check(store === undefined || isStore(store), "store", "{ has, add }");
  check(limit === undefined || typeof limit === "function", "limit", "a function");
  return { endpoint, headers, apiKey, store: store as Settings["store"], limit: limit as Settings["limit"] };
}

function isStore(given: unknown): boolean {
  const { has, add } = Object(given) as Partial<Store>;
  return typeof has === "function" && typeof add === "function";
}

/** A value as a message may show it: the beginning of a text that may be a key, the kind of anything else. */
function shown(value: unknown): string {
  if (typeof value === "string") return value.length > MAX_SHOWN ? `${value.slice(0, 3)}…` : value;
  return typeof value === "object" && value !== null
    ? "an object"
    : typeof value === "function"
      ? "a function"
      : String(value);
}
