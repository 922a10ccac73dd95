// Owns the card of one result: its state, what is wrong with it, and the exact request that a click on it would send.
import { type ComponentChild, h } from "preact";
import { RULE_TEXTS } from "../audit/rules";
import { iconButton } from "./icons";
import { MARKS } from "./marks";
import { hover, positionOf, stay } from "./overlay";
import { type Request, requestOf } from "./request";
import type { Marked } from "./scan";
import type { Actions, State } from "./state";

/** The id and the time of a click that hasn't been made would change with each render. */
const requests = new WeakMap<Marked, Request | undefined>();

function exactly(one: Marked, state: State): Request | undefined {
  if (!requests.has(one) && state.tracker) requests.set(one, requestOf(one.result, one.found, state.tracker));
  return requests.get(one);
}

function wire({ method, endpoint, headers, body }: Request): ComponentChild {
  return h(
    "pre",
    { class: "wire" },
    h("b", {}, method),
    ` ${endpoint}\n`,
    Object.entries(headers).map(([name, value]) => `${name}: ${value}\n`),
    "\n",
    JSON.stringify(body, undefined, 2),
  );
}

function sends(one: Marked, state: State, actions: Actions): ComponentChild[] {
  const request = exactly(one, state);
  if (!state.tracker)
    return [h("p", { class: "muted" }, "clicktrail isn't running here, so a click sends nothing.")];
  if (!request)
    return [
      h("p", { class: "muted" }, "A click here is dropped, because Trieve would refuse it. Nothing is sent."),
    ];
  const { dryRun } = state.tracker.route;
  const { beforeSend } = state.tracker.options;
  return [
    h(
      "div",
      { class: "row between" },
      h("h3", {}, dryRun ? "A click would send (dry run)" : "A click sends"),
      h(
        "button",
        {
          type: "button",
          class: "action",
          onClick: () => actions.copy(JSON.stringify(request, undefined, 2), "The request was copied."),
        },
        "Copy",
      ),
    ),
    wire(request),
    h(
      "p",
      { class: "muted small" },
      `The click's id and time are set when it happens.${beforeSend ? " The page's beforeSend may change the body." : ""}`,
    ),
  ];
}

export function card(state: State, actions: Actions): ComponentChild {
  const one = state.scan.marked.find(({ key }) => key === state.card?.key);
  if (!one) return false;
  const { click } = one.result;
  const pinned = state.card?.pinned;
  const label = pinned ? "Unpin this card" : "Pin this card";
  const pin = () => (pinned ? actions.set({ card: { key: one.key, pinned: false } }) : actions.pin(one.key));
  return h(
    "div",
    {
      class: "card",
      "data-pinned": pinned || undefined,
      role: "dialog",
      "aria-label": `Result at position ${positionOf(one)}`,
      tabIndex: -1,
      onPointerEnter: stay,
      onPointerLeave: () => hover(actions, state),
    },
    h(
      "div",
      { class: "card-head" },
      state.tracker && h("span", { class: "pill", "data-mark": one.mark }, MARKS[one.mark].label),
      h(
        "span",
        { class: "grow what" },
        `Position ${positionOf(one)}`,
        h("span", { class: "muted" }, ` · ${click.type ?? state.tracker?.options.type ?? "search"}`),
      ),
      h("span", { class: "pin" }, iconButton("pin", label, pin)),
      iconButton("close", "Close this result", () => actions.set({ card: undefined })),
    ),
    h(
      "div",
      { class: "card-body" },
      one.found.length > 0 &&
        h(
          "ul",
          { class: "stack" },
          one.found.map(({ rule, seen }) =>
            h(
              "li",
              { key: rule + seen },
              h("strong", {}, RULE_TEXTS[rule].means),
              seen && h("div", { class: "small" }, h("code", {}, seen)),
              h("div", { class: "muted small" }, RULE_TEXTS[rule].fix),
            ),
          ),
        ),
      sends(one, state, actions),
    ),
  );
}
