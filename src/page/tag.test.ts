// The chunks in Trieve's responses, each as its route wraps them.
import { expect, it } from "vitest";
import { chunksOf } from "./tag";

const [a, b] = [{ id: "a" }, { id: "b", tracking_id: "doc", link: "/b" }];

it.each<[string, readonly object[], readonly object[]]>([
  ["search and recommendations (v2)", [{ chunk: a, score: 1 }, { chunk: b }], [a, b]],
  ["search (v1)", [{ metadata: [a, b], score: 1 }, { metadata: [b] }], [a, b]],
  ["groups", [{ chunks: [{ chunk: a }] }, { group: {}, chunks: [{ metadata: [b] }] }], [a, b]],
  [
    "bare chunks, which have metadata of their own",
    [a, { ...b, metadata: { theme: "dark" } }],
    [a, { ...b, metadata: { theme: "dark" } }],
  ],
  ["rows without a chunk", [{}, { metadata: [] }, { chunks: [] }, { metadata: null }], []],
  ["nothing", [], []],
])("%s", (_, rows, chunks) => {
  expect(chunksOf(rows)).toEqual(chunks);
});
