// Owns what every request at the receiving end has to be: the endpoint's schema, and what clicktrail promises beyond it. Every
// collector checks each request against this file; it knows no server and no spec.
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import formats from "ajv-formats";

const UUID = { type: "string", format: "uuid" } as const;
const INT32 = { type: "integer", minimum: -(2 ** 31), maximum: 2 ** 31 - 1 } as const;
const TEXT = { type: "string", minLength: 1 } as const;
const REQUEST_TYPE = { enum: ["search", "rag", "recommendation"] } as const;

/** What the endpoint takes: any JSON. What clicktrail sends: an object that holds what clicktrail adds, under one key. */
const METADATA = {
  type: "object",
  required: ["clicktrail"],
  properties: {
    clicktrail: {
      type: "object",
      required: ["id", "clicked_at", "attempt", "version", "action"],
      properties: {
        version: TEXT,
        action: TEXT,
        first_position: INT32,
        user_id: TEXT,
      },
    },
  },
} as const;

/** The body of `PUT /api/analytics/ctr`. The endpoint ignores unknown fields; clicktrail sends none. */
export const CTR_BODY = {
  type: "object",
  required: ["request_id", "ctr_type", "position", "metadata"],
  anyOf: [{ required: ["clicked_chunk_id"] }, { required: ["clicked_chunk_tracking_id"] }],
  additionalProperties: false,
  properties: {
    request_id: UUID,
    ctr_type: REQUEST_TYPE,
    position: INT32,
    clicked_chunk_id: UUID,
    clicked_chunk_tracking_id: TEXT,
    metadata: METADATA,
  },
} as const;

/** The body of a click on `PUT /api/analytics/events`. */
export const EVENTS_BODY = {
  type: "object",
  required: ["event_type", "event_name", "request", "clicked_items", "metadata"],
  additionalProperties: false,
  properties: {
    event_type: { const: "click" },
    event_name: { const: "Click" },
    request: {
      type: "object",
      required: ["request_id", "request_type"],
      additionalProperties: false,
      properties: { request_id: UUID, request_type: REQUEST_TYPE },
    },
    clicked_items: {
      type: "object",
      required: ["chunk_id", "position"],
      additionalProperties: false,
      properties: { chunk_id: UUID, position: INT32 },
    },
    user_id: TEXT,
    metadata: METADATA,
  },
} as const;

/** The headers that the API reads, and two that never belong there: identity by cookie goes before the key, and a page's address is nobody's business. */
const HEADERS = {
  type: "object",
  required: ["tr-dataset", "authorization", "content-type"],
  properties: {
    "tr-dataset": TEXT,
    "tr-organization": UUID,
    authorization: TEXT,
    "content-type": { type: "string", pattern: "^application/json\\b" },
    "idempotency-key": UUID,
    cookie: false,
    referer: false,
  },
  // A dataset that is named by its tracking id needs its organization.
  if: { properties: { "tr-dataset": { format: "uuid" } } },
  else: { required: ["tr-organization"] },
} as const;

const UUID_V7 = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
/** The browser's clock against this process's: they are one clock, read in different milliseconds. */
const TOLERANCE_MS = 1_000;
const LONG = 4_000;

/**
 * What a request can break. `request`: its route or method. `body`: the endpoint's schema. `headers`: those that the API reads.
 * `id`, `clicked_at`, `attempt`: what clicktrail promises of each click.
 */
export type Rule = "request" | "body" | "headers" | "id" | "clicked_at" | "attempt";

export interface Violation {
  readonly rule: Rule;
  readonly what: string;
}

export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The parsed body, or its text where it isn't JSON. */
  readonly body: unknown;
  /** When it arrived, in epoch ms. */
  readonly at: number;
}

const ajv = formats.default(new Ajv({ allErrors: true, strictRequired: false, strictTypes: false }));
const BODIES: Readonly<Record<string, ValidateFunction>> = {
  "/api/analytics/ctr": ajv.compile(CTR_BODY),
  "/api/analytics/events": ajv.compile(EVENTS_BODY),
};
const checkHeaders = ajv.compile(HEADERS);

/** What is wrong with a request that arrived in a test which began at `since`; empty where all is well. */
export function violationsOf(request: Received, since: number): Violation[] {
  const checkBody = BODIES[request.path.split("?")[0] ?? ""];
  if (!checkBody || request.method !== "PUT") {
    return [{ rule: "request", what: `${request.method} ${request.path} is no route of the API's` }];
  }
  return [
    ...errorsOf("headers", checkHeaders, request.headers),
    ...errorsOf("body", checkBody, request.body),
    ...brokenPromises(request, since),
  ];
}

function errorsOf(rule: Rule, check: ValidateFunction, value: unknown): Violation[] {
  if (check(value)) return [];
  return (check.errors ?? []).map((error) => ({ rule, what: `${sentenceOf(error)} in ${shortened(value)}` }));
}

function sentenceOf({ instancePath, message, params }: ErrorObject): string {
  return `${instancePath || "it"} ${message} ${JSON.stringify(params)}`;
}

function brokenPromises({ headers, body, at }: Received, since: number): Violation[] {
  const { id, clicked_at, attempt } = trailOf(body);
  const clickedAt = Date.parse(`${clicked_at}`);
  const broken: Violation[] = [];
  if (typeof id !== "string" || !UUID_V7.test(id)) {
    broken.push({ rule: "id", what: `the click's id isn't a UUIDv7: ${JSON.stringify(id)}` });
  } else if (Math.abs(Number.parseInt(id.replace("-", "").slice(0, 12), 16) - clickedAt) > TOLERANCE_MS) {
    broken.push({ rule: "id", what: `the id ${id} says another time than clicked_at, ${clicked_at}` });
  }
  const key = headers["idempotency-key"];
  if (key !== undefined && key !== id) {
    broken.push({ rule: "id", what: `Idempotency-Key is ${key}, the click's id ${id}` });
  }
  if (!(clickedAt >= since - TOLERANCE_MS && clickedAt <= at + TOLERANCE_MS)) {
    const test = `${new Date(since).toISOString()} to ${new Date(at).toISOString()}`;
    broken.push({ rule: "clicked_at", what: `clicked_at isn't within the test, ${test}: ${clicked_at}` });
  }
  if (!Number.isInteger(attempt) || Number(attempt) < 1) {
    broken.push({ rule: "attempt", what: `attempt isn't a number from 1 on: ${JSON.stringify(attempt)}` });
  }
  return broken;
}

/** What the library writes under its own metadata key. */
function trailOf(body: unknown): Readonly<Record<string, unknown>> {
  const { metadata } = Object(body) as { readonly metadata?: unknown };
  const { clicktrail } = Object(metadata) as { readonly clicktrail?: unknown };
  return Object(clicktrail) as Readonly<Record<string, unknown>>;
}

function shortened(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > LONG ? `${text.slice(0, LONG)}…` : text;
}
