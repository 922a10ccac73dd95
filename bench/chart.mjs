// Owns the picture of size and click cost against the peers: chart.js in the bench's own browser. Measures nothing.
import { readFileSync, writeFileSync } from "node:fs";
import { freshPage } from "./browser.mjs";
import { rows } from "./derive.mjs";

const CHART_JS = new URL("node_modules/chart.js/dist/chart.umd.min.js", import.meta.url);
const COLOURS = { ours: "#0b7285", base: "#868e96", peer: "#ced4da" };
const WIDTH = 1000;
const HEIGHT = 460;

/** A horizontal bar chart's configuration; the longest bars are cut off and say so by their label. */
function bars(title, systems, value, most, label) {
  return {
    type: "bar",
    data: {
      labels: systems.map((row) => row.label),
      datasets: [
        {
          data: systems.map((row) => Math.min(value(row), most)),
          backgroundColor: systems.map((row) => COLOURS[row.kind]),
          barPercentage: 0.8,
        },
      ],
    },
    options: {
      indexAxis: "y",
      animation: false,
      responsive: true,
      maintainAspectRatio: false,
      layout: { padding: { right: 64 } },
      plugins: {
        legend: { display: false },
        title: { display: true, text: title, font: { size: 15 }, color: "#212529" },
      },
      scales: {
        x: { max: most, grid: { color: "#f1f3f5" }, ticks: { color: "#495057" } },
        y: { grid: { display: false }, ticks: { color: "#212529", autoSkip: false, font: { size: 12 } } },
      },
    },
    texts: systems.map((row) => label(value(row))),
    cut: systems.map((row) => value(row) > most),
  };
}

export async function drawChart(browser, results, file) {
  const shown = rows(results).filter(({ kind }) => kind !== "calibration");
  const whole = (number) => Math.round(number).toLocaleString("en");
  const once = shown.filter(({ name }) => name !== "clicktrail-page");
  const sizes = once.map((row) => (row.name === "clicktrail" ? { ...row, label: "clicktrail" } : row));
  const charts = [
    bars("Bytes to load (brotli)", sizes, (row) => row.size.brotli, 6_000, whole),
    bars("Main thread a click (µs of CPU)", shown, (row) => row.warm.median, 4_000, whole),
  ];
  const page = await freshPage(browser, "about:blank");
  await page.cdp.Emulation.setDeviceMetricsOverride({
    width: WIDTH,
    height: HEIGHT,
    deviceScaleFactor: 2,
    mobile: false,
  });
  await page.evaluate(readFileSync(CHART_JS, "utf8"));
  await page.evaluate(`(${draw})(${JSON.stringify(charts)})`);
  const { data } = await page.cdp.Page.captureScreenshot({ format: "png" });
  writeFileSync(file, Buffer.from(data, "base64"));
  await page.close();
}

/** Runs in the page. */
function draw(charts) {
  document.body.style.cssText = "margin:0;display:flex;background:#fff;height:100vh";
  for (const { texts, cut, ...config } of charts) {
    const box = document.createElement("div");
    box.style.cssText = "flex:1;min-width:0;padding:8px;box-sizing:border-box";
    const canvas = document.createElement("canvas");
    box.append(canvas);
    document.body.append(box);
    const values = {
      id: "values",
      afterDatasetsDraw(chart) {
        chart.ctx.font = "12px sans-serif";
        chart.ctx.fillStyle = "#212529";
        chart.ctx.textBaseline = "middle";
        chart.getDatasetMeta(0).data.forEach(({ x, y, height }, n) => {
          chart.ctx.fillText(texts[n], x + 6, y);
          if (!cut[n]) return;
          // The bar goes on beyond the axis: a gap says so.
          chart.ctx.lineWidth = 3;
          chart.ctx.strokeStyle = "#fff";
          for (const from of [x - 22, x - 15]) {
            chart.ctx.beginPath();
            chart.ctx.moveTo(from, y + height / 2 + 1);
            chart.ctx.lineTo(from + 8, y - height / 2 - 1);
            chart.ctx.stroke();
          }
        });
      },
    };
    new window.Chart(canvas, { ...config, plugins: [values] });
  }
}
