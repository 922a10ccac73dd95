// Owns the audit: all rules over one page, as JSON. Changes nothing in the page and sends nothing.
import { REQUEST_ID } from "../attributes";
import { checkTogether } from "./lists";
import { askPolicy } from "./policy";
import { findResults, queryAll, type Result, selectorOf } from "./results";
import { type Found, RULE_TEXTS, type RuleName, type Severity } from "./rules";
import { checkSetup, courierAddress, runningTracker } from "./setup";
import { checkTag, checkUntagged } from "./tags";

/** One thing that the audit found; plain JSON. */
export interface Finding {
  readonly rule: RuleName;
  readonly severity: Severity;
  /** What it does to the numbers. */
  readonly message: string;
  readonly fix: string;
  /** The values seen; may be empty. */
  readonly seen: string;
  /** A selector; `>>>` goes into a shadow root. `null` where the whole page is meant. */
  readonly element: string | null;
  /** The element's opening tag. */
  readonly html: string | null;
}

const ORDER: readonly Severity[] = ["error", "warning", "notice"];

export const severityOf = ({ rule }: Found) => RULE_TEXTS[rule].severity;

export function bySeverity(a: Found, b: Found): number {
  return ORDER.indexOf(severityOf(a)) - ORDER.indexOf(severityOf(b));
}

/** The rules about results; cheap enough to be asked again whenever the page changes. */
export function checkResults(): { readonly results: readonly Result[]; readonly found: readonly Found[] } {
  const options = runningTracker()?.options;
  const results = findResults(options?.firstPosition);
  const found = [
    ...results.flatMap((result) => checkTag(result, options)),
    ...checkTogether(results),
    ...checkUntagged(),
  ];
  // A list with a request id and nothing in it: the search found nothing.
  const isBare = !results[0] && !found[0] && !queryAll(`[${REQUEST_ID}]`)[0];
  const none: Found[] = isBare ? [{ rule: "no-results", seen: "" }] : [];
  return { results, found: [...found, ...none] };
}

export function toFinding(found: Found): Finding {
  const { rule, seen, element } = found;
  const { severity, means, fix } = RULE_TEXTS[rule];
  const html = element ? (element.cloneNode() as Element).outerHTML.replace(/<\/[^>]+>$/, "") : null;
  return { rule, severity, message: means, fix, seen, element: element ? selectorOf(element) : null, html };
}

/**
 * Checks the page it runs in: tags, positions, requests, set-up. The gravest findings come first; an empty array is a clean bill.
 *
 * @example expect(await audit()).toEqual([]);
 */
export async function audit(): Promise<Finding[]> {
  const tracker = runningTracker();
  const policy = tracker && (await askPolicy(tracker.route.endpoint, courierAddress(tracker)));
  const found = [...checkSetup(tracker, policy), ...checkResults().found];
  return found.sort(bySeverity).map(toFinding);
}
