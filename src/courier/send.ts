// Owns one attempt: a click's body to the endpoint, within the caller's task, and what came back. Judges nothing.
import type { Route } from "../options";
import { attempt } from "../report";
import type { Entry } from "./row";

/** What came of one attempt, as a page or a worker can hand it on. */
export interface Answer {
  /** The response's HTTP status; 0 where there was none, or where a script may not see it. */
  readonly status: number;
  /** The server's own words, or the beginning of the response's body; for want of one what the browser said. */
  readonly text: string;
  /** No response came that a script may see: the request may have arrived. */
  readonly isSilent?: boolean;
  /** What came is no response at all: a page has put a function of its own in the place of `fetch`. */
  readonly isForeign?: boolean;
  /** The `Retry-After` header. */
  readonly retryAfter?: string | null;
}

/** Browsers allow 64 KiB of keepalive bodies in flight; the rest is left to the page's own. */
export const MAX_KEEPALIVE_BYTES = 48_000;
/** A request under way in this context. */
export interface Flight {
  readonly size: number;
  /** The courier's row, which says that it is under way. */
  readonly row?: Entry;
  readonly abort: AbortController;
}

/** Requests under way in one context, by their clicks. */
export type Flights = Map<string, Flight>;

/** Browsers allow 256 keepalive requests in flight (Chromium 156). */
const MAX_FLIGHTS = 200;

/** Whether a body of this size may be sent, too. */
export function fits(flights: Flights, size: number): boolean {
  let load = size;
  for (const flight of flights.values()) load += flight.size;
  return load === size || (load < MAX_KEEPALIVE_BYTES && flights.size < MAX_FLIGHTS);
}

/** A server's message is kept with the outcome, in the page's storage: no longer than this. A page shows in its first character. */
const MAX_TEXT = 200;

/** Sends once; never rejects. `signal` ends the attempt. */
export async function send(
  { endpoint, headers, idempotent }: Route,
  { id, size }: { readonly id: string; readonly size: number },
  body: string,
  signal?: AbortSignal | null,
): Promise<Answer> {
  try {
    const response: unknown = await fetch(endpoint, {
      method: idempotent ? "POST" : "PUT",
      // A body over the browser's 64 KiB is refused with it.
      keepalive: size < MAX_KEEPALIVE_BYTES,
      headers: idempotent ? { ...headers, "Idempotency-Key": id } : headers,
      body,
      credentials: "omit",
      redirect: "manual",
      referrerPolicy: "no-referrer",
      signal: signal ?? null,
    });
    if (Object.prototype.toString.call(response) !== "[object Response]")
      return { status: 0, text: "", isForeign: true };
    const { status, type, headers: received } = response as Response;
    // Unread bodies keep their share of the browser's keepalive budget (Chromium 156: 202 of 260 clicks were sent).
    const text = await (response as Response).text();
    const words = attempt(() => JSON.parse(text).message) ?? text;
    return {
      status,
      text: status ? `${words}`.trim().slice(0, MAX_TEXT) : type,
      retryAfter: received.get("Retry-After"),
    };
  } catch (error) {
    // Chromium 156 rejects what is pending between two listeners of pagehide: one task later the page knows that it left.
    await new Promise((resolve) => setTimeout(resolve));
    return { status: 0, text: `${error}`, isSilent: true };
  }
}
