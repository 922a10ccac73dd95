// Owns the first-party endpoint of a site without nginx: a handler of web standards that adds what no page must know.
import { attempt } from "../report";
import { LATE, send } from "./api";
import { readBeginning } from "./body";
import { createChecks } from "./check";
import { isUuid, readClick } from "./click";
import { createLimit, wholeSeconds } from "./limit";
import { createOnce, type Result } from "./once";
import { checkOptions, type ProxyOptions } from "./options";
import { within } from "./within";

export { toNode } from "./node";
export type { Store } from "./once";
export type { ProxyOptions } from "./options";

/** An argument of the platform's that has `waitUntil` keeps a click under way whose page has gone. Never rejects. */
export type Handler = (request: Request, ...platform: readonly unknown[]) => Promise<Response>;

const MAX_BYTES = 16_384; // a click with its metadata is smaller
/** clicktrail waits for 10 s; what the API says after this is remembered for the next copy. */
const ANSWER_MS = 9_000;
/** Servers end a request before this. */
const BODY_MS = 600_000;
const DEFAULT_RATE = { atOnce: 1_000, perSecond: 100 };
const FAILED: Result = { status: 503, message: "The request, the limit or the store failed" };
const refused = (status: number, message: string): Result => ({ status, message });

/** Makes the handler of one path; it passes each click of the site's own pages on once. Throws what to write instead. */
export function createProxy(options: ProxyOptions): Handler {
  const { store, limit = createLimit(DEFAULT_RATE), ...api } = checkOptions(options);
  const once = createOnce(store);
  const check = createChecks(store);

  async function take(request: Request, platform: readonly unknown[]): Promise<Result> {
    const { method, headers, body } = request;
    if (!/^(POST|PUT)$/.test(method)) return refused(405, "Only POST and PUT are taken");
    if (!isOwn(request)) return refused(403, "Only this site's own clicks are taken");
    const seconds = wholeSeconds(await limit(request, ...platform));
    if (seconds) return { ...refused(429, "Too many clicks"), headers: { "Retry-After": `${seconds}` } };
    if (request.bodyUsed || body?.locked)
      return refused(500, "The body was already read: put this endpoint before what reads bodies");
    const key = headers.get("Idempotency-Key");
    const headerId = isUuid(key) ? key.toLowerCase() : undefined;
    if (key !== null && !headerId) return refused(400, "Header Idempotency-Key must be a UUID");
    if (Number(headers.get("Content-Length")) > MAX_BYTES)
      return refused(413, "The body is larger than a click");
    const { bytes, end } = await readBeginning(body?.getReader(), { maxBytes: MAX_BYTES, maxMs: BODY_MS });
    if (end === "too large") return refused(413, "The body is larger than a click");
    if (end === "broken off") return refused(400, "The body of the request broke off");
    if (headerId && bytes.length === 0) return check(headerId);
    const click = readClick(bytes, headerId);
    if (typeof click === "string") return refused(400, click);
    if (click.id) return once(click.id, () => send(click.text, api));
    return method === "PUT" ? send(click.text, api) : refused(400, "Header Idempotency-Key must be a UUID");
  }

  return async (request, ...platform) => {
    const work = take(request, platform).catch(() => FAILED);
    // A platform's own failure is none of the click's.
    for (const part of platform)
      void (async () => (part as { waitUntil(work: unknown): unknown }).waitUntil(work))().catch(
        () => undefined,
      );
    const { message, ...init } = await within(ANSWER_MS, work).catch(() => LATE);
    return message === undefined ? new Response(null, init) : Response.json({ message }, init);
  };
}

/** Whether one of this site's own pages has made the request, or a program that says nothing of a page. */
function isOwn({ headers, url }: Request): boolean {
  const site = headers.get("Sec-Fetch-Site");
  if (site !== null) return site === "same-origin";
  const origin = headers.get("Origin");
  if (origin === null) return true;
  // A browser from before 2023 says no more than its page's origin.
  const scheme = headers.get("X-Forwarded-Proto") ?? new URL(url).protocol;
  const isSecure = /^https/i.test(scheme);
  const page = attempt(() => new URL(origin));
  // Where TLS ends before this server, it sees a page of https in a request of http.
  const isScheme = page?.protocol === "https:" || (page?.protocol === "http:" && !isSecure);
  return isScheme && page.origin === origin && page.host === headers.get("Host")?.toLowerCase();
}
