// Owns the proof that the documents' smaller recipes count a click as pasted: stubs, script tags, calls, an add-on, HTML from a server,
// and endpoints of the site's own. Only names that a reader has to fill in are filled in. No engine has a part in what it shows.
import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { clickMark } from "../arrivals.ts";
import { codeBlock, markedBlock } from "../documents.ts";
import { expect, test } from "../fixtures.ts";
import { freePort } from "../listen.ts";
import { API_KEY, chunkId, DATASET, REQUEST_ID, requestId } from "../pages.ts";
import { replaced } from "../proxy/nginx.ts";
import { DIST, type Site } from "../site.ts";
import { built, bundled, serveScript } from "../strict/page.ts";
import { tabOfPage } from "../tabs.ts";
import { trackerReady } from "../tracker.ts";

const page = (body: string) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Search</title><link rel="icon" href="data:,">${body}`;

/** The tag of the README's quick start. */
const quickStart = () =>
  codeBlock(
    "README.md",
    "html",
    '<script defer src="/clicktrail.js" data-dataset="DATASET_UUID" data-api-key',
  );

/** The links of these pages lead nowhere, so that one page is clicked several times. */
const STAY = `<script>addEventListener("click", (event) => event.preventDefault())</script>`;

const item = (number: number, tag = "") =>
  `<li${tag}><a id="link-${number}" href="/${number}">${number}</a></li>`;
const chunk = (number: number) => ({ chunk: { id: chunkId(number) } });
const chunkTag = (number: number) => ` data-ctr-chunk-id="${chunkId(number)}"`;
const TAGGED = `<ol data-ctr-request-id="${REQUEST_ID}">${[1, 2].map((number) => item(number, chunkTag(number))).join("")}</ol>`;

const filled = (html: string, endpoint: string) =>
  html.replaceAll("DATASET_UUID", DATASET).replaceAll("SCOPED_KEY", `${API_KEY}" data-endpoint="${endpoint}`);

async function serveFiles(site: Site): Promise<void> {
  for (const name of ["clicktrail.js", "clicktrail.courier.js", "clicktrail.context.js"])
    serveScript(site, `/${name}`, await built(name));
}

test("the short stub: calls before the script has loaded", async ({ tab, site, collector }) => {
  // Beside its courier, and slower than the page's own script.
  const slow = { 'src="/clicktrail.js"': 'src="/dist/clicktrail.js"' };
  site.replaceBuilt("clicktrail.js", { delayMs: 500 });
  const stub = replaced(await markedBlock("README.md", "short-stub"), slow);
  const response = { id: REQUEST_ID, chunks: [chunk(1), chunk(2)] };
  const manual = { requestId: requestId(2), chunkId: chunkId(9), position: 9 };
  const own = `<script>
clicktrail.tagResults(document.querySelector("ol"), ${JSON.stringify(response)}, { page: 2, pageSize: 10 });
clicktrail.trackClick(${JSON.stringify(manual)});
window.kept = clicktrail.q.length;</script>`;
  const body = `${STAY}${filled(stub, collector.endpoint)}<ol>${item(1)}${item(2)}</ol>${own}`;
  await tab.goto(site.serveHtml("/short-stub", page(body)));
  expect(await tab.evaluate(() => Reflect.get(window, "kept"))).toBe(2);
  await trackerReady(tab);
  await tab.click("#link-2");
  await collector.expectPuts([
    { request_id: requestId(2), clicked_chunk_id: chunkId(9), position: 9 },
    { request_id: REQUEST_ID, clicked_chunk_id: chunkId(2), position: 12 },
  ]);
});

test("the longer stub in its place: a click before the script has loaded", { tag: "@full" }, async ({
  context,
  site,
  collector,
}) => {
  const block = await markedBlock("README.md", "short-stub");
  const [, short = ""] = /<script>([\s\S]*?)<\/script>/.exec(block) ?? [];
  const held = { [short]: await built("stub.js"), 'src="/clicktrail.js"': 'src="/dist/clicktrail.js?held"' };
  const body = `${STAY}${filled(replaced(block, held), collector.endpoint)}${TAGGED}`;
  const window = await context.newPage();
  // The load event waits for the script.
  await window.goto(site.serveHtml("/long-stub", page(body)), { waitUntil: "commit" });
  const tab = tabOfPage(window);
  await tab.click("#link-2");
  await collector.expectNothing();
  site.releaseScripts();
  await trackerReady(tab);
  await collector.expectPuts([{ request_id: REQUEST_ID, clicked_chunk_id: chunkId(2), position: 2 }]);
});

for (const [what, document, part] of [
  ["a courier that is named", "docs/guarantees.md", 'data-courier="/clicktrail.courier.js"'],
  ["a server of one's own", "docs/trieve.md", "https://trieve.your-site.example"],
  ["the add-on for training", "docs/training.md", "clicktrail.context.js"],
] as const) {
  test(`script tags: ${what}`, { tag: "@full" }, async ({ tab, site, collector }) => {
    await serveFiles(site);
    const tag = await codeBlock(document, "html", part);
    const isAddOn = what === "the add-on for training";
    const main = isAddOn ? await quickStart() : "";
    const own = "https://trieve.your-site.example/api/analytics/ctr";
    const head = tag.includes(own)
      ? replaced(tag, { DATASET_UUID: DATASET, SCOPED_KEY: API_KEY, [own]: collector.endpoint })
      : filled(main + tag, collector.endpoint);
    await tab.goto(site.serveHtml("/tag", page(`${STAY}${head}${TAGGED}`)));
    await trackerReady(tab);
    await tab.click("#link-2");
    const [put] = await collector.expectPuts([{ clicked_chunk_id: chunkId(2), position: 2 }]);
    expect(put && "context" in clickMark(put)).toBe(isAddOn);
  });
}

test("npm: init, and each call of tagResults in the README", { tag: "@full" }, async ({
  tab,
  site,
  collector,
}) => {
  const start = await codeBlock("README.md", "js", "const tracker = init");
  const calls = await codeBlock("README.md", "js", 'match: "order"');
  const groups = await codeBlock("docs/troubleshooting.md", "js", "groupResponse");
  const endpoint = {
    '"SCOPED_KEY"': `"${API_KEY}", endpoint: "${collector.endpoint}"`,
    DATASET_UUID: DATASET,
  };
  const [ordered, rag, more] = calls.split("\n").filter((line) => line.startsWith("tagResults"));
  const code = `${replaced(start, endpoint).replace(/^import .*\n/, "")}
window.clicktrail = tracker;
const items = (id) => document.querySelectorAll("#" + id + " > li");
{ const list = document.querySelector("#ordered"), response = ${JSON.stringify({ id: requestId(1), chunks: [chunk(1), chunk(2)] })}; ${ordered} }
{ const list = document.querySelector("#rag"), chunks = ${JSON.stringify([chunk(3), chunk(4)])}, response = new Response("", { headers: { "TR-QueryID": "${requestId(2)}" } }); ${rag} }
{ const newItems = items("more"), response = ${JSON.stringify({ id: requestId(3), chunks: [chunk(5), chunk(6)] })}; ${more} }
{ const groupResponse = ${JSON.stringify({ id: requestId(4), results: [{ chunks: [chunk(7)] }, { chunks: [chunk(8)] }] })}, newItems = [], response = { id: "", chunks: [] };
${groups} }`;
  serveScript(site, "/own.js", await bundled(code));
  const lists = [
    ["ordered", 1],
    ["rag", 3],
    ["more", 5],
    ["groups", 7],
  ] as const;
  const html = lists.map(([id, first]) => `<ol id="${id}">${item(first)}${item(first + 1)}</ol>`).join("");
  await tab.goto(
    site.serveHtml("/calls", page(`${STAY}${html}<script type="module" src="/own.js"></script>`)),
  );
  await trackerReady(tab);
  for (const number of [2, 4, 6, 8]) await tab.click(`#link-${number}`);
  await collector.expectPuts([
    { request_id: requestId(1), clicked_chunk_id: chunkId(2), position: 12, ctr_type: "search" },
    { request_id: requestId(2), clicked_chunk_id: chunkId(4), position: 2, ctr_type: "rag" },
    { request_id: requestId(3), clicked_chunk_id: chunkId(6), position: 22, ctr_type: "search" },
    { request_id: requestId(4), clicked_chunk_id: chunkId(8), position: 2, ctr_type: "search" },
  ]);
});

test("npm: the add-on for training", { tag: "@full" }, async ({ tab, site, collector }) => {
  const code = replaced(await codeBlock("docs/training.md", "js", "clicktrail/context"), {
    '"SCOPED_KEY"': `"${API_KEY}", endpoint: "${collector.endpoint}"`,
    DATASET_UUID: DATASET,
    'import { init } from "clicktrail";\n': "",
    '"clicktrail/context"': JSON.stringify(fileURLToPath(new URL("context.js", DIST))),
  });
  serveScript(site, "/own.js", await bundled(`${code}window.clicktrail = tracker;`));
  const own = '<script type="module" src="/own.js"></script>';
  await tab.goto(site.serveHtml("/training", page(`${STAY}${TAGGED}${own}`)));
  await trackerReady(tab);
  await tab.click("#link-2");
  const [put] = await collector.expectPuts([{ clicked_chunk_id: chunkId(2), position: 2 }]);
  expect(put && clickMark(put)).toHaveProperty("context");
});

test("HTML that a server has written with resultAttributes", { tag: "@full" }, async ({
  tab,
  site,
  collector,
}) => {
  const code = await codeBlock("docs/frameworks.md", "js", "escapeHtml(value)");
  const module = (await import(new URL("index.js", DIST).href)) as { resultAttributes: unknown };
  const run = new Function(
    "resultAttributes",
    "response",
    "first",
    "escapeHtml",
    `${code.replace(/^import .*\n/, "")}return html;`,
  ) as (...given: unknown[]) => string;
  const escapeHtml = (text: string) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  const list = run(module.resultAttributes, { id: REQUEST_ID, chunks: [chunk(1), chunk(2)] }, 11, escapeHtml);
  await serveFiles(site);
  const head = filled(await quickStart(), collector.endpoint);
  await tab.goto(site.serveHtml("/server", page(head + list)));
  await trackerReady(tab);
  await tab.click("li:nth-child(2)");
  await collector.expectPuts([{ request_id: REQUEST_ID, clicked_chunk_id: chunkId(2), position: 12 }]);
});

/** What the documents leave to the reader: the rest of the site. */
const SITE = `async function site(request, response) {
  const page = await fetch(process.env.SITE + request.url);
  response.writeHead(page.status, { "content-type": page.headers.get("content-type") }).end(await page.text());
}`;

/** A route's module needs its framework's server, and this stands in for it. */
const SERVE_ROUTE = `
import { createServer } from "node:http";
createServer(async (request, response) => {
  if (request.url !== "/ctr") return site(request, response);
  const { method, headers } = request;
  if (method !== "PUT" && method !== "POST") return response.writeHead(405).end();
  const body = [];
  for await (const part of request) body.push(part);
  const given = new Request("http://" + headers.host + "/ctr", { method, headers, body: Buffer.concat(body) });
  const answer = await { PUT, POST }[method]({ request: given });
  response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
}).listen(process.env.PORT);`;

const PROXY = { '"clicktrail/proxy"': JSON.stringify(new URL("proxy.js", DIST).href) };
const SERVERS = {
  "server of Node's": async () =>
    replaced(await codeBlock("docs/first-party.md", "js", "toNode(createProxy"), {
      ...PROXY,
      "apiKey: process.env.TRIEVE_KEY": "apiKey: process.env.TRIEVE_KEY, endpoint: process.env.TRIEVE_URL",
    }),
  "route for SvelteKit": async () =>
    replaced(await codeBlock("docs/first-party.md", "js", "$env/static/private"), {
      ...PROXY,
      'import { TRIEVE_DATASET, TRIEVE_KEY } from "$env/static/private";':
        "const { TRIEVE_DATASET, TRIEVE_KEY, TRIEVE_URL } = process.env;",
      "apiKey: TRIEVE_KEY": "apiKey: TRIEVE_KEY, endpoint: TRIEVE_URL",
    }) + SERVE_ROUTE,
};

for (const [name, server] of Object.entries(SERVERS)) {
  test(
    `an endpoint of the site's own: the documents' two tags, and their ${name}`,
    { tag: "@full" },
    async ({ tab, site, collector }, info) => {
      await serveFiles(site);
      const file = info.outputPath("server.mjs");
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, `${await server()}\n${SITE}`);
      const port = await freePort("127.0.0.1");
      const given = { TRIEVE_DATASET: DATASET, TRIEVE_KEY: API_KEY, TRIEVE_URL: collector.endpoint };
      const env = { ...process.env, ...given, SITE: site.origin, PORT: String(port) };
      const running = spawn(process.execPath, [file], { env, stdio: ["ignore", "ignore", "inherit"] });
      try {
        const origin = `http://127.0.0.1:${port}`;
        await expect.poll(() => fetch(`${origin}/ctr`).then(({ status }) => status, String)).toBe(405);
        const click = { clicked_chunk_id: chunkId(2), position: 2 };
        const tags = [
          await codeBlock("README.md", "html", 'data-endpoint="/ctr"'),
          await codeBlock("docs/first-party.md", "html", 'data-endpoint="/ctr"'),
        ];
        for (const [index, tag] of tags.entries()) {
          site.serveHtml(`/own-${index}`, page(`${STAY}${tag.replace("DATASET_UUID", DATASET)}${TAGGED}`));
          await tab.goto(`${origin}/own-${index}`);
          await trackerReady(tab);
          await tab.click("#link-2");
          await collector.expectPuts(Array(index + 1).fill(click));
        }
        expect(collector.puts.map(({ headers }) => headers.authorization)).toEqual([API_KEY, API_KEY]);
      } finally {
        running.kill();
      }
    },
  );
}
