// Owns the panel's markup: what is delivered, what waits, how the server behaves. The browser's panel.js fills it.
import { html } from "./html.mjs";

const MOODS = [
  { value: "fine", label: "Fine", hint: "Accepts every click at once." },
  { value: "slow", label: "Slow", hint: "Takes three seconds to respond." },
  { value: "503", label: "Overloaded", hint: "Refuses every click with 503." },
  { value: "429", label: "Rate-limited", hint: "Refuses every click with 429, and asks to wait 5 s." },
  { value: "unreachable", label: "Down", hint: "Closes every connection without a response." },
];

const COUNTS = [
  { name: "made", label: "Made" },
  { name: "delivered", label: "Delivered" },
  { name: "waiting", label: "Waiting" },
  { name: "inDoubt", label: "In doubt" },
  { name: "dropped", label: "Dropped" },
];

function moodSwitch({ value, label, hint }) {
  return html`<label title="${hint}">
    <input type="radio" name="mood" value="${value}" data-hint="${hint}"><span>${label}</span>
  </label>`;
}

const moods = html`<fieldset class="moods">
  <legend>Analytics server: how it behaves</legend>
  <div class="segments">${MOODS.map(moodSwitch)}</div>
  <p class="hint" id="mood-hint">Accepts every click at once.</p>
</fieldset>`;

const connected = html`<p class="hint">Connected to a real Trieve. The list shows the clicks that this page saw delivered.</p>`;

const tally = html`<section aria-labelledby="tally-title">
  <h3 id="tally-title">Every click in this browser</h3>
  <dl class="tally">${COUNTS.map(
    ({ name, label }) => html`<div data-count="${name}"><dt>${label}</dt><dd id="count-${name}">0</dd></div>`,
  )}</dl>
  <div class="balance" id="balance" role="img" aria-label="No clicks yet">
    <i data-part="delivered"></i><i data-part="waiting"></i><i data-part="inDoubt"></i><i data-part="dropped"></i>
  </div>
  <p class="hint" id="doubt" hidden>In doubt: the page closed before the response arrived. Most such clicks did reach the server. They aren’t sent again, because Trieve would count them twice.</p>
  <p class="hint" id="dropped" hidden></p>
</section>`;

const waiting = html`<section aria-labelledby="waiting-title">
  <h3 id="waiting-title">Waiting in this browser</h3>
  <ul class="waiting" id="waiting"></ul>
  <p class="blank" id="waiting-blank">The queue is empty.</p>
</section>`;

const received = html`<section aria-labelledby="received-title">
  <div class="row">
    <h3 id="received-title">Received by the server</h3>
    <button type="button" class="quiet" id="clear" aria-label="Clear what the server received">Clear</button>
  </div>
  <ol class="received" id="received" reversed></ol>
  <button type="button" class="quiet more-button" id="received-more" hidden>Show all</button>
  <p class="blank" id="received-blank">Open a result, and its click appears here.</p>
</section>`;

const chart = html`<section aria-labelledby="chart-title">
  <div class="row">
    <h3 id="chart-title">CTR by position</h3>
    <select id="chart-type" aria-label="Kind of results">
      <option value="search">Search</option>
      <option value="rag">Answers</option>
      <option value="recommendation">Recommended</option>
    </select>
  </div>
  <p class="blank" id="chart-blank">The chart appears after the first click.</p>
  <ol class="bars" id="chart"></ol>
  <p class="hint" id="chart-hint" hidden>Clicks out of the times that a position was shown.</p>
</section>`;

/** @param {boolean} standIn the switches and the server's view exist only with the stand-in */
export function panel(standIn) {
  return html`<aside class="panel" id="panel" aria-labelledby="panel-title" data-open="false">
  <button type="button" class="panel-toggle" id="panel-toggle" aria-expanded="false" aria-controls="panel-body">
    <span class="pulse" id="pulse" data-state="idle"></span>
    <span class="panel-toggle-text"><strong>Live delivery</strong><span id="panel-short">Starting…</span></span>
    <span class="chevron" aria-hidden="true"></span>
  </button>
  <div class="panel-body" id="panel-body">
    <header class="panel-head">
      <h2 id="panel-title">Live delivery</h2>
      <p class="panel-status" id="panel-status" role="status">Starting…</p>
    </header>
    ${standIn ? moods : connected}
    ${tally}
    ${waiting}
    ${received}
    ${chart}
  </div>
</aside>`;
}
