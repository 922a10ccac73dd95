// Owns the proof that the npm build's one function survives bundlers: the worker is made of its text, so what they add to it must
// not keep the worker from starting.
import { fileURLToPath } from "node:url";
import terser from "@rollup/plugin-terser";
import { type BuildOptions, build as esbuild } from "esbuild";
import { rollup } from "rollup";
import { build as vite } from "vite";
import { expect, test } from "../fixtures.ts";
import { API_KEY, chunkId, DATASET, REQUEST_ID } from "../pages.ts";
import { DIST, type Site } from "../site.ts";
import { serveScript } from "../strict/page.ts";
import type { Tab } from "../tabs.ts";
import { trackerReady } from "../tracker.ts";

const ENTRY = fileURLToPath(new URL("index.js", DIST));

function app(endpoint: string): string {
  const options = { dataset: DATASET, apiKey: API_KEY, endpoint };
  return `import { init, tagResults } from ${JSON.stringify(ENTRY)};
window.clicktrail = init(${JSON.stringify(options)});
tagResults(document.querySelector("ol"), { id: "${REQUEST_ID}", chunks: [{ chunk: { id: "${chunkId(1)}" } }] });`;
}

const withEsbuild = (options: BuildOptions) => async (contents: string) => {
  const stdin = { contents, resolveDir: fileURLToPath(DIST) };
  const { outputFiles } = await esbuild({ stdin, bundle: true, write: false, format: "esm", ...options });
  return outputFiles?.[0]?.text ?? "";
};

/** A module whose text is given. */
const given = (contents: string) => ({
  name: "given",
  resolveId: (id: string) => (id === "app" ? id : null),
  load: (id: string) => (id === "app" ? contents : null),
});

const BUNDLERS: Readonly<Record<string, (contents: string) => Promise<string>>> = {
  "esbuild, minified": withEsbuild({ minify: true }),
  "esbuild, names kept": withEsbuild({ keepNames: true }),
  "esbuild, for older browsers": withEsbuild({ minify: true, target: "es2020" }),
  async "Rollup and terser"(contents) {
    const bundle = await rollup({ input: "app", plugins: [given(contents)] });
    const { output } = await bundle.generate({ plugins: [terser({ module: true, toplevel: true })] });
    return output[0].code;
  },
  async "Vite, minified"(contents) {
    const made: unknown = await vite({
      configFile: false,
      logLevel: "error",
      plugins: [given(contents)],
      build: { write: false, rollupOptions: { input: "app" } },
    });
    const { output } = made as { output: { code?: string }[] };
    return output[0]?.code ?? "";
  },
};

async function openBundled(tab: Tab, site: Site, script: string): Promise<void> {
  serveScript(site, "/app.js", script);
  const page = `<!doctype html><meta charset="utf-8"><title>bundled</title>
<ol><li><a href="/detail">1</a></li></ol><script type="module" src="/app.js"></script>`;
  await tab.goto(site.serveHtml("/bundled", page));
  await trackerReady(tab);
}

for (const [bundler, bundle] of Object.entries(BUNDLERS)) {
  test(`${bundler}: the worker starts, and sends the click`, {
    tag: bundler.startsWith("Vite") ? [] : "@full",
  }, async ({ tab, site, collector }) => {
    await openBundled(tab, site, await bundle(app(collector.endpoint)));
    await expect.poll(() => tab.evaluate(() => window.clicktrail.courier())).toBe("worker");
    await tab.click("a");
    await tab.at("/detail");
    await collector.expectPuts([{ position: 1 }]);
  });
}

test("a bundler that puts its helpers around the function: the page sends the click itself", async ({
  tab,
  site,
  collector,
}) => {
  const script = await withEsbuild({ target: "es2016" })(app(collector.endpoint));
  // `async` in the words of 2016: a function of esbuild's, outside of ours.
  expect(script).toContain("var __async");
  await openBundled(tab, site, script);
  await tab.evaluate(() => window.clicktrail.flush());
  expect(await tab.evaluate(() => window.clicktrail.courier())).toBe("page");
  await tab.click("a");
  await tab.at("/detail");
  await collector.expectPuts([{ position: 1 }]);
});
