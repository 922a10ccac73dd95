// What the developer is told of a response, as tables.
import { describe, expect, it } from "vitest";
import type { Outcome } from "../courier/ledger";
import { START } from "../test/entries";
import { troubleOf } from "./trouble";

const ENDPOINT = "https://api.example/ctr";
const KEPT = "Clicks are kept and sent once that is right.";
const told = (change: Partial<Outcome>) =>
  troubleOf({ name: "waiting", id: "x", attempt: 1, at: START, message: "", ...change }, ENDPOINT);

describe("a developer is told", () => {
  it.each<[string, Partial<Outcome>, string]>([
    [
      "that the key is wrong",
      { status: 401, message: "no", reason: "config" },
      `The server rejected the API key (401: no). ${KEPT}`,
    ],
    [
      "that the key lacks a permission",
      { status: 403, reason: "config" },
      `The API key isn't allowed to report clicks (403). ${KEPT}`,
    ],
    [
      "that nothing is there",
      { status: 404, reason: "config" },
      `The server doesn't know the dataset, or nothing is at the endpoint (404). ${KEPT}`,
    ],
    [
      "that the server refuses for a reason of its own",
      { status: 400, message: "TR-Organization header", reason: "config" },
      `The server refused the request (400: TR-Organization header). ${KEPT}`,
    ],
    [
      "that a click is dropped",
      { name: "dropped", status: 422, message: "bad position", reason: "refused" },
      "The server refused a click (422: bad position). It is dropped.",
    ],
    [
      "that a page responded",
      { status: 200, message: "an HTML page" },
      `${ENDPOINT} responded with an HTML page, not as Trieve does. ${KEPT}`,
    ],
    [
      "that a redirect responded",
      { status: 302, message: "a redirect" },
      `${ENDPOINT} responded with a redirect, not as Trieve does. ${KEPT}`,
    ],
    [
      "that no response can be read, from the second on",
      { status: 0, attempt: 2, message: "TypeError: Failed to fetch" },
      `${ENDPOINT} can't be reached, or responds without CORS headers. Clicks are kept and may be sent several times.`,
    ],
  ])("%s", (_, outcome, words) => {
    expect(told(outcome)).toBe(words);
  });
});

describe("nothing is said", () => {
  it.each<[string, Partial<Outcome>]>([
    ["of a click that was made", { name: "click" }],
    ["of a delivery", { name: "delivered", status: 200, message: "an odd one" }],
    ["of one failure to reach the endpoint", { status: 0, message: "TypeError: Failed to fetch" }],
    ["of an outage that the server admits", { status: 503, attempt: 3, message: "down for an hour" }],
  ])("%s", (_, outcome) => {
    expect(told(outcome)).toBeUndefined();
  });
});
