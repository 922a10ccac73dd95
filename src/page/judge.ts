// Owns what counts as a click by what was clicked: the rule that stops it, or whether it opens something. Knows no pointer.
import { CLICK, IGNORE } from "../attributes";
import { gradeOf, isControl, isLink } from "./opens";
import { attribute, holds, nameOf, type Step } from "./step";
import { pathTo, trustedPart } from "./tagged";

/** Why a DOM event is no click. */
export type Rule =
  | "button"
  | "untagged"
  | "ignored"
  | "middle"
  | "control"
  | "beside-link"
  | "selection"
  | "repeat";

/** A label is part of its control, which the browser clicks next: in another result that is the click. */
function movesControl(step: Step, result: Step, isInside: boolean): boolean {
  const { control } = nameOf(step) === "label" ? (step as Partial<HTMLLabelElement>) : {};
  if (control) return isControl(control) || (pathTo(control)[0] ?? result) !== result;
  return isInside && isControl(step);
}

/** `path` is the whole composed path, `result` its tagged element. */
export function judge(
  path: readonly Step[],
  result: Step | undefined,
  button: number,
): Rule | "link" | "text" {
  if (button > 1) return "button";
  if (!result) return "untagged";
  const trusted = trustedPart(path);
  const has = (step: Step, name: string) => trusted.includes(step) && attribute(step, name) !== null;
  if (path.some((step) => has(step, IGNORE))) return "ignored";
  const first = path.find(
    (step, at) => isLink(step) || has(step, CLICK) || movesControl(step, result, at < path.indexOf(result)),
  );
  const isOpener = first && isLink(first);
  if (button && !isOpener) return "middle";
  const holdsBetter = (grade: number) => holds(result, (step) => gradeOf(step) > grade);
  if (!first) return holdsBetter(1) ? "beside-link" : "text";
  if (!isOpener) return has(first, CLICK) ? "link" : "control";
  const grade = gradeOf(first);
  return !grade || (grade < 3 && holdsBetter(grade)) ? "beside-link" : "link";
}
