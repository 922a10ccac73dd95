// What `debug` prints, which is what developers look at first.
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Outcome } from "./courier/ledger";
import { printClicks } from "./debug";
import { NO_STATS } from "./inert";
import type { Tracker } from "./page/api";
import type { Shot } from "./page/dom";
import { type Listeners, listenFor, tellPage } from "./page/outcomes";
import { START } from "./test/entries";
import { routeTo } from "./test/stand";

let printed: unknown[][];
let results: number;
let listeners: Listeners;
let isOn: boolean;
let stats: ReturnType<typeof vi.fn<Tracker["stats"]>>;

beforeEach(() => {
  vi.useFakeTimers();
  [printed, results, listeners, isOn] = [[], 0, new Set(), true];
  stats = vi.fn(async () => NO_STATS);
  const shot: Shot = ["li", {}, []];
  class Document {
    // Of these elements only the number is looked at: each has a request of its own.
    querySelectorAll(selector: string) {
      return selector === "*" ? [] : Array.from({ length: results }, () => shot);
    }
  }
  vi.stubGlobal("Document", Document);
  vi.stubGlobal("document", new Document());
  vi.spyOn(console, "log").mockImplementation((...words) => printed.push(words));
  printClicks({
    route: routeTo(),
    consented: () => isOn,
    courier: () => "worker",
    stats,
    on: (name, callback) => listenFor(listeners, name, callback),
  } as Partial<Tracker> as Tracker);
  return () => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  };
});

describe("the start", () => {
  const REPORTS = "reports to https://api.example/ctr, dataset 11111111-1111-4111-8111-111111111111; ";

  it("says where clicks go, who sends them, and how many results are tagged, once a courier can be ready", () => {
    results = 10;
    vi.advanceTimersByTime(999);
    expect(printed).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(printed).toEqual([["clicktrail:", `${REPORTS}the worker sends; 10 results are tagged`]]);
  });

  it("says what to do where no result is tagged", () => {
    vi.runAllTimers();
    expect(`${printed}`).toContain(
      "the worker sends; no result is tagged: call tagResults, or write data-ctr-chunk-id on each result",
    );
  });

  it("says why nothing is sent", () => {
    isOn = false;
    vi.runAllTimers();
    expect(`${printed}`).toContain(
      "; nothing is sent: consent isn't given, or this browser is not tracked; ",
    );
    expect(`${printed}`).not.toContain("the worker sends");
  });

  it("throws nothing into the page where the courier's file can't be loaded", async () => {
    const thrown: unknown[] = [];
    const listener = (error: unknown) => thrown.push(error);
    const { process } = globalThis as unknown as {
      process: Record<"on" | "off", (name: string, hear: typeof listener) => void>;
    };
    process.on("unhandledRejection", listener);
    stats.mockRejectedValue(new Error("clicktrail.courier.js can't be loaded"));
    isOn = false;
    vi.runAllTimers();
    vi.useRealTimers();
    await new Promise((resolve) => setTimeout(resolve));
    process.off("unhandledRejection", listener);
    expect(stats).toHaveBeenCalledOnce();
    expect(thrown).toEqual([]);
  });

  it("asks no courier where clicks are sent: a page without results starts none", () => {
    vi.runAllTimers();
    expect(stats).not.toHaveBeenCalled();
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
    tellPage(listeners, what);
    expect(printed).toEqual([["clicktrail:", what.name, why, what]]);
  });

  it("that is the first to be delivered is followed by where to see it, once", () => {
    const names = ["click", "waiting", "delivered", "click", "delivered"] as const;
    for (const name of names) tellPage(listeners, outcome(name));
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
    tellPage(listeners, { name: "not-counted", rule, path: [] });
    expect(printed).toEqual([["clicktrail:", "not counted:", why]]);
  });
});
