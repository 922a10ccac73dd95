// Which options don't do what they seem to, as a table, and that each is told in words that say what to write.
import { describe, expect, it } from "vitest";
import type { Options } from "../options";
import type { Explanation } from "../report";
import { WORDS } from "../words";
import { optionMistakes } from "./options";

const DATASET = "d0000000-0000-4000-8000-000000000001";
const FINE: Options = { dataset: DATASET, apiKey: "tr-key" };

const found = (change: object, isTag = false) => optionMistakes({ ...FINE, ...change }, isTag);
const words = ([code, ...args]: Explanation) =>
  (WORDS[code] as (...args: readonly unknown[]) => string)(...args);

describe("options that do what they say", () => {
  it.each<[string, object]>([
    ["with a dataset and a key alone", {}],
    ["without a key, behind a proxy", { apiKey: undefined, endpoint: "/collect" }],
    ["with a tracking id and the organization", { dataset: "docs", organization: DATASET }],
    [
      "with every choice made",
      { type: "rag", consent: "required", inDoubt: "resend", api: "events", firstPosition: 0 },
    ],
    ["with text where a number is meant, as attributes are", { firstPosition: "-1" }],
    ["with a courier's path", { courier: "/clicktrail.courier.js", userId: "u-1" }],
    ["with a courier's full URL", { courier: "https://cdn.example/clicktrail.courier.js", userId: 7 }],
    ["with white space around a value", { apiKey: " tr-key\n", type: " search " }],
    ["with a key that only looks like a placeholder", { apiKey: "tr-MY_KEY" }],
    [
      "with the endpoint of the API's other route, and that API",
      { api: "events", endpoint: "/api/analytics/events" },
    ],
    ["with other tools' attributes on the tag", { src: "/x.js", cfasync: "false", vendor: "7" }],
    ["with a switch in another case, which is refused before", { respectgpc: "" }],
  ])("are passed over: %s", (_, change) => {
    expect(found(change)).toEqual([]);
  });
});

describe("a mistake is found", () => {
  it.each<[string, object, Explanation]>([
    ["in type", { type: "chat" }, ["choice", "type", "chat", "search|rag|recommendation"]],
    [
      "in a part of a type",
      { type: "research" },
      ["choice", "type", "research", "search|rag|recommendation"],
    ],
    ["in api", { api: "ctr2" }, ["choice", "api", "ctr2", "ctr|events"]],
    ["in inDoubt", { inDoubt: "distrust" }, ["choice", "inDoubt", "distrust", "trust|resend"]],
    ["in consent", { consent: "yes" }, ["choice", "consent", "yes", "required"]],
    ["in firstPosition", { firstPosition: 1.5 }, ["choice", "firstPosition", "1.5", "a whole number"]],
    [
      "in a courier's address that each page reads differently",
      { courier: "js/clicktrail.courier.js" },
      ["choice", "courier", "js/clicktrail.courier.js", "a full URL|a path that begins with /"],
    ],
    ["in a userId that is no text", { userId: {} }, ["choice", "userId", "[object Object]", "a text"]],
    ["where there is no dataset", { dataset: undefined }, ["dataset", "dataset", ""]],
    ["in a dataset's placeholder", { dataset: "DATASET_UUID" }, ["dataset", "dataset", "DATASET_UUID"]],
    [
      "in a placeholder that an organization would excuse",
      { dataset: "YOUR_DATASET_ID", organization: DATASET },
      ["dataset", "dataset", "YOUR_DATASET_ID"],
    ],
    ["in a tracking id alone", { dataset: "docs" }, ["dataset", "dataset", "docs"]],
    ["where Trieve's own server gets no key", { apiKey: undefined }, ["api-key", "apiKey", ""]],
    [
      "where it is named and gets no key",
      { apiKey: "", endpoint: "https://api.trieve.ai/api/analytics/ctr" },
      ["api-key", "apiKey", ""],
    ],
    ["in a key's placeholder", { apiKey: "YOUR_API_KEY" }, ["api-key", "apiKey", "YOUR_API_KEY"]],
    ["in a key with its scheme", { apiKey: "Bearer tr-key" }, ["api-key", "apiKey", "Bearer tr-key"]],
    ["in a masked key", { apiKey: "tr-abc…" }, ["api-key", "apiKey", "tr-abc…"]],
    ["in a key with a zero-width space", { apiKey: "tr-\u200babc" }, ["api-key", "apiKey", "tr-\u200babc"]],
    ["in a key of two lines", { apiKey: "tr-\nabc" }, ["api-key", "apiKey", "tr-\nabc"]],
    [
      "in an endpoint that is the server alone",
      { endpoint: "https://api.trieve.ai" },
      ["endpoint", "endpoint", "https://api.trieve.ai", "ctr"],
    ],
    ["in a slash at its end", { endpoint: "/collect/" }, ["endpoint", "endpoint", "/collect/", "ctr"]],
    [
      "in an endpoint of another API",
      { endpoint: "/api/analytics/events" },
      ["endpoint", "endpoint", "/api/analytics/events", "ctr"],
    ],
    ["in a name's case", { apikey: "tr-key" }, ["option-name", "apikey", "apiKey"]],
  ])("%s", (_, change, explanation) => {
    expect(found(change)).toEqual([explanation]);
    expect(words(explanation)).toContain(`${explanation[1]}`);
  });

  it("in each option by itself", () => {
    const codes = found({ type: "chat", api: "v3", dataset: "" }).map(([code]) => code);
    expect(codes).toEqual(["choice", "choice", "dataset"]);
  });

  it("on a script tag by the attribute's name", () => {
    expect(found({ inDoubt: "maybe", apiKey: "YOUR_API_KEY" }, true).map(([, name]) => name)).toEqual([
      "data-in-doubt",
      "data-api-key",
    ]);
    expect(found({ apikey: "" }, true)).toEqual([["option-name", "data-apikey", "apiKey"]]);
  });

  it("in what a page may hand on that are no options at all", () => {
    expect(optionMistakes({}, false).map(([code]) => code)).toEqual(["dataset", "api-key"]);
  });
});
