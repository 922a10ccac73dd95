// Owns the states that a result can be in: their names, the sign that tells them apart without colour, and which one is true.
import type { Result } from "../audit/results";
import { type Found, RULE_TEXTS, type RuleName } from "../audit/rules";
import { type Options, REQUEST_TYPE, UUID } from "../options";

/** How the server takes a click on a result: the gravest that is true. */
export type Mark = "complete" | "check" | "tracking" | "duplicate" | "wrong" | "invalid";

export const MARKS: Readonly<Record<Mark, { readonly label: string; readonly sign: string }>> = {
  complete: { label: "Complete", sign: "" },
  check: { label: "Check this", sign: "!" },
  tracking: { label: "Tracking id only", sign: "~" },
  duplicate: { label: "Duplicate chunk", sign: "=" },
  wrong: { label: "Miscounted", sign: "≠" },
  invalid: { label: "Not sent", sign: "×" },
};

/** Whether a click on this result is dropped: the same conditions as the payload's own check, which would write to the console. */
export function isDropped({ click }: Result, { api }: Partial<Options> = {}): boolean {
  const { requestId, chunkId, chunkTrackingId, position, type = "search" } = click;
  const hasChunk = chunkId ? UUID.test(chunkId) : chunkTrackingId && api !== "events";
  const isRight = UUID.test(requestId) && hasChunk && position === (position | 0) && REQUEST_TYPE.test(type);
  return !isRight;
}

export function markOf(result: Result, found: readonly Found[], options: Partial<Options> = {}): Mark {
  const has = (name: RuleName) => found.some(({ rule }) => rule === name);
  const is = (severity: string) => found.some(({ rule }) => RULE_TEXTS[rule].severity === severity);
  if (isDropped(result, options)) return "invalid";
  if (is("error")) return "wrong";
  if (has("duplicate-chunk")) return "duplicate";
  if (has("tracking-id-only")) return "tracking";
  return is("warning") ? "check" : "complete";
}
