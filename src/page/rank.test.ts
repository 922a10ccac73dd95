// A result's rank in its list: without a document, on what the stub keeps of one. Pages of a document are in read.browser.test.ts.
import { describe, expect, it } from "vitest";
import { OTHER_REQUEST, REQUEST } from "../test/entries";
import { pathIn, shot } from "../test/shots";
import type { Shot } from "./dom";
import { rankOf } from "./result";

/** A result that shows the chunk `name`; its `id` tells two of one chunk apart. */
const card = (name: string, more: Record<string, string> = {}, ...children: Shot[]) =>
  shot("li", { id: name, "data-ctr-chunk-id": name, ...more }, ...children);
const list = (...children: Shot[]) => shot("ol", { "data-ctr-request-id": REQUEST }, ...children);
const box = (attributes: Record<string, string>, ...children: Shot[]) => shot("div", attributes, ...children);
const page = (...children: Shot[]) => shot("body", {}, ...children);
const CLONE = { class: "slide swiper-slide-duplicate" };

const rank = (root: Shot, id: string, requestId = REQUEST) => rankOf(pathIn(root, id), requestId);

describe("in a list", () => {
  it("it is the number of chunks before", () => {
    const root = page(list(card("a"), shot("li"), box({}, box({}, card("b"))), card("c")));
    expect(["a", "b", "c"].map((id) => rank(root, id))).toEqual([0, 1, 2]);
  });

  it("a chunk with its tracking id alone counts", () => {
    const tracked = shot("li", { id: "b", "data-ctr-chunk-tracking-id": "doc-2" });
    const root = page(list(card("a"), tracked, card("c")));
    expect(["a", "b", "c"].map((id) => rank(root, id))).toEqual([0, 1, 2]);
  });

  it("an empty tag is none", () => {
    const root = page(list(shot("li", { "data-ctr-chunk-id": " " }), card("b")));
    expect(rank(root, "b")).toBe(0);
  });

  it("results around results count before them", () => {
    const root = page(list(card("a", {}, card("b")), card("c")));
    expect(["a", "b", "c"].map((id) => rank(root, id))).toEqual([0, 1, 2]);
  });

  it("other lists within count for themselves", () => {
    const other = box({ "data-ctr-request-id": OTHER_REQUEST }, card("x"), card("y"));
    const same = box({ "data-ctr-request-id": REQUEST }, card("z"));
    const root = page(list(card("a"), other, same, card("b")));
    expect(rank(root, "b")).toBe(1);
    expect(rank(root, "y", OTHER_REQUEST)).toBe(1);
    expect(rank(root, "z")).toBe(0);
  });

  it("a result that names the list's request itself is one of it", () => {
    const root = page(list(card("a", { "data-ctr-request-id": REQUEST }), card("b")));
    expect(rank(root, "b")).toBe(1);
  });

  it("a result that names another request is none of it", () => {
    const root = page(list(card("a", { "data-ctr-request-id": OTHER_REQUEST }), card("b")));
    expect(rank(root, "b")).toBe(0);
  });

  it("content that isn't trusted has no results, but may be one", () => {
    const untrusted = { "data-ctr-untrusted": "" };
    const root = page(list(box(untrusted, card("x")), card("a", untrusted, card("y")), card("b")));
    expect(rank(root, "a")).toBe(0);
    expect(rank(root, "b")).toBe(1);
  });
});

describe("where each result carries the request itself", () => {
  const own = (name: string, requestId = REQUEST, ...children: Shot[]) =>
    card(name, { "data-ctr-request-id": requestId }, ...children);

  it("it is the number of that request's chunks before in the page", () => {
    const root = page(box({}, own("a"), own("x", OTHER_REQUEST)), own("b"), card("none"));
    expect(["a", "b"].map((id) => rank(root, id))).toEqual([0, 1]);
    expect(rank(root, "x", OTHER_REQUEST)).toBe(0);
  });

  it("results in results count", () => {
    const root = page(own("a", REQUEST, own("b")), own("c"));
    expect(rank(root, "c")).toBe(2);
  });
});

describe("a chunk that is shown twice", () => {
  it("stands where it comes first", () => {
    const root = page(list(card("a"), card("b"), card("a", { id: "again" }), card("c")));
    expect(["a", "again", "c"].map((id) => rank(root, id))).toEqual([0, 0, 2]);
  });

  it.each<[string, Record<string, string>]>([
    ["a carousel's copy by its name", CLONE],
    ["another carousel's", { class: "slick-cloned" }],
    ["hidden", { "aria-hidden": "true" }],
    ["inert", { inert: "" }],
  ])("stands where it is not %s", (_, attributes) => {
    const root = page(list(card("c", { id: "copy", ...attributes }), card("a"), card("b"), card("c")));
    expect(["a", "b", "c", "copy"].map((id) => rank(root, id))).toEqual([0, 1, 2, 2]);
    const around = page(list(box(attributes, card("c", { id: "copy" })), card("a"), card("c")));
    expect(["a", "c", "copy"].map((id) => rank(around, id))).toEqual([0, 1, 1]);
  });

  it("is rather hidden than a copy by its name", () => {
    const hidden = card("c", { id: "hidden", "aria-hidden": "true" });
    const root = page(list(card("c", { id: "copy", ...CLONE }), card("a"), hidden, card("b")));
    expect(["a", "hidden", "copy", "b"].map((id) => rank(root, id))).toEqual([0, 1, 1, 2]);
  });

  it("is no copy in what says that it is not hidden", () => {
    const root = page(list(card("c", { "aria-hidden": "false" }), card("a"), card("c", { id: "again" })));
    expect(["c", "a"].map((id) => rank(root, id))).toEqual([0, 1]);
  });
});

describe("a hidden chunk that is shown once", () => {
  it.each<[string, Record<string, string>]>([
    ["a slide that has its turn later", { "aria-hidden": "true" }],
    ["what is called a clone", CLONE],
  ])("counts: %s", (_, attributes) => {
    const root = page(list(card("a", attributes), card("b")));
    expect(["a", "b"].map((id) => rank(root, id))).toEqual([0, 1]);
  });
});

it("is nobody's guess where the result isn't shown in its list", () => {
  const [root, lost] = [page(list(card("a"))), card("lost")];
  expect(1 + rankOf([lost, ...pathIn(root, "a").slice(1)], REQUEST)).toBeNaN();
});
