// A click's id.
import { afterEach, describe, expect, it, vi } from "vitest";
import { uuid7 } from "./id";
import { START } from "./test/entries";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const UUID7 = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

describe.each([
  ["where the browser makes UUIDs", () => {}],
  ["in an insecure context", () => vi.stubGlobal("crypto", {})],
])("an id %s", (_, be) => {
  it("is a UUIDv7 that begins with the click's time", () => {
    be();
    const id = uuid7(START);
    expect(id).toMatch(UUID7);
    expect(Number.parseInt(id.replace("-", "").slice(0, 12), 16)).toBe(START);
  });

  it("sorts by the click's time", () => {
    be();
    const times = [0, 1, 0xffff, 0x10000, START - 1, START, START + 1, 2 ** 47];
    const ids = times.map(uuid7);
    expect([...ids].sort()).toEqual(ids);
  });

  it.each<[string, number, number]>([
    ["a fraction", START + 0.6640625, START],
    ["a time before 1970", -1, 0],
    ["a time beyond 48 bits", 1e15, 2 ** 48 - 1],
    ["no end of time", Infinity, 2 ** 48 - 1],
    ["a beginning of none", -Infinity, 0],
    ["a tiny fraction", 5e-324, 0],
    ["a large one in exponents", 1e300, 2 ** 48 - 1],
  ])("is a UUIDv7 for %s, too", (_, at, time) => {
    be();
    const id = uuid7(at);
    expect(id).toMatch(UUID7);
    expect(Number.parseInt(id.replace("-", "").slice(0, 12), 16)).toBe(time);
  });

  it.each([Number.NaN, undefined, "soon"])("has the time of its making where the click has %s", (at) => {
    be();
    vi.spyOn(Date, "now").mockReturnValue(Number.NaN);
    const before = +new Date();
    const id = uuid7(at as number);
    expect(id).toMatch(UUID7);
    const time = Number.parseInt(id.replace("-", "").slice(0, 12), 16);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(+new Date());
  });

  it("is another one for another click of the same time", () => {
    be();
    expect(new Set(Array.from({ length: 100 }, () => uuid7(START))).size).toBe(100);
  });
});
