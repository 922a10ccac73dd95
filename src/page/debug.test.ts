// What `debug` prints, which is what developers look at first.
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Outcome } from "../delivery/ledger";
import { START } from "../test/entries";
import { routeTo } from "../test/stand";
import { createDebug, type Debug } from "./debug";
import { createOutcomes, type Outcomes } from "./outcomes";

let printed: unknown[][];
let results: number;
/** Each result has a request of its own. */
let isSwapped = false;
let outcomes: Outcomes;
let debug: Debug;

beforeEach(() => {
  [printed, results] = [[], 0];
  class Document {
    querySelectorAll(selector: string) {
      return Array.from({ length: selector.includes("data-ctr") ? results : 0 }, (_, at) => ({ at }));
    }
  }
  vi.stubGlobal("Document", Document);
  vi.stubGlobal("document", new Document());
  class Element {
    getAttribute(name: string) {
      return isSwapped && name === "data-ctr-request-id" ? `${(this as unknown as { at: number }).at}` : name;
    }
  }
  vi.stubGlobal("Element", Element);
  vi.spyOn(console, "log").mockImplementation((...words) => printed.push(words));
  vi.spyOn(console, "error").mockImplementation(() => {});
  outcomes = createOutcomes("https://api.example/ctr");
  debug = createDebug(routeTo(), outcomes);
  return () => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  };
});

describe("the start", () => {
  const REPORTS =
    "reports to https://api.example/ctr, dataset 11111111-1111-4111-8111-111111111111; the worker sends; ";

  it("says where clicks go, who sends them, and how many results are tagged", () => {
    results = 10;
    debug.started("worker", "");
    expect(printed).toEqual([["clicktrail:", `${REPORTS}10 results are tagged`]]);
  });

  it("says that the ids are swapped, where one chunk has as many requests as results", async () => {
    results = 10;
    isSwapped = true;
    debug.started("worker", "");
    isSwapped = false;
    await vi.waitFor(() =>
      expect(`${vi.mocked(console.error).mock.calls}`).toContain("All 10 results name the same chunk"),
    );
  });

  it("says what to do where no result is tagged", () => {
    debug.started("worker", "");
    expect(printed).toEqual([
      [
        "clicktrail:",
        `${REPORTS}no result is tagged: call tagResults, or write data-ctr-chunk-id on each result`,
      ],
    ]);
  });

  it("says why nothing is sent", () => {
    debug.started("page", "consent is withdrawn");
    expect(`${printed}`).toContain("; nothing is sent: consent is withdrawn; ");
    expect(`${printed}`).not.toContain("the page sends");
  });
});

describe("a click", () => {
  const outcome = (name: Outcome["name"], more: Partial<Outcome> = {}): Outcome => ({
    name,
    id: "x",
    attempt: 1,
    at: START,
    ...more,
  });
  const HINT = ["clicktrail:", "to see it in Trieve: docs/trieve.md"];

  it.each<[string, Outcome, unknown]>([
    ["its reason", outcome("dropped", { reason: "dry-run", status: 204 }), "dry-run"],
    ["the response's status", outcome("waiting", { status: 503 }), 503],
    ["neither", outcome("click"), ""],
  ])("is printed with %s", (_, what, why) => {
    outcomes.tell(what);
    expect(printed).toEqual([["clicktrail:", what.name, why, what]]);
  });

  it("that is the first to be delivered is followed by where to see it, once", () => {
    const names = ["click", "waiting", "delivered", "click", "delivered"] as const;
    for (const name of names) outcomes.tell(outcome(name));
    expect(printed.filter(([, name]) => names.includes(name as never)).map(([, name]) => name)).toEqual(
      names,
    );
    expect(printed).toHaveLength(names.length + 1);
    expect(printed[3]).toEqual(HINT);
  });

  it.each([
    ["button", "the right button opens a menu"],
    ["middle", "the middle button opens only links"],
    ["control", "a control or its label"],
    ["untagged", "nothing here is tagged"],
    ["ignored", "inside data-ctr-ignore"],
    ["beside-link", "beside the result's link"],
    ["selection", "a drag or a text selection"],
    ["repeat", "a repeat"],
  ] as const)("that is not counted says why: %s", (rule, why) => {
    debug.rejected(rule);
    expect(printed).toEqual([["clicktrail:", "not counted:", why]]);
  });
});
