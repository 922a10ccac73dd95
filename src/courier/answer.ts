// Owns what an answer means: the verdict on it, what becomes of its click, and what it says about the endpoint. Pure.
//
//   status                       verdict     the click            the endpoint
//   2xx without a page in it     delivered   over                 works
//   413, 415, 422, 400 (body)    refused     dropped              –
//   other 400                    unclear     a few tries          –
//   401, 403, 404, …             config      waits for a page     refuses, if another click says so too
//   408, 425, 429, 5xx, none     retry       waits                down: it is asked again ever less often
import type { Health, OutcomeName, Settled } from "./ledger";
import { ahead, type Entry, MAX_WAIT_MS } from "./row";
import type { Answer } from "./send";

/**
 * What an answer asks for. `config`: the endpoint refuses this configuration, or so it seems from one click. `unknown`: what came
 * is no response, so that nothing is known.
 */
export type Verdict = "delivered" | "refused" | "unclear" | "config" | "retry" | "unknown";

/** Waits are at least spread over this. */
const BASE_MS = 1_000;
/** And no wait is longer, however long the outage. */
const MAX_MS = MAX_WAIT_MS / 2;
/** Responses that blame a request without saying for certain that it is wrong. */
const MAX_TRIES = 4;

const RETRIED = [408, 425, 429];
const REFUSED = [413, 415, 422];
/** The body of a page: of a login, or of a service worker that answers for a network that is down. */
const PAGE = /^\s*</;

/** The server's own words. */
export function messageOf({ status, text, isSilent }: Answer): string {
  if (isSilent) return text;
  if (!status) return text === "opaqueredirect" ? "a redirect" : text;
  if (PAGE.test(text)) return "an HTML page";
  return status < 300 ? "" : text;
}

export function verdictOf(answer: Answer): Verdict {
  const { status, text, isSilent, isForeign } = answer;
  if (isForeign) return "unknown";
  // A redirect, an error made by a service worker, an opaque response: none of them is the endpoint's.
  if (isSilent || !status) return "retry";
  if (status < 300) return PAGE.test(text) ? "retry" : "delivered";
  if (REFUSED.includes(status)) return "refused";
  if (status === 400) {
    const message = messageOf(answer);
    if (/header|organization/i.test(message)) return "config";
    return /json|uuid|deserialize/i.test(message) ? "refused" : "unclear";
  }
  return status > 499 || RETRIED.includes(status) ? "retry" : "config";
}

/** `Retry-After`, in seconds or as a date: epoch ms, clamped so that the jitter on top stays within what is ever waited for. */
function askedUntil(header: string | null | undefined, now: number): number {
  const seconds = Number(header);
  const at = Number.isNaN(seconds) ? Date.parse(`${header}`) : now + seconds * 1000;
  return at > now ? Math.min(at, now + MAX_WAIT_MS / 2) : 0;
}

/**
 * Full jitter over the time that the outage has lasted so far: the browsers of an outage come back spread over the time that it
 * took (measured in `answer.test.ts`), and each within twice its length.
 */
export function backoff(lasted: number, random: () => number): number {
  return random() * Math.min(MAX_MS, Math.max(BASE_MS, lasted));
}

/** Whether the server has failed at a click so often that it must not stand before the others. */
export function isLate({ attempt }: Entry): boolean {
  return attempt >= MAX_TRIES;
}

/** What becomes of a click; `undefined` where the answer says nothing about it. `isCopy`: the attempt may have arrived. */
export function outcomeOf(
  entry: Entry,
  answer: Answer,
  { seenAt }: Health,
  { isCopy, now, random }: { readonly isCopy: boolean; readonly now: number; readonly random: () => number },
): Settled | undefined {
  const { id, at, attempt, payload, silent = 0, refusals = 0 } = entry;
  const verdict = verdictOf(answer);
  const end = (name: OutcomeName, more?: Partial<Settled>): Settled => {
    const { status } = answer;
    // While its lease runs nobody else counts it: where there is no row, none was written.
    const stored = entry.due <= now;
    return { name, id, at, attempt, payload, status, message: messageOf(answer), stored, ...more };
  };
  if (verdict === "unknown") return;
  if (verdict === "delivered") return end(verdict);
  const isConfig = verdict === "config";
  const isBlamed = isConfig || verdict === "unclear";
  const tries = refusals + +isBlamed;
  // The configuration isn't at fault where another click was acknowledged since this one was made.
  const isRefused = isBlamed && tries >= MAX_TRIES && (!isConfig || seenAt > at);
  if (verdict === "refused" || isRefused) return end("dropped", { reason: "refused" });
  const due = verdict === "unclear" ? now + backoff(BASE_MS * 2 ** tries, random) : now;
  const { answer: _, ...row } = entry;
  const waits = { ...row, begun: false, doubt: false, due, silent: silent + +isCopy, refusals: tries };
  return end("waiting", {
    ...(isCopy && silent > 0 && { isUnread: true }),
    remains: isConfig ? { ...waits, refusedAt: now } : waits,
    ...(isConfig && { reason: verdict }),
  });
}

/** What an answer to the click `id` says about the endpoint. */
export function healthAfter(
  health: Health,
  answer: Answer,
  id: string,
  { now, random }: { readonly now: number; readonly random: () => number },
): Health {
  const verdict = verdictOf(answer);
  const asked = ahead(health.asked, now) ? health.asked : 0;
  if (verdict === "delivered") {
    const calm = asked ? {} : { downSince: 0, until: 0, asked };
    return { ...health, ...calm, seenAt: now, suspect: "", refusedAt: 0 };
  }
  if (verdict === "config") {
    // The configuration is to blame only if different clicks say so, whichever contexts sent them.
    const isShared = health.suspect && health.suspect !== id;
    return { ...health, failedAt: now, suspect: id, refusedAt: isShared ? now : health.refusedAt };
  }
  if (verdict !== "retry") return health;
  const { downSince } = health;
  const since = downSince && downSince <= now ? downSince : now;
  const retryAt = askedUntil(answer.retryAfter, now);
  // A date in Retry-After is the same for all browsers: they come back spread over a part of the wait.
  const wait = (from: number) => from + backoff(Math.max(now - since, (from - now) / 4), random);
  // Attempts that are under way together fail together: that is one failure.
  const until = ahead(health.until, now) && !retryAt ? health.until : wait(Math.max(retryAt, asked, now));
  return { ...health, downSince: since, until, asked: retryAt ? until : asked, failedAt: now };
}
