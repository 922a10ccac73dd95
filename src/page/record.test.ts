// From a click to an entry: repeats, what the page adds and changes, and that an entry is plain JSON.
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Entry } from "../courier/row";
import type { Options } from "../options";
import { CHUNK, REQUEST } from "../test/entries";
import { createRecorder } from "./record";

const click = { requestId: REQUEST, chunkId: CHUNK, position: 3 };
let kept: Entry[];
let dropped: string[];

beforeEach(() => {
  kept = [];
  dropped = [];
  vi.spyOn(console, "error").mockImplementation(() => {});
  return () => vi.restoreAllMocks();
});

const recorder = (options: Partial<Options> = {}) =>
  createRecorder({
    options: { dataset: REQUEST, ...options },
    keep: (entry) => void kept.push(entry),
    drop: (_id, _at, reason) => void dropped.push(reason),
  });
const how = (at: number, detail = 1) => ({ action: "click", detail, at });

describe("a repeat", () => {
  it("within a second of the last one is none, however many there are", () => {
    const { record } = recorder();
    const ids = [0, 650, 1_300, 1_950, 2_600, 3_250].map((at) => record(click, how(at)));
    expect(new Set(ids).size).toBe(1);
    expect(kept).toHaveLength(1);
    expect(record(click, how(4_250))).not.toBe(ids[0]);
  });

  it("says so, with the first click's id", () => {
    const { record } = recorder();
    const repeats = vi.fn();
    const id = record(click, { ...how(0), repeats });
    expect(repeats).not.toHaveBeenCalled();
    expect(record(click, { ...how(500), repeats })).toBe(id);
    expect(repeats).toHaveBeenCalledOnce();
  });

  it("is one in capitals, too", () => {
    const { record } = recorder();
    record(click, how(0));
    record({ ...click, requestId: REQUEST.toUpperCase(), chunkId: CHUNK.toUpperCase() }, how(500));
    expect(kept).toHaveLength(1);
  });

  it("is one in capitals where only the tracking id is known", () => {
    const { record } = recorder();
    const tracked = { requestId: REQUEST, chunkTrackingId: "doc-1", position: 3 };
    record(tracked, how(0));
    record({ ...tracked, requestId: REQUEST.toUpperCase() }, how(500));
    expect(kept).toHaveLength(1);
  });

  it("of a wrong click that has been put right is none", () => {
    const { record } = recorder();
    expect(record({ ...click, position: 0.5 }, how(0))).toBeUndefined();
    const id = record(click, how(300));
    expect(id).toBeDefined();
    expect(record(click, how(600))).toBe(id);
    expect(record({ ...click, position: 0.5 }, how(900))).toBe(id);
    expect(kept).toHaveLength(1);
    expect(dropped).toEqual(["invalid"]);
  });

  it("that the browser calls a double click has a limit", () => {
    const { record } = recorder();
    record(click, how(0));
    record(click, how(1_500, 2));
    expect(kept).toHaveLength(1);
    record(click, how(60_000, 2));
    expect(kept).toHaveLength(2);
  });

  it.each<[string, Partial<typeof click>, Partial<Options>]>([
    ["an invalid click", { position: 0.5 }, {}],
    ["a click without a position", { position: Number.NaN }, {}],
    ["a vetoed click", {}, { beforeSend: () => false }],
  ])("of %s returns undefined again", (_, change, options) => {
    const { record } = recorder(options);
    expect(record({ ...click, ...change }, how(0))).toBeUndefined();
    expect(record({ ...click, ...change }, how(100))).toBeUndefined();
    expect(dropped).toHaveLength(1);
  });
});

describe("no repeat", () => {
  const other = "99999999-9999-4999-8999-999999999999";
  it.each<[string, object, object]>([
    ["is another chunk", {}, { chunkId: other }],
    ["is another request's", {}, { requestId: other }],
    [
      "is another tracking id",
      { chunkId: undefined, chunkTrackingId: "a" },
      { chunkId: undefined, chunkTrackingId: "b" },
    ],
  ])("%s", (_, first, second) => {
    const { record } = recorder();
    const ids = [first, second].map((change) => record({ ...click, ...change }, how(0)));
    expect(new Set(ids).size).toBe(2);
    expect(kept).toHaveLength(2);
  });

  it("of one chunk is told by its tracking id", () => {
    const { record } = recorder();
    for (const chunkTrackingId of ["a", "b"]) record({ ...click, chunkTrackingId }, how(0));
    expect(kept).toHaveLength(1);
  });
});

describe("beforeSend", () => {
  it("is not missed", () => {
    recorder().record(click, how(0));
    expect(kept).toHaveLength(1);
    expect(console.error).not.toHaveBeenCalled();
  });

  it("that vetoes a click drops it as vetoed; a wrong click is invalid", () => {
    const { record } = recorder({ beforeSend: () => false });
    record(click, how(0));
    record({ ...click, position: 0.5 }, how(0));
    expect(dropped).toEqual(["vetoed", "invalid"]);
  });

  it.each(["ctr", "events"] as const)("may return another payload of the API %s", (api) => {
    recorder({ api, beforeSend: (payload) => ({ ...payload, more: 1 }) }).record(click, how(0));
    expect(kept[0]?.payload).toMatchObject({ more: 1 });
    expect(console.error).not.toHaveBeenCalled();
  });

  it.each<["ctr" | "events", object]>([
    ["ctr", { more: 1 }],
    ["events", { request: null, more: 1 }],
  ])("that returns no payload of the API %s is told, and changes nothing", async (api, wrong) => {
    recorder({ api, beforeSend: () => wrong as never }).record(click, how(0));
    expect(kept[0]?.payload).not.toHaveProperty("more");
    // Once a page: for the first of these.
    if (api === "ctr")
      await vi.waitFor(() =>
        expect(vi.mocked(console.error).mock.lastCall?.join()).toContain("beforeSend returned"),
      );
  });
});

describe("what is added", () => {
  it("is started, asked with each click, and stopped", () => {
    const { record, use, extras } = recorder();
    const extra = Object.assign(
      vi.fn(() => ({ theme: "dark" })),
      { start: vi.fn(), stop: vi.fn() },
    );
    const stop = use(extra);
    expect(extra.start).toHaveBeenCalledOnce();
    const id = record(click, how(0));
    expect(extra).toHaveBeenCalledExactlyOnceWith(click, undefined, id);
    expect(extras(click)).toEqual({ theme: "dark" });
    expect(extra).toHaveBeenLastCalledWith(click, undefined, undefined);
    expect(extra.stop).not.toHaveBeenCalled();
    stop();
    expect(extra.stop).toHaveBeenCalledOnce();
    expect(extras(click)).toEqual({});
  });

  it("needs neither start nor stop", () => {
    recorder().use(() => ({}))();
    expect(console.error).not.toHaveBeenCalled();
  });

  it("and is none is told by its name", async () => {
    const { use, extras } = recorder();
    use(() => [1] as never);
    expect(extras(click)).toEqual({});
    await vi.waitFor(() =>
      expect(vi.mocked(console.error).mock.lastCall?.join()).toMatch(/an add-on given to use\(\) returned/),
    );
  });
});

describe("an entry is plain JSON", () => {
  it("whatever the metadata, the extras and beforeSend put into it", () => {
    const proxy = new Proxy({ theme: "dark", run: () => 1 }, {});
    const { record, use } = recorder({
      userId: 7 as never,
      beforeSend(payload) {
        payload.metadata.late = { at: new Date(0), run: () => 1, title: "sale \ud83c" };
      },
    });
    use(() => ({ vitals: new Map(), half: "\udf89" }));
    record({ ...click, metadata: proxy }, how(0));
    const payload = kept[0]?.payload;
    expect(structuredClone(payload)).toEqual(payload);
    expect(payload?.metadata).toMatchObject({
      theme: "dark",
      late: { at: "1970-01-01T00:00:00.000Z", title: "sale \ufffd" },
      clicktrail: { user_id: "7", vitals: {}, half: "\ufffd" },
    });
  });

  it("without an extra that is too large", () => {
    const { record, use } = recorder();
    use(() => ({ big: "x".repeat(5_000) }));
    use(() => ({ small: 1 }));
    record(click, how(0));
    expect(kept[0]?.payload.metadata.clicktrail).toMatchObject({ small: 1 });
    expect(JSON.stringify(kept[0]?.payload)).not.toContain("xxx");
  });
});

describe("an entry", () => {
  it("was made now where nobody says when", () => {
    const before = Date.now();
    recorder().record(click, { action: "manual" });
    expect(kept[0]?.at).toBeGreaterThanOrEqual(before);
    expect(kept[0]?.at).toBeLessThanOrEqual(Date.now());
  });

  it.each<[string, string, number]>([
    ["an ASCII letter is one byte", "a", 1],
    ["an umlaut counts as three, of two", "ä", 3],
    ["an emoji counts as six, of four", "🙂", 6],
  ])("has at least the bytes of its body: %s", (_, text, bytes) => {
    const { record } = recorder();
    record({ ...click, metadata: { text: "" } }, how(0));
    record({ ...click, metadata: { text } }, how(5_000));
    expect((kept[1]?.size ?? 0) - (kept[0]?.size ?? 0)).toBe(bytes);
  });

  it("without beforeSend says nothing", () => {
    recorder().record(click, how(0));
    expect(console.error).not.toHaveBeenCalled();
  });
});
