// Owns what the developer reads in the console: the sentences about mistakes, and with `debug` each click with its outcome. Loaded
// where there is something to say.
import { runningTracker } from "./announce";
import { CHUNK_ID, meantAttribute, REQUEST_ID, TAGGED } from "./attributes";
import type { OutcomeName } from "./courier/ledger";
import type { Tracker } from "./page/api";
import { attribute, ofDocument } from "./page/dom";
import { SPOKEN, tell } from "./report";
import { RULE_NAMES } from "./rule-names";
import { say, WORDS } from "./words";

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
  tracker.on("not-counted", ({ rule }) => print("not counted:", RULE_NAMES[rule]));
  setTimeout(() => printSetUp(tracker), START_MS);
}

async function printSetUp(tracker: Tracker): Promise<void> {
  const { endpoint, headers } = tracker.route;
  const tagged = [...ofDocument("querySelectorAll").call(document, TAGGED)] as Element[];
  const results = tagged[0]
    ? `${tagged.length} results are tagged`
    : "no result is tagged: call tagResults, or write data-ctr-chunk-id on each result";
  const isOn = tracker.consented();
  const sender = isOn
    ? `the ${tracker.courier()} sends`
    : "nothing is sent: consent isn't given, or this browser is not tracked";
  print(`reports to ${endpoint}, dataset ${headers["TR-Dataset"]}; ${sender}; ${results}`);
  if (areSwapped(tagged)) tell(WORDS.swapped(tagged.length), tagged);
  for (const name of nearMisses()) tell(WORDS.attribute(name, `${meantAttribute(name)}`));
  // Asking would start a courier; one whose file is missing has said so.
  const stats = isOn ? undefined : await tracker.stats().catch(() => undefined);
  if (stats?.waiting) tell(WORDS.consent(stats.waiting));
}

/** One chunk and as many requests as results: the two ids are in each other's places. */
function areSwapped(results: readonly Element[]): boolean {
  const different = (name: string) => new Set(results.map((result) => attribute(result, name))).size;
  return results.length > 2 && different(CHUNK_ID) === 1 && different(REQUEST_ID) === results.length;
}

/** Names that are nearly an attribute's, each once. */
function nearMisses(): Set<string> {
  const all = [...ofDocument("querySelectorAll").call(document, "*")] as Element[];
  const names = all.flatMap((element) => Element.prototype.getAttributeNames.call(element));
  return new Set(names.filter((name) => /^data-ctr/.test(name) && meantAttribute(name)));
}

/** Once a page, however often this file is loaded. */
const page = globalThis as unknown as { [SPOKEN]?: typeof say };
const running = runningTracker();
if (!page[SPOKEN] && running?.options.debug) printClicks(running);
page[SPOKEN] = say;
