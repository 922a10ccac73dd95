// Owns the chart of clicks and click-through rate by position (chart.js, loaded when first needed).
import { byId } from "./dom.js";
import { readBody } from "./panel-received.js";

const LEAST_POSITIONS = 8;
const MOST_POSITIONS = 24;

let library;

function loadLibrary() {
  library ??= new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = "/vendor/chart.js";
    script.onload = () => resolve(window.Chart);
    // A page that leaves meanwhile cancels it: there is nobody left to draw for.
    script.onerror = () => resolve(undefined);
    document.head.append(script);
  });
  return library;
}

function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Clicks (each id once) and their share of the impressions, by position. */
function countByPosition({ received, impressions }, type) {
  const seen = new Set();
  const clicks = {};
  for (const { status, body } of received) {
    const { type: its, position, own } = readBody(body);
    if (status !== 204 || its !== type || (own && seen.has(own.id))) continue;
    if (own) seen.add(own.id);
    clicks[position] = (clicks[position] ?? 0) + 1;
  }
  const shown = impressions[type] ?? {};
  const furthest = Math.max(LEAST_POSITIONS, ...Object.keys(clicks).map(Number));
  const positions = Array.from({ length: Math.min(furthest, MOST_POSITIONS) }, (_, place) => place + 1);
  return {
    positions,
    clicks: positions.map((position) => clicks[position] ?? 0),
    rates: positions.map((position) =>
      shown[position] ? (100 * (clicks[position] ?? 0)) / shown[position] : null,
    ),
  };
}

function describe({ positions, clicks, rates }) {
  const said = positions
    .filter((_, place) => clicks[place])
    .map((position) => {
      const rate = rates[position - 1];
      return `position ${position}: ${clicks[position - 1]}${rate === null ? "" : ` (${Math.round(rate)} %)`}`;
    });
  return said.length ? `Clicks by position. ${said.join(", ")}` : "No clicks yet";
}

function axis(title, position, grid) {
  const ticks = { color: color("--muted"), precision: 0, maxTicksLimit: 5, font: { size: 11 } };
  return {
    position,
    beginAtZero: true,
    grid: { color: color("--line"), drawOnChartArea: grid, drawTicks: false },
    border: { display: false },
    ticks,
    title: { display: true, text: title, color: color("--muted"), font: { size: 11 } },
  };
}

function settings() {
  const clicks = { ...axis("Clicks", "left", true), suggestedMax: 4 };
  const rate = { ...axis("CTR %", "right", false), suggestedMax: 100 };
  const position = { ...axis("Position", "bottom", false), beginAtZero: false };
  return {
    type: "bar",
    data: {
      labels: [],
      datasets: [
        {
          label: "Clicks",
          data: [],
          yAxisID: "y",
          backgroundColor: color("--accent"),
          borderRadius: 3,
          order: 2,
        },
        {
          type: "line",
          label: "CTR %",
          data: [],
          yAxisID: "rate",
          borderColor: color("--amber"),
          backgroundColor: color("--amber"),
          borderWidth: 2,
          pointRadius: 2.5,
          tension: 0,
          spanGaps: true,
          order: 1,
        },
      ],
    },
    options: {
      maintainAspectRatio: false,
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? false : { duration: 300 },
      interaction: { mode: "index", intersect: false },
      scales: { x: position, y: clicks, rate },
      plugins: {
        legend: {
          reverse: true,
          labels: { color: color("--muted"), boxWidth: 10, boxHeight: 10, font: { size: 11 } },
        },
      },
    },
  };
}

export function createChart() {
  const canvas = /** @type {HTMLCanvasElement} */ (byId("chart"));
  const choice = /** @type {HTMLSelectElement} */ (byId("chart-type"));
  let chart;
  let state = { received: [], impressions: {} };
  let drawn = "";

  async function draw() {
    const counts = countByPosition(state, choice.value);
    const text = JSON.stringify(counts);
    if (chart && text === drawn) return;
    drawn = text;
    const some = counts.clicks.some(Boolean);
    byId("chart-box").hidden = !some;
    byId("chart-blank").hidden = some;
    if (!some) return;
    canvas.setAttribute("aria-label", describe(counts));
    const Chart = await loadLibrary();
    if (!Chart) return;
    chart ??= new Chart(canvas, settings());
    chart.data.labels = counts.positions;
    chart.data.datasets[0].data = counts.clicks;
    chart.data.datasets[1].data = counts.rates;
    chart.update();
  }

  choice.addEventListener("change", () => void draw());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    chart?.destroy();
    chart = undefined;
    void draw();
  });
  return {
    show: (next) => {
      state = next;
      void draw();
    },
  };
}
