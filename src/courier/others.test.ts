// The other databases of this script on the origin: found by name, and emptied of what isn't kept, whoever made them.
import { IDBFactory } from "fake-indexeddb";
import { createStore, entries, set } from "idb-keyval";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { emptyOthers, findOthers } from "./others";

const OWN = "clicktrail 2 https://api.example/ctr  d";

beforeEach(() => {
  vi.stubGlobal("indexedDB", new IDBFactory());
});
afterEach(() => {
  vi.unstubAllGlobals();
});

async function fill(name: string, rows: object, store = "q"): Promise<void> {
  for (const [key, row] of Object.entries(rows)) await set(key, row, createStore(name, store));
}
const rowsOf = async (name: string, store = "q") =>
  Object.fromEntries(await entries(createStore(name, store)));

it("finds this script's databases of other endpoints and formats, and nobody else's", async () => {
  for (const name of [
    OWN,
    "clicktrail 1 old",
    "clicktrail 2 https://other.example/ctr  d",
    "shop",
    "clicktrails",
  ])
    await fill(name, { a: { at: 1 } });
  expect((await findOthers(OWN)).sort()).toEqual([
    "clicktrail 1 old",
    "clicktrail 2 https://other.example/ctr  d",
  ]);
});

it("finds none where a browser can't list them", async () => {
  vi.stubGlobal("indexedDB", {});
  expect(await findOthers(OWN)).toEqual([]);
});

it("deletes the rows that aren't kept, and leaves other databases alone", async () => {
  const rows = { "!": { counts: {} }, a: { at: 1 }, b: { at: 9 } };
  for (const name of ["clicktrail 1 old", OWN]) await fill(name, rows);
  await emptyOthers(["clicktrail 1 old"], (row) => Number(Object(row).at) > 5 && { ...row, staleAt: 2 });
  expect(await rowsOf("clicktrail 1 old")).toEqual({ b: { at: 9, staleAt: 2 } });
  expect(await rowsOf(OWN)).toEqual(rows);
});

it("deletes all where nothing says otherwise", async () => {
  await fill("clicktrail 1 old", { a: { at: 1 }, b: "text" });
  await emptyOthers(["clicktrail 1 old"]);
  expect(await rowsOf("clicktrail 1 old")).toEqual({});
});

it("waits two seconds at most for those that do not respond, and empties the others", async () => {
  await fill("clicktrail 1 old", { a: { at: 1 } });
  const { open } = indexedDB;
  vi.spyOn(indexedDB, "open").mockImplementation((name) =>
    name.startsWith("clicktrail 0") ? ({} as IDBOpenDBRequest) : open.call(indexedDB, name),
  );
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  const emptied = emptyOthers(["clicktrail 0 a", "clicktrail 0 b", "clicktrail 1 old"]);
  await vi.advanceTimersByTimeAsync(2_000);
  vi.useRealTimers();
  await emptied;
  expect(await rowsOf("clicktrail 1 old")).toEqual({});
});

it("empties the others where one has another shape", async () => {
  await fill("clicktrail 0 odd", { a: 1 }, "another");
  await fill("clicktrail 1 old", { a: 1 });
  await emptyOthers(["clicktrail 0 odd", "clicktrail 1 old"]);
  expect(await rowsOf("clicktrail 0 odd", "another")).toEqual({ a: 1 });
  expect(await rowsOf("clicktrail 1 old")).toEqual({});
});
