// Owns the audit's rules: for each, a page that trips it and one that comes close but doesn't.
import type { Page } from "playwright";
import type { Finding } from "../../src/audit/audit";
import { RULE_TEXTS } from "../../src/audit/rules.ts";
import { expect, test } from "../fixtures.ts";
import { DATASET } from "../pages.ts";
import { builtScript, inspect, loadAudit } from "./inspect.ts";
import { at, CASES, chunk, item, RIGHT, results, shadow } from "./rule-cases.ts";
import { SETUP_CASES } from "./setup-cases.ts";

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

// One page for all of them: a page of its own costs more than the two visits of a rule.
test("each rule about the results: tripped, and not by what comes close", { tag: "@full" }, async ({
  context,
  site,
}) => {
  const page = await context.newPage();
  for (const { rule, trips, fine, element, also = [] } of CASES) {
    await visit(page, site.search({ tag: "none", results: 0, body: trips }));
    const findings = await auditOf(page);
    expect(new Set(rulesOf(findings)), rule).toEqual(new Set([rule, ...also]));
    expect(findings.find((one) => one.rule === rule)?.element ?? undefined, rule).toEqual(element);
    await visit(page, site.search({ tag: "none", results: 0, body: fine }));
    expect(await auditOf(page), `close to ${rule}`).toEqual([]);
  }
});

test("each rule about the set-up: tripped, and not by what comes close", async ({
  context,
  site,
  collector,
}) => {
  const page = await context.newPage();
  for (const { rule, trips, fine } of SETUP_CASES) {
    await visit(page, site.search(trips));
    await page.waitForLoadState();
    expect(rulesOf(await auditOf(page)), rule).toEqual([rule]);
    await visit(page, site.search(fine));
    expect(await auditOf(page), `close to ${rule}`).toEqual([]);
  }
  await collector.expectNothing();
  expect(collector.preflights).toHaveLength(0);
});

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
      message: expect.stringContaining("isn't a UUID"),
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

test("no rule is without its two pages", () => {
  const proved = [...CASES, ...SETUP_CASES].map(({ rule }) => rule);
  // It needs an https: page and has a test of its own.
  expect([...proved, "endpoint-insecure"].sort()).toEqual(Object.keys(RULE_TEXTS).sort());
});
