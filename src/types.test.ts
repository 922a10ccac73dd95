// Compile-time tests: the payloads against the official client's types, its responses against ours, and code that must not compile.
// `npm run check` is what runs them; at run time there is nothing to see.
import type {
  CTRDataRequestBody,
  EventTypes,
  RecommendChunksResponseBody,
  RecommendGroupsResponseBody,
  SearchChunkQueryResponseBody,
  SearchOverGroupsResponseBody,
  SearchResponseBody,
  SearchWithinGroupResponseBody,
} from "trieve-ts-sdk";
import { describe, expectTypeOf, it } from "vitest";
import {
  type Click,
  type CtrPayload,
  type EventsPayload,
  init,
  type Options,
  type Outcome,
  type RequestType,
  resultAttributes,
  type Tracker,
  tagResults,
} from "./index";

type ClickEvent = Extract<EventTypes, { event_type: "click" }>;

/** What a page has at hand: types alone, there is nothing behind them. */
const tracker = {} as Tracker;
const list = {} as HTMLElement;

describe("the wire format", () => {
  it("is what the official client sends to /api/analytics/ctr", () => {
    expectTypeOf<CtrPayload>().toExtend<CTRDataRequestBody>();
    // Every name of ours is one of theirs: a typing mistake in an optional field would pass the line above.
    expectTypeOf<keyof CtrPayload>().toExtend<keyof CTRDataRequestBody>();
    expectTypeOf<RequestType>().toEqualTypeOf<CTRDataRequestBody["ctr_type"]>();
  });

  it("is the official client's click on /api/analytics/events", () => {
    expectTypeOf<EventsPayload>().toExtend<ClickEvent>();
    expectTypeOf<EventsPayload>().toExtend<EventTypes>();
    expectTypeOf<keyof EventsPayload>().toExtend<keyof ClickEvent>();
    expectTypeOf<keyof EventsPayload["request"]>().toEqualTypeOf<keyof NonNullable<ClickEvent["request"]>>();
    expectTypeOf<keyof EventsPayload["clicked_items"]>().toEqualTypeOf<
      keyof NonNullable<ClickEvent["clicked_items"]>
    >();
  });
});

describe("tagResults", () => {
  it("takes the official client's responses without a cast", () => {
    expectTypeOf(tagResults).toBeCallableWith(list, {} as SearchResponseBody);
    expectTypeOf(tagResults).toBeCallableWith(list, {} as RecommendChunksResponseBody);
    expectTypeOf(tagResults).toBeCallableWith(list, {} as RecommendGroupsResponseBody);
    expectTypeOf(tagResults).toBeCallableWith(list, {} as SearchOverGroupsResponseBody);
    expectTypeOf(tagResults).toBeCallableWith(list, {} as SearchWithinGroupResponseBody);
    expectTypeOf(tagResults).toBeCallableWith(list, {} as SearchChunkQueryResponseBody, {
      requestId: new Response().headers.get("TR-QueryID"),
    });
    expectTypeOf(tagResults).toBeCallableWith(list, ({} as SearchResponseBody).chunks, { requestId: "…" });
  });

  it("takes elements however the page holds them", () => {
    const response = {} as SearchResponseBody;
    expectTypeOf(tagResults).toBeCallableWith({} as HTMLCollection, response);
    expectTypeOf(tagResults).toBeCallableWith({} as NodeListOf<HTMLLIElement>, response);
    expectTypeOf(tagResults).toBeCallableWith([list], response);
    expectTypeOf(tagResults).toBeCallableWith(new Set([list]), response);
  });
});

describe("what must not compile", () => {
  it("is refused by the compiler", () => {
    // @ts-expect-error: the dataset is required
    const noDataset: Options = {};
    // @ts-expect-error: only these two interfaces exist
    const wrongApi: Options = { dataset: "…", api: "v3" };
    // @ts-expect-error: consent is required or not spoken of
    const wrongConsent: Options = { dataset: "…", consent: true };
    // @ts-expect-error: a typing mistake in an option
    const typo: Options = { dataset: "…", endPoint: "…" };
    // @ts-expect-error: beforeSend is synchronous
    const late: Options = { dataset: "…", beforeSend: async (payload) => payload };
    // @ts-expect-error: a click has a position
    const noPosition: Click = { requestId: "…", chunkId: "…" };
    // @ts-expect-error: positions are numbers
    const textPosition: Click = { requestId: "…", chunkId: "…", position: "3" };
    // @ts-expect-error: the three types of the contract
    const wrongType: Click = { requestId: "…", chunkId: "…", position: 3, type: "chat" };
    // @ts-expect-error: metadata is an object
    const textMetadata: Click = { requestId: "…", chunkId: "…", position: 3, metadata: "copy" };
    void [noDataset, wrongApi, wrongConsent, typo, late, noPosition, textPosition, wrongType, textMetadata];
  });

  it("is refused in calls too", () => {
    const never = () => {
      // @ts-expect-error: no such outcome
      tracker.on("sent", () => {});
      // @ts-expect-error: wire names stay on the wire
      tracker.trackClick({ request_id: "…", clicked_chunk_id: "…", position: 1 });
      // @ts-expect-error: the outcome is not the page's to change
      tracker.on("dropped", (outcome) => outcome.reason.trim());
      // @ts-expect-error: no such way of matching
      tagResults(list, { id: "…", chunks: [] }, { match: "title" });
      // @ts-expect-error: a selector is no element
      tagResults(7, { id: "…", chunks: [] });
      // @ts-expect-error: no such field
      resultAttributes({ requestId: "…", chunkID: "…" });
      // @ts-expect-error: the options are needed
      init();
      const options = tracker.options;
      // @ts-expect-error: a running tracker's options don't change
      options.userId = "u-2";
    };
    expectTypeOf(never).returns.toBeVoid();
  });
});

describe("what callers get", () => {
  it("is typed", () => {
    expectTypeOf(tracker.trackClick).returns.toEqualTypeOf<string | undefined>();
    expectTypeOf(tracker.on).returns.toEqualTypeOf<() => void>();
    const never = () => {
      tracker.on("delivered", (outcome) => expectTypeOf(outcome).toEqualTypeOf<Outcome>());
      tracker.on("not-counted", (event) => {
        expectTypeOf(event.rule).toBeString();
        // @ts-expect-error: it is no click
        event.attempt;
      });
    };
    void never;
    expectTypeOf(resultAttributes).returns.toEqualTypeOf<Record<string, string>>();
  });

  it("is any of what beforeSend may return, nothing at all too", () => {
    const all: Options["beforeSend"][] = [
      (payload) => {
        payload.metadata.plan = "pro";
        if ("ctr_type" in payload) payload.position += 1;
        else payload.clicked_items.position += 1;
      },
      (payload) => payload,
      () => false,
      () => undefined,
      (payload): false | undefined => (payload.metadata.clicktrail.user_id ? undefined : false),
    ];
    // @ts-expect-error: true is no payload
    all.push(() => true);
    // @ts-expect-error: text is no payload
    all.push((payload) => JSON.stringify(payload));
    // @ts-expect-error: half a payload is none
    all.push(({ metadata }) => ({ metadata }));
    // @ts-expect-error: what is on the wire has the wire's names
    all.push((payload) => void payload.requestId);
    void all;
  });

  it("is an element's click, with what is said beside it", () => {
    const track = () => tracker.trackClick(list, { metadata: { action: "keyboard" } });
    expectTypeOf(track).returns.toEqualTypeOf<string | undefined>();
    const never = () => {
      // @ts-expect-error: a selector is no element
      tracker.trackClick("#result");
      // @ts-expect-error: an element may be missing, and then there is nothing to track
      tracker.trackClick(document.querySelector("#result"));
      // @ts-expect-error: no such field
      tracker.trackClick(list, { chunkID: "…" });
      // @ts-expect-error: what is added is an object
      tracker.use(() => "b");
    };
    void never;
    expectTypeOf(tracker.use).returns.toEqualTypeOf<() => void>();
  });

  it("narrows in beforeSend by the payload's shape", () => {
    const options: Options = {
      dataset: "…",
      beforeSend: (payload) =>
        "ctr_type" in payload
          ? { ...payload, position: payload.position + 1 }
          : payload.event_type === "click" && false,
    };
    void options;
  });
});
