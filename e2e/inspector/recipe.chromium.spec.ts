// Owns the proof that the documented recipes fail a site's build when its search page loses its tags, and only then.
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { LaunchOptions } from "playwright";
import type { Finding } from "../../src/audit/audit";
import { markedBlock } from "../documents.ts";
import { expect, test } from "../fixtures.ts";
import { chunkId, DATASET, REQUEST_ID } from "../pages.ts";
import type { Site } from "../site.ts";
import { loadAudit } from "./inspect.ts";

const CLI = join(dirname(createRequire(import.meta.url).resolve("playwright/package.json")), "cli.js");

/** The shop's search page; `endpoint` is never asked. */
function serveShop(site: Site, endpoint: string, attributes: readonly string[], option = ""): void {
  const items = attributes.map(
    (tag, at) => `<li ${tag}><a href="/detail">${at ? "Start" : "Install"}</a></li>`,
  );
  site.serveHtml(
    "/search",
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>Shop</title>
<script async src="/dist/clicktrail.js" data-dataset="${DATASET}" data-endpoint="${endpoint}" ${option}></script>
<ol data-ctr-request-id="${REQUEST_ID}">${items.join("")}</ol>`,
  );
}

const TAGS = [`data-ctr-chunk-id="${chunkId(1)}"`, `data-ctr-chunk-id="${chunkId(2)}"`];
const LOST = ["", ""];

/** Runs the recipe as a site's build would: in a folder of its own, by the test runner's command; resolves to its report. */
async function runRecipe(folder: string, baseURL: string, launchOptions: LaunchOptions): Promise<string> {
  await mkdir(folder, { recursive: true });
  // The runner goes by another name in here.
  const recipe = (await markedBlock("docs/inspector.md", "recipe")).replace(
    "@playwright/test",
    "playwright/test",
  );
  await writeFile(join(folder, "search-page.spec.js"), recipe);
  const config = {
    testDir: folder,
    outputDir: join(folder, "out"),
    reporter: "line",
    timeout: 120_000,
    expect: { timeout: 15_000 },
    use: { baseURL, launchOptions },
  };
  await writeFile(join(folder, "playwright.config.js"), `export default ${JSON.stringify(config)};`);
  const args = [CLI, "test", "--config", join(folder, "playwright.config.js")];
  const env = Object.entries(process.env).filter(
    ([name]) => !/^(TEST_|PLAYWRIGHT_|PW_|NODE_OPTIONS)/.test(name),
  );
  return promisify(execFile)(process.execPath, args, { cwd: folder, env: Object.fromEntries(env) }).then(
    ({ stdout }) => stdout,
    (failed: { stdout: string }) => failed.stdout,
  );
}

test(
  "the recipe passes a tagged page, and fails one that has lost its tags with the findings",
  { tag: "@full" },
  async ({ site, collector, ownLaunch }, info) => {
    // Two whole runs of a test runner.
    test.slow();
    serveShop(site, collector.endpoint, TAGS, "data-dry-run");
    expect(await runRecipe(info.outputPath("tagged"), site.origin, ownLaunch)).toContain("1 passed");
    serveShop(site, collector.endpoint, LOST);
    const report = await runRecipe(info.outputPath("lost"), site.origin, ownLaunch);
    expect(report).toContain("1 failed");
    expect(report).toContain("untagged-list");
    expect(report).toContain("Give each result its data-ctr-chunk-id.");
    await collector.expectNothing();
  },
);

test("the audit's text in a page that a runner drives in a frame, as Cypress does", { tag: "@full" }, async ({
  context,
  site,
  collector,
}) => {
  expect(await markedBlock("docs/inspector.md", "cypress")).toContain("page.eval(auditScript)");
  const { auditScript } = await loadAudit();
  const page = await context.newPage();
  const auditOf = async (attributes: readonly string[]) => {
    serveShop(site, collector.endpoint, attributes);
    await page.goto(
      site.serveHtml("/runner", '<!doctype html><title>Runner</title><iframe src="/search"></iframe>'),
    );
    return page.evaluate(
      (text) => (window.frames[0] as unknown as typeof globalThis).eval(text) as Promise<Finding[]>,
      auditScript,
    );
  };
  expect(await auditOf(TAGS)).toEqual([]);
  expect((await auditOf(LOST)).map(({ rule }) => rule)).toEqual(["untagged-list"]);
});
