// Owns one attempt: an entry's payload to the endpoint, and what the response means. Knows neither store nor page.
import type { Route } from "../config";
import { body } from "../payload";
import { type Entry, MAX_WAIT_MS, timeoutOf } from "./row";

/**
 * What a response asks for. `config`: the endpoint refuses this configuration, or so it seems from one click. `unknown`: what came
 * is no response, so that nothing is known.
 */
export type Verdict = "delivered" | "refused" | "unclear" | "config" | "retry" | "unknown";

export interface Answer {
  readonly verdict: Verdict;
  /** There was no response that a script may see. */
  readonly isSilent?: boolean;
  /** 0 where there was none. */
  readonly status: number;
  readonly message: string;
  /** Epoch ms from which the server wants to be asked again; 0 where it did not say. */
  readonly retryAt: number;
}

/** Sends an entry once, within the caller's task. Never rejects. */
export type Send = (entry: Entry) => Promise<Answer>;

/** Browsers allow 64 KiB of keepalive bodies in flight; the rest is left to the page's own. */
export const MAX_KEEPALIVE_BYTES = 48_000;

/** `Retry-After`, in seconds or as a date, clamped so that the jitter on top stays within what is ever waited for. */
function retryAt(header: string | null, now: number): number {
  const seconds = Number(header);
  const at = Number.isNaN(seconds) ? Date.parse(`${header}`) : now + seconds * 1000;
  return at > now ? Math.min(at, now + MAX_WAIT_MS / 2) : 0;
}

function judge(status: number, message: string): Verdict {
  if (status < 300) return "delivered";
  if ([413, 415, 422].includes(status)) return "refused";
  if (status === 400) {
    if (/header|organization/i.test(message)) return "config";
    return /json|uuid|deserialize/i.test(message) ? "refused" : "unclear";
  }
  return status > 499 || [408, 425, 429].includes(status) ? "retry" : "config";
}

async function read(response: Response): Promise<Answer> {
  const { status, ok, type, headers } = response;
  const answer = { status, message: "", retryAt: retryAt(headers.get("Retry-After"), +Date.now()) };
  // A redirect, an error made by a service worker, an opaque response: none of them is the endpoint's.
  if (!status)
    return { ...answer, verdict: "retry", message: type === "opaqueredirect" ? "a redirect" : type };
  // A login page, or a site's service worker that answers for a network that is down.
  if (ok && /html/i.test(`${headers.get("Content-Type")}`))
    return { ...answer, verdict: "retry", message: "an HTML page" };
  const message = ok ? "" : `${(await response.json().catch(() => null))?.message ?? ""}`;
  return { ...answer, message, verdict: judge(status, message) };
}

export function createSend(
  { endpoint, headers, idempotent }: Route,
  nextTask: () => Promise<void> = () => new Promise((resolve) => setTimeout(resolve)),
): Send {
  return async (entry) => {
    const { id, payload, attempt, size } = entry;
    try {
      const response: unknown = await fetch(endpoint, {
        method: idempotent ? "POST" : "PUT",
        // A body over the browser's 64 KiB is refused with it.
        keepalive: size < MAX_KEEPALIVE_BYTES,
        headers: idempotent ? { ...headers, "Idempotency-Key": id } : headers,
        body: body(payload, attempt),
        credentials: "omit",
        redirect: "manual",
        referrerPolicy: "no-referrer",
        // Missing before Chromium 103, Firefox 100, Safari 16: there the browser's own limit holds.
        signal: AbortSignal.timeout?.(timeoutOf(entry)) ?? null,
      });
      // A page may have put a function of its own in fetch's place.
      if (`${Object.prototype.toString.call(response)}` !== "[object Response]")
        return { verdict: "unknown", status: 0, message: "", retryAt: 0 };
      return await read(response as Response);
    } catch (error) {
      // Chromium 156 rejects what is pending between two listeners of pagehide: one task later the page knows that it left.
      await nextTask();
      return { verdict: "retry", isSilent: true, status: 0, message: `${error}`, retryAt: 0 };
    }
  };
}
