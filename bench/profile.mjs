// Owns the answer to "where do the microseconds go": a sampling profile of a system's start, warm clicks or draining, by function.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping";
import { program } from "commander";
import { freshPage, launch, mouse } from "./browser.mjs";
import { buildSystems } from "./build.mjs";
import { pageWithQueue } from "./drain.mjs";
import { startCollector, startPages } from "./servers.mjs";
import { SYSTEMS, scriptTag } from "./systems.mjs";

const SAMPLE_US = 50;
const CLICKS = 60;
const ENTRIES = 300;
const ROUNDS = 5;

const { dist, start, drain } = program
  .argument("<system>")
  .option("--dist <file>", "the build of clicktrail.js to profile", "../dist/clicktrail.js")
  .option("--start", "profile the start of the page instead of warm clicks")
  .option("--drain", "profile a start with a queue that is due instead of warm clicks")
  .parse()
  .opts();
const system = SYSTEMS.find(({ name }) => name === program.args[0]);
if (!system) throw new Error(`No such system; there are ${SYSTEMS.map(({ name }) => name).join(", ")}`);
if (system.ours) system.script = dist;

const folder = fileURLToPath(new URL(".", import.meta.url));
const map = system.ours && new TraceMap(readFileSync(resolve(folder, `${dist}.map`), "utf8"));

function nameOf({ functionName, url, lineNumber, columnNumber }) {
  if (!map || lineNumber < 0 || !url.endsWith(`/${system.name}.js`))
    return `${functionName || "(anonymous)"} ${url.split("/").at(-1)}`;
  const { source, line } = originalPositionFor(map, { line: lineNumber + 1, column: columnNumber });
  return `${source?.split("/").at(-1)}:${line}`;
}

const browser = await launch();
const collector = await startCollector();
const pages = await startPages(await buildSystems([system]), collector.url);
const spent = new Map();
for (let round = 0; round < ROUNDS; round += 1) {
  const where = { browser, collector, pages, system };
  const page = await (drain
    ? pageWithQueue({ ...where, count: ENTRIES })
    : freshPage(browser, `${pages.url}/page`, system));
  await page.cdp.Profiler.enable();
  await page.cdp.Profiler.setSamplingInterval({ interval: SAMPLE_US });
  const load = () => page.evaluate(scriptTag(system, collector.url));
  if (!start && !drain) {
    await load();
    await mouse(page.cdp, "mouseMoved");
    await sleep(500);
  }
  await page.cdp.Profiler.start();
  if (start) await load().then(() => sleep(500));
  else if (drain) {
    await page.evaluate(`bench.drain = ${ENTRIES}`);
    await load();
    while (collector.reports().length < ENTRIES) await sleep(50);
    await sleep(300);
  } else await page.evaluate(`bench.go(1, ${CLICKS}, 15, 250)`);
  const { profile } = await page.cdp.Profiler.stop();
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  profile.samples.forEach((id, n) => {
    const name = names.get(id);
    spent.set(name, (spent.get(name) ?? 0) + profile.timeDeltas[n]);
  });
  await page.close();
}
const [times, unit] = start
  ? [ROUNDS, "start"]
  : drain
    ? [ROUNDS * ENTRIES, "drained entry"]
    : [ROUNDS * CLICKS, "click"];
console.log(`${system.label}: µs of own time a ${unit} (sampled, wall)`);
for (const [name, time] of [...spent].sort((a, b) => b[1] - a[1]).slice(0, 40)) {
  if (!/^\((idle|program|root)\)/.test(name))
    console.log(`${(time / times).toFixed(1).padStart(8)}  ${name}`);
}
pages.close();
collector.close();
await browser.close();
