// Owns the audit's rules: for each, a page that trips it and one that comes close but doesn't.
import type { Page } from "playwright";
import type { Finding } from "../../src/audit/audit";
import type { RuleName } from "../../src/audit/rules";
import { expect, test } from "../fixtures.ts";
import { API_KEY, chunkId, DATASET, requestId, type SearchPage, type Snippet } from "../pages.ts";
import { builtScript, inspect, loadAudit } from "./inspect.ts";

const LINK = '<a href="/detail">Open</a>';
const request = (number: number) => `data-ctr-request-id="${requestId(number)}"`;
const chunk = (number: number) => `data-ctr-chunk-id="${chunkId(number)}"`;
const at = (position: number | string) => `data-ctr-position="${position}"`;
const item = (attributes: string, content = LINK) => `<li ${attributes}>${content}</li>`;
const list = (attributes: string, ...items: string[]) => `<ol ${attributes}>${items.join("")}</ol>`;
const results = (...items: string[]) => list(request(1), ...items);
const RIGHT = results(
  item(`${chunk(1)} ${at(1)}`),
  item(`${chunk(2)} ${at(2)}`),
  item(`${chunk(3)} ${at(3)}`),
);
const shadow = (inner: string) => `<div><template shadowrootmode="open">${inner}</template></div>`;

const inLink = (content: string) => `<a href="/detail">${content}</a>`;
const PRESSABLE = "<b data-ctr-click>Open</b>";

interface Case {
  readonly rule: RuleName;
  readonly trips: string;
  readonly fine: string;
  /** Where the finding points to. */
  readonly element?: string;
  /** Other rules that the page which trips it trips as well. */
  readonly also?: readonly RuleName[];
}

const CASES: readonly Case[] = [
  { rule: "no-results", trips: "<p>No results here.</p>", fine: RIGHT },
  {
    rule: "untagged-list",
    trips: list(`id="list" ${request(1)}`, item(""), item("")),
    fine: list(`id="list" ${request(1)}`),
    element: "#list",
  },
  {
    rule: "chunk-id-missing",
    trips: results(item(`id="one" ${at(1)}`), item(`${chunk(2)} ${at(2)}`)),
    fine: results(item(chunk(1)), item(`${chunk(2)} ${at(2)}`)),
    element: "#one",
  },
  {
    rule: "chunk-id-format",
    trips: results(item(`id="one" data-ctr-chunk-id="popover" ${at(1)}`)),
    fine: results(item(`data-ctr-chunk-id="${chunkId(1).toUpperCase()}" ${at(1)}`)),
    element: "#one",
  },
  {
    rule: "request-id-missing",
    trips: list("", item(`id="one" ${chunk(1)} ${at(1)}`)),
    fine: `<section ${request(1)}>${shadow(list("", item(`${chunk(1)} ${at(1)}`)))}</section>`,
    element: "#one",
  },
  {
    rule: "request-id-format",
    trips: list('data-ctr-request-id="latest"', item(`id="one" ${chunk(1)} ${at(1)}`)),
    fine: RIGHT,
    element: "#one",
  },
  {
    rule: "tracking-id-only",
    trips: results(item(`id="one" data-ctr-chunk-tracking-id="popover" ${at(1)}`)),
    fine: results(item(`${chunk(1)} data-ctr-chunk-tracking-id="popover" ${at(1)}`)),
    element: "#one",
  },
  {
    rule: "duplicate-chunk",
    trips: results(item(`${chunk(1)} ${at(1)}`), item(`id="two" ${chunk(1)} ${at(2)}`)),
    // The same chunk of another request, and an answer's citation beside its list of sources.
    fine:
      RIGHT +
      list(request(2), item(`${chunk(1)} ${at(1)}`)) +
      list(`${request(3)} data-ctr-type="rag"`, item(`${chunk(1)} ${at(1)}`), item(`${chunk(1)} ${at(1)}`)),
    element: "#two",
  },
  {
    rule: "position-format",
    trips: results(item(`id="one" ${chunk(1)} ${at("1.5")}`)),
    fine: results(item(chunk(1))),
    element: "#one",
  },
  {
    rule: "first-position-format",
    trips: list(`${request(1)} data-ctr-first-position="eleven"`, item(`id="one" ${chunk(1)}`)),
    fine: list(`${request(1)} data-ctr-first-position="11"`, item(chunk(1))),
    element: "#one",
  },
  {
    rule: "position-zero",
    trips: results(item(`id="one" ${chunk(1)} ${at(0)}`), item(`${chunk(2)} ${at(1)}`)),
    fine: RIGHT,
    element: "#one",
  },
  {
    rule: "position-repeated",
    trips: results(item(`${chunk(1)} ${at(1)}`), item(`id="two" ${chunk(2)} ${at(1)}`)),
    fine: RIGHT + list(request(2), item(`${chunk(4)} ${at(1)}`)),
    element: "#two",
  },
  {
    rule: "position-gap",
    trips: results(item(`${chunk(1)} ${at(1)}`), item(`id="two" ${chunk(2)} ${at(4)}`)),
    // A later page starts where it starts; an answer leaves sources out.
    fine:
      results(item(`${chunk(1)} ${at(11)}`), item(`${chunk(2)} ${at(12)}`)) +
      list(`${request(2)} data-ctr-type="rag"`, item(`${chunk(3)} ${at(1)}`), item(`${chunk(4)} ${at(3)}`)),
    element: "#two",
  },
  {
    rule: "position-restart",
    trips: list(
      "",
      item(`${request(1)} ${chunk(1)} ${at(1)}`),
      item(`${request(1)} ${chunk(2)} ${at(2)}`),
      item(`id="three" ${request(2)} ${chunk(3)} ${at(1)}`),
    ),
    fine: RIGHT + list(request(2), item(`${chunk(1)} ${at(1)}`), item(`${chunk(2)} ${at(2)}`)),
    element: "#three",
    also: ["several-requests"],
  },
  {
    rule: "mixed-requests",
    trips: list(
      "",
      item(`${request(1)} ${chunk(1)} ${at(1)}`),
      item(`id="two" ${request(2)} ${chunk(2)} ${at(2)}`),
      item(`${request(1)} ${chunk(3)} ${at(3)}`),
    ),
    fine: RIGHT + list(request(2), item(`${chunk(1)} ${at(1)}`), item(`${chunk(2)} ${at(2)}`)),
    element: "#two",
    also: ["position-gap"],
  },
  {
    rule: "several-requests",
    trips: list(
      "",
      item(`${request(1)} ${chunk(1)} ${at(1)}`),
      item(`id="two" ${request(2)} ${chunk(2)} ${at(2)}`),
    ),
    fine: RIGHT + list(request(2), item(`${chunk(1)} ${at(1)}`)),
    element: "#two",
  },
  {
    rule: "type-format",
    trips: list(`${request(1)} data-ctr-type="chat"`, item(`id="one" ${chunk(1)} ${at(1)}`)),
    fine: list(`${request(1)} data-ctr-type="rag"`, item(`${chunk(1)} ${at(1)}`)),
    element: "#one",
  },
  {
    rule: "metadata-format",
    trips: results(item(`id="one" ${chunk(1)} ${at(1)} data-ctr-metadata="{source: search}"`)),
    fine: results(item(`${chunk(1)} ${at(1)} data-ctr-metadata="{}"`)),
    element: "#one",
  },
  {
    rule: "metadata-keys",
    trips: results(item(`id="one" ${chunk(1)} ${at(1)} data-ctr-metadata='{"a":1,"b":2}'`)),
    fine: results(item(`${chunk(1)} ${at(1)} data-ctr-metadata="{}"`)),
    element: "#one",
  },
  {
    rule: "nothing-clickable",
    trips: results(item(`id="one" ${chunk(1)} ${at(1)}`, "Only words")),
    fine:
      results(item(`${chunk(1)} ${at(1)}`, shadow(LINK)), item(`${chunk(2)} ${at(2)}`, PRESSABLE)) +
      inLink(`<p ${request(2)} ${chunk(1)} ${at(1)}>Inside a link</p>`),
    element: "#one",
  },
];

async function auditOf(page: Page): Promise<Finding[]> {
  const { auditScript } = await loadAudit();
  return page.evaluate(auditScript);
}

const rulesOf = (findings: readonly Finding[]) => findings.map(({ rule }) => rule);

/** A page with nothing but `body` in it, and with the library running where there is one. */
async function visit(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.waitForFunction(
    () => !document.querySelector("script[data-dataset]") || "stats" in window.clicktrail,
  );
}

for (const { rule, trips, fine, element, also = [] } of CASES) {
  test(`${rule}: tripped, and not by what comes close`, async ({ context, site }) => {
    const page = await context.newPage();
    await visit(page, site.search({ tag: "none", results: 0, body: trips }));
    const findings = await auditOf(page);
    expect(new Set(rulesOf(findings))).toEqual(new Set([rule, ...also]));
    expect(findings.find((one) => one.rule === rule)?.element ?? undefined).toEqual(element);
    await visit(page, site.search({ tag: "none", results: 0, body: fine }));
    expect(await auditOf(page)).toEqual([]);
  });
}

interface SetupCase {
  readonly rule: RuleName;
  readonly trips: SearchPage;
  readonly fine: SearchPage;
}

const again: Snippet = { dataset: DATASET, build: "clicktrail.js" };
const POLICY = "content-security-policy";

for (const { rule, trips, fine } of [
  { rule: "no-tracker", trips: { snippet: null }, fine: {} },
  {
    rule: "key-missing",
    trips: { snippet: { endpoint: undefined, apiKey: undefined } },
    fine: { snippet: { apiKey: undefined } },
  },
  { rule: "dry-run", trips: { snippet: { dryRun: true } }, fine: { snippet: { dryRun: false } } },
  {
    rule: "two-scripts",
    trips: {
      body: `<script async src="/dist/${again.build}?again" data-dataset="${again.dataset}" data-api-key="${API_KEY}"></script>`,
    },
    fine: { body: '<script async src="/dist/stub.js"></script>' },
  },
  {
    rule: "csp-endpoint",
    trips: { headers: { [POLICY]: "connect-src 'self'" } },
    fine: { headers: { [POLICY]: "connect-src 'self' http://127.0.0.1:*" } },
  },
  {
    rule: "csp-worker",
    trips: { headers: { [POLICY]: "worker-src 'self'" } },
    fine: { headers: { [POLICY]: "worker-src blob:" } },
  },
] satisfies SetupCase[]) {
  test(`${rule}: tripped, and not by what comes close`, async ({ context, site, collector }) => {
    const page = await context.newPage();
    await visit(page, site.search(trips));
    await page.waitForLoadState();
    expect(rulesOf(await auditOf(page))).toEqual([rule]);
    await visit(page, site.search(fine));
    expect(await auditOf(page)).toEqual([]);
    await collector.expectNothing();
    expect(collector.preflights).toHaveLength(0);
  });
}

test("endpoint-insecure: tripped on an https: page by an http: endpoint, but not by one on this machine", async ({
  context,
}) => {
  const page = await context.newPage();
  // Only the shop's own document and script are answered here; no click is made.
  const html = (endpoint: string) =>
    `<!doctype html><title>Shop</title>${RIGHT}<script src="/clicktrail.js" data-dataset="${DATASET}" data-endpoint="${endpoint}"></script>`;
  await page.route("https://shop.test/**", (route) => {
    const { pathname, searchParams } = new URL(route.request().url());
    const isScript = pathname.endsWith(".js");
    const body = isScript ? builtScript("clicktrail.js") : html(searchParams.get("endpoint") ?? "");
    return route.fulfill({ body, contentType: isScript ? "text/javascript" : "text/html" });
  });
  await page.goto("https://shop.test/?endpoint=http://trieve.test/api/analytics/ctr");
  expect(rulesOf(await auditOf(page))).toEqual(["endpoint-insecure"]);
  await page.goto("https://shop.test/?endpoint=http://localhost:8090/api/analytics/ctr");
  expect(await auditOf(page)).toEqual([]);
});

test("a page as it should be has no finding, also where everything is in shadow roots", async ({
  context,
  site,
}) => {
  const page = await context.newPage();
  await visit(page, site.search({ shadow: true, results: 8, trackingIds: true }));
  expect(await auditOf(page)).toEqual([]);
  await visit(page, site.search({ tag: "rank", firstPosition: 11 }));
  expect(await auditOf(page)).toEqual([]);
});

test("a finding says severity, element and fix in plain JSON, the gravest first", async ({
  context,
  site,
}) => {
  const page = await context.newPage();
  const body = shadow(results(item(`${chunk(1)} ${at(0)}`), item(`data-ctr-chunk-id="popover" ${at(1)}`)));
  await visit(page, site.search({ tag: "none", results: 0, body }));
  const findings = await auditOf(page);
  expect(findings).toEqual([
    {
      rule: "chunk-id-format",
      severity: "error",
      message: expect.stringContaining("no UUID"),
      fix: expect.stringContaining("data-ctr-chunk-tracking-id"),
      seen: 'chunk id "popover"',
      element: expect.stringMatching(/ >>> .*li:nth-of-type\(2\)$/),
      html: '<li data-ctr-chunk-id="popover" data-ctr-position="1">',
    },
    expect.objectContaining({ rule: "position-zero", severity: "warning" }),
  ]);
});

test("clicktrail.audit() is there once the inspector has been loaded", async ({ context, site }) => {
  const page = await context.newPage();
  await visit(page, site.search({ metadata: { source: "search" } }));
  await inspect(page);
  const findings = await page.evaluate(() =>
    (window.clicktrail as unknown as { audit(): Promise<Finding[]> }).audit(),
  );
  expect(rulesOf(findings)).toEqual(["metadata-keys", "metadata-keys", "metadata-keys"]);
});
