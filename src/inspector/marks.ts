// Owns the names of the states that a result can be in, and the sign that tells them apart without colour.
import type { Mark } from "./scan";

export const MARKS: Readonly<Record<Mark, { readonly label: string; readonly sign: string }>> = {
  complete: { label: "Complete", sign: "" },
  check: { label: "Look again", sign: "!" },
  tracking: { label: "Tracking id only", sign: "~" },
  duplicate: { label: "Duplicate chunk", sign: "=" },
  invalid: { label: "Invalid", sign: "×" },
};
