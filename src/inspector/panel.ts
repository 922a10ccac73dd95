// Owns the panel's frame: title, sums, tabs, and the buttons that copy, fold, move and close it.
import { type ComponentChild, h } from "preact";
import { severityOf } from "../audit/audit";
import { iconButton } from "./icons";
import type { TabName } from "./keep";
import type { Actions, State } from "./state";
import { clicksTab } from "./tab-clicks";
import { queueTab } from "./tab-queue";
import { findingsOf, resultsTab } from "./tab-results";
import { setupTab } from "./tab-setup";

const TABS = { clicks: "Clicks", results: "Results", queue: "Queue", setup: "Set-up" } as const;
const BODIES = { clicks: clicksTab, results: resultsTab, queue: queueTab, setup: setupTab };
const NAMES = Object.keys(TABS) as TabName[];

const errorsIn = (state: State) => findingsOf(state).filter((one) => severityOf(one) === "error").length;
const many = (count: number, word: string) => `${count} ${word}${count === 1 ? "" : "s"}`;

function summary(state: State): string {
  const { scan, stats, tracker } = state;
  if (!tracker) return "clicktrail does not run on this page";
  const errors = errorsIn(state);
  const parts = [many(scan.marked.length, "result"), errors ? many(errors, "error") : "no error"];
  if (stats && !state.collapsed)
    parts.push(`${stats.delivered} delivered`, ...(stats.waiting ? [`${stats.waiting} waiting`] : []));
  return parts.join(" · ");
}

function toneOf(state: State): string {
  if (!state.tracker || errorsIn(state)) return "invalid";
  return state.stats?.waiting ? "check" : "complete";
}

function countOf(tab: TabName, state: State): ComponentChild {
  const errors = errorsIn(state);
  const count = {
    clicks: state.seen.length,
    results: errors || state.scan.marked.length,
    queue: state.rows?.entries.length ?? 0,
    setup: 0,
  }[tab];
  return (
    count > 0 &&
    h("span", { class: "count", "data-bad": tab === "results" && errors ? "" : undefined }, count)
  );
}

function tabs(state: State, { set }: Actions): ComponentChild {
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = step && NAMES[(NAMES.indexOf(state.tab) + step + NAMES.length) % NAMES.length];
    if (!next) return;
    event.preventDefault();
    set({ tab: next });
    const root = (event.currentTarget as Element).getRootNode() as ShadowRoot;
    root.getElementById(`tab-${next}`)?.focus();
  };
  return h(
    "div",
    { class: "tabs", role: "tablist", "aria-label": "Inspector", onKeyDown: move },
    NAMES.map((tab) =>
      h(
        "button",
        {
          key: tab,
          type: "button",
          id: `tab-${tab}`,
          role: "tab",
          "aria-selected": tab === state.tab,
          "aria-controls": "body",
          tabIndex: tab === state.tab ? 0 : -1,
          onClick: () => set({ tab }),
        },
        TABS[tab],
        countOf(tab, state),
      ),
    ),
  );
}

function head(state: State, actions: Actions): ComponentChild {
  const { collapsed, side } = state;
  const other = side === "left" ? "right" : "left";
  return h(
    "div",
    { class: "head" },
    h(
      "h2",
      { class: "grow" },
      h("span", { class: "dot", "data-mark": toneOf(state), "aria-hidden": "true" }),
      collapsed ? summary(state) : "clicktrail inspector",
    ),
    !collapsed && iconButton("copy", "Copy everything as JSON", actions.copyAll),
    !collapsed && iconButton(other, `Move to the ${other}`, () => actions.set({ side: other }), "side"),
    h(
      "span",
      { class: "fold" },
      iconButton(collapsed ? "up" : "down", collapsed ? "Unfold the panel" : "Fold the panel", () =>
        actions.set({ collapsed: !collapsed }),
      ),
    ),
    iconButton("close", "Close the inspector", actions.close),
  );
}

export function panel(state: State, actions: Actions): ComponentChild {
  const { collapsed, tab, side, said, tracker } = state;
  const live = h("p", { class: said && !collapsed ? "foot" : "sr", role: "status" }, said);
  const frame = {
    class: "panel",
    "data-side": side,
    "data-collapsed": collapsed || undefined,
    "aria-label": "clicktrail inspector",
  };
  if (collapsed) return h("aside", frame, head(state, actions), live);
  return h(
    "aside",
    frame,
    head(state, actions),
    h("p", { class: "sum" }, summary(state)),
    tracker?.route.dryRun &&
      h("p", { class: "banner" }, "Dry run: clicks are made and counted, but nothing is sent."),
    tabs(state, actions),
    h(
      "div",
      { class: "body", id: "body", role: "tabpanel", "aria-labelledby": `tab-${tab}`, tabIndex: 0, key: tab },
      BODIES[tab](state, actions),
    ),
    live,
  );
}
