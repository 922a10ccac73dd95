// Owns what an example's page shows beside the example: what it is about, and its sources to read and copy. Knows no example.
import { html } from "../html.mjs";
import { renderPage, snippet } from "../page.mjs";

/**
 * @typedef {object} Source
 * @property {string} name the file's name
 * @property {string} text
 */

/** The stub and the script tag as one writes them by hand: an attribute a line. */
function scriptTags(frame) {
  const [stub, tag] = String(snippet(frame)).split(/\n\s*(?=<script async)/);
  return `  ${stub}\n  ${tag.replaceAll(" data-", "\n    data-").replaceAll('=""', "")}\n`;
}

/**
 * The example's own HTML: what a site needs of this page.
 * @param {import("../page.mjs").Frame} frame
 * @param {{ body: string, module?: string, withScriptTag?: boolean }} parts
 */
export function pageSource(frame, { body, module, withScriptTag = true }) {
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <title>Search</title>
${withScriptTag ? scriptTags(frame) : ""}${module ? `  <script type="module" src="${module}"></script>\n` : ""}</head>
<body>
${body.trim().replace(/^/gm, "  ")}
</body>
</html>
`;
}

function sourceOf({ name, text }) {
  return html`<details open>
    <summary><code>${name}</code></summary>
    <button type="button" class="quiet copy" aria-label="Copy ${name}">Copy</button>
    <pre tabindex="0"><code>${text}</code></pre>
  </details>`;
}

/**
 * @param {import("../page.mjs").Frame} frame
 * @param {{ title: string, lead: string, main: unknown, module?: string, withScriptTag?: boolean, sources?: readonly Source[] }} page
 * @returns {string}
 */
export function renderExample(frame, { title, lead, main, module, withScriptTag, sources = [] }) {
  return renderPage(frame, {
    title: `${title} · Platform Atlas`,
    description: lead,
    path: "/examples",
    styles: ["/examples.css"],
    modules: [...(module ? [module] : []), "/copy.js"],
    withScriptTag,
    main: html`<div class="example">
      <div>
        <h1>${title}</h1>
        <p class="lead">${lead}</p>
      </div>
      ${main}
      ${
        sources.length > 0 &&
        html`<section class="sources-of" aria-labelledby="sources-title">
          <h2 id="sources-title">The source of this page</h2>
          ${sources.map(sourceOf)}
        </section>`
      }
    </div>`,
  });
}
