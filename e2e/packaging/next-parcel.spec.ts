// Owns the rows of Next and Parcel in docs/platforms.md: built by their own commands, a page with the npm build counts its click, and
// the courier is the one that the table says. In each engine: Turbopack copies the options of a worker.
import { type App, createApp, nextConfig } from "../bundlers/packages.ts";
import { expect, test } from "../fixtures.ts";
import { API_KEY, chunkId, DATASET, REQUEST_ID } from "../pages.ts";
import type { Site } from "../site.ts";
import { serveScript } from "../strict/page.ts";
import { trackerReady } from "../tracker.ts";

/** Builds an app that reports to `endpoint`, and answers the address at which `site` serves it. */
type Serve = (site: Site, endpoint: string) => Promise<string>;

const RESPONSE = { id: REQUEST_ID, chunks: [{ chunk: { id: chunkId(1) } }] };

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

const withParcel: Serve = async (site, endpoint) => {
  const app = await createApp({
    "package.json": '{ "private": true }',
    "app.js": `import { init, tagResults } from "clicktrail";
${start(endpoint, 'document.querySelector("ol")')}`,
    "index.html": `<!doctype html><meta charset="utf-8"><title>bundled</title>
<ol><li><a href="/detail">1</a></li></ol><script type="module" src="./app.js"></script>`,
  });
  try {
    await app.run("parcel", [
      "build",
      "index.html",
      "--public-url",
      "/out/",
      "--dist-dir",
      "out",
      "--cache-dir",
      "cache",
    ]);
    await serveAll(app, site, "out", "/out/");
  } finally {
    await app.remove();
  }
  return `${site.origin}/out/index.html`;
};

const CASES: readonly (readonly [bundler: string, serve: Serve, tags: string[]])[] = [
  ["Next with Turbopack", withNext(), ["@full"]],
  ["Next with webpack", withNext("--webpack"), ["@full", "@once"]],
  ["Parcel", withParcel, ["@full"]],
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
