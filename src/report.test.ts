// How a developer is told, and what happens where something throws.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

const said = vi.spyOn(console, "error");
let report: typeof import("./report");

beforeEach(async () => {
  said.mockReset().mockImplementation(() => {});
  vi.resetModules();
  report = await import("./report");
});
afterEach(() => vi.clearAllMocks());

describe("a message", () => {
  it("is said once a page, with what was seen", () => {
    const seen = { some: "thing" };
    report.tell("first", seen, 2);
    report.tell("first", seen, 2);
    report.tell("second");
    expect(said.mock.calls).toEqual([["clicktrail: first", seen, 2], ["clicktrail: second"]]);
  });

  it("says what was thrown, and shows it", () => {
    const error = new Error("the page's own");
    report.complain(error);
    expect(said.mock.calls).toEqual([["clicktrail: Error: the page's own", error]]);
  });

  it("of a mistake says what to write instead, and where to read more", () => {
    expect(report.mistake("position", "an integer", 1.5)).toMatch(
      /^position must be an integer, not "1\.5"\. See \S+\.$/,
    );
  });
});

describe("an attempt", () => {
  const fails = () => {
    throw new Error("no");
  };

  it("gives what its work gives", () => {
    expect(
      report.attempt(
        () => 1,
        () => 2,
      ),
    ).toBe(1);
  });

  it("gives what is made of the error where it throws, or nothing", () => {
    expect(report.attempt(fails, String)).toBe("Error: no");
    expect(report.attempt(fails)).toBeUndefined();
  });
});
