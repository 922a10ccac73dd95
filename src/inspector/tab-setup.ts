// Owns the tab of the set-up: the endpoint check, the courier, and the configuration in effect.
import { type ComponentChild, h } from "preact";
import { courierOf } from "./courier-words";
import { guideToMessages } from "./guide";
import { maskedHeaders } from "./request";
import type { Actions, State } from "./state";
import { masked } from "./words";

/** The configuration in effect, with the key masked. */
export function understood({ tracker }: State): Record<string, string> {
  if (!tracker) return {};
  const { options, route } = tracker;
  const { apiKey, endpoint: _, ...rest } = options;
  const given = Object.entries({ ...rest }).filter(([, value]) => value !== undefined);
  const api = options.api ?? "ctr";
  return {
    endpoint: route.endpoint,
    apiKey: apiKey ? masked(apiKey) : "none (as it should be with a first-party proxy)",
    api: api === "ctr" ? "ctr" : "events",
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
      "This sends one real PUT with this page's headers and a body that has only a request id. It can't count as a click, because the other required fields are missing. Trieve checks the key first and then refuses the body with 400; any other response shows what is wrong.",
      tracker?.route.idempotent
        ? " Because the option idempotent is set, two requests with one id and no body follow; they can't count either."
        : "",
      tracker?.route.dryRun ? " It is sent in a dry run too." : "",
    ),
    h(
      "div",
      {},
      h(
        "button",
        { type: "button", class: "action primary", disabled: isAsking, onClick: checkEndpoint },
        isAsking ? "Checking…" : "Check the endpoint",
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
          h(
            "h3",
            {},
            verdict.status && !verdict.good ? `${verdict.status}: ${verdict.title}` : verdict.title,
          ),
          h("p", { class: "small" }, verdict.text),
        ),
    ),
  );
}

export function setupTab(state: State, actions: Actions): ComponentChild {
  const { tracker } = state;
  if (!tracker)
    return h(
      "div",
      { class: "stack" },
      h(
        "p",
        { class: "blank" },
        "clicktrail isn't running on this page. If its script has loaded, the console says which option is missing or wrong.",
      ),
      guideToMessages(),
    );
  const { now, why } = courierOf(tracker, state.setup);
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
      h("h3", {}, "Configuration in effect"),
      h(
        "dl",
        {},
        Object.entries(facts).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]),
      ),
    ),
    h(
      "section",
      {},
      h("h3", {}, "Headers of each request"),
      h(
        "dl",
        {},
        Object.entries(headers).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]),
      ),
    ),
    guideToMessages(),
  );
}
