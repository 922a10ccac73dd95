// What the inspector keeps for the tab's next page: checked by type when it is read.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createStorage } from "../test/storage";
import { KEY, type Kept, keep, read } from "./keep";
import type { Seen } from "./seen";

const SEEN: Seen = {
  id: "01a207c1-3656-7cb2-95cb-4eba138215b5",
  at: 1_790_000_000_000,
  state: "waiting",
  what: "Result",
  page: "/search",
  attempt: 1,
  tries: [{ at: 1, attempt: 1, name: "waiting", status: 503, message: "busy" }],
};
const KEPT: Kept = {
  seen: [SEEN],
  tab: "queue",
  collapsed: true,
  spot: { side: "left", at: { left: 1, top: 2 } },
};

beforeEach(() => void vi.stubGlobal("sessionStorage", createStorage()));
afterEach(() => void vi.unstubAllGlobals());

const stored = (value: unknown) => {
  sessionStorage[KEY] = typeof value === "string" ? value : JSON.stringify(value);
  return read();
};

it("brings back what was kept", () => {
  keep(KEPT);
  expect(read()).toEqual(KEPT);
});

it.each<[string, object]>([
  ["a state from a prototype", { state: "__proto__" }],
  ["a state from another", { state: "constructor" }],
  ["an unknown state", { state: "sold" }],
  ["a rule from a prototype", { rule: "toString" }],
  ["an element as its name", { what: { type: "script", props: {} } }],
  ["a page that is no text", { page: 7 }],
  ["a time that is none", { at: "now" }],
  ["no attempts", { tries: undefined }],
  ["attempts that are no list", { tries: { length: 1 } }],
  ["an attempt with such a name", { tries: [{ at: 1, attempt: 1, name: "__proto__" }] }],
  ["an attempt that is null", { tries: [null] }],
  ["a message that is an object", { message: { __html: "<b>" } }],
  ["a payload without metadata", { payload: {} }],
  ["a payload that is null", { payload: null }],
])("leaves out a click with %s, and keeps the others", (_, change) => {
  expect(stored({ ...KEPT, seen: [{ ...SEEN, ...change }, null, 7, SEEN] })?.seen).toEqual([SEEN]);
});

it("falls back where the rest is something else", () => {
  const first = { seen: [], tab: "clicks", collapsed: false, spot: undefined };
  expect(stored({ seen: {}, tab: "__proto__", collapsed: "yes", spot: { side: "top" } })).toEqual(first);
  expect(stored({ seen: "all", tab: ["queue"], spot: null })).toEqual(first);
  expect(stored({ spot: { side: "left", at: { left: "1px", top: null } } })).toEqual(first);
});

it.each(["", "{", "null", "7", '"text"'])("is not there where %j is stored", (text) => {
  expect(stored(text)).toBeUndefined();
});
