// Owns one attempt: an entry's payload to the endpoint, and what the answer means. Knows neither queue nor page.
import type { Route } from "../config";
import { body } from "../payload";
import { type Entry, MAX_WAIT_MS } from "./row";

/** What an answer asks for. `pause`: the endpoint refuses this configuration, not this click. */
export type Verdict = "delivered" | "refused" | "unclear" | "pause" | "retry";

export interface Answer {
  readonly verdict: Verdict;
  /** 0 where there was no answer. */
  readonly status: number;
  readonly message: string;
  /** Epoch ms from which the server wants to be asked again; 0 where it did not say. */
  readonly retryAt: number;
}

/** Sends an entry once, within the caller's task. Never rejects. */
export type Send = (entry: Entry) => Promise<Answer>;

/** Browsers allow 64 KiB of keepalive bodies in flight; the rest is left to the page's own. */
export const MAX_KEEPALIVE_BYTES = 48_000;
/** Trieve answers in tens of ms; after this the request is taken for lost. */
const TIMEOUT_MS = 10_000;

/** `Retry-After`, in seconds or as a date, clamped so that the jitter on top stays within what is ever waited for. */
function retryAt(header: string | null, now: number): number {
  if (!header) return 0;
  const at = Number.isNaN(+header) ? Date.parse(header) : now + +header * 1000;
  return at > now ? Math.min(at, now + MAX_WAIT_MS / 2) : 0;
}

function judge(status: number, message: string): Verdict {
  if (status < 300) return "delivered";
  if ([413, 415, 422].includes(status)) return "refused";
  if (status === 400) {
    if (/header|organization/i.test(message)) return "pause";
    return /json|uuid|deserialize/i.test(message) ? "refused" : "unclear";
  }
  return status > 499 || [408, 425, 429].includes(status) ? "retry" : "pause";
}

export function createSend(
  { endpoint, headers }: Route,
  nextTask: () => Promise<void> = () => new Promise((resolve) => setTimeout(resolve)),
): Send {
  return async ({ payload, attempt, size }) => {
    try {
      const response = await fetch(endpoint, {
        method: "PUT",
        // A body over the browser's 64 KiB is refused with it.
        keepalive: size < MAX_KEEPALIVE_BYTES,
        headers,
        body: body(payload, attempt),
        credentials: "omit",
        // Missing before Chromium 103, Firefox 100, Safari 16: there the browser's own limit holds.
        signal: AbortSignal.timeout?.(TIMEOUT_MS) ?? null,
      });
      const { status, ok } = response;
      const message = ok ? "" : `${(await response.json().catch(() => null))?.message ?? ""}`;
      return {
        status,
        message,
        verdict: judge(status, message),
        retryAt: retryAt(response.headers.get("Retry-After"), Date.now()),
      };
    } catch (error) {
      // Chromium 156 rejects what is pending between two listeners of pagehide: one task later the page knows that it left.
      // A page that closes itself has no next task.
      if (!globalThis.closed) await nextTask();
      return { status: 0, message: `${error}`, verdict: "retry", retryAt: 0 };
    }
  };
}
