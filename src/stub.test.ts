// The short stub's text.
import { expect, it } from "vitest";
import { SHORT_STUB } from "./stub-short";

it("is at most 150 characters, in lines that fit a page", () => {
  expect(SHORT_STUB.length).toBeLessThanOrEqual(150);
  for (const line of SHORT_STUB.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
});
