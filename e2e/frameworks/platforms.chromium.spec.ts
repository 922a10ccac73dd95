// Owns the proof that the recipes of docs/platforms.md work that can be run here: the tag for a tag manager, Shopify's templates as
// liquidjs renders them, and React Router. The code is taken from the document, and each click is counted at the collector.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Liquid } from "liquidjs";
import { build } from "vite";
import { markedBlock } from "../documents.ts";
import { expect, test } from "../fixtures.ts";
import { API_KEY, chunkId, DATASET, requestId } from "../pages.ts";
import { DIST } from "../site.ts";
import { built, serveScript } from "../strict/page.ts";
import { trackerReady } from "../tracker.ts";
import { emitted } from "./packages.ts";

const DOCUMENT = "docs/platforms.md";
const response = {
  id: requestId(1),
  chunks: [1, 2, 3].map((number) => ({
    chunk: { id: chunkId(number), link: `/detail-${number}`, metadata: { title: `Result ${number}` } },
    score: 1,
  })),
};

const page = (head: string, body: string) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Search</title><link rel="icon" href="data:,">${head}<body>${body}`;

const click = (number: number, position = number) => ({
  request_id: requestId(1),
  clicked_chunk_id: chunkId(number),
  position,
  ctr_type: "search",
});

/** A tag manager parses the tag's HTML and makes its scripts anew, so that they run. */
function addAsTagManager(html: string): void {
  const made = document.createElement("div");
  made.innerHTML = html;
  for (const script of made.querySelectorAll("script")) {
    const copy = document.createElement("script");
    copy.text = script.text;
    script.replaceWith(copy);
  }
  document.body.append(made);
}

test("Google Tag Manager: the custom HTML tag", async ({ tab, site, collector }) => {
  const tag = (await markedBlock(DOCUMENT, "gtm"))
    .replace("DATASET_UUID", DATASET)
    .replace(
      '"SCOPED_KEY");',
      `"${API_KEY}"); script.setAttribute("data-endpoint", "${collector.endpoint}");`,
    );
  serveScript(site, "/clicktrail.js", await built("clicktrail.js"));
  site.serveHtml("/detail-2", page("", "Detail"));
  const results = response.chunks.map(
    ({ chunk }) =>
      `<li data-ctr-chunk-id="${chunk.id}"><a href="${chunk.link}">${chunk.metadata.title}</a></li>`,
  );
  const list = `<ol data-ctr-request-id="${response.id}">${results.join("")}</ol>`;
  await tab.goto(site.serveHtml("/gtm", page("", list)));
  await tab.evaluate(addAsTagManager, tag);
  await trackerReady(tab);
  await tab.click('a[href="/detail-2"]');
  await tab.at("/detail-2");
  await collector.expectPuts([click(2)]);
});

test("Shopify: theme and section as Liquid renders them", async ({ tab, site, collector }) => {
  const liquid = new Liquid();
  // Shopify's assets come from another origin.
  liquid.registerFilter("asset_url", (name: string) => `${site.otherOrigin}/dist/${name}`);
  const settings = {
    trieve_dataset: DATASET,
    trieve_key: `${API_KEY}" data-endpoint="${collector.endpoint}`,
  };
  const head = await liquid.parseAndRender(await markedBlock(DOCUMENT, "shopify"), { settings });
  const section = await liquid.parseAndRender(await markedBlock(DOCUMENT, "shopify-results"), {
    search: { terms: 'a "quoted" query' },
  });
  const search = `<script>window.trieveSearch = async (query) => { window.asked = query; return ${JSON.stringify(response)}; }</script>`;
  site.serveHtml("/detail-3", page("", "Detail"));
  await tab.goto(site.serveHtml("/shopify", page(head + search, section)));
  await trackerReady(tab);
  const isTagged = () => tab.evaluate(() => document.querySelectorAll("[data-ctr-chunk-id]").length);
  await expect.poll(isTagged).toBe(3);
  expect(await tab.evaluate(() => (window as unknown as { asked: string }).asked)).toBe('a "quoted" query');
  await tab.click('a[href="/detail-3"]');
  await tab.at("/detail-3");
  await collector.expectPuts([click(3)]);
});

test(
  "React Router: a Link's click counts, at its position on page 2",
  { tag: "@full" },
  async ({ tab, site, collector }, info) => {
    const root = info.outputPath("router");
    await mkdir(root, { recursive: true });
    const routes = (await markedBlock(DOCUMENT, "router"))
      .replace("DATASET_UUID", DATASET)
      .replace('"SCOPED_KEY"', `"${API_KEY}", endpoint: "${collector.endpoint}"`);
    const main = `import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router";
import { router } from "./routes.jsx";
createRoot(document.getElementById("app")).render(<RouterProvider router={router} />);`;
    for (const [name, text] of Object.entries({
      "package.json": '{ "type": "module" }',
      "routes.jsx": routes,
      "main.jsx": main,
    }))
      await writeFile(join(root, name), text);
    const made: unknown = await build({
      root,
      configFile: false,
      logLevel: "error",
      define: { "process.env.NODE_ENV": '"production"' },
      resolve: { alias: { "clicktrail/react": fileURLToPath(new URL("react.js", DIST)) } },
      build: {
        write: false,
        lib: { entry: join(root, "main.jsx"), formats: ["es"], fileName: "router" },
      },
    });
    for (const [name, text] of emitted(made)) serveScript(site, `/${name}`, text);
    site.serveHtml(
      "/search",
      page(
        `<script>window.search = async () => (${JSON.stringify(response)});</script>`,
        '<div id="app"></div><script type="module" src="/router.js"></script>',
      ),
    );
    await tab.goto(`${site.origin}/search?page=2`);
    const isShown = (selector: string) =>
      expect.poll(() => tab.evaluate((one) => !!document.querySelector(one), selector)).toBe(true);
    await isShown('a[href="/detail-2"]');
    await tab.click('a[href="/detail-2"]');
    await isShown("h1");
    await collector.expectPuts([click(2, 12)]);
  },
);
