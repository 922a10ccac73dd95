// Owns the table of bundlers in docs/platforms.md: built as each of them does without settings, a page with the npm build counts its
// click, and the courier is the one that the table says.
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import terser from "@rollup/plugin-terser";
import { type BuildOptions, build as esbuild } from "esbuild";
import { rollup } from "rollup";
import { build as vite } from "vite";
import { expect, test } from "../fixtures.ts";
import { FOLDER } from "../frameworks/packages.ts";
import { API_KEY, chunkId, DATASET, REQUEST_ID } from "../pages.ts";
import { DIST, type Site } from "../site.ts";
import { built, serveScript } from "../strict/page.ts";
import { type Tab, tabOfPage } from "../tabs.ts";
import { trackerReady } from "../tracker.ts";

/** Bundles `app.js` of a folder into its folder `out`, where the entry is `app.js` again. */
type Bundle = (folder: string) => Promise<unknown>;

const INDEX = fileURLToPath(new URL("index.js", DIST));

function app(endpoint: string, courier?: string): string {
  const options = { dataset: DATASET, apiKey: API_KEY, endpoint, courier };
  return `import { init, tagResults } from ${JSON.stringify(INDEX)};
window.clicktrail = init(${JSON.stringify(options)});
tagResults(document.querySelector("ol"), { id: "${REQUEST_ID}", chunks: [{ chunk: { id: "${chunkId(1)}" } }] });`;
}

const withVite: Bundle = (folder) =>
  vite({
    root: folder,
    base: "/out/",
    configFile: false,
    logLevel: "error",
    build: {
      outDir: join(folder, "out"),
      assetsDir: "",
      rollupOptions: { input: join(folder, "app.js"), output: { entryFileNames: "app.js" } },
    },
  });

type Webpack = (
  options: object,
  done: (error: Error | null, stats?: { toString(): string; hasErrors(): boolean }) => void,
) => void;

/** It is installed with the libraries of e2e/frameworks. */
const withWebpack: Bundle = (folder) => {
  const webpack = createRequire(FOLDER)("webpack") as Webpack;
  const options = {
    context: folder,
    mode: "production",
    entry: "./app.js",
    // Most of the time that it takes, and no part of how it finds the courier.
    optimization: { minimize: false },
    output: { path: join(folder, "out"), filename: "app.js", publicPath: "/out/" },
  };
  return new Promise<void>((resolve, reject) => {
    webpack(options, (error, stats) => {
      if (error || stats?.hasErrors()) reject(error ?? new Error(String(stats)));
      else resolve();
    });
  });
};

const withEsbuild =
  (options: BuildOptions = {}): Bundle =>
  (folder) =>
    esbuild({
      entryPoints: [join(folder, "app.js")],
      outdir: join(folder, "out"),
      bundle: true,
      format: "esm",
      minify: true,
      logLevel: "error",
      ...options,
    });

const withRollup: Bundle = async (folder) => {
  const bundle = await rollup({ input: join(folder, "app.js"), plugins: [nodeResolve()] });
  const plugins = [terser({ module: true, toplevel: true })];
  await bundle.write({ dir: join(folder, "out"), entryFileNames: "app.js", plugins });
};

/** Bundles an app, serves all that the bundler has written, and opens a page with it. */
async function openBundled(tab: Tab, site: Site, bundle: Bundle, code: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "clicktrail-bundle-"));
  try {
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
    await writeFile(join(folder, "app.js"), code);
    await bundle(folder);
    for (const name of await readdir(join(folder, "out")))
      serveScript(site, `/out/${name}`, await readFile(join(folder, "out", name), "utf8"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const page = `<!doctype html><meta charset="utf-8"><title>bundled</title>
<ol><li><a href="/detail">1</a></li></ol><script type="module" src="/out/app.js"></script>`;
  await tab.goto(site.serveHtml("/bundled", page));
  await trackerReady(tab);
}

const CASES: readonly (readonly [bundler: string, bundle: Bundle, courier: "worker" | "page"])[] = [
  ["Vite", withVite, "worker"],
  ["webpack 5", withWebpack, "worker"],
  ["esbuild", withEsbuild(), "page"],
  ["esbuild, split", withEsbuild({ splitting: true }), "page"],
  ["esbuild, names kept", withEsbuild({ keepNames: true, minify: false }), "page"],
  ["Rollup and terser", withRollup, "page"],
];

for (const [bundler, bundle, courier] of CASES) {
  test(`${bundler}: the ${courier} sends the click`, {
    tag: /^(Vite|webpack 5|esbuild)$/.test(bundler) ? [] : ["@full"],
  }, async ({ tab, site, collector }) => {
    await openBundled(tab, site, bundle, app(collector.endpoint));
    // Resolves as soon as there is a courier: the page's own has to be there, too.
    await expect
      .poll(() => tab.evaluate(() => window.clicktrail.stats().catch(String)))
      .toHaveProperty("made", 0);
    expect(await tab.evaluate(() => window.clicktrail.courier())).toBe(courier);
    await tab.click("a");
    await tab.at("/detail");
    await collector.expectPuts([{ position: 1 }]);
  });
}

for (const [bundler, bundle] of CASES.filter(([name]) => /^(esbuild|Rollup and terser)$/.test(name))) {
  test(`${bundler}, with the option courier: the worker sends the click`, {
    tag: bundler === "esbuild" ? [] : ["@full"],
  }, async ({ tab, site, collector }) => {
    const courier = "/static/clicktrail.courier.js";
    serveScript(site, courier, await built("clicktrail.courier.js"));
    await openBundled(tab, site, bundle, app(collector.endpoint, courier));
    await expect.poll(() => tab.evaluate(() => window.clicktrail.courier())).toBe("worker");
    await tab.click("a");
    await tab.at("/detail");
    await collector.expectPuts([{ position: 1 }]);
  });
}

test("a mistake is said in words, whose file the bundler takes along", async ({
  context,
  site,
  collector,
}) => {
  const said: string[] = [];
  context.on("console", (message) => said.push(message.text()));
  const tab = tabOfPage(await context.newPage());
  const code = `${app(collector.endpoint)}\nwindow.clicktrail.trackClick({});`;
  await openBundled(tab, site, withVite, code);
  await expect.poll(() => said.join(" ")).toMatch(/clicktrail: requestId is nothing/);
});
