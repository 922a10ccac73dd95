// Clicks from before the script, as the stub has kept them: what they say is read without a document.
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Click } from "../payload";
import { CHUNK, OTHER_CHUNK, OTHER_REQUEST, REQUEST, START } from "../test/entries";
import { pathIn, shot } from "../test/shots";
import { createCapture, type EarlyClick } from "./click";
import type { Shot } from "./dom";
import type { How } from "./record";

const record = vi.fn<(click: Click, how: How) => string>(() => "id");
const rejected = vi.fn();
beforeEach(() => void vi.clearAllMocks());

const { capture } = createCapture({ record, firstPosition: 5, near() {}, rejected });

function early(path: readonly Shot[], more: Partial<EarlyClick> = {}): EarlyClick {
  return { type: "click", button: 0, detail: 2, at: START, path, live: [], ...more };
}

const result = (attributes: Record<string, string> = {}, ...children: Shot[]) =>
  shot(
    "li",
    { "data-ctr-chunk-id": OTHER_CHUNK, ...attributes },
    shot("a", { id: "hit", href: "/one" }),
    ...children,
  );
const first = shot("li", { "data-ctr-chunk-id": CHUNK });
const page = (attributes: Record<string, string>, ...children: Shot[]) =>
  shot("body", {}, shot("ol", { "data-ctr-request-id": REQUEST, ...attributes }, ...children));

describe("an early click", () => {
  it("says what its result and what is around it said, and when it was", () => {
    const root = page({ "data-ctr-type": "rag" }, first, result({ "data-ctr-metadata": '{"theme":"dark"}' }));
    capture(early(pathIn(root, "hit")));
    expect(record).toHaveBeenCalledExactlyOnceWith(
      {
        requestId: REQUEST,
        chunkId: OTHER_CHUNK,
        chunkTrackingId: undefined,
        position: 6,
        type: "rag",
        metadata: { theme: "dark" },
        firstPosition: 5,
      },
      { action: "click", element: undefined, detail: 2, at: START, repeats: expect.any(Function) },
    );
    expect(rejected).not.toHaveBeenCalled();
  });

  it.each<[string, Record<string, string>, Record<string, string>, object]>([
    ["its own position", {}, { "data-ctr-position": "0" }, { position: 0, firstPosition: 5 }],
    [
      "the list's first position",
      { "data-ctr-first-position": "21" },
      {},
      { position: 22, firstPosition: 21 },
    ],
    [
      "no position that is empty",
      { "data-ctr-first-position": "" },
      { "data-ctr-position": " " },
      { position: 6 },
    ],
    [
      "its own request",
      {},
      { "data-ctr-request-id": OTHER_REQUEST },
      { requestId: OTHER_REQUEST, position: 5 },
    ],
    [
      "its tracking id",
      {},
      { "data-ctr-chunk-id": "", "data-ctr-chunk-tracking-id": "doc" },
      { chunkTrackingId: "doc" },
    ],
    ["metadata that is no JSON", {}, { "data-ctr-metadata": "{dark}" }, { metadata: "{dark}" }],
    ["no metadata by null", {}, { "data-ctr-metadata": "null" }, { metadata: undefined }],
  ])("says %s", (_, list, tags, expected) => {
    capture(early(pathIn(page(list, first, result(tags)), "hit")));
    expect(record.mock.lastCall?.[0]).toMatchObject(expected);
  });

  it("outside of results, or of the wrong button, is rejected with its rule", () => {
    capture(early([shot("body")]));
    const right = early(pathIn(page({}, result()), "hit"), { type: "click", button: 2 });
    capture(right);
    expect(rejected.mock.calls).toEqual([
      ["untagged", []],
      ["button", right.path],
    ]);
    expect(record).not.toHaveBeenCalled();
  });

  it("whose elements are gone, and weren't tagged, is none", () => {
    capture(early([shot("body")], { live: [{ deref: () => undefined } as WeakRef<EventTarget>] }));
    expect(rejected.mock.lastCall?.[0]).toBe("untagged");
  });
});
