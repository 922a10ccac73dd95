// Owns the proof that the React, Vue and Svelte code in docs/frameworks.md works as built by Vite: the request and the positions are
// those of the response that is shown, also while the next page loads. The three apps are built together, once.

import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import vue from "@vitejs/plugin-vue";
import { build } from "vite";
import { markedBlock } from "../documents.ts";
import { expect, test } from "../fixtures.ts";
import { API_KEY, chunkId, DATASET, requestId } from "../pages.ts";
import { DIST } from "../site.ts";
import { serveScript } from "../strict/page.ts";
import { trackerReady } from "../tracker.ts";
import { emitted, FOLDER } from "./packages.ts";

const START = `import { init } from "clicktrail";
init({ dataset: "${DATASET}", apiKey: "${API_KEY}", endpoint: window.endpoint });`;

/** What a reader writes around the documented component: a button that asks for the next page. */
const MAINS = {
  react: `import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import { Results } from "./Results.jsx";
function App() {
  const [page, setPage] = useState(1);
  return <><button id="next" onClick={() => setPage(page + 1)}>Next</button><Results query="q" page={page} search={window.search} /></>;
}
createRoot(document.getElementById("app")).render(<StrictMode><App /></StrictMode>);`,
  vue: `import "./start.js";
import { createApp, h, ref } from "vue";
import Results from "./Results.vue";
const page = ref(1);
const App = () => [
  h("button", { id: "next", onClick: () => page.value++ }, "Next"),
  h(Results, { query: "q", page: page.value, search: window.search }),
];
createApp(App).mount("#app");`,
  svelte: `import "./start.js";
import { mount } from "svelte";
import App from "./App.svelte";
mount(App, { target: document.getElementById("app") });`,
};

const SVELTE_APP = `<script>
  import Results from "./Results.svelte";
  let page = $state(1);
</script>
<button id="next" onclick={() => (page += 1)}>Next</button>
<Results query="q" {page} search={window.search} />`;

type Framework = keyof typeof MAINS;
const FRAMEWORKS = Object.keys(MAINS) as Framework[];

const built = (name: string) => fileURLToPath(new URL(".", DIST)) + name;

/** The built files by name. */
const files = new Map<string, string>();

test.beforeAll(async ({ browserHere: _ }, info) => {
  test.setTimeout(120_000);
  // Below this folder, whose libraries they import.
  const root = join(FOLDER, "node_modules/.apps", String(info.workerIndex));
  await mkdir(root, { recursive: true });
  const react = (await markedBlock("docs/frameworks.md", "react"))
    .replace("DATASET_UUID", DATASET)
    .replace('"SCOPED_KEY"', `"${API_KEY}", endpoint: window.endpoint`);
  const sources: Record<string, string> = {
    // A project of its own: in this one only the named files may have side effects.
    "package.json": '{ "type": "module" }',
    "start.js": START,
    "Results.jsx": react,
    "Results.vue": await markedBlock("docs/frameworks.md", "vue"),
    "Results.svelte": await markedBlock("docs/frameworks.md", "svelte"),
    "App.svelte": SVELTE_APP,
    "react.jsx": MAINS.react,
    "vue.js": MAINS.vue,
    "svelte.js": MAINS.svelte,
  };
  for (const [name, text] of Object.entries(sources)) await writeFile(join(root, name), text);
  const made = await build({
    root,
    configFile: false,
    logLevel: "error",
    plugins: [vue(), svelte({ configFile: false })],
    resolve: {
      alias: [
        { find: /^clicktrail$/, replacement: built("index.js") },
        { find: /^clicktrail\/(react|vue)$/, replacement: built("$1.js") },
      ],
    },
    build: {
      write: false,
      minify: false,
      rollupOptions: {
        input: { react: join(root, "react.jsx"), vue: join(root, "vue.js"), svelte: join(root, "svelte.js") },
        output: { entryFileNames: "[name].js", chunkFileNames: "[name].js" },
      },
    },
  });
  for (const [name, text] of emitted(made)) files.set(name, text);
});

/** Runs in the page before the app: a search whose second page waits to be released, and links that stay. */
function prepare({
  endpoint,
  ids,
}: {
  endpoint: string;
  ids: { request: string; chunks: string[] }[];
}): void {
  const page = window as unknown as Record<string, unknown>;
  page.endpoint = endpoint;
  addEventListener("clicktrail", () => {
    page.clicktrail = (window as unknown as Record<symbol, unknown>)[Symbol.for("clicktrail")];
  });
  const released = new Promise<void>((resolve) => {
    page.release = resolve;
  });
  page.search = async (_query: string, number: number) => {
    if (number > 1) await released;
    const { request = "", chunks = [] } = ids[number - 1] ?? {};
    const link = "/detail";
    return { id: request, chunks: chunks.map((id) => ({ chunk: { id, link, metadata: { title: id } } })) };
  };
  addEventListener("click", (event) => event.preventDefault());
}

for (const framework of FRAMEWORKS) {
  test(`${framework}: results of page 1 keep their positions while page 2 loads`, { tag: "@full" }, async ({
    tab,
    site,
    collector,
  }) => {
    for (const [name, code] of files) serveScript(site, `/${name}`, code);
    const ids = [1, 2].map((page) => ({
      request: requestId(page),
      chunks: Array.from({ length: 10 }, (_, index) => chunkId(page * 100 + index + 1)),
    }));
    const argument = JSON.stringify({ endpoint: collector.endpoint, ids });
    await tab.goto(
      site.serveHtml(
        `/${framework}`,
        `<!doctype html><meta charset="utf-8"><title>${framework}</title><div id="app"></div>
<script>(${prepare})(${argument})</script><script type="module" src="/${framework}.js"></script>`,
      ),
    );
    await trackerReady(tab);
    const result = (id: string) => `[data-ctr-chunk-id="${id}"] a`;
    const isShown = (id: string) =>
      expect
        .poll(() => tab.evaluate((selector) => !!document.querySelector(selector), result(id)))
        .toBe(true);
    await isShown(chunkId(103));
    await tab.click("#next");
    await tab.click(result(chunkId(103)));
    const first = { request_id: requestId(1), clicked_chunk_id: chunkId(103), position: 3 };
    await collector.expectPuts([first]);
    await tab.evaluate(() => (window as unknown as { release(): void }).release());
    await isShown(chunkId(202));
    await tab.click(result(chunkId(202)));
    const second = { request_id: requestId(2), clicked_chunk_id: chunkId(202), position: 12 };
    await collector.expectPuts([first, second]);
  });
}
