// Owns the plain words: what became of a click, why one was not counted, which courier works. Pure text, knows no DOM.
import type { Seen } from "./seen";

/** Why a DOM event was no click, and what would be one. */
export const NOT_COUNTED = {
  button: "Right button: it opens a menu, not the result.",
  middle: "Middle button on what is not a link: it opens nothing.",
  control:
    "A control, or a label for one: a field, a checkbox, a player, a dialog. Buttons, links and data-ctr-click open a result.",
  untagged: "No tag above it: neither this element nor any around it names a chunk.",
  ignored: "Inside data-ctr-ignore, which never counts.",
  "beside-link":
    "Beside the link: this result has a link, so only links and data-ctr-click count, not a favourite button.",
  selection: "A drag or a text selection: the pointer moved between press and release.",
  repeat: "Repeat: the same chunk was opened less than a second ago, and one open is one click.",
  double: "The second click of a double click: one open is one click.",
  invalid: "Invalid: its payload would be refused. The results' tab says what is wrong.",
  vetoed: "The page's beforeSend vetoed it.",
  consent: "Consent was revoked: nothing is tracked until it is granted.",
  gpc: "This browser sends Global Privacy Control, which the page respects.",
  automation: "This is an automated browser, which the page ignores.",
} as const;

export type NotCounted = keyof typeof NOT_COUNTED;

const DROPPED: Readonly<Record<string, string>> = {
  invalid: NOT_COUNTED.invalid,
  vetoed: NOT_COUNTED.vetoed,
  "dry-run": "Everything was done but the request.",
  refused: "The server refused this click for good.",
  expired: "It had waited for a week, and another attempt failed.",
  overflow: "Too many clicks were waiting: the oldest had to go.",
  consent: "Consent was revoked while it waited.",
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

const answer = (status: number | undefined, message: string | undefined) =>
  status ? `${status}${message ? ` “${message}”` : ""}` : "no answer";

/** "in 12 s", "now"; `at` is epoch ms. */
export function inWords(at: number, now: number): string {
  const seconds = Math.ceil((at - now) / 1000);
  if (seconds <= 0) return "now";
  return seconds < 90 ? `in ${seconds} s` : `in ${Math.round(seconds / 60)} min`;
}

/** One sentence: where this click is. */
export function sayState(seen: Seen, now: number): string {
  const { state, status, message, reason, due = 0, rule, attempt } = seen;
  if (state === "not") return NOT_COUNTED[rule ?? "untagged"];
  if (state === "delivered") return `The server answered ${status ?? 204}.`;
  if (state === "dropped") {
    const said = status ? ` It answered ${answer(status, message)}.` : "";
    return (DROPPED[reason ?? ""] ?? `Dropped: ${reason}.`) + said;
  }
  if (state === "in-doubt")
    return "The page left before the answer. The browser had taken the request over, and nothing speaks against its arrival.";
  if (state === "gone") return "It left the queue while no inspector looked.";
  if (state === "click" && seen.held) return "It waits in memory for consent.";
  if (state === "click" && seen.before)
    return `Its page left before it saw an answer. The queue comes back to it ${inWords(due, now)}.`;
  if (state === "click") return "Sent; the answer is not there yet.";
  if (reason === "pause")
    return `The server refuses this configuration: ${answer(status, message)}. It stays until another page or configuration tries again.`;
  const next = due > now ? ` Next attempt ${inWords(due, now)}.` : " It goes with the next flush.";
  if (status === undefined)
    return attempt
      ? `Attempt ${attempt} failed while no page was there to hear why.${next}`
      : `It waits for its turn.${next}`;
  return status
    ? `The server answered ${answer(status, message)}.${next}`
    : `No answer: offline, or the endpoint is out of reach.${next}`;
}

/** "14:03:22" in the person's own format. */
export function timeOf(at: number): string {
  return new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** Enough of a key to tell it from another, too little to use it. */
export function masked(key: string): string {
  const [, scheme = "", secret = ""] = /^(Bearer\s+)?(.*)$/i.exec(key) ?? [];
  return `${scheme}${secret.length > 11 ? secret.slice(0, 4) : ""}••••••`;
}
