// Owns the tab of the set-up: the configuration as understood, the courier, and the endpoint check.
import { type ComponentChild, h } from "preact";
import { courierOf } from "./courier-words";
import { maskedHeaders } from "./request";
import type { Actions, State } from "./state";
import { masked } from "./words";

/** What the configuration says, the key masked, functions by name. */
export function understood({ tracker }: State): Record<string, string> {
  if (!tracker) return {};
  const { options, route } = tracker;
  const { apiKey, endpoint: _, ...rest } = options;
  const given = Object.entries({ ...rest }).filter(([, value]) => value !== undefined);
  const api = options.api ?? "ctr";
  return {
    endpoint: route.endpoint,
    apiKey: apiKey ? masked(apiKey) : "none (right behind a first-party proxy)",
    api: api === "ctr" ? "ctr" : "events, the successor route",
    type: options.type ?? "search",
    firstPosition: `${options.firstPosition ?? 1}`,
    inDoubt: options.inDoubt ?? "trust",
    ...Object.fromEntries(
      given.map(([name, value]) => [name, typeof value === "function" ? "a function" : `${value}`]),
    ),
  };
}

function check({ check: verdict, tracker }: State, { checkEndpoint }: Actions): ComponentChild {
  const isAsking = verdict === "asking";
  return h(
    "section",
    { class: "stack" },
    h("h3", {}, "Endpoint check"),
    h(
      "p",
      { class: "muted small" },
      "Sends one real PUT with the body {} and this page's headers. It can't be taken for a click: it lacks every required field. Trieve checks the key first and then refuses the body with 400; other answers tell what is wrong.",
      tracker?.route.dryRun ? " It is sent in a dry run too." : "",
    ),
    h(
      "div",
      {},
      h(
        "button",
        { type: "button", class: "action primary", disabled: isAsking, onClick: checkEndpoint },
        isAsking ? "Asking…" : "Check the endpoint",
      ),
    ),
    h(
      "div",
      { role: "status" },
      verdict &&
        !isAsking &&
        h(
          "div",
          { class: "verdict", "data-mark": verdict.good ? "complete" : "invalid" },
          h("h3", {}, verdict.status ? `${verdict.status}: ${verdict.title}` : verdict.title),
          h("p", { class: "small" }, verdict.text),
        ),
    ),
  );
}

export function setupTab(state: State, actions: Actions): ComponentChild {
  const { tracker } = state;
  if (!tracker)
    return h(
      "p",
      { class: "blank" },
      "clicktrail does not run on this page. Look in the console for what its options lack.",
    );
  const { now, why } = courierOf(tracker);
  const facts = understood(state);
  const headers = maskedHeaders(tracker.route);
  return h(
    "div",
    { class: "stack setup" },
    check(state, actions),
    h("section", {}, h("h3", {}, "Courier"), h("p", {}, now), h("p", { class: "muted small" }, why)),
    h(
      "section",
      {},
      h("h3", {}, "Configuration as understood"),
      h(
        "dl",
        {},
        Object.entries(facts).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]),
      ),
    ),
    h(
      "section",
      {},
      h("h3", {}, "Headers of every request"),
      h(
        "dl",
        {},
        Object.entries(headers).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]),
      ),
    ),
  );
}
