// Owns the proof that Angular's recipe in docs/platforms.md works, without Zone.js, which is Angular's default. Its packages are heavy
// and so are in e2e/bundlers.
import { join } from "node:path";
import { build } from "vite";
import { createApp } from "../bundlers/packages.ts";
import { markedBlock } from "../documents.ts";
import { expect, test } from "../fixtures.ts";
import { API_KEY, chunkId, DATASET, REQUEST_ID } from "../pages.ts";
import { replaced } from "../proxy/nginx.ts";
import { serveScript } from "../strict/page.ts";
import { trackerReady } from "../tracker.ts";
import { emitted } from "./packages.ts";

const RESPONSE = {
  id: REQUEST_ID,
  chunks: [1, 2, 3].map((number) => ({
    chunk: { id: chunkId(number), link: `/detail-${number}`, metadata: { title: `Result ${number}` } },
  })),
};

/** What a reader has around the recipe: an app with routes, whose search answers later. */
const sources = async () => ({
  "package.json": '{ "type": "module" }',
  "tsconfig.json": '{ "compilerOptions": { "experimentalDecorators": true } }',
  "results.ts": `import { Component, signal } from "@angular/core";
import { RouterLink } from "@angular/router";
@Component({ selector: "app-results", imports: [RouterLink], template: ${JSON.stringify(await markedBlock("docs/platforms.md", "angular"))} })
export class Results {
  shown = signal<any>(undefined);
  constructor() {
    setTimeout(() => this.shown.set({ response: ${JSON.stringify(RESPONSE)}, first: 11 }));
  }
}`,
  "app.ts": `import { Component } from "@angular/core";
import { RouterOutlet } from "@angular/router";
@Component({ selector: "app-root", imports: [RouterOutlet], template: "<router-outlet />" })
export class App {}`,
  "app.config.ts": `import { Component } from "@angular/core";
import { provideRouter } from "@angular/router";
import { Results } from "./results";
@Component({ selector: "app-detail", template: "<h1>Detail</h1>" })
class Detail {}
export const appConfig = { providers: [provideRouter([{ path: "search", component: Results }, { path: "**", component: Detail }])] };`,
});

test("Angular: a routerLink's click counts, at its position on page 2", { tag: "@full" }, async ({
  tab,
  site,
  collector,
}) => {
  const main = replaced(await markedBlock("docs/platforms.md", "angular-main"), {
    DATASET_UUID: DATASET,
    '"SCOPED_KEY"': `"${API_KEY}", endpoint: "${collector.endpoint}"`,
  });
  const show = `addEventListener("clicktrail", () => { window.clicktrail = window[Symbol.for("clicktrail")]; });`;
  const app = await createApp({
    ...(await sources()),
    "main.ts": main,
    "start.ts": `import "@angular/compiler";\n${show}\nimport("./main");`,
  });
  try {
    const made: unknown = await build({
      root: app.folder,
      configFile: false,
      logLevel: "error",
      base: "/",
      build: {
        write: false,
        minify: false,
        rollupOptions: { input: join(app.folder, "start.ts"), output: { entryFileNames: "start.js" } },
      },
    });
    for (const [name, text] of emitted(made)) serveScript(site, `/${name}`, text);
  } finally {
    await app.remove();
  }
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Search</title><base href="/"><link rel="icon" href="data:,">
<app-root></app-root><script type="module" src="/start.js"></script>`;
  await tab.goto(site.serveHtml("/search", page));
  await trackerReady(tab);
  const isShown = (selector: string) =>
    expect.poll(() => tab.evaluate((one) => !!document.querySelector(one), selector)).toBe(true);
  await isShown('a[href="/detail-2"]');
  await tab.click('a[href="/detail-2"]');
  await isShown("h1");
  await collector.expectPuts([{ request_id: REQUEST_ID, clicked_chunk_id: chunkId(2), position: 12 }]);
});
