// Owns the tab of clicks: made ones with their fate, and those that were not counted with the rule that stopped them.
import { type ComponentChild, h } from "preact";
import type { Mark } from "./scan";
import type { Seen, Try } from "./seen";
import type { Actions, State } from "./state";
import { STATE_LABELS, sayState, timeOf } from "./words";

const TONES: Readonly<Partial<Record<Seen["state"], Mark>>> = {
  delivered: "complete",
  waiting: "check",
  click: "tracking",
  "in-doubt": "duplicate",
  dropped: "invalid",
};

function positionOf({ payload }: Seen): string {
  if (!payload) return "";
  const position = "position" in payload ? payload.position : payload.clicked_items?.position;
  return position === undefined ? "" : `position ${position}`;
}

function chunkOf({ payload }: Seen): string {
  if (!payload) return "";
  const id = "clicked_items" in payload ? payload.clicked_items?.chunk_id : payload.clicked_chunk_id;
  return id ? `Chunk ${id.slice(0, 8)}…` : "";
}

function triedAs({ name, status, message }: Try): string {
  if (name === "delivered") return `answered ${status}`;
  return status ? `answered ${status}${message ? ` “${message}”` : ""}` : "no answer";
}

function fact(name: string, value: unknown): ComponentChild[] {
  return value ? [h("dt", {}, name), h("dd", {}, `${value}`)] : [];
}

function details(one: Seen): ComponentChild {
  const isClick = one.state !== "not";
  return h(
    "div",
    { class: "inner" },
    h(
      "dl",
      {},
      isClick && fact("Id", one.id),
      fact("Clicked", new Date(one.at).toLocaleString()),
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
    one.payload && h("pre", { class: "wire" }, JSON.stringify(one.payload, undefined, 2)),
  );
}

/** A dry run's click is dropped as it should be. */
function pill({ state, reason }: Seen): ComponentChild {
  const isDry = reason === "dry-run";
  return h(
    "span",
    { class: "pill", "data-mark": isDry ? "tracking" : TONES[state] },
    isDry ? "Dry run" : STATE_LABELS[state],
  );
}

function row(one: Seen, now: number): ComponentChild {
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
        h("span", { class: "what" }, one.what || chunkOf(one) || "A click"),
        pill(one),
        h("span", { class: "why" }, facts.filter(Boolean).join(" · ")),
        h("span", { class: "why" }, sayState(one, now)),
      ),
      details(one),
    ),
  );
}

export function clicksTab({ seen, now, tracker }: State, actions: Actions): ComponentChild {
  if (!seen[0])
    return h(
      "div",
      { class: "blank" },
      h("p", {}, h("strong", {}, "No click yet.")),
      h(
        "p",
        {},
        tracker
          ? "Click a result, on this page or the next: what becomes of it shows here."
          : "clicktrail does not run on this page.",
      ),
    );
  return h(
    "div",
    { class: "stack" },
    h(
      "ul",
      { class: "clicks" },
      seen.map((one) => row(one, now)),
    ),
    h(
      "div",
      {},
      h("button", { type: "button", class: "action", onClick: actions.clearHistory }, "Clear this list"),
    ),
  );
}
