// Owns the tab of results: how many are in which state, and the audit's findings with the way to each element.
import { type ComponentChild, h } from "preact";
import { bySeverity, severityOf } from "../audit/audit";
import { type Found, RULE_TEXTS, type RuleName, type Severity } from "../audit/rules";
import { examined } from "./examined";
import { MARKS, type Mark } from "./marks";
import type { Actions, State } from "./state";
import { many } from "./words";

const TONES: Readonly<Record<Severity, Mark>> = { error: "invalid", warning: "check", notice: "tracking" };
const LABELS: Readonly<Record<Severity, string>> = { error: "Error", warning: "Warning", notice: "Notice" };
/** More buttons than this are of no help. */
const MAX_PLACES = 8;

function legend({ scan, tracker }: State): ComponentChild {
  const seen = examined(tracker, scan.marked);
  const counts = new Map<Mark, number>();
  for (const { mark } of scan.marked) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  const pills = (Object.keys(MARKS) as Mark[]).filter((mark) => counts.has(mark));
  return h(
    "ul",
    { class: "legend", "aria-label": "Results by state" },
    pills.map((mark) => {
      const { label, sign } = MARKS[mark];
      return h(
        "li",
        { key: mark, class: "pill", "data-mark": mark },
        `${counts.get(mark)} ${sign} ${label.toLowerCase()}`,
      );
    }),
    seen && h("li", { class: "pill" }, `${seen.size} ● seen`),
    scan.ignored.length > 0 && h("li", { class: "pill" }, `${scan.ignored.length} ignored (hatched)`),
  );
}

function nameOf({ element }: Found, { scan }: State): string {
  const marked = scan.marked.find(({ result }) => result.element === element);
  const position = marked?.result.click.position;
  return Number.isInteger(position) ? `Position ${position}` : "Show";
}

function places(all: readonly Found[], state: State, { show }: Actions): ComponentChild {
  return h(
    "div",
    { class: "where" },
    all.slice(0, MAX_PLACES).map((found, at) => {
      const { element } = found;
      return (
        element &&
        h(
          "button",
          { key: at, type: "button", class: "action", title: found.seen, onClick: () => show(element) },
          nameOf(found, state),
        )
      );
    }),
    all.length > MAX_PLACES && h("span", { class: "muted small" }, `and ${all.length - MAX_PLACES} more`),
  );
}

function finding(rule: RuleName, all: readonly Found[], state: State, actions: Actions): ComponentChild {
  const { severity, means, fix } = RULE_TEXTS[rule];
  const seen = all.length === 1 ? all[0]?.seen : "";
  return h(
    "li",
    { key: rule, "data-rule": rule },
    h(
      "div",
      { class: "row" },
      h("span", { class: "pill", "data-mark": TONES[severity] }, LABELS[severity]),
      h("code", { class: "muted" }, rule),
      all.length > 1 && h("span", { class: "muted small" }, `× ${all.length}`),
    ),
    h("strong", {}, means),
    seen && h("code", {}, seen),
    h("span", { class: "fix" }, fix),
    all.some(({ element }) => element) && places(all, state, actions),
  );
}

/** All findings, the most serious first. */
export function findingsOf({ scan, setup }: State): Found[] {
  return [...setup, ...scan.found].sort(bySeverity);
}

export const errorsIn = (state: State) =>
  findingsOf(state).filter((one) => severityOf(one) === "error").length;

export function resultsTab(state: State, actions: Actions): ComponentChild {
  const found = findingsOf(state);
  const rules = [...new Set(found.map(({ rule }) => rule))];
  const grave = found.filter((one) => severityOf(one) !== "notice");
  return h(
    "div",
    { class: "stack" },
    state.tracker && state.scan.marked.length > 0 && legend(state),
    !grave[0] &&
      state.scan.marked[0] &&
      h(
        "div",
        {},
        h(
          "p",
          {},
          `${many(state.scan.marked.length, "tagged result")}, and nothing is wrong with ${state.scan.marked[1] ? "them" : "it"}.`,
        ),
        h(
          "p",
          { class: "muted small" },
          "Choose a badge on the page to see the request that a click on its result sends.",
        ),
      ),
    h(
      "ul",
      { class: "findings" },
      rules.map((rule) =>
        finding(
          rule,
          found.filter((one) => one.rule === rule),
          state,
          actions,
        ),
      ),
    ),
  );
}
