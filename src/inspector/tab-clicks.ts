// Owns the tab of clicks: those that were made with what happened to them, and those that were not counted with the rule that stopped them.
import { type ComponentChild, h } from "preact";
import { sectionFor } from "./guide";
import type { Mark } from "./marks";
import { clickedIn, nameOf, type Seen, type Try } from "./seen";
import type { Actions, State } from "./state";
import { many, momentOf, STATE_LABELS, sayState, timeOf } from "./words";

const TONES: Readonly<Partial<Record<Seen["state"], Mark>>> = {
  delivered: "complete",
  waiting: "check",
  click: "tracking",
  "in-doubt": "duplicate",
  dropped: "invalid",
};

function positionOf(seen: Seen): string {
  const { position } = clickedIn(seen);
  return position === undefined ? "" : `position ${position}`;
}

function shortOf(seen: Seen): string {
  const { chunkId } = clickedIn(seen);
  return chunkId ? `Chunk ${chunkId.slice(0, 8)}…` : "An earlier click";
}

function triedAs({ name, status, message }: Try): string {
  if (name === "delivered") return `response ${status}`;
  return status ? `response ${status}${message ? ` “${message}”` : ""}` : "no response";
}

function fact(name: string, value: unknown): ComponentChild[] {
  return value ? [h("dt", {}, name), h("dd", {}, `${value}`)] : [];
}

function details(one: Seen, { explain }: Actions): ComponentChild {
  const isClick = one.state !== "not";
  return h(
    "div",
    { class: "inner" },
    h(
      "dl",
      {},
      isClick && fact("Id", one.id),
      fact("Clicked", momentOf(one.at)),
      fact("On page", one.page),
      isClick && fact("Attempts", one.attempt || "none yet"),
    ),
    one.tries.length > 0 &&
      h(
        "ol",
        { class: "tries" },
        one.tries.map((tried) =>
          h(
            "li",
            { key: tried.at },
            h("span", { class: "muted" }, timeOf(tried.at)),
            `Attempt ${tried.attempt}: ${triedAs(tried)}`,
          ),
        ),
      ),
    sectionFor(one) &&
      h(
        "div",
        {},
        h("button", { type: "button", class: "action", onClick: () => explain(one) }, "What to do"),
      ),
    one.payload && h("pre", { class: "wire" }, JSON.stringify(one.payload, undefined, 2)),
  );
}

/** A dry run's click is dropped as it should be. */
function pill({ state: last, reason, held }: Seen): ComponentChild {
  const isDry = reason === "dry-run";
  const state = held ? "waiting" : last;
  return h(
    "span",
    { class: "pill", "data-mark": isDry ? "tracking" : TONES[state] },
    isDry ? "Dry run" : STATE_LABELS[state],
  );
}

function row(one: Seen, state: State, actions: Actions): ComponentChild {
  // The account has no payload; neither has a click that says too little.
  const isEarlier = one.state !== "not" && !one.payload && one.reason !== "invalid";
  const facts = [timeOf(one.at), positionOf(one), one.attempt > 1 && `attempt ${one.attempt}`];
  return h(
    "li",
    { key: one.id, "data-state": one.state },
    h(
      "details",
      {},
      h(
        "summary",
        {},
        h("span", { class: "what" }, nameOf(one, state) || shortOf(one)),
        pill(one),
        h("span", { class: "why" }, facts.filter(Boolean).join(" · ")),
        h("span", { class: "why" }, sayState(one, state.now)),
        isEarlier && h("span", { class: "why" }, "It was made before the inspector was open."),
      ),
      details(one, actions),
    ),
  );
}

function heading(seen: readonly Seen[]): string {
  const not = seen.filter(({ state }) => state === "not").length;
  const made = many(seen.length - not, "click");
  return `In this browser tab: ${made}${not ? `, and ${not} that ${not === 1 ? "wasn't" : "weren't"} counted` : ""}.`;
}

export function clicksTab(state: State, actions: Actions): ComponentChild {
  const { seen, tracker } = state;
  if (!seen[0])
    return h(
      "div",
      { class: "blank" },
      h("p", {}, h("strong", {}, "No clicks yet.")),
      h(
        "p",
        {},
        tracker
          ? "Click a result. This list shows what happens to the click, on this page and the next."
          : "clicktrail isn't running on this page.",
      ),
    );
  return h(
    "div",
    { class: "stack" },
    h("p", { class: "muted small" }, heading(seen)),
    h(
      "ul",
      { class: "clicks" },
      seen.map((one) => row(one, state, actions)),
    ),
    h(
      "div",
      {},
      h("button", { type: "button", class: "action", onClick: actions.clearHistory }, "Clear this list"),
    ),
  );
}
