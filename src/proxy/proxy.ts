// Owns the first-party endpoint of a site without nginx: a handler of web standards that adds what no page must know.
import { type Options, routeOf, UUID } from "../config";
import { attempt, mistake } from "../report";
import { createOnce, type Result, type Store } from "./once";

export { toNode } from "./node";
export type { Store };

export interface ProxyOptions extends Pick<Options, "dataset" | "organization" | "endpoint" | "api"> {
  /** A key scoped to `PUT /api/analytics/ctr`. */
  readonly apiKey: string;
  /** Remembers the clicks that were taken; default: this process, 50,000 of them for 8 days. */
  readonly store?: Store;
  /** Asked before the body is read: the seconds that this client has to wait, or 0; default: no limit. */
  readonly limit?: (request: Request, ...platform: readonly unknown[]) => number | Promise<number>;
}

/** An argument of the platform's that has `waitUntil` keeps a click under way whose page has gone. */
export type Handler = (request: Request, ...platform: readonly unknown[]) => Promise<Response>;

const MAX_BYTES = 16_384; // a click with its metadata is smaller
/** clicktrail waits for 10 s; what the API says after this is remembered for the next copy. */
const ANSWER_MS = 9_000;
const API_MS = 30_000;
const TAKEN: Result = { status: 204 };
const FAILED: Result = { status: 503, message: "The request, the limit or the store failed" };
const LATE: Result = { status: 504, message: "The API did not answer in time" };

/** Makes the handler of one path; it passes each click of the site's own pages on once. Throws what to write instead. */
export function createProxy({ store, limit, ...options }: ProxyOptions): Handler {
  const { endpoint: standard, headers } = routeOf({ ...options, endpoint: undefined });
  const { apiKey, endpoint = standard } = options;
  if (!apiKey) throw new Error(mistake("apiKey", "a key scoped to PUT /api/analytics/ctr", apiKey));
  if (!/^https?:\/\//.test(endpoint)) throw new Error(mistake("endpoint", "the API's full URL", endpoint));
  if (store && typeof store.add !== "function") throw new Error(mistake("store", "{ has, add }", store));
  if (limit && typeof limit !== "function") throw new Error(mistake("limit", "a function", limit));
  const once = createOnce(store);

  async function send(body: string): Promise<Result> {
    const signal = AbortSignal.timeout(API_MS);
    // A page must not follow the API to another address.
    const init = { method: "PUT", headers, body, redirect: "manual", signal } as const;
    const response = await fetch(endpoint, init).catch(() => undefined);
    if (!response) return signal.aborted ? LATE : { status: 502, message: "The API is out of reach" };
    const message = `${(await response.json().catch(() => undefined))?.message ?? ""}`;
    const { status } = response;
    if (status < 300) return TAKEN;
    const wait = response.headers.get("Retry-After");
    return { status: status < 400 ? 502 : status, message, headers: wait ? { "Retry-After": wait } : {} };
  }

  async function take(request: Request, platform: readonly unknown[]): Promise<Result> {
    const { method, headers, body } = request;
    if (!/^(POST|PUT)$/.test(method)) return { status: 405, message: "Only POST and PUT are taken" };
    // A browser from before 2023 may say no more than its page's host.
    const isOwn = headers.get("Origin")?.endsWith(`//${headers.get("Host")}`) ?? true;
    const site = headers.get("Sec-Fetch-Site") ?? (isOwn && "same-origin");
    if (site !== "same-origin") return { status: 403, message: "Only this site's own clicks are taken" };
    const seconds = await limit?.(request, ...platform);
    if (seconds) return { status: 429, message: "Too many clicks", headers: { "Retry-After": `${seconds}` } };
    const text = await read(Number(headers.get("Content-Length")), body?.getReader());
    if (text === undefined) return { status: 413, message: "The body is larger than a click" };
    const inBody = attempt(() => JSON.parse(text).metadata.clicktrail.id);
    const id = [headers.get("Idempotency-Key"), inBody].find((name) => UUID.test(name))?.toLowerCase();
    if (id && text) return once(id, () => send(text));
    // An id without a body asks whether ids are remembered; nobody has clicked.
    if (id) return once(`check ${id}`, () => Promise.resolve(store?.add(`check ${id}`)).then(() => TAKEN));
    return method === "PUT" ? send(text) : { status: 400, message: "Header Idempotency-Key must be a UUID" };
  }

  return async (request, ...platform) => {
    const work = take(request, platform).catch(() => FAILED);
    for (const part of platform) attempt(() => (part as { waitUntil(work: unknown): void }).waitUntil(work));
    const late = new Promise<Result>((resolve) => {
      const timer = setTimeout(resolve, ANSWER_MS, LATE);
      void work.finally(() => clearTimeout(timer));
    });
    const { message, ...init } = await Promise.race([work, late]);
    return message === undefined ? new Response(null, init) : Response.json({ message }, init);
  };
}

/** The text, or nothing where it is too large: its rest is not read. */
async function read(length: number, reader?: ReadableStreamDefaultReader): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  for (let bytes = 0; bytes <= MAX_BYTES && length <= MAX_BYTES; ) {
    const { value } = (await reader?.read()) ?? {};
    if (!value) return text;
    text += decoder.decode(value, { stream: true });
    bytes += value.byteLength;
  }
}
