// Owns the proof that the documents' own code does what they say: the quick start, the tags of this build, the step from
// data-insights attributes. Only names that a reader has to fill in are filled in.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { codeBlock } from "../documents.ts";
import { expect, test } from "../fixtures.ts";
import { API_KEY, chunkId, DATASET, requestId } from "../pages.ts";
import { built, bundled, integrityOf, serveScript } from "../strict/page.ts";
import { trackerReady } from "../tracker.ts";

/** What a reader fills in; the chunks get numbers from 1. */
function filledIn(code: string, endpoint: string): string {
  let chunks = 0;
  return code
    .replaceAll("DATASET_UUID", DATASET)
    .replaceAll("SCOPED_KEY", `${API_KEY}" data-endpoint="${endpoint}`)
    .replaceAll("REQUEST_UUID", requestId(1))
    .replace(/CHUNK_UUID/g, () => {
      chunks += 1;
      return chunkId(chunks);
    });
}

const page = (body: string) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Search</title>${body}`;

for (const way of ["a response", "attributes"] as const) {
  test(`the quick start as pasted, with ${way}`, {
    tag: way === "a response" ? [] : ["@once"],
  }, async ({ tab, site, collector }) => {
    const fill = (code: string) => filledIn(code, collector.endpoint);
    const head = fill(
      await codeBlock(
        "README.md",
        "html",
        '<script defer src="/clicktrail.js" data-dataset="DATASET_UUID" data-api-key',
      ),
    );
    const tagged = fill(await codeBlock("README.md", "html", "<ol data-ctr-request-id"));
    const bare = tagged.replace(/ data-ctr-[a-z-]+="[^"]*"/g, "").replace("<ol", '<ol id="results"');
    const call = await codeBlock("README.md", "js", 'document.querySelector("#results"), searchResponse');
    const chunks = [1, 2].map((number) => ({ chunk: { id: chunkId(number) }, score: 1 }));
    const response = JSON.stringify({ id: requestId(1), chunks });
    const own = `<script type="module">const searchResponse = ${response};\n${call}</script>`;
    serveScript(site, "/clicktrail.js", await built("clicktrail.js"));
    site.serveHtml("/docs/start", page("Start"));
    await tab.goto(site.serveHtml("/quick-start", page(head + (way === "attributes" ? tagged : bare + own))));
    await trackerReady(tab);
    await tab.click('a[href="/docs/start"]');
    await tab.at("/docs/start");
    const click = { request_id: requestId(1), clicked_chunk_id: chunkId(2), position: 2, ctr_type: "search" };
    await collector.expectPuts([click]);
  });
}

test("README and docs hold this build's stub and hashes", { tag: "@once" }, async () => {
  test.skip(process.env.E2E_DIST !== undefined, "they hold those of the package's own build");
  const script = fileURLToPath(new URL("../../docs.mjs", import.meta.url));
  const complaints = await promisify(execFile)(process.execPath, [script, "check"]).then(
    () => "",
    ({ stderr }: { stderr: string }) => stderr,
  );
  expect(complaints).toBe("");
});

test("the commands of a fresh machine stand in one block, and .ci/run runs the second as it stands", {
  tag: "@once",
}, async () => {
  const commands = (await codeBlock("README.md", "sh", "npm run demo")).trim().split("\n");
  expect(commands).toEqual(["npm ci && npm run demo", "npm ci && npm test"]);
  const run = await readFile(new URL("../../.ci/run", import.meta.url), "utf8");
  expect(run.trim().split("\n").at(-1)).toBe(commands[1]);
});

test("the install line names the file that npm pack makes", { tag: "@once" }, async () => {
  const { name, version } = JSON.parse(
    await readFile(new URL("../../package.json", import.meta.url), "utf8"),
  );
  expect(await codeBlock("README.md", "sh", "npm install")).toBe(`npm install ./${name}-${version}.tgz\n`);
});

test("the tags of this build: stub and script under their hashes; a call before the script is kept", {
  tag: "@once",
}, async ({ tab, site, collector }) => {
  test.skip(process.env.E2E_DIST !== undefined, "docs/csp.md holds the hashes of the package's own build");
  const tags = filledIn(await codeBlock("docs/csp.md", "html", "cdn.example"), collector.endpoint);
  const [, stub = ""] = /<script>([\s\S]*?)<\/script>/.exec(tags) ?? [];
  const hash = createHash("sha256").update(stub).digest("base64");
  const early = `(${renderAndTag})(${JSON.stringify({ id: requestId(1), chunk: chunkId(1) })})`;
  serveScript(site, "/own.js", early);
  const policy = [
    "default-src 'none'",
    `script-src 'self' ${site.otherOrigin} 'sha256-${hash}'`,
    `connect-src ${collector.endpoint}`,
    "worker-src blob:",
    "img-src data:",
  ].join("; ");
  const own = '</script><body><script src="/own.js"></script>\n';
  const body = tags.replace("https://cdn.example", `${site.otherOrigin}/dist`).replace("</script>\n", own);
  await tab.goto(
    site.serveHtml("/tags", page(`<link rel="icon" href="data:,">${body}`), {
      "content-security-policy": policy,
    }),
  );
  await trackerReady(tab);
  await tab.click("#link-1");
  await tab.at("/detail");
  await collector.expectPuts([{ request_id: requestId(1), clicked_chunk_id: chunkId(1), position: 11 }]);
  expect(tags).toContain(await integrityOf("clicktrail.js"));
});

test("the step from data-insights attributes", { tag: ["@once", "@full"] }, async ({
  tab,
  site,
  collector,
}) => {
  const code = (await codeBlock("docs/migrating.md", "js", "data-insights-object-id")).replace(
    /^import .*\n/,
    "",
  );
  const options = JSON.stringify({ dataset: DATASET, apiKey: API_KEY, endpoint: collector.endpoint });
  serveScript(site, "/own.js", await bundled(`window.clicktrail = init(${options});\n${code}`));
  const hit = (number: number) =>
    `<li data-insights-object-id="${chunkId(number)}" data-insights-position="${number}" data-insights-query-id="${requestId(3)}"><a id="link-${number}" href="/detail">${number}</a></li>`;
  const body = `<ol>${hit(20)}${hit(21)}</ol><script type="module" src="/own.js"></script>`;
  await tab.goto(site.serveHtml("/insights", page(body)));
  await trackerReady(tab);
  await tab.click("#link-21");
  await tab.at("/detail");
  await collector.expectPuts([
    { request_id: requestId(3), clicked_chunk_id: chunkId(21), position: 21, ctr_type: "search" },
  ]);
});

/** Runs in the page, before the library is there. */
function renderAndTag({ id, chunk }: { id: string; chunk: string }): void {
  const list = document.createElement("ol");
  list.innerHTML = '<li><a id="link-1" href="/detail">One</a></li>';
  document.body.append(list);
  window.clicktrail.tagResults(list, { id, chunks: [{ chunk: { id: chunk } }] }, { page: 2, pageSize: 10 });
}
