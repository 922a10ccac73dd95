// Owns what `debug` prints: how the page is set up, each click with its outcome, and what isn't counted. Knows no response.
import { TAGGED } from "../attributes";
import type { Route } from "../config";
import type { Rule } from "./judge";
import type { CourierName } from "./link";
import type { Outcomes } from "./outcomes";
import { ofDocument } from "./step";

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
      const tagged = ofDocument("querySelectorAll").call(document, TAGGED).length;
      const results = tagged
        ? `${tagged} results are tagged`
        : "no result is tagged: call tagResults, or write data-ctr-chunk-id on each result";
      print(
        `reports to ${endpoint}, dataset ${headers["TR-Dataset"]}; ${why ? `nothing is sent: ${why}` : `the ${courier} sends`}; ${results}`,
      );
    },
    rejected: (rule) => print("not counted:", RULES[rule]),
  };
}
