// Owns what `debug` prints: how the page is set up, each click with its outcome, and what isn't counted. Knows no response.
import { CHUNK_ID, meantAttribute, REQUEST_ID, TAGGED } from "../attributes";
import type { Route } from "../config";
import { explain } from "../report";
import type { Rule } from "./judge";
import type { CourierName } from "./link";
import type { Outcomes } from "./outcomes";
import { attribute, ofDocument } from "./step";

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

export interface Debug {
  /** `why` nothing is sent; empty where clicks are. */
  started(courier: CourierName, why: string): void;
  rejected(rule: Rule): void;
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

export function createDebug({ endpoint, headers }: Route, outcomes: Outcomes): Debug {
  const print = (...words: unknown[]) => console.log("clicktrail:", ...words);
  let isFirst = true;
  outcomes.each((outcome) => {
    const { name, reason, status } = outcome;
    print(name, reason ?? status ?? "", outcome);
    if (isFirst && name === "delivered") print("to see it in Trieve: docs/trieve.md");
    isFirst &&= name !== "delivered";
  });
  return {
    started(courier, why) {
      const tagged = [...ofDocument("querySelectorAll").call(document, TAGGED)] as Element[];
      const results = tagged[0]
        ? `${tagged.length} results are tagged`
        : "no result is tagged: call tagResults, or write data-ctr-chunk-id on each result";
      print(
        `reports to ${endpoint}, dataset ${headers["TR-Dataset"]}; ${why ? `nothing is sent: ${why}` : `the ${courier} sends`}; ${results}`,
      );
      if (areSwapped(tagged)) explain("swapped", [tagged.length], tagged);
      for (const name of nearMisses()) explain("attribute", [name, meantAttribute(name)]);
    },
    rejected: (rule) => print("not counted:", RULES[rule]),
  };
}
