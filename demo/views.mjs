// Owns the content of the demo's pages: search, one feature, nothing there. Knows no routes.
import { html } from "./html.mjs";

const EXAMPLES = ["container queries", "popover", "animation", "dialog", "lazy loading", "view transitions"];
const BROWSERS = { chrome: "Chrome", edge: "Edge", firefox: "Firefox", safari: "Safari" };
const BASELINE = { widely: "Widely available", newly: "Newly available", limited: "Limited availability" };

const MAGNIFIER = html`<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><circle cx="11" cy="11" r="6.5" fill="none" stroke="currentColor" stroke-width="2"/><path d="m16 16 4.5 4.5" stroke="currentColor" stroke-width="2" stroke-linecap="round"/></svg>`;

/** The search page; search.js fills it from the URL. */
export function searchPage(query, count) {
  return html`<div class="search" id="search" data-state="${query ? "loading" : "start"}">
  <div class="hero">
    <h1>Click a result and watch it arrive</h1>
    <p class="lead">This is a Trieve search over ${count.toLocaleString("en")} features of the web platform. “Live delivery” shows how each click reaches the server.</p>
  </div>
  <search><form class="search-form" id="search-form" action="/" role="search">
    <label class="sr-only" for="q">Search features</label>
    <div class="search-box">${MAGNIFIER}<input type="search" id="q" name="q" value="${query}" placeholder="Try “container queries”" autocomplete="off" spellcheck="false" enterkeyhint="search"><button class="primary">Search</button></div>
    <p class="examples"><span>Search for</span> ${EXAMPLES.map(
      (example) => html`<a class="chip" href="/?q=${encodeURIComponent(example)}">${example}</a> `,
    )}</p>
  </form></search>
  <h1 class="summary" id="summary" tabindex="-1"></h1>
  <p class="sr-only" id="summary-said" role="status"></p>
  <section class="answer" id="answer" aria-labelledby="answer-title" hidden></section>
  <section class="results-section" aria-labelledby="results-title">
    <h2 class="sr-only" id="results-title">Results</h2>
    <ol class="results" id="results"></ol>
    <div id="notice"></div>
    <nav class="pages" id="pages" aria-label="Pages of results" hidden></nav>
  </section>
  <section class="also" id="also" aria-labelledby="also-title" hidden>
    <h2 id="also-title">You may also like</h2>
    <ul class="also-list" id="also-list"></ul>
  </section>
</div>`;
}

function outside(href, label) {
  return html`<a class="outside" href="${href}" target="_blank" rel="noopener">${label}</a>`;
}

function supportOf({ support, discouraged }) {
  return Object.entries(BROWSERS).map(([browser, label]) => {
    const version = support[browser];
    const words = version ?? (discouraged ? "not supported" : "not yet");
    return html`<div data-has="${String(Boolean(version))}"><dt>${label}</dt><dd>${words}</dd></div>`;
  });
}

function sinceOf({ since, baseline, discouraged, support }) {
  if (baseline === "limited" || !since) {
    if (!discouraged) return "not in every major browser yet";
    return Object.keys(support).length ? "not in every major browser" : "not in any major browser";
  }
  const date = new Intl.DateTimeFormat("en", { month: "long", year: "numeric", timeZone: "UTC" });
  return `in every major browser since ${date.format(new Date(since))}`;
}

/** @param {import("./documents.mjs").Feature} feature */
export function featurePage(feature) {
  return html`<article class="feature" data-chunk-id="${feature.chunkId}">
  <p><a class="back" id="back" href="/">Back to the search</a></p>
  <h1>${feature.name}</h1>
  <p class="meta"><span class="badge" data-baseline="${feature.baseline}">${BASELINE[feature.baseline]}</span> ${sinceOf(feature)}</p>
  <p class="lead">${feature.description}</p>
  ${feature.discouraged && html`<p class="warning"><strong>Discouraged.</strong> ${feature.discouraged}</p>`}
  <h2>Browser support</h2>
  <dl class="support">${supportOf(feature)}</dl>
  <h2>Read more</h2>
  <ul class="links">
    ${feature.spec.map((href) => html`<li>${outside(href, `Specification on ${new URL(href).host}`)}</li>`)}
    ${feature.caniuse && html`<li>${outside(`https://caniuse.com/${feature.caniuse}`, "Can I use")}</li>`}
    <li>${outside(`https://developer.mozilla.org/en-US/search?q=${encodeURIComponent(feature.name)}`, "MDN Web Docs")}</li>
  </ul>
  ${
    feature.groups.length > 0 &&
    html`<h2>More of its kind</h2><p class="examples">${feature.groups.map(
      (group) => html`<a class="chip" href="/?q=${encodeURIComponent(group)}">${group}</a> `,
    )}</p>`
  }
</article>
<section class="also" id="also" aria-labelledby="also-title" hidden>
  <h2 id="also-title">You may also like</h2>
  <ul class="also-list" id="also-list"></ul>
</section>`;
}

export function missingPage() {
  return html`<div class="notice"><h1>This page isn’t here</h1>
  <p>The address may be mistyped, or the feature may have a new name.</p>
  <p><a class="primary" href="/">Search all features</a></p></div>`;
}
