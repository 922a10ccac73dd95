// What the audit calls an error is what the reader drops, and what the reader doesn't read the audit doesn't judge.
import { describe, expect, it, vi } from "vitest";
import type { Options } from "../options";
import type { ReadClick } from "../page/result";
import { makePayload } from "../payload";
import { CHUNK, OTHER_CHUNK, REQUEST } from "../test/entries";
import { show, staysOnPage } from "../test/page";
import { checkResults } from "./audit";
import type { Result } from "./results";
import { RULE_TEXTS } from "./rules";
import { checkTag } from "./tags";

staysOnPage();

const LINK = '<a href="#x">One</a>';
const rules = () => checkResults().found.map(({ rule }) => rule);
const errors = () => rules().filter((rule) => RULE_TEXTS[rule].severity === "error");
const item = (attributes: string, inner = LINK) => `<li ${attributes}>${inner}</li>`;
const list = (...items: string[]) => `<ol data-ctr-request-id="${REQUEST}">${items.join("")}</ol>`;

describe("the audit", () => {
  it("takes an empty attribute for none, as the reader does", () => {
    show(
      list(item(`data-ctr-chunk-id="${CHUNK}" data-ctr-position="" data-ctr-type="" data-ctr-request-id=""`)),
    );
    expect(rules()).toEqual([]);
  });

  it("finds an element whose ids are empty", () => {
    show(list(item('data-ctr-chunk-id=""'), item(`data-ctr-chunk-id="${CHUNK}"`)));
    expect(errors()).toEqual(["chunk-id-missing"]);
  });

  it("flags a tagged element inside a tagged one", () => {
    show(list(item(`data-ctr-chunk-id="${CHUNK}"`, `<p data-ctr-chunk-id="${OTHER_CHUNK}">${LINK}</p>`)));
    expect(rules()).toContain("nested-result");
  });

  it("reads no tag in content that isn't trusted", () => {
    const forged = `<div data-ctr-untrusted><p data-ctr-chunk-id="nonsense" data-ctr-position="x">${LINK}</p></div>`;
    show(list(item(`data-ctr-chunk-id="${CHUNK}"`, forged)));
    expect(rules()).toEqual([]);
    expect(checkResults().results).toHaveLength(1);
  });
});

describe("a single result with", () => {
  const click = `data-ctr-chunk-id="${CHUNK}"`;
  it.each<[string, Partial<Options>?]>([
    [click],
    [`${click} data-ctr-position="1.5"`],
    [`${click} data-ctr-position="first"`],
    [`${click} data-ctr-position=" 3 "`],
    [`${click} data-ctr-position="0"`],
    [`${click} data-ctr-position="-1"`],
    [`${click} data-ctr-position="4294967296"`],
    [`${click} data-ctr-position="1e3"`],
    [`${click} data-ctr-first-position="x"`],
    [`${click} data-ctr-first-position="x" data-ctr-position="2"`],
    [`${click} data-ctr-first-position="1.5"`],
    [`${click} data-ctr-first-position=" "`],
    [`${click} data-ctr-type="RAG"`],
    [`${click} data-ctr-type=" rag "`],
    [`${click} data-ctr-request-id="latest"`],
    [`${click} data-ctr-request-id="${REQUEST.toUpperCase()}"`],
    [`${click} data-ctr-metadata="no JSON"`],
    [`${click} data-ctr-metadata="[1]"`],
    [`data-ctr-chunk-id="doc-1" data-ctr-chunk-tracking-id="doc-1"`],
    [`data-ctr-chunk-id=" " data-ctr-chunk-tracking-id="doc-1"`],
    [`data-ctr-chunk-tracking-id="doc-1"`],
    [`data-ctr-chunk-tracking-id="doc-1"`, { api: "events" }],
    [click, { api: "events" }],
  ])("%s %j has an error if and only if its click is dropped", (attributes, options = {}) => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    show(list(item(attributes)));
    const [result] = checkResults().results;
    const trail = { id: "x", at: 0, action: "click" };
    const isDropped = !makePayload(result?.click as ReadClick, options, trail);
    const found = checkTag(result as Result, options);
    const isError = found.some(({ rule }) => RULE_TEXTS[rule].severity === "error");
    expect([isError, found.map(({ rule }) => rule)]).toEqual([isDropped, expect.anything()]);
    vi.restoreAllMocks();
  });
});
