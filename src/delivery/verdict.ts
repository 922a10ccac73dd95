// Owns what a response means, for the click and for the endpoint, and how long to wait after failures. Pure.
import type { Health, OutcomeName, Settled } from "./ledger";
import { ahead, type Entry } from "./row";
import type { Answer } from "./send";

/** The first wait after a failure is at most this. */
const BASE_MS = 1_000;
/** And no wait is longer, however many failures came before. */
const MAX_MS = 300_000;
/** Responses that blame a request without saying for certain that it is wrong, or attempts at a click past its age. */
const MAX_TRIES = 4;
/** An entry older than this gets no further attempt once one has failed: a click of last week ranks nothing. */
const MAX_AGE_MS = 7 * 86_400_000;

/**
 * Full jitter: anything up to twice the last bound, so that the browsers of an outage come back spread over the
 * whole window and not in waves (measured in `verdict.test.ts`).
 */
export function backoff(fails: number, random: () => number): number {
  return random() * Math.min(MAX_MS, BASE_MS * 2 ** (fails - 1));
}

/** Whether the server has failed at a click so often that it must not stand before the others. */
export function isLate({ attempt }: Entry): boolean {
  return attempt >= MAX_TRIES;
}

/** What becomes of a click; `undefined` where the response says nothing about it. */
export function judge(
  entry: Entry,
  { verdict, isSilent = false, status, message }: Answer,
  { seenAt }: Health,
  time: number,
  random: () => number,
): Settled | undefined {
  const { id, at, attempt, payload, silent = 0, refusals = 0 } = entry;
  const end = (name: OutcomeName, more?: Partial<Settled>): Settled => {
    return { name, id, at, attempt, payload, status, message, stored: true, ...more };
  };
  if (verdict === "unknown") return;
  if (verdict === "delivered") return end(verdict);
  const isBlamed = verdict === "unclear" || verdict === "config";
  const tries = refusals + +isBlamed;
  // That the configuration is at fault can't be if another click was acknowledged since this one was made.
  const isRefused = tries >= MAX_TRIES && (verdict === "unclear" || (isBlamed && seenAt > at));
  if (verdict === "refused" || isRefused) return end("dropped", { reason: "refused" });
  // Not before the last try: a clock that jumped must not cost a click that one more attempt delivers.
  if (isLate(entry) && at + MAX_AGE_MS < time) return end("dropped", { reason: "expired" });
  const due = verdict === "unclear" ? time + backoff(tries, random) : time;
  const waits = { ...entry, begun: false, doubt: false, due, silent: silent + +isSilent, refusals: tries };
  return end("waiting", { remains: waits, ...(verdict === "config" && { reason: verdict }) });
}

/** What a response to the click `id` says about the endpoint. */
export function learn(
  health: Health,
  { verdict, retryAt }: Answer,
  id: string,
  time: number,
  random: () => number,
): Health {
  const asked = ahead(health.asked, time) ? health.asked : 0;
  if (verdict === "delivered") {
    const calm = asked ? {} : { fails: 0, until: 0, asked };
    return { ...health, ...calm, seenAt: time, suspect: "" };
  }
  if (verdict === "config") return { ...health, failedAt: time, suspect: id };
  if (verdict !== "retry") return health;
  // Attempts that are under way together fail together: that is one failure.
  const fails = health.fails + +!ahead(health.until, time);
  const until = Math.max(retryAt, asked, time) + backoff(fails, random);
  return { ...health, fails, until, asked: retryAt ? until : asked, failedAt: time };
}
