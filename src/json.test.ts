// Values as JSON, in pages with old libraries too.
import { afterEach, describe, expect, it } from "vitest";
import { plain, toJson } from "./json";

const arrays = Array.prototype as { toJSON?: unknown };
afterEach(() => {
  delete arrays.toJSON;
});

describe("JSON", () => {
  it.each<[string, unknown]>([
    ["an object", { a: [1, { b: null }], c: "text", d: true }],
    ["text with quotes, backslashes and lines", { text: 'a "b" \\ud83c \\\\ \n \t \u2028' }],
    ["a whole emoji", ["🎉", "\u{1f468}\u200d\u{1f469}"]],
    ["nothing of use", { left: undefined, run() {} }],
    ["a list", [undefined, () => {}]],
  ])("of %s is what the platform makes of it", (_, value) => {
    expect(toJson(value)).toBe(JSON.stringify(value));
  });

  it("asks an object's own toJSON", () => {
    expect(toJson({ at: new Date(0), own: { toJSON: () => "mine" } })).toBe(
      '{"at":"1970-01-01T00:00:00.000Z","own":"mine"}',
    );
  });

  it("does not ask one that a library has given to all lists", () => {
    arrays.toJSON = () => "[wrong]";
    expect(toJson({ list: [1, [2]] })).toBe('{"list":[1,[2]]}');
    expect(toJson([1])).toBe("[1]");
  });

  it.each([
    ["\ud83c", "\ufffd"],
    ["a\udf89b", "a\ufffdb"],
    ["\ud83c and \ud83c\udf89", "\ufffd and \ud83c\udf89"],
    ["\\\ud83c", "\\\ufffd"],
  ])("has no half of an emoji: %j", (text, whole) => {
    expect(JSON.parse(toJson({ text }))).toEqual({ text: whole });
    expect(JSON.parse(toJson({ [text]: 1 }))).toEqual({ [whole]: 1 });
  });
});

describe("what is left as JSON", () => {
  it("is a copy", () => {
    const value = { a: [1] };
    expect(plain(value)).toEqual(value);
    expect(plain(value)).not.toBe(value);
  });

  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["a function", () => {}],
    ["a big number", 1n],
  ])("throws where there is none: %s", (_, value) => {
    expect(() => plain(value)).toThrow();
  });
});
