// Who is told what.
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Outcome } from "../courier/ledger";
import { START } from "../test/entries";
import { createOutcomes } from "./outcomes";

afterEach(() => vi.restoreAllMocks());

const outcome = (name: Outcome["name"]): Outcome => ({ name, id: "x", attempt: 1, at: START });

describe("outcomes", () => {
  it("are told to those who asked for that name, until they undo it", () => {
    const outcomes = createOutcomes("https://api.example/ctr");
    const delivered = vi.fn();
    const dropped = vi.fn();
    const undo = outcomes.on("delivered", delivered);
    outcomes.on("dropped", dropped);
    outcomes.tell(outcome("delivered"));
    expect(delivered.mock.calls).toEqual([[outcome("delivered")]]);
    expect(dropped).not.toHaveBeenCalled();
    undo();
    outcomes.tell(outcome("delivered"));
    expect(delivered).toHaveBeenCalledTimes(1);
  });

  it("are heard as long as somebody listens", () => {
    const outcomes = createOutcomes("https://api.example/ctr");
    expect(outcomes.heard()).toBe(false);
    const undo = outcomes.on("click", () => {});
    expect(outcomes.heard()).toBe(true);
    undo();
    expect(outcomes.heard()).toBe(false);
  });

  it("reach the others though one callback throws, which is told", () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    const outcomes = createOutcomes("https://api.example/ctr");
    const after = vi.fn();
    outcomes.on("click", () => {
      throw new Error("a callback's own mistake");
    });
    outcomes.on("click", after);
    outcomes.tell(outcome("click"));
    expect(after).toHaveBeenCalledTimes(1);
    expect(said.mock.calls[0]?.[0]).toContain("a callback's own mistake");
  });

  it("are told in the console where something is wrong, and only there", async () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    // A page of its own: a page is told once of each cause.
    vi.resetModules();
    const fresh = await import("./outcomes");
    const outcomes = fresh.createOutcomes("https://api.example/ctr");
    outcomes.tell({ ...outcome("delivered"), status: 204 });
    expect(said).not.toHaveBeenCalled();
    outcomes.tell({ ...outcome("waiting"), reason: "config", status: 401 });
    expect(said.mock.calls.join()).toContain("The server rejected the API key");
  });

  it("are told once to a callback that subscribes anew each time", () => {
    const outcomes = createOutcomes("https://api.example/ctr");
    const again = vi.fn(() => {
      outcomes.on("click", again);
    });
    outcomes.on("click", again);
    outcomes.tell(outcome("click"));
    expect(again).toHaveBeenCalledTimes(1);
  });
});
