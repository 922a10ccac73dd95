// Options: what they become, and that each mistake says what to write instead.
import { describe, expect, it } from "vitest";
import { type Options, routeOf, scopeOf } from "./options";

const DATASET = "d0000000-0000-4000-8000-000000000001";
const ORGANIZATION = "d0000000-0000-4000-8000-000000000002";

const of = (options: object) => routeOf({ dataset: DATASET, ...options } as Options);

describe("the route", () => {
  it("goes to Trieve's production URL unless told otherwise", () => {
    expect(of({}).endpoint).toBe("https://api.trieve.ai/api/analytics/ctr");
    expect(of({ api: "events" }).endpoint).toBe("https://api.trieve.ai/api/analytics/events");
  });

  it("has exactly the contract's headers", () => {
    expect(of({}).headers).toStrictEqual({ "Content-Type": "application/json", "TR-Dataset": DATASET });
    expect(of({ apiKey: "tr-key", organization: ORGANIZATION }).headers).toStrictEqual({
      "Content-Type": "application/json",
      "TR-Dataset": DATASET,
      "TR-Organization": ORGANIZATION,
      Authorization: "tr-key",
    });
  });

  it("takes the endpoint as a full URL or as a path on the page's own site", () => {
    expect(of({ endpoint: "http://localhost:8090/api/analytics/ctr" }).endpoint).toBe(
      "http://localhost:8090/api/analytics/ctr",
    );
    expect(of({ endpoint: "/collect" }).endpoint).toBe(new URL("/collect", location.href).href);
  });

  it("takes a dataset's tracking id together with the organization", () => {
    expect(routeOf({ dataset: "docs", organization: ORGANIZATION }).headers).toMatchObject({
      "TR-Dataset": "docs",
      "TR-Organization": ORGANIZATION,
    });
  });

  it("keeps entries of different endpoints, organizations and datasets apart", () => {
    const scopes = [
      of({}),
      of({ endpoint: "/a" }),
      of({ endpoint: "/b" }),
      of({ organization: ORGANIZATION }),
      of({ api: "events" }),
      routeOf({ dataset: ORGANIZATION }),
    ].map(scopeOf);
    expect(new Set(scopes).size).toBe(scopes.length);
  });

  it("has the same scope with another key: a mended key sends what waits", () => {
    expect(scopeOf(of({ apiKey: "a" }))).toBe(scopeOf(of({ apiKey: "b" })));
    expect(JSON.stringify(scopeOf(of({ apiKey: "secret" })))).not.toContain("secret");
  });

  it("carries the switches that the courier needs", () => {
    expect(of({})).toMatchObject({ resend: false, dryRun: false, idempotent: false });
    const all = { inDoubt: "resend", dryRun: true, idempotent: true };
    expect(of(all)).toMatchObject({ resend: true, dryRun: true, idempotent: true });
  });

  it("has the scope of earlier versions: under another one nobody would send what waits", () => {
    expect(scopeOf(of({ organization: ORGANIZATION }))).toBe(
      `clicktrail 2 https://api.trieve.ai/api/analytics/ctr ${ORGANIZATION} ${DATASET}`,
    );
    expect(scopeOf(of({}))).toBe(`clicktrail 2 https://api.trieve.ai/api/analytics/ctr  ${DATASET}`);
  });

  it.each<[string, object]>([
    ["a choice that is not made", { api: undefined }],
    ["a key that ends as a placeholder does", { apiKey: "tr-MY_KEY" }],
    ["a key that begins as a placeholder does", { apiKey: "MY_KEY-1" }],
  ])("takes %s", (_, options) => {
    expect(() => of(options)).not.toThrow();
  });

  it.each([
    { type: "chat" },
    { api: "event" },
    { inDoubt: "maybe" },
    { firstPosition: 1.5 },
    { apiKey: "tr-abc…" },
    { apikey: "" },
    { courier: "clicktrail.courier.js" },
    { userId: {} },
  ])("is made in spite of %j: the courier says what is wrong with it", (options) => {
    expect(() => of(options)).not.toThrow();
  });
});

describe("a mistake", () => {
  const ENDPOINT = "a full URL without a password, or a path that begins with /";
  it.each<[field: string, wrong: unknown, told: string]>([
    ["dataset", undefined, "a UUID"],
    ["dataset", "", "a UUID"],
    ["dataset", "docs", "a UUID, or a tracking id together with organization"],
    ["dataset", `x${DATASET}`, "a UUID"],
    ["dataset", `${DATASET}x`, "a UUID"],
    ["consent", "yes", "required"],
    ["consent", "not required", "required"],
    ["consent", "required!", "required"],
    ["endpoint", "ftp://files.example", ENDPOINT],
    ["endpoint", "api.trieve.ai/api/analytics/ctr", ENDPOINT],
    ["endpoint", "https://user:pw@api.example/ctr", ENDPOINT],
  ])("in %s (%j) says what to write", (field, wrong, told) => {
    const attempt = () => of({ [field]: wrong });
    expect(attempt).toThrow(/See docs\/troubleshooting\.md\.$/);
    expect(attempt).toThrow(field);
    expect(attempt).toThrow(told);
    expect(attempt).toThrow(`not "${wrong}"`);
  });

  it.each<[what: string, options: object, told: string]>([
    ["the README's dataset", { dataset: "DATASET_UUID" }, "dataset must be a UUID"],
    ["a name in another case", { respectgpc: "" }, "respectGpc"],
    ["an invented name for consent", { consentRequired: "" }, "written consent"],
    ["half a name", { gpc: "" }, "respectGpc"],
  ])("in %s is told before anything is kept or sent", (_, options, told) => {
    expect(() => of(options)).toThrow(told);
  });

  it.each([
    ..."cookieconsent cookieyes cookiecategory category nscript cfasync cmpVendor cmpSrc src name type_".split(
      " ",
    ),
    ..."usercentrics ucAllowed borlabsCookieType domainScript otIgnore iubPurposes vendor service".split(" "),
  ])("is not made of another tool's data-%s", (name) => {
    expect(() => of({ [name]: "statistics" })).not.toThrow();
  });

  it("is not made of white space around a value", () => {
    expect(of({ apiKey: "tr-key\n" }).headers.Authorization).toBe("tr-key");
  });
});
