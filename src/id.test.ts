// A click's id.
import { afterEach, describe, expect, it, vi } from "vitest";
import { uuid7 } from "./id";
import { START } from "./test/entries";

afterEach(() => vi.unstubAllGlobals());

const UUID7 = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const timeOf = (id: string) => Number.parseInt(id.replace("-", "").slice(0, 12), 16);

describe.each([
  ["where the browser makes UUIDs", () => {}],
  ["in an insecure context", () => vi.stubGlobal("crypto", {})],
])("an id %s", (_, be) => {
  it("is a UUIDv7 that begins with the click's time", () => {
    be();
    const id = uuid7(START);
    expect(id).toMatch(UUID7);
    expect(timeOf(id)).toBe(START);
  });

  it("sorts by the click's time", () => {
    be();
    const times = [0, 1, 0xffff, 0x10000, START - 1, START, START + 1, 2 ** 47];
    const ids = times.map(uuid7);
    expect([...ids].sort()).toEqual(ids);
  });

  it.each([
    ["a fraction", START + 0.6640625, START],
    ["a tiny fraction", 5e-324, 0],
    ["the last time it has room for", 2 ** 48 - 0.5, 2 ** 48 - 1],
  ])("is a UUIDv7 of %s", (_, at, time) => {
    be();
    const id = uuid7(at);
    expect(id).toMatch(UUID7);
    expect(timeOf(id)).toBe(time);
  });

  it.each([Number.NaN, undefined, "soon", -1, -0.5, 1e15, 2 ** 48, 1e300, Infinity, -Infinity])(
    "has the time of its making where the click's is %s",
    (at) => {
      be();
      const before = Date.now();
      const id = uuid7(at as number);
      expect(id).toMatch(UUID7);
      expect(timeOf(id)).toBeGreaterThanOrEqual(before);
      expect(timeOf(id)).toBeLessThanOrEqual(Date.now());
    },
  );

  it("is another one for another click of the same time", () => {
    be();
    expect(new Set(Array.from({ length: 100 }, () => uuid7(START))).size).toBe(100);
  });
});
