// The wire format, pinned by literal payloads, and what becomes of a click that cannot be one.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RequestType } from "./attributes";
import type { Options } from "./options";
import type { Click, Payload } from "./payload";
import { CHUNK, REQUEST, START } from "./test/entries";

const ID = "01941f29-7c00-7000-8000-000000000000";
const click: Click = { requestId: REQUEST, chunkId: CHUNK, position: 3 };
const trail = { id: ID, at: START, action: "click" };
const clicktrail = {
  id: ID,
  clicked_at: "2025-01-01T00:00:00.000Z",
  attempt: 1,
  version: "0.0.0-test",
  action: "click",
  first_position: 1,
};

const make = (change: object = {}, options: Partial<Options> = {}) =>
  makePayload({ ...click, ...change }, { dataset: REQUEST, ...options }, trail);
const metadataOf = (payload: Payload | undefined) => payload?.metadata as Record<string, unknown> | undefined;

let complaints: string[] = [];
let makePayload: typeof import("./payload").makePayload;
let body: typeof import("./payload").body;

beforeEach(async () => {
  complaints = [];
  // A page of its own for each test: a page is told once of each cause.
  vi.resetModules();
  await import("./test/words");
  ({ makePayload, body } = await import("./payload"));
  vi.spyOn(console, "error").mockImplementation((message) => complaints.push(`${message}`));
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** The sentences are loaded before one is said. */
const spoken = () => new Promise((resolve) => setTimeout(resolve));

describe("the payload of /api/analytics/ctr", () => {
  it.each<RequestType>(["search", "rag", "recommendation"])(
    "is exactly the contract's for %s",
    async (type) => {
      expect(make({ type })).toStrictEqual({
        request_id: "11111111-1111-4111-8111-111111111111",
        ctr_type: type,
        position: 3,
        clicked_chunk_id: "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa",
        metadata: { clicktrail },
      });
      await spoken();
      expect(complaints).toEqual([]);
    },
  );

  it("is a search where neither the click nor the options say more", () => {
    expect(make()).toMatchObject({ ctr_type: "search" });
    expect(make({}, { type: "rag" })).toMatchObject({ ctr_type: "rag" });
    expect(make({ type: "search" }, { type: "rag" })).toMatchObject({ ctr_type: "search" });
  });

  it("carries the tracking id beside the chunk id, and alone where that is all there is", () => {
    expect(make({ chunkTrackingId: "doc-7" })).toStrictEqual({
      request_id: REQUEST,
      ctr_type: "search",
      position: 3,
      clicked_chunk_id: CHUNK,
      clicked_chunk_tracking_id: "doc-7",
      metadata: { clicktrail },
    });
    expect(make({ chunkId: undefined, chunkTrackingId: "doc-7" })).toStrictEqual({
      request_id: REQUEST,
      ctr_type: "search",
      position: 3,
      clicked_chunk_tracking_id: "doc-7",
      metadata: { clicktrail },
    });
  });

  it("puts the user id under our key", () => {
    expect(make({}, { userId: "u-1" })).toStrictEqual({
      request_id: REQUEST,
      ctr_type: "search",
      position: 3,
      clicked_chunk_id: CHUNK,
      metadata: { clicktrail: { ...clicktrail, user_id: "u-1" } },
    });
  });

  it("records the base of the position", () => {
    expect(metadataOf(make({}, { firstPosition: 0 }))).toStrictEqual({
      clicktrail: { ...clicktrail, first_position: 0 },
    });
  });

  it.each([Number.NaN, 1.5, Number.POSITIVE_INFINITY, "eleven"])(
    "says nothing of a first position that isn't a whole number: %s",
    (firstPosition) => {
      expect(metadataOf(make({ firstPosition } as object))?.clicktrail).not.toHaveProperty("first_position");
    },
  );

  it("records the base that the result's list has, where it has one of its own", () => {
    expect(metadataOf(make({ firstPosition: 11 }))).toStrictEqual({
      clicktrail: { ...clicktrail, first_position: 11 },
    });
  });

  it("takes what an extension adds under our key", () => {
    const extra = { web_vitals: { LCP: 1200 } };
    const payload = makePayload(click, { dataset: REQUEST }, { ...trail, action: "manual", extra });
    expect(payload?.metadata).toStrictEqual({
      clicktrail: { ...clicktrail, action: "manual", web_vitals: { LCP: 1200 } },
    });
  });
});

describe("the payload of /api/analytics/events", () => {
  it("is exactly the successor's click", () => {
    expect(make({ type: "recommendation" }, { api: "events" })).toStrictEqual({
      event_type: "click",
      event_name: "Click",
      request: { request_id: REQUEST, request_type: "recommendation" },
      clicked_items: { chunk_id: CHUNK, position: 3 },
      metadata: { clicktrail },
    });
  });

  it("has the user id in its own field and under our key", () => {
    expect(make({}, { api: "events", userId: "u-1" })).toStrictEqual({
      event_type: "click",
      event_name: "Click",
      request: { request_id: REQUEST, request_type: "search" },
      clicked_items: { chunk_id: CHUNK, position: 3 },
      user_id: "u-1",
      metadata: { clicktrail: { ...clicktrail, user_id: "u-1" } },
    });
  });

  it("needs the chunk id: a tracking id alone has no place in it", async () => {
    expect(make({ chunkId: undefined, chunkTrackingId: "doc-8" }, { api: "events" })).toBeUndefined();
    await spoken();
    expect(complaints.join()).toContain('With api: "events" a tracking id is not enough');
  });
});

describe("the body of an attempt", () => {
  it("differs in the attempt alone", () => {
    const payload = make({ metadata: { theme: "dark" } }) as Payload;
    expect(JSON.parse(body(payload, 3))).toStrictEqual({
      request_id: REQUEST,
      ctr_type: "search",
      position: 3,
      clicked_chunk_id: CHUNK,
      metadata: { theme: "dark", clicktrail: { ...clicktrail, attempt: 3 } },
    });
    expect(payload.metadata.clicktrail.attempt).toBe(1);
  });

  it("is made even of a payload that beforeSend left without metadata", () => {
    const { metadata: _, ...bare } = make() as Payload;
    expect(JSON.parse(body(bare as Payload, 2))).toMatchObject({ request_id: REQUEST, position: 3 });
  });
});

describe("positions", () => {
  it.each([0, -1, -0, 2_147_483_647, -2_147_483_648])("takes the int32 %s", async (position) => {
    expect(JSON.parse(JSON.stringify(make({ position, firstPosition: 0 } as object)))).toMatchObject({
      position: position || 0,
    });
    await spoken();
    expect(complaints).toEqual([]);
  });

  it.each([
    1.5,
    2_147_483_648,
    -2_147_483_649,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    "3",
    null,
    undefined,
    true,
  ])("refuses %s and says what to write", async (position) => {
    expect(make({ position })).toBeUndefined();
    // The same complaint is made once a page, so "3" may have been told as 3's.
    await spoken();
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toContain("position is ");
    expect(complaints[0]).toContain("write a whole number");
  });
});

describe("position 0", () => {
  it("is sent where it is said to be the first", async () => {
    expect(make({ position: 0 }, { firstPosition: 0 })).toMatchObject({ position: 0 });
    await spoken();
    expect(complaints).toEqual([]);
  });

  it("is sent elsewhere too, and told once", async () => {
    expect(make({ position: 0 })).toMatchObject({ position: 0 });
    expect(make({ position: 0, requestId: CHUNK })).toMatchObject({ position: 0 });
    await spoken();
    expect(complaints).toEqual([expect.stringContaining("count positions from 1")]);
  });
});

describe("ids and types", () => {
  it.each([
    ["requestId", "not-a-uuid", "a UUID, such as"],
    ["requestId", undefined, "a UUID, such as"],
    ["requestId", `${REQUEST} `, "a UUID, such as"],
    ["chunkId", "doc-1", "a UUID, such as"],
    ["chunkId", undefined, "a UUID, such as"],
    ["chunkId", "", "a UUID, such as"],
    ["type", "chat", "write search, rag or recommendation"],
    ["type", "", "write search, rag or recommendation"],
  ])("refuses %s %j and says what to write", async (field, wrong, expected) => {
    expect(make({ [field]: wrong })).toBeUndefined();
    await spoken();
    expect(complaints).toHaveLength(1);
    expect(complaints[0]).toContain(`${field} is`);
    expect(complaints[0]).toContain(expected);
  });

  it("takes UUIDs in capitals", () => {
    expect(make({ requestId: REQUEST.toUpperCase() })).toBeDefined();
  });

  it("names the element where there is one", async () => {
    const element = { tagName: "LI" };
    makePayload({ ...click, requestId: "seen" }, { dataset: REQUEST }, trail, element as never);
    await spoken();
    expect(vi.mocked(console.error).mock.calls[0]?.[1]).toBe(element);
  });

  it("complains once about one cause", async () => {
    make({ requestId: "again" });
    make({ requestId: "again" });
    make({ requestId: "another" });
    await vi.waitFor(() => expect(complaints).toHaveLength(2));
    expect(complaints[1]).toContain("another");
  });
});

describe("metadata", () => {
  it("passes the caller's own through untouched", () => {
    const metadata = { action: "copy", nested: { list: [1, null, "x"] }, empty: {} };
    const before = structuredClone(metadata);
    expect(make({ metadata })?.metadata).toStrictEqual({ ...before, clicktrail });
    expect(metadata).toStrictEqual(before);
  });

  it("may be empty", async () => {
    expect(make({ metadata: {} })?.metadata).toStrictEqual({ clicktrail });
    await spoken();
    expect(complaints).toEqual([]);
  });

  it("gives our key to us, even if the caller uses it", () => {
    expect(make({ metadata: { clicktrail: "mine", other: 1 } })?.metadata).toStrictEqual({
      other: 1,
      clicktrail,
    });
  });

  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  it.each<[string, unknown]>([
    ["is too big", { text: "x".repeat(5_000) }],
    ["is cyclic", cyclic],
    ["holds a BigInt", { big: 1n }],
    ["is an array", [1, 2]],
    ["is a string", "not JSON"],
    ["is a number", 7],
    ["is a function", () => 1],
    [
      "throws",
      {
        get trap() {
          throw new Error("no");
        },
      },
    ],
  ])("that %s is left out with a complaint, and the click is still made", (_, metadata) => {
    expect(make({ metadata })).toStrictEqual({
      request_id: REQUEST,
      ctr_type: "search",
      position: 3,
      clicked_chunk_id: CHUNK,
      metadata: { clicktrail },
    });
  });

  it("says how big it may be", async () => {
    const withJson = (characters: number) => ({ text: "y".repeat(characters - '{"text":""}'.length) });
    expect(make({ metadata: withJson(4_096) })?.metadata).toMatchObject(withJson(4_096));
    await spoken();
    expect(complaints).toEqual([]);
    expect(make({ metadata: withJson(4_097) })?.metadata).toStrictEqual({ clicktrail });
    await spoken();
    expect(complaints.join()).toContain("its metadata, which must be a JSON object of up to 4096 characters");
  });

  it("of null is none", () => {
    expect(make({ metadata: null })?.metadata).toStrictEqual({ clicktrail });
  });
});
