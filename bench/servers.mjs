// Owns the page's server and the collector (another origin), whose bytes are counted at their sockets. Knows no system.
import { once } from "node:events";
import { createServer } from "node:http";
import { createSecureServer } from "node:http2";
import { performance } from "node:perf_hooks";
import { generate } from "selfsigned";
import { API_KEY, chunkId, DATASET, REQUEST } from "./systems.mjs";

function resultsPage({ results, tagged, collector, modules }) {
  const items = Array.from({ length: results }, (_, n) => {
    const tags = tagged ? ` data-ctr-chunk-id="${chunkId(n)}" data-ctr-position="${n + 1}"` : "";
    return `<li${tags}><a href="/r/${n}">Result ${n}</a></li>`;
  });
  const endpoint = `${collector}/api/analytics/ctr`;
  const bench = { collector, endpoint, dataset: DATASET, apiKey: API_KEY, modules };
  const root = tagged ? ` data-ctr-request-id="${REQUEST}" data-ctr-type="search"` : "";
  return `<!doctype html><meta charset="utf-8"><title>Results</title><link rel="icon" href="data:,">
<style>body{margin:0}ol{margin:0;padding:0;list-style:none}li{height:20px}</style>
<ol${root}>${items.join("")}</ol>
<script>
// A router that keeps the page: every link's click is the page's own, as in a single-page application.
addEventListener("click", (event) => event.preventDefault());
const links = document.getElementsByTagName("a");
window.bench = Object.assign(${JSON.stringify(bench)}, {
  times: [],
  now: () => performance.timeOrigin + performance.now(),
  click(n) { bench.times.push(bench.now()); links[n].click(); },
  go: (from, count, gap, rest) => new Promise((done) => {
    let n = from;
    (function next() {
      if (n === from + count) return setTimeout(done, rest);
      bench.click(n++);
      setTimeout(next, gap);
    })();
  }),
  inject: (system, attributes) => new Promise((load, error) => {
    const script = document.createElement("script");
    Object.assign(script, { src: "/" + system + ".js", async: true, onload: () => load(), onerror: error });
    if (bench.modules.includes(system)) script.type = "module";
    for (const [name, value] of Object.entries(attributes)) script.setAttribute(name, value);
    document.head.append(script);
  }),
});
</script>`;
}

/** Serves the results page and the systems' scripts (`scripts`: path → text; `modules`: the names of those that are). */
export async function startPages({ scripts, modules }, collector) {
  const server = createServer((request, response) => {
    const url = new URL(request.url, "http://localhost");
    const script = scripts.get(url.pathname);
    response.setHeader("Content-Type", script === undefined ? "text/html" : "text/javascript");
    response.setHeader("Cache-Control", "max-age=600");
    const results = Number(url.searchParams.get("results") ?? 64);
    const tagged = url.searchParams.get("tagged") !== "no";
    response.end(script ?? resultsPage({ results, tagged, collector, modules: [...modules] }));
  });
  server.listen(0);
  await once(server, "listening");
  return { url: `http://localhost:${server.address().port}`, close: () => server.close() };
}

const ACCEPTS = { latency: 0, status: 204, maxAge: "3600" };

/** Takes every report; `latency` (ms), `status` and `maxAge` (of preflights, s) can be changed until the next `reset`. */
export async function startCollector({ http2 = false } = {}) {
  const sockets = [];
  const collector = { requests: [], ...ACCEPTS };

  function answer(request, response) {
    const { method, url, headers } = request;
    const report = { method, url, at: performance.timeOrigin + performance.now(), body: "" };
    collector.requests.push(report);
    response.setHeader("Access-Control-Allow-Origin", headers.origin ?? "*");
    response.setHeader("Access-Control-Allow-Credentials", "true");
    if (method === "OPTIONS") {
      response.setHeader("Access-Control-Allow-Methods", headers["access-control-request-method"] ?? "*");
      response.setHeader("Access-Control-Allow-Headers", headers["access-control-request-headers"] ?? "*");
      response.setHeader("Access-Control-Max-Age", collector.maxAge);
      response.writeHead(204).end();
      return;
    }
    request.setEncoding("utf8");
    request.on("data", (text) => {
      report.body += text;
    });
    request.on("end", () => {
      const end = () => {
        if (method === "PUT") return response.writeHead(collector.status).end();
        response.writeHead(collector.status === 204 ? 200 : collector.status).end("{}");
      };
      if (collector.latency > 0) setTimeout(end, collector.latency);
      else end();
    });
  }

  const server = http2 ? createSecureServer(await certificate(), answer) : createServer(answer);
  server.on("connection", (socket) => sockets.push(socket));
  server.listen(0);
  await once(server, "listening");
  collector.url = `${http2 ? "https" : "http"}://localhost:${server.address().port}`;
  collector.bytesIn = () => sockets.reduce((sum, socket) => sum + socket.bytesRead, 0);
  collector.reports = () => collector.requests.filter((request) => request.method !== "OPTIONS");
  collector.reset = () => {
    collector.requests.length = 0;
    Object.assign(collector, ACCEPTS);
  };
  collector.close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return collector;
}

async function certificate() {
  const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }]);
  return { key, cert };
}
