// Owns the chart of the click-through rate by position: one bar a position, labelled with its rate. Knows no server.
import { byId, make } from "./dom.js";
import { readBody } from "./panel-received.js";

const SHOWN = 8;
const MOST_POSITIONS = 24;

/** The chart's rows: clicks (each id once) and impressions of every position, from the first to the last that was clicked. */
export function rowsOf({ received, impressions }, type) {
  const seen = new Set();
  const clicks = {};
  for (const { status, body } of received) {
    const { type: its, position, own } = readBody(body);
    if (status !== 204 || its !== type || (own && seen.has(own.id))) continue;
    if (own) seen.add(own.id);
    clicks[position] = (clicks[position] ?? 0) + 1;
  }
  const shown = impressions[type] ?? {};
  const positions = Object.keys(clicks).map(Number);
  if (!positions.length) return [];
  const last = Math.max(...positions, Math.min(SHOWN, Object.keys(shown).length));
  return Array.from({ length: Math.min(last, MOST_POSITIONS) }, (_, place) => {
    const position = place + 1;
    return { position, clicks: clicks[position] ?? 0, shown: shown[position] ?? 0 };
  });
}

function bar({ position, clicks, shown }) {
  const rate = shown ? clicks / shown : undefined;
  const percent = rate === undefined ? "–" : `${Math.round(100 * rate)}%`;
  return make(
    "li",
    {},
    make("span", { class: "sr-only" }, `Position ${position}: `),
    make("span", { class: "bar-position", "aria-hidden": "true" }, String(position)),
    make(
      "span",
      { class: "bar-track", "aria-hidden": "true" },
      make("i", { style: `inline-size:${Math.min(100, 100 * (rate ?? 0))}%` }),
    ),
    make("span", { class: "bar-rate" }, percent),
    make("span", { class: "bar-counts" }, shown ? ` ${clicks} of ${shown}` : ` ${clicks} clicked`),
  );
}

export function createChart() {
  const choice = /** @type {HTMLSelectElement} */ (byId("chart-type"));
  let state = { received: [], impressions: {} };
  let drawn = "";

  function draw() {
    const rows = rowsOf(state, choice.value);
    const text = JSON.stringify(rows);
    if (text === drawn) return;
    drawn = text;
    byId("chart").replaceChildren(...rows.map(bar));
    byId("chart-hint").hidden = !rows.length;
    byId("chart-blank").hidden = rows.length > 0;
  }

  choice.addEventListener("change", draw);
  return {
    show: (next) => {
      state = next;
      draw();
    },
  };
}
