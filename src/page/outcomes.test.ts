// Who is told what.
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Outcome } from "../courier/ledger";
import { START } from "../test/entries";
import { type Listeners, listenFor, tellPage } from "./outcomes";

afterEach(() => vi.restoreAllMocks());

const outcome = (name: Outcome["name"]): Outcome => ({ name, id: "x", attempt: 1, at: START });

describe("outcomes", () => {
  it("are told to those who asked for that name, until they undo it", () => {
    const listeners: Listeners = new Set();
    const delivered = vi.fn();
    const dropped = vi.fn();
    const undo = listenFor(listeners, "delivered", delivered);
    listenFor(listeners, "dropped", dropped);
    tellPage(listeners, outcome("delivered"));
    expect(delivered.mock.calls).toEqual([[outcome("delivered")]]);
    expect(dropped).not.toHaveBeenCalled();
    undo();
    tellPage(listeners, outcome("delivered"));
    expect(delivered).toHaveBeenCalledTimes(1);
    expect(listeners.size).toBe(1);
  });

  it("are one thing, and events that aren't counted another", () => {
    const listeners: Listeners = new Set();
    const rules: string[] = [];
    listenFor(listeners, "not-counted", ({ rule }) => rules.push(rule));
    tellPage(listeners, outcome("click"));
    tellPage(listeners, { name: "not-counted", rule: "repeat", path: [] });
    expect(rules).toEqual(["repeat"]);
  });

  it("reach the others though one callback throws, which is told", () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    const listeners: Listeners = new Set();
    const after = vi.fn();
    listenFor(listeners, "click", () => {
      throw new Error("a callback's own mistake");
    });
    listenFor(listeners, "click", after);
    tellPage(listeners, outcome("click"));
    expect(after).toHaveBeenCalledTimes(1);
    expect(said.mock.calls[0]?.[0]).toContain("a callback's own mistake");
  });

  it("are told once to a callback that subscribes anew each time", () => {
    const listeners: Listeners = new Set();
    const again = vi.fn(() => {
      listenFor(listeners, "click", () => again());
    });
    listenFor(listeners, "click", again);
    tellPage(listeners, outcome("click"));
    expect(again).toHaveBeenCalledTimes(1);
  });
});
