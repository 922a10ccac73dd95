// Owns the request to the API and what its response means for the click. Nothing but a status, a short message and Retry-After
// gets past this file, and never the key.
import { attempt } from "../report";
import { readBeginning } from "./body";
import type { Result } from "./once";

export interface Api {
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The key in `headers`. */
  readonly apiKey: string;
}

const API_MS = 30_000;
/** A body that takes longer changes nothing: its status counts. */
const BODY_MS = 2_000;
/** A message that the API writes is shorter. */
const MAX_BYTES = 16_384;
const MAX_MESSAGE = 200;

export const TAKEN: Result = { status: 204 };
export const LATE: Result = { status: 504, message: "The API did not respond in time" };
const UNREACHED: Result = { status: 502, message: "The API is out of reach" };
const PAGE: Result = { status: 502, message: "The API responded with a web page" };

/** Passes a click on. Never rejects. */
export async function send(body: string, api: Api): Promise<Result> {
  const signal = AbortSignal.timeout(API_MS);
  // A click must not follow the API to another address.
  const init = {
    method: "PUT",
    headers: api.headers,
    body,
    redirect: "manual",
    signal,
  } as const;
  try {
    return await resultOf(await fetch(api.endpoint, init), api);
  } catch {
    return signal.aborted ? LATE : UNREACHED;
  }
}

async function resultOf(response: Response, { apiKey }: Api): Promise<Result> {
  const { status } = response;
  const text = await beginningOf(response);
  if (status >= 200 && status < 300) return /^\s*</.test(text) ? PAGE : TAKEN;
  // A redirect that isn't followed has status 0 in some runtimes.
  if (!(status >= 400 && status < 600))
    return { status: 502, message: `The API responded with status ${status}` };
  const message = attempt(() => (JSON.parse(text) as { message: unknown }).message);
  const wait = waitOf(response.headers.get("Retry-After") ?? "");
  return {
    status,
    message: typeof message === "string" ? withoutKey(message, apiKey).slice(0, MAX_MESSAGE) : "",
    headers: wait ? { "Retry-After": wait } : {},
  };
}

/** The body's first bytes as text; the rest is not read. */
async function beginningOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const { bytes, end } = await readBeginning(reader, { maxBytes: MAX_BYTES, maxMs: BODY_MS });
  if (end !== "whole") void reader?.cancel().catch(() => undefined);
  return new TextDecoder().decode(bytes);
}

/** Also in another case, and as part of an address. */
function withoutKey(text: string, apiKey: string): string {
  const key = apiKey.replace(/^Bearer\s+/i, "");
  return [apiKey, key, encodeURIComponent(key)].reduce((left, echo) => {
    const pattern = echo.replace(/[^\w\s]/g, "\\$&");
    return left.replace(new RegExp(pattern, "gi"), "…");
  }, text);
}

/** Seconds, or a date in HTTP's own form; nothing else is passed on. */
function waitOf(text: string): string | undefined {
  if (/^\d{1,9}$/.test(text)) return text;
  const date = / GMT$/.test(text) ? new Date(text) : new Date(Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date.toUTCString();
}
