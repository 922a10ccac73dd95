// What a page keeps in localStorage for the next one.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { idAt, START } from "../test/entries";
import { createStorage } from "../test/storage";
import { type Row, stash, stashed, unstash } from "./stash";

const SCOPE = "clicktrail test";
const row = (n: number) => ({ id: idAt(START, n), n });
const [one, two] = [row(1), row(2)] as const;

let storage: Record<string, string>;

beforeEach(() => {
  storage = createStorage();
  vi.stubGlobal("localStorage", storage);
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe("the stash", () => {
  it("brings a dead page's rows to the next page, until they are taken away", () => {
    stash(SCOPE, one);
    stash(SCOPE, two);
    expect(stashed(SCOPE)).toEqual([one, two]);
    expect(stashed(SCOPE)).toEqual([one, two]);
    unstash(SCOPE, one.id);
    expect(stashed(SCOPE)).toEqual([two]);
    unstash(SCOPE, two.id);
    expect(storage).toEqual({});
  });

  it("keeps the last word on a row", () => {
    stash(SCOPE, one);
    stash(SCOPE, { ...one, n: 9 } as Row);
    expect(stashed(SCOPE)).toEqual([{ ...one, n: 9 }]);
  });

  it.each(["", "{", "null", "7", '"text"', "{}", '{"n":1}', "[]"])(
    "throws the unreadable record %j away and goes on to the next",
    (garbage) => {
      storage[`${SCOPE}\n00000000-0000-7000-8000-00000broken0`] = garbage;
      stash(SCOPE, one);
      expect(stashed(SCOPE)).toEqual([one]);
      unstash(SCOPE, one.id);
      expect(storage).toEqual({});
    },
  );

  it("touches nobody else's rows, not even those of a scope that starts the same", () => {
    stash(`${SCOPE}-2`, one);
    stash(`${SCOPE} 2`, two);
    storage.cart = "[1,2]";
    const before = { ...storage };
    expect(stashed(SCOPE)).toEqual([]);
    expect(storage).toEqual(before);
  });

  it("finds a row whose id is no UUID", () => {
    const odd = { id: "1a22b409-a83.e66-76fa-8af3-21a4bd6b5a7e", n: 3 };
    stash(SCOPE, odd);
    expect(stashed(SCOPE)).toEqual([odd]);
    unstash(SCOPE, odd.id);
    expect(storage).toEqual({});
  });

  it("keeps what has no JSON out, without a word", () => {
    expect(() => stash(SCOPE, { ...one, big: 1n } as never)).not.toThrow();
    expect(storage).toEqual({});
  });

  const forbid = () => {
    throw new Error("SecurityError");
  };
  it.each<[string, unknown]>([
    ["missing", undefined],
    ["blocked", new Proxy({}, { get: forbid, set: forbid, ownKeys: forbid })],
    ["full", Object.assign(createStorage(), { setItem: forbid })],
  ])("may be %s: nothing is thrown", (_, blocked) => {
    vi.stubGlobal("localStorage", blocked);
    stash(SCOPE, one);
    unstash(SCOPE, one.id);
    expect(stashed(SCOPE)).toEqual([]);
  });
});
