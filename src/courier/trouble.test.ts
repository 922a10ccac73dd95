// What the developer is told of a response, as tables.
import { describe, expect, it } from "vitest";
import type { Outcome } from "../courier/ledger";
import { routeOf } from "../options";
import type { Explanation } from "../report";
import { START } from "../test/entries";
import { WORDS } from "../words";
import { troubleOf } from "./trouble";

const ENDPOINT = "https://api.example/ctr";
const DATASET = "d0000000-0000-4000-8000-000000000001";
const route = routeOf({ dataset: DATASET, endpoint: ENDPOINT, apiKey: "k" });
const troubled = (change: Partial<Outcome>, at = route) =>
  troubleOf({ name: "waiting", id: "x", attempt: 1, at: START, message: "", ...change }, at);

/** As the console shows it. */
function told(change: Partial<Outcome>, at = route): string | undefined {
  const [code, ...args] = troubled(change, at) ?? [];
  return code && (WORDS[code] as (...args: readonly unknown[]) => string)(...args);
}

describe("a developer is told", () => {
  it.each<[string, Partial<Outcome>, Explanation, RegExp]>([
    [
      "that the key is wrong",
      { status: 401, message: "no", reason: "config" },
      ["refused", 401, ENDPOINT, DATASET, "ctr", "no", true],
      /rejected the API key \(401: no\)/,
    ],
    [
      "that the key lacks a permission",
      { status: 403, reason: "config" },
      ["refused", 403, ENDPOINT, DATASET, "ctr", "", true],
      /isn't allowed to report clicks \(403\)/,
    ],
    [
      "that nothing is there",
      { status: 404, reason: "config" },
      ["refused", 404, ENDPOINT, DATASET, "ctr", "", true],
      /doesn't know dataset .*, or nothing is at/,
    ],
    [
      "that the server refuses for a reason of its own",
      { status: 400, message: "TR-Organization header", reason: "config" },
      ["refused", 400, ENDPOINT, DATASET, "ctr", "TR-Organization header", true],
      /refused the request \(400: TR-Organization header\)/,
    ],
    [
      "that a click is dropped",
      { name: "dropped", status: 422, message: "bad position", reason: "refused" },
      ["dropped", 422, "bad position"],
      /refused a click \(422: bad position\), so it is dropped/,
    ],
    [
      "that a page responded",
      { status: 200, message: "an HTML page" },
      ["not-trieve", ENDPOINT, "an HTML page"],
      /responded with an HTML page/,
    ],
    [
      "that a redirect responded",
      { status: 302, message: "a redirect" },
      ["not-trieve", ENDPOINT, "a redirect"],
      /responded with a redirect/,
    ],
    [
      "that nobody is reached, from the second attempt on",
      { status: 0, attempt: 2, message: "TypeError: Failed to fetch" },
      ["unreachable", ENDPOINT, false],
      /can't be reached: the address is wrong/,
    ],
    [
      "that no response can be read",
      { status: 0, attempt: 2, message: "TypeError: Failed to fetch", isUnread: true },
      ["unreachable", ENDPOINT, true],
      /lack the CORS headers.*may be sent several times/,
    ],
  ])("%s", (_, outcome, explanation, words) => {
    expect(troubled(outcome)).toEqual(explanation);
    expect(told(outcome)).toMatch(words);
  });

  it("that a key is missing, rather than wrong", () => {
    const keyless = routeOf({ dataset: DATASET, endpoint: ENDPOINT });
    expect(told({ status: 401, reason: "config" }, keyless)).toContain("requires an API key");
  });

  it("which route a key has to be for", () => {
    const events = routeOf({ dataset: DATASET, endpoint: "https://api.example/events", apiKey: "k" });
    expect(told({ status: 403, reason: "config" }, events)).toContain("PUT /api/analytics/events");
  });
});

describe("nothing is said", () => {
  it.each<[string, Partial<Outcome>]>([
    ["of a click that was made", { name: "click" }],
    ["of a delivery", { name: "delivered", status: 200, message: "an odd one" }],
    ["of one failure to reach the endpoint", { status: 0, message: "TypeError: Failed to fetch" }],
    ["of an outage that the server admits", { status: 503, attempt: 3, message: "down for an hour" }],
  ])("%s", (_, outcome) => {
    expect(troubled(outcome)).toBeUndefined();
  });
});
