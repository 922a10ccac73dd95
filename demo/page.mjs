// Owns the frame of every page: head with the snippet, header with the menu and the inspector's button, the panel's place. Knows no content.
import { html, jsonIn, raw } from "./html.mjs";
import { NAV } from "./nav.mjs";
import { panel } from "./panel-view.mjs";

/**
 * @typedef {object} Frame what is the same on every page of one site
 * @property {{ url: string, dataset: string, apiKey: string, organization?: string, standIn: boolean }} api
 * @property {string} script path of the build that the page loads
 * @property {Record<string, string>} attributes of the script tag
 * @property {string} stub the inline stub's text, or ""
 */

const LOGO = raw(
  '<svg viewBox="0 0 24 24" width="26" height="26" aria-hidden="true"><rect width="24" height="24" rx="7" fill="currentColor"/><path d="M6.5 15.5 10 9l3.2 5.2L15 11.4l2.6 4.1" fill="none" stroke="var(--on-accent)" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/></svg>',
);

/** The stub and the script tags, as a site writes them: what had been seen is on each click. */
export function snippet({ stub, script, attributes }) {
  const pairs = Object.entries(attributes).map(([name, value]) => html` ${name}="${value}"`);
  return html`${stub && html`<script>${raw(stub)}</script>`}
  <script async src="${script}"${pairs}></script>
  <script async src="/clicktrail.context.js"></script>`;
}

function link({ href, label }, path) {
  return html`<a href="${href}"${href === path && raw(' aria-current="page"')}>${label}</a>`;
}

/** The way past the header, the name, the menu, and the button that opens the inspector. */
function header(path) {
  return html`<a class="skip" href="#main">Skip to the content</a>
  <header class="top">
    <a class="brand" href="/">${LOGO}<span>Platform Atlas</span></a>
    <nav aria-label="Site">${NAV.map((entry) => link(entry, path))}</nav>
    <button type="button" class="quiet inspect" data-inspect>Open the inspector</button>
  </header>`;
}

/**
 * @param {Frame} frame
 * @param {{ title: string, description: string, path: string, main: unknown, modules?: readonly string[], styles?: readonly string[], withScriptTag?: boolean }} page
 *   `modules` and `styles` are added to those of every page
 * @returns {string}
 */
export function renderPage(
  frame,
  { title, description, path, main, modules = [], styles = [], withScriptTag = true },
) {
  return String(html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>${title}</title>
  <meta name="description" content="${description}">
  <link rel="icon" href="/icon.svg" type="image/svg+xml">
  ${["/style.css", ...styles].map((href) => html`<link rel="stylesheet" href="${href}">`)}
  ${withScriptTag && snippet(frame)}
  <script type="application/json" id="demo-config">${jsonIn(frame.api)}</script>
  ${[...modules, "/demo.js"].map((src) => html`<script type="module" src="${src}"></script>`)}
</head>
<body>
  ${header(path)}
  <div class="layout">
    <main id="main" tabindex="-1">${main}</main>
    ${panel(frame.api.standIn)}
  </div>
</body>
</html>`);
}
