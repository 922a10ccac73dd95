// Owns the frame of an example's page: as little as a page needs, and the example's source to read. Knows no example.
import { html, jsonIn } from "../html.mjs";
import { header, snippet } from "../page.mjs";

/**
 * @param {import("../page.mjs").Frame} frame
 * @param {{ title: string, lead: string, path: string, main: unknown, module?: string, withScriptTag?: boolean, source?: string }} page
 * @returns {string}
 */
export function renderExample(frame, { title, lead, path, main, module, withScriptTag = true, source }) {
  return String(html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${title} · Examples</title>
  <meta name="description" content="${lead}">
  <link rel="icon" href="/icon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/style.css">
  <link rel="stylesheet" href="/examples.css">
  ${withScriptTag && snippet(frame)}
  <script type="application/json" id="demo-config">${jsonIn(frame.api)}</script>
  ${module && html`<script type="module" src="${module}"></script>`}
</head>
<body>
  ${header(path)}
  <div class="layout layout-single"><main id="main" class="example" tabindex="-1">
    <div>
      <h1>${title}</h1>
      <p class="lead">${lead}</p>
    </div>
    ${main}
    ${source && html`<details><summary>The source of this page</summary><pre tabindex="0"><code>${source}</code></pre></details>`}
  </main></div>
</body>
</html>`);
}
