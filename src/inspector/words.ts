// Owns the plain words: what happened to a click, why one was not counted, numbers and times. Pure text, knows no DOM.
import type { Seen } from "./seen";

/** Why a DOM event was no click, and what would be one. */
export const NOT_COUNTED = {
  button: "The right button opens a menu, not the result.",
  middle: "The middle button opens only links.",
  control:
    "This is a control or the label of one: a field, a checkbox, a player, a dialog. Only buttons, links and data-ctr-click open a result.",
  untagged: "Nothing here is tagged: neither this element nor any element around it names a chunk.",
  ignored: "This is inside data-ctr-ignore, which never counts.",
  "beside-link":
    "This is beside the link. In a result that has a link, only links and data-ctr-click count, so a favourite button doesn't.",
  selection: "This was a drag or a text selection: the pointer moved between press and release.",
  repeat: "This is a repeat: the same chunk was opened less than a second ago, and one open is one click.",
  double: "This is the second click of a double click, and one open is one click.",
  invalid: "The click is invalid: Trieve would refuse its payload. The Results tab says what is wrong.",
  vetoed: "The page's beforeSend vetoed this click.",
  consent: "Consent was withdrawn. Nothing is tracked until it is granted again.",
  gpc: "The browser sends Global Privacy Control, and this page respects it.",
  automation: "This is an automated browser, and this page ignores those.",
} as const;

export type NotCounted = keyof typeof NOT_COUNTED;

const DROPPED: Readonly<Record<string, string>> = {
  invalid: NOT_COUNTED.invalid,
  vetoed: NOT_COUNTED.vetoed,
  "dry-run": "This is a dry run: everything was done except the request.",
  refused: "The server refused this click for good.",
  expired: "It is older than a week, and two visits have found it so.",
  overflow: "Too many clicks were waiting, so the oldest were dropped.",
  consent: "Consent was withdrawn while it was waiting.",
};

export const STATE_LABELS: Readonly<Record<Seen["state"], string>> = {
  click: "On its way",
  waiting: "Waiting",
  delivered: "Delivered",
  "in-doubt": "In doubt",
  dropped: "Dropped",
  not: "Not counted",
  gone: "Outcome unknown",
};

/** What "in doubt" means, to be shown wherever the words stand. */
export const IN_DOUBT =
  "The page closed before the response arrived. The browser had already taken over the request, so the click most likely reached the server. It isn't sent again, because Trieve would count it twice.";
export const IN_DOUBT_RESENT =
  'The page closed before the response arrived, so the click is sent again (data-in-doubt="resend"). If the first request did arrive, Trieve counts it twice.';

export const many = (count: number, word: string) => `${count} ${word}${count === 1 ? "" : "s"}`;
export const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((total, count) => total + count, 0);

const response = (status: number | undefined, message: string | undefined) =>
  status ? `${status}${message ? ` “${message}”` : ""}` : "no response";

/** "in 12 s", "now"; `at` is epoch ms. */
export function inWords(at: number, now: number): string {
  const seconds = Math.ceil((at - now) / 1000);
  if (seconds <= 0) return "now";
  return seconds < 90 ? `in ${seconds} s` : `in ${Math.round(seconds / 60)} min`;
}

function sayWaiting({ status, message, reason, due = 0, attempt }: Seen, now: number): string {
  if (reason === "config")
    return `The server rejected the configuration: ${response(status, message)}. The click is kept, and sent once the configuration is right.`;
  const next = due > now ? `The next attempt is ${inWords(due, now)}.` : "The next flush sends it.";
  if (status) return `The server responded ${response(status, message)}. ${next}`;
  if (status === 0) return `No response: the browser is offline or the endpoint can't be reached. ${next}`;
  return attempt
    ? `Attempt ${attempt} failed while no inspector was open. ${next}`
    : `It is waiting. ${next}`;
}

/** One or two sentences: where this click is. */
export function sayState(seen: Seen, now: number): string {
  const { state, status, message, reason, due = 0, rule } = seen;
  if (state === "not") return NOT_COUNTED[rule ?? "untagged"];
  if (state === "delivered") return `The server responded ${status ?? 204}.`;
  if (state === "dropped") {
    const said = status ? ` It responded ${response(status, message)}.` : "";
    return (DROPPED[reason ?? ""] ?? `Dropped: ${reason}.`) + said;
  }
  if (state === "in-doubt") return IN_DOUBT;
  if (state === "gone") return "It left the queue while no inspector was open.";
  if (state === "waiting") return sayWaiting(seen, now);
  if (seen.held) return "It waits in memory for consent.";
  if (seen.before)
    return `Its page closed before the response arrived. The queue checks it again ${inWords(due, now)}.`;
  return "It was sent, and there is no response yet.";
}

/** "14:03:22": the one format of every time of day here, as server logs have it. */
export function timeOf(at: number): string {
  return new Date(at).toTimeString().slice(0, 8);
}

/** "2026-11-30 14:03:22", in the person's own time zone. */
export function momentOf(at: number): string {
  const date = new Date(at);
  const two = (number: number) => `${number}`.padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${timeOf(at)}`;
}

/** Enough of a key to tell it from another, too little to use it. */
export function masked(key: string): string {
  const [, scheme = "", secret = ""] = /^(Bearer\s+)?(.*)$/i.exec(key) ?? [];
  return `${scheme}${secret.length > 11 ? secret.slice(0, 4) : ""}••••••`;
}
