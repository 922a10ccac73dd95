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
  /** Log each click and what became of it; default false. */
  readonly debug?: boolean | undefined;
  /** Do everything but the request; default false. */
  readonly dryRun?: boolean | undefined;
  /** Track nothing in automated browsers (`navigator.webdriver`); default false. */
  readonly ignoreAutomation?: boolean | undefined;
  /** Called once a click, synchronously: change the payload, return another one, or `false` to veto the click. */
  readonly beforeSend?: ((payload: Payload) => Payload | false | undefined) | undefined;
}

/** How requests are made; the only part of the configuration a worker needs. */
export interface Route {
  /** Names the database, its locks and its channel: one for each endpoint, organization and dataset. */
  readonly scope: string;
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly resend: boolean;
  readonly dryRun: boolean;
}

export const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** The stored format; an entry of another one is set aside. It is part of the database's name, so nothing is ever upgraded. */
export const FORMAT = 1;

const CHOICES = {
  type: "search|rag|recommendation",
  api: "ctr|events",
  inDoubt: "trust|resend",
  consent: "required",
};

/**
 * Checks the options and makes the route of them.
 *
 * @throws Error that says what to write instead.
 */
export function route(options: Options): Route {
  const { dataset, organization, apiKey, firstPosition, api = "ctr" } = options;
  const check = (right: unknown, field: keyof Options, expected: string) => {
    if (!right) throw new Error(mistake(field, expected, options[field]));
  };
  check(dataset, "dataset", "your dataset's UUID");
  check(UUID.test(dataset) || organization, "organization", "a UUID when dataset is a tracking id");
  check(firstPosition === undefined || Number.isInteger(firstPosition), "firstPosition", "an integer");
  for (const [field, choice] of Object.entries(CHOICES) as [keyof typeof CHOICES, string][]) {
    const value = options[field];
    check(value === undefined || choice.split("|").includes(value), field, choice);
  }
  let endpoint = options.endpoint || `https://api.trieve.ai/api/analytics/${api}`;
  try {
    endpoint = new URL(endpoint, location.href).href;
  } catch {}
  check(/^https?:/.test(endpoint), "endpoint", "a full URL");
  return {
    scope: ["clicktrail", FORMAT, endpoint, organization, dataset].join(" "),
    endpoint,
    headers: {
      "Content-Type": "application/json",
      "TR-Dataset": dataset,
      ...(organization && { "TR-Organization": organization }),
      ...(apiKey && { Authorization: apiKey }),
    },
    resend: options.inDoubt === "resend",
    dryRun: !!options.dryRun,
  };
}
