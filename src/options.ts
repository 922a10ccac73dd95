// Owns the options: what they may be, what they default to, and the route made of them. Knows no clicks.
import type { RequestType } from "./attributes";
import type { Payload } from "./payload";
import { attempt, mistake } from "./report";

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
  /** The kind of request, for results that don't say it; default `search`. */
  readonly type?: RequestType | undefined;
  /** The position of the first result, for lists that don't say it; default 1. */
  readonly firstPosition?: number | undefined;
  /** Sent with each click. */
  readonly userId?: string | undefined;
  /** `required`: clicks wait in memory until `grantConsent()`. */
  readonly consent?: "required" | undefined;
  /** Track nothing if the browser sends Global Privacy Control; default false. */
  readonly respectGpc?: boolean | undefined;
  /** What happens to a click whose page was left before the response, without a worker; default `trust`. */
  readonly inDoubt?: "trust" | "resend" | undefined;
  /** `events` sends the successor route's click; default `ctr`. */
  readonly api?: "ctr" | "events" | undefined;
  /** The endpoint takes each click once by its id: requests carry the id, and clicks in doubt are sent again; default false. */
  readonly idempotent?: boolean | undefined;
  /**
   * Where `clicktrail.courier.js` is; default: beside `clicktrail.js`, or where the bundler has put it. A file of the site's own
   * origin that is named here also runs as a service worker in browsers without a shared worker that outlives its page.
   */
  readonly courier?: string | undefined;
  /** Print each click and what happens to it; default false. */
  readonly debug?: boolean | undefined;
  /** Do everything except sending; default false. */
  readonly dryRun?: boolean | undefined;
  /** Track nothing in automated browsers (`navigator.webdriver`); default false. */
  readonly ignoreAutomation?: boolean | undefined;
  /** Called once for each click, synchronously: change the payload, return another one, or `false` to drop the click. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a callback that only changes its argument has no result.
  readonly beforeSend?: ((payload: Payload) => Payload | false | undefined | void) | undefined;
}

/** How requests are made; the only part of the configuration that a courier needs. */
export interface Route {
  /** Names the database and its lock: one for each endpoint, organization and dataset. */
  readonly scope: string;
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly resend: boolean;
  readonly idempotent: boolean;
  readonly dryRun: boolean;
}

export const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
export const REQUEST_TYPE = /^(search|rag|recommendation)$/;
/** The stored format; an entry of another one is set aside. It is part of the database's name, so nothing is ever upgraded. */
export const FORMAT = 2;

/** Options that are present or absent. */
export const SWITCHES = /^(respectGpc|debug|dryRun|idempotent|ignoreAutomation|inspector)$/;

/** Names the database and its lock: one for each endpoint, organization and dataset. */
export function scopeOf({ endpoint, headers }: Pick<Route, "endpoint" | "headers">): string {
  return ["clicktrail", FORMAT, endpoint, headers["TR-Organization"], headers["TR-Dataset"]].join(" ");
}

/**
 * Makes the route of the options. Checked here is only what would have clicks tracked without consent, or sent to the wrong place;
 * the courier looks at the rest.
 *
 * @throws Error that says what to write instead.
 */
export function routeOf(options: Options): Route {
  const text = (option: keyof Options) => (options[option] == null ? "" : `${options[option]}`.trim());
  const check = (fine: unknown, option: string, expected: string) => {
    if (!fine) throw new Error(mistake(option, expected, options[option as keyof Options]));
  };
  const [dataset, organization, apiKey] = [text("dataset"), text("organization"), text("apiKey")];
  for (const name of Object.keys(options)) {
    const meant = /gpc/i.test(name) ? "respectGpc" : "consent";
    // Consent managers write attributes of their own on a script tag.
    const isOurs = /consent|gpc/i.test(name) && !/cookie|cmp|category/i.test(name);
    check(!isOurs || name === meant, name, `written ${meant}`);
  }
  check(/^(required)?$/.test(text("consent")), "consent", "required");
  check(
    UUID.test(dataset) || (dataset && organization),
    "dataset",
    "a UUID, or a tracking id together with organization",
  );
  // Resolved as the page's own requests are, and refused as they are.
  const endpoint = attempt(
    () =>
      new Request(
        text("endpoint") ||
          `https://api.trieve.ai/api/analytics/${options.api === "events" ? "events" : "ctr"}`,
      ).url,
  );
  check(
    /^(https?:|\/|$)/.test(text("endpoint")) && endpoint,
    "endpoint",
    "a full URL without a password, or a path that begins with /",
  );
  const request = {
    endpoint: endpoint as string,
    headers: {
      "Content-Type": "application/json",
      "TR-Dataset": dataset,
      ...(organization && { "TR-Organization": organization }),
      ...(apiKey && { Authorization: apiKey }),
    },
  };
  return {
    ...request,
    scope: scopeOf(request),
    resend: options.inDoubt === "resend",
    idempotent: !!options.idempotent,
    dryRun: !!options.dryRun,
  };
}
