// What the developer is told: each sentence says what is wrong and what to write, for each way to get it wrong.
import { expect, it } from "vitest";
import { WORDS } from "./words";

const say = (code: keyof typeof WORDS, ...args: readonly unknown[]) =>
  (WORDS[code] as (...args: readonly unknown[]) => string)(...args);

it.each<[string, keyof typeof WORDS, readonly unknown[], string | RegExp]>([
  [
    "a dataset that is a name",
    "dataset",
    ["data-dataset", "my-shop"],
    /"my-shop", which is a name and not a UUID: .* data-organization too/,
  ],
  ["the same in init", "dataset", ["dataset", "my-shop"], /write organization too/],
  [
    "a UUID that is one digit short",
    "dataset",
    ["dataset", "d0000000-0000-4000-8000-00000000001"],
    "has 31 digits where a UUID has 32",
  ],
  [
    "a UUID that is one digit long",
    "dataset",
    ["dataset", "d0000000-0000-4000-8000-0000000000011"],
    "has 33 digits where a UUID has 32",
  ],
  [
    "a UUID with a letter too far",
    "dataset",
    ["dataset", "d0000000-0000-4000-8000-00000000000"],
    "has 31 digits",
  ],
  [
    "the dataset's placeholder",
    "dataset",
    ["data-dataset", "DATASET_UUID"],
    "is still the placeholder DATASET_UUID",
  ],
  ["no dataset", "dataset", ["data-dataset", undefined], "data-dataset is missing"],
  ["no key", "api-key", ["data-api-key", ""], /data-api-key is missing, .* set data-endpoint to a proxy/],
  [
    "Bearer in the key",
    "api-key",
    ["data-api-key", "Bearer tr-abc"],
    'begins with "Bearer": write the key alone',
  ],
  [
    "the key's placeholder",
    "api-key",
    ["apiKey", "SCOPED_KEY"],
    "apiKey is still the placeholder SCOPED_KEY",
  ],
  ["a masked key", "api-key", ["apiKey", "tr-…"], "copy the whole key again"],
  [
    "an endpoint without scheme",
    "endpoint",
    ["data-endpoint", "api.shop.example/api/analytics/ctr"],
    "write https://api.shop.example/api/analytics/ctr.",
  ],
  ["a local one", "endpoint", ["endpoint", "localhost:8090"], "write https://localhost:8090."],
  [
    "with a trailing slash",
    "endpoint",
    ["endpoint", "https://a.example/api/analytics/ctr/"],
    "write https://a.example/api/analytics/ctr.",
  ],
  [
    "a bare origin",
    "endpoint",
    ["endpoint", "https://a.example/"],
    "only the server, without the route: write https://a.example/api/analytics/ctr.",
  ],
  [
    "a bare origin for events",
    "endpoint",
    ["endpoint", "https://a.example", "events"],
    "write https://a.example/api/analytics/events.",
  ],
  [
    "events with /ctr",
    "endpoint",
    ["data-endpoint", "https://a.example/api/analytics/ctr", "events"],
    /ends in \/ctr, but data-api is events: write https:\/\/a.example\/api\/analytics\/events, or data-api ctr/,
  ],
  [
    "a password",
    "endpoint",
    ["endpoint", "https://me:secret@a.example/x"],
    "which has a password in it: write https://a.example/x.",
  ],
  ["text", "endpoint", ["endpoint", "the usual one"], "write https://api.trieve.ai/api/analytics/ctr."],
  [
    "a near miss of an option",
    "option-name",
    ["data-apikey", "apiKey"],
    "There is no option data-apikey: write data-api-key.",
  ],
  ["the same in init", "option-name", ["apikey", "apiKey"], "write apiKey."],
  [
    "a choice",
    "choice",
    ["data-in-doubt", "always", "trust|resend"],
    'data-in-doubt is "always": write trust or resend.',
  ],
  [
    "a near miss of an attribute",
    "attribute",
    ["data-ctrrequestid", "data-ctr-request-id"],
    "write data-ctr-request-id.",
  ],
  [
    "401",
    "refused",
    [401, "/e", "D", "ctr", "no"],
    /rejected the API key \(401: no\).* Write the key of dataset D. Clicks are kept/,
  ],
  [
    "401 without a key",
    "refused",
    [401, "/e", "D", "ctr", undefined, false],
    "requires an API key, and none was sent (401)",
  ],
  [
    "403",
    "refused",
    [403, "/e", "D", "events"],
    "its scopes must include PUT /api/analytics/events, and its datasets D",
  ],
  ["404", "refused", [404, "/e", "D"], "doesn't know dataset D, or nothing is at /e (404)"],
  ["405", "refused", [405, "/e", "D"], "refused the request (405)"],
  ["nothing there", "unreachable", ["/e", false], /content blocker .* sent later/],
  ["no CORS headers", "unreachable", ["/e", true], "may be sent several times"],
  ["consent that nobody gives", "consent", [3], "3 clicks wait for grantConsent()"],
  ["the same for one", "consent", [1], "1 click waits for grantConsent()"],
  ["a call before the script", "stub", [], "put the inline stub in front"],
  ["a position that isn't known", "position", [Number.NaN], "closed shadow root"],
  ["a position as text", "position", ["3"], "a whole number, not text"],
])("%s", (_, code, args, expected) => {
  const said = say(code, ...args);
  expect(said).toMatch(
    expected instanceof RegExp ? expected : new RegExp(expected.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")),
  );
  // One sentence or a few, each an end, and the section to read on.
  expect(said).toMatch(/[.:] See docs\/troubleshooting\.md#[\w-]+$/);
  expect(said).not.toMatch(/undefined|NaN\b.*NaN|\[object|\^|not "/);
});

it("every sentence says where to read on", () => {
  for (const code of Object.keys(WORDS) as (keyof typeof WORDS)[])
    expect(say(code, null, [], "c")).toMatch(/#[\w-]+$/);
});

it("a long value is cut", () => {
  expect(say("request-id", "x".repeat(500)).length).toBeLessThan(300);
});
