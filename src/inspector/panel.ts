// Owns the panel's frame: title, sums, and the buttons that copy, fold, move and close it.
import { type ComponentChild, h } from "preact";
import { drag } from "./drag";
import { iconButton } from "./icons";
import type { Actions, State } from "./state";
import { clicksTab } from "./tab-clicks";
import { queueTab } from "./tab-queue";
import { errorsIn, resultsTab } from "./tab-results";
import { setupTab } from "./tab-setup";
import { tabs } from "./tabs";
import { many } from "./words";

const BODIES = { clicks: clicksTab, results: resultsTab, queue: queueTab, setup: setupTab };

function summary(state: State): string {
  const { scan, stats, tracker } = state;
  if (!tracker) return "clicktrail isn't running on this page.";
  const errors = errorsIn(state);
  const results = many(scan.marked.length, "tagged result");
  const found = errors ? many(errors, "error") : "no errors";
  const clicks = stats?.made ? `${stats.delivered} of ${many(stats.made, "click")} delivered` : "";
  // Folded, it has a phone's width at most.
  const parts = state.collapsed ? [results, errors ? found : clicks || found] : [results, found, clicks];
  return parts.filter(Boolean).join(" · ");
}

function toneOf(state: State): string {
  if (!state.tracker || errorsIn(state)) return "invalid";
  return state.stats?.waiting ? "check" : "complete";
}

function head(state: State, actions: Actions): ComponentChild {
  const { collapsed, spot, freeSide } = state;
  const other = (spot?.side ?? freeSide) === "left" ? "right" : "left";
  return h(
    "div",
    { class: "head", onPointerDown: (event: PointerEvent) => drag(event, actions) },
    h(
      "h2",
      { class: "grow" },
      h("span", { class: "dot", "data-mark": toneOf(state), "aria-hidden": "true" }),
      h("span", { class: "what" }, collapsed ? summary(state) : "Inspector"),
    ),
    !collapsed && iconButton("copy", "Copy everything as JSON", actions.copyAll),
    !collapsed &&
      iconButton(other, `Move to the ${other}`, () => actions.set({ spot: { side: other } }), "side"),
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
  const { collapsed, tab, spot, freeSide, said, tracker } = state;
  const live = h("p", { class: said && !collapsed ? "foot" : "sr", role: "status" }, said);
  const frame = {
    class: "panel",
    "data-side": spot?.side ?? freeSide,
    "data-collapsed": collapsed || undefined,
    "aria-label": "clicktrail inspector",
  };
  if (collapsed) return h("aside", frame, head(state, actions), live);
  return h(
    "aside",
    frame,
    head(state, actions),
    h("p", { class: "sum what" }, summary(state)),
    tracker?.route.dryRun &&
      h("p", { class: "banner" }, "This is a dry run: clicks are recorded, but nothing is sent."),
    tabs(state, actions),
    h(
      "div",
      { class: "body", id: "body", role: "tabpanel", "aria-labelledby": `tab-${tab}`, tabIndex: 0, key: tab },
      BODIES[tab](state, actions),
    ),
    live,
  );
}
