// Owns the rows of Next and Parcel in docs/platforms.md: built by their own commands, a page with the npm build counts its click, and
// the courier is the one that the table says. In each engine: Turbopack copies the options of a worker.
import { type App, createApp, nextConfig } from "../bundlers/packages.ts";
import { codeBlock, markedBlock } from "../documents.ts";
import { expect, test } from "../fixtures.ts";
import { API_KEY, chunkId, DATASET, REQUEST_ID } from "../pages.ts";
import type { Site } from "../site.ts";
import { serveScript } from "../strict/page.ts";
import { trackerReady } from "../tracker.ts";

/** Builds an app that reports to `endpoint`, and answers the address at which `site` serves it. */
type Serve = (site: Site, endpoint: string) => Promise<string>;

const RESPONSE = {
  id: REQUEST_ID,
  chunks: [{ chunk: { id: chunkId(1), link: "/detail", metadata: { title: "1" } } }],
};

function start(endpoint: string, list: string): string {
  const options = { dataset: DATASET, apiKey: API_KEY, endpoint };
  return `window.clicktrail = init(${JSON.stringify(options)});
tagResults(${list}, ${JSON.stringify(RESPONSE)});`;
}

/** Serves what was built, below a path of the site's. */
async function serveAll(app: App, site: Site, below: string, path: string): Promise<void> {
  for (const [name, text] of await app.built(below)) {
    if (name.endsWith(".js")) serveScript(site, `${path}${name}`, text);
    if (name.endsWith(".html")) site.serveHtml(`${path}${name}`, text);
  }
}

const withNext =
  (...args: string[]): Serve =>
  async (site, endpoint) => {
    const app = await createApp({
      "package.json": '{ "private": true }',
      "next.config.mjs": nextConfig({ output: "export" }),
      "app/layout.js":
        'export default function Layout({ children }) { return <html lang="en"><body>{children}</body></html>; }',
      "app/page.js":
        'import { Results } from "./results"; export default function Page() { return <Results />; }',
      "app/results.js": `"use client";
import { init, tagResults } from "clicktrail";
import { useEffect, useRef } from "react";
export function Results() {
  const list = useRef(null);
  useEffect(() => { ${start(endpoint, "list.current")} }, []);
  return <ol ref={list}><li><a href="/detail">1</a></li></ol>;
}`,
    });
    try {
      await app.run("next", ["build", ...args]);
      await serveAll(app, site, "out", "/");
    } finally {
      await app.remove();
    }
    return `${site.origin}/index.html`;
  };

/** Parcel looks for its settings beside a lock file. */
const LOCK = '{ "lockfileVersion": 3, "packages": {} }';

const html = (body: string, script: string) => `<!doctype html><meta charset="utf-8"><title>bundled</title>
${body}<script type="module" src="./${script}"></script>`;

const withParcel =
  (files: (endpoint: string) => Promise<Readonly<Record<string, string>>>): Serve =>
  async (site, endpoint) => {
    const app = await createApp({ "package-lock.json": LOCK, ...(await files(endpoint)) });
    const where = ["--public-url", "/out/", "--dist-dir", "out", "--cache-dir", "cache"];
    try {
      await app.run("parcel", ["build", "index.html", ...where]);
      await serveAll(app, site, "out", "/out/");
    } finally {
      await app.remove();
    }
    return `${site.origin}/out/index.html`;
  };

const plain = async (endpoint: string) => ({
  "package.json": '{ "private": true }',
  "app.js": `import { init, tagResults } from "clicktrail";
${start(endpoint, 'document.querySelector("ol")')}`,
  "index.html": html('<ol><li><a href="/detail">1</a></li></ol>', "app.js"),
});

/** The setting and the component as the documents have them. */
const reacting = async (endpoint: string) => ({
  // Parcel compiles JSX for the version of React that the project names.
  "package.json": JSON.stringify({
    ...JSON.parse(await codeBlock("docs/platforms.md", "json", "packageExports")),
    dependencies: { react: "^19.0.0", "react-dom": "^19.0.0" },
  }),
  "Results.jsx": (await markedBlock("docs/frameworks.md", "react"))
    .replace("DATASET_UUID", DATASET)
    .replace('"SCOPED_KEY"', `"${API_KEY}", endpoint: "${endpoint}"`),
  "app.jsx": `import { createRoot } from "react-dom/client";
import { Results } from "./Results.jsx";
addEventListener("clicktrail", () => { window.clicktrail = window[Symbol.for("clicktrail")]; });
const search = async () => (${JSON.stringify(RESPONSE)});
createRoot(document.getElementById("app")).render(<Results query="q" page={1} search={search} />);`,
  "index.html": html('<div id="app"></div>', "app.jsx"),
});

const CASES: readonly (readonly [bundler: string, serve: Serve, tags: string[]])[] = [
  ["Next with Turbopack", withNext(), ["@full"]],
  ["Next with webpack", withNext("--webpack"), ["@full", "@once"]],
  ["Parcel", withParcel(plain), ["@full"]],
  ["Parcel, clicktrail/react", withParcel(reacting), ["@full", "@once"]],
];

for (const [bundler, serve, tag] of CASES) {
  test(`${bundler}: Chromium's worker, elsewhere the page, sends the click`, { tag }, async ({
    tab,
    site,
    collector,
    browserName,
  }) => {
    test.setTimeout(300_000);
    await tab.goto(await serve(site, collector.endpoint));
    await trackerReady(tab);
    // Resolves as soon as there is a courier: the page's own has to be there, too.
    await expect
      .poll(() => tab.evaluate(() => window.clicktrail.stats().catch(String)))
      .toHaveProperty("made", 0);
    const courier = await tab.evaluate(() => window.clicktrail.courier());
    expect(courier).toBe(browserName === "chromium" ? "worker" : "page");
    await tab.click("a");
    await tab.at("/detail");
    await collector.expectPuts([{ position: 1 }]);
  });
}
