// Owns the options: what they may be, what they default to, and the configuration made of them. Knows no clicks.
import type { RequestType } from "./attributes";
import type { Payload } from "./payload";
import { mistake } from "./report";

/** What `init` takes; on the script tag the same in kebab case, `data-dataset` and so on. */
export interface Options {
  /** Required. The dataset's UUID, or its tracking id (then `organization` is required too). */
  readonly dataset: string;
  /** A key scoped to `PUT /api/analytics/ctr` alone. Leave it out behind a first-party proxy. */
  readonly apiKey?: string | undefined;
  /** Full URL of the endpoint; default: Trieve's production URL for `api`. */
  readonly endpoint?: string | undefined;
  /** The organization's UUID. */
  readonly organization?: string | undefined;
  /** The kind of request where the page does not say; default `search`. */
  readonly type?: RequestType | undefined;
  /** The position of the first result where the page does not say; default 1. */
  readonly firstPosition?: number | undefined;
  /** Sent with each click. */
  readonly userId?: string | undefined;
  /** `required`: clicks wait in memory until `grantConsent()`. */
  readonly consent?: "required" | undefined;
  /** Track nothing where the browser sends Global Privacy Control; default false. */
  readonly respectGpc?: boolean | undefined;
  /** What becomes of a click whose page left before the answer, without a worker; default `trust`. */
  readonly inDoubt?: "trust" | "resend" | undefined;
  /** `events` sends the successor route's click; default `ctr`. */
  readonly api?: "ctr" | "events" | undefined;
  /** The endpoint takes each click once by its id: requests carry it, and what is in doubt is sent again; default false. */
  readonly idempotent?: boolean | undefined;
  /** A script of the site's own origin that is `clicktrail.js`, or imports it: the courier where no shared worker outlives its page. */
  readonly serviceWorker?: string | undefined;
  /** Log each click and what became of it; default false. */
  readonly debug?: boolean | undefined;
  /** Do everything but the request; default false. */
  readonly dryRun?: boolean | undefined;
  /** Track nothing in automated browsers (`navigator.webdriver`); default false. */
  readonly ignoreAutomation?: boolean | undefined;
  /** Called once a click, synchronously: change the payload, return another one, or `false` to veto the click. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a callback that only changes its argument has no result.
  readonly beforeSend?: ((payload: Payload) => Payload | false | undefined | void) | undefined;
}

/** How requests are made; the only part of the configuration a worker needs. */
export interface Route {
  /** Names the database and its lock: one for each endpoint, organization and dataset. */
  readonly scope: string;
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly resend: boolean;
  readonly idempotent: boolean;
  readonly serviceWorker: string | undefined;
  readonly dryRun: boolean;
}

export const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
export const REQUEST_TYPE = /^(search|rag|recommendation)$/;
/** The stored format; an entry of another one is set aside. It is part of the database's name, so nothing is ever upgraded. */
export const FORMAT = 2;

/** What an option's value must look like, if it is given; the pattern is also what the developer is told. */
const PATTERNS: { readonly [option in keyof Options]?: RegExp } = {
  type: REQUEST_TYPE,
  api: /^(ctr|events)$/,
  inDoubt: /^(trust|resend)$/,
  consent: /^required$/,
  firstPosition: /^-?\d+$/,
  endpoint: /^(https?:|\/)/,
};

/**
 * Checks the options and makes the route of them.
 *
 * @throws Error that says what to write instead.
 */
export function route(options: Options): Route {
  const { dataset, organization, apiKey, endpoint, api = "ctr" } = options;
  const check = (fine: unknown, option: keyof Options, expected: unknown) => {
    if (!fine) throw new Error(mistake(option, expected, options[option]));
  };
  check(dataset, "dataset", "your dataset's UUID");
  check(organization || UUID.test(dataset), "organization", "a UUID unless dataset is one");
  for (const [option, pattern] of Object.entries(PATTERNS) as [keyof Options, RegExp][])
    check(pattern.test(`${options[option] ?? ""}`) || options[option] === undefined, option, pattern);
  const url = endpoint ? new URL(endpoint, location.href).href : `https://api.trieve.ai/api/analytics/${api}`;
  return {
    scope: ["clicktrail", FORMAT, url, organization, dataset].join(" "),
    endpoint: url,
    headers: {
      "Content-Type": "application/json",
      "TR-Dataset": dataset,
      ...(organization && { "TR-Organization": organization }),
      ...(apiKey && { Authorization: apiKey }),
    },
    resend: options.inDoubt === "resend",
    idempotent: !!options.idempotent,
    serviceWorker: options.serviceWorker,
    dryRun: !!options.dryRun,
  };
}
