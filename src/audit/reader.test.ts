// What the audit calls an error is what the reader drops, and what the reader doesn't read the audit doesn't judge.
import { describe, expect, it } from "vitest";
import { CHUNK, OTHER_CHUNK, REQUEST } from "../test/entries";
import { show, staysOnPage } from "../test/page";
import { checkResults } from "./audit";
import { RULE_TEXTS } from "./rules";

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
