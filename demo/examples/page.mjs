// Owns the frame of an example's page: as little as a page needs, and the example's source to read. Knows no example.
import { html, jsonIn, raw } from "../html.mjs";
import { NAV } from "../nav.mjs";

function scriptTag({ stub, script, attributes }) {
  const pairs = Object.entries(attributes).map(([name, value]) => html` ${name}="${value}"`);
  return html`${stub && html`<script>${raw(stub)}</script>`}
  <script async src="${script}"${pairs}></script>`;
}

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
  <link rel="icon" href="/icon.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/style.css">
  ${withScriptTag && scriptTag(frame)}
  <script type="application/json" id="demo-config">${jsonIn(frame.api)}</script>
  ${module && html`<script type="module" src="${module}"></script>`}
</head>
<body>
  <header class="top">
    <nav aria-label="Site">${NAV.map(({ href, label }) => html`<a href="${href}"${href === path && raw(' aria-current="page"')}>${label}</a> `)}</nav>
  </header>
  <div class="layout layout-single"><main id="main">
    <h1>${title}</h1>
    <p class="lead">${lead}</p>
    ${main}
    ${source && html`<details><summary>The source of this page</summary><pre tabindex="0"><code>${source}</code></pre></details>`}
  </main></div>
</body>
</html>`);
}
