// Owns what `debug` prints: how the page is set up, each click with its outcome, and what isn't counted. Loaded when asked for.
import { runningTracker } from "./announce";
import { TAGGED } from "./attributes";
import type { OutcomeName } from "./courier/ledger";
import type { Tracker } from "./page/api";
import type { Rule } from "./page/judge";
import { ofDocument } from "./page/step";

/** In the inspector's words, shorter. */
const RULES: Readonly<Record<Rule, string>> = {
  button: "the right button opens a menu",
  middle: "the middle button opens only links",
  control: "a control or its label",
  untagged: "nothing here is tagged",
  ignored: "inside data-ctr-ignore",
  "beside-link": "beside the result's link",
  selection: "a drag or a text selection",
  repeat: "a repeat",
};
const OUTCOMES: readonly OutcomeName[] = ["click", "delivered", "waiting", "in-doubt", "dropped"];
/** A courier is ready by then. */
const START_MS = 1_000;

const print = (...words: unknown[]) => console.log("clicktrail:", ...words);

/** Prints what becomes of this page's clicks from now on. */
export function printClicks(tracker: Tracker): void {
  let isFirst = true;
  for (const name of OUTCOMES)
    tracker.on(name, (outcome) => {
      print(name, outcome.reason ?? outcome.status ?? "", outcome);
      if (isFirst && name === "delivered") print("to see it in Trieve: docs/trieve.md");
      isFirst &&= name !== "delivered";
    });
  tracker.on("not-counted", ({ rule }) => print("not counted:", RULES[rule]));
  setTimeout(() => printSetUp(tracker), START_MS);
}

function printSetUp(tracker: Tracker): void {
  const { endpoint, headers } = tracker.route;
  const tagged = ofDocument("querySelectorAll").call(document, TAGGED).length;
  const results = tagged
    ? `${tagged} results are tagged`
    : "no result is tagged: call tagResults, or write data-ctr-chunk-id on each result";
  const sender = tracker.consented()
    ? `the ${tracker.courier()} sends`
    : "nothing is sent: consent isn't given, or this browser is not tracked";
  print(`reports to ${endpoint}, dataset ${headers["TR-Dataset"]}; ${sender}; ${results}`);
}

const running = runningTracker();
if (running) printClicks(running);
