// Wires the bench: which measures run on which systems, in rounds, and where the figures go.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { program } from "commander";
import { launch } from "./browser.mjs";
import { buildSystems, bytesPerModule } from "./build.mjs";
import { drawChart } from "./chart.mjs";
import { drain, pageWithQueue } from "./drain.mjs";
import * as probes from "./probes.mjs";
import { printReport, readmeTable } from "./report.mjs";
import { startCollector, startPages } from "./servers.mjs";
import { OURS, SYSTEMS } from "./systems.mjs";
import { visit } from "./visit.mjs";

const list = (text) => text.split(",");
const options = program
  .option("--only <names>", "systems to measure, by comma (blank and bare are always there)", list)
  .option("--runs <n>", "rounds of visits", Number, 15)
  .option("--clicks <n>", "warm clicks a visit", Number, 30)
  .option("--parts <names>", "visits,throttled,waiting,drain,probes", list)
  .option("--dist <file>", "the build of clicktrail.js to measure", "../dist/clicktrail.js")
  .option("--before <file>", "another build of clicktrail.js to compare with, from this folder")
  .option("--before-page <file>", "the same with the page as courier")
  .option("--render", "measure nothing: table and chart again from the last results")
  .option("--quick", "three rounds, nothing throttled: a glance, not a measurement")
  .parse()
  .opts();
if (options.quick) Object.assign(options, { runs: 3, parts: options.parts ?? ["visits", "drain"] });
const wanted = (part) => !options.parts || options.parts.includes(part);
const systems = SYSTEMS.filter(
  ({ name }) => !options.only || ["blank", "bare", ...options.only].includes(name),
);
if (options.before)
  systems.push({ ...OURS, name: "before", label: "clicktrail before", script: options.before });
if (options.beforePage)
  systems.push({
    ...OURS,
    name: "before-page",
    label: "clicktrail before, page courier",
    script: options.beforePage,
    without: "SharedWorker",
  });
for (const system of systems) if (system.ours) system.script ??= options.dist;
const ours = systems.filter((system) => system.ours);

const built = await buildSystems(systems);
const browser = await launch();
const collector = await startCollector();
const pages = await startPages(built, collector.url);
const where = { browser, collector, pages };

/** `work` on every subject in each of `runs` rounds, in another order every round; figures by subject and round. */
async function inRounds(title, subjects, runs, work) {
  const figures = Object.fromEntries(subjects.map(({ name }) => [name, []]));
  for (let round = 0; round < runs; round += 1) {
    const order = [...subjects.slice(round % subjects.length), ...subjects.slice(0, round % subjects.length)];
    for (const subject of round % 2 ? order.reverse() : order) {
      if (process.stderr.isTTY)
        process.stderr.write(`\r\x1b[K${title}, round ${round + 1} of ${runs}: ${subject.name} `);
      figures[subject.name].push(await work(subject));
    }
  }
  process.stderr.write(process.stderr.isTTY ? "\r\x1b[K" : `${title}: ${runs} rounds\n`);
  return figures;
}

const visits = (title, throttle) =>
  inRounds(title, systems, options.runs, (system) =>
    visit({ ...where, system, clicks: options.clicks, throttle }),
  );

/** Warm clicks with so many entries waiting that are not due. */
function waiting() {
  const subjects = ours.flatMap((system) =>
    [0, 1_000, 10_000].map((count) => ({ name: `${system.name} ${count}`, system, count })),
  );
  const MINUTES_50 = 3_000_000;
  return inRounds("waiting", subjects, Math.ceil(options.runs / 2), ({ system, count }) =>
    visit({
      ...where,
      system,
      clicks: options.clicks,
      open: () => pageWithQueue({ ...where, system, count, wait: MINUTES_50 }),
    }),
  );
}

async function draining(http2) {
  const own = { browser, collector: await startCollector({ http2 }) };
  own.pages = await startPages(built, own.collector.url);
  const subjects = [systems[0], { name: "fetch-loop" }, ...systems.filter(({ queue }) => queue)];
  const title = `draining, HTTP/${http2 ? "2" : "1.1"}`;
  const rounds = Math.ceil(options.runs / 3);
  const figures = await inRounds(title, subjects, rounds, (system) => drain({ ...own, system, count: 300 }));
  own.pages.close();
  own.collector.close();
  return figures;
}

async function probed() {
  const rounds = Math.ceil(options.runs / 3);
  const each = (title, subjects, work) =>
    inRounds(title, subjects, rounds, (system) => work({ ...where, system }));
  const counts = [10, 100, 1_000, 10_000].map((count) => ({ name: count, count }));
  const some = ours.slice(0, 1);
  const felt = systems.filter(({ name, ours }) => ours || ["blank", "bare", "trieve-ts-sdk"].includes(name));
  const pressed = (title, throttle) =>
    inRounds(title, felt, options.runs, (system) => probes.vitals({ ...where, system }, throttle));
  const [system] = some;
  const rendered = [systems[0], ...some].flatMap((system) =>
    [10, 10_000].map((count) => ({ name: `${system.name} ${count}`, system, count })),
  );
  return {
    durable: await each(
      "durable record",
      systems.filter(({ queue }) => queue),
      probes.durable,
    ),
    inp: await pressed("INP", 1),
    inpThrottled: await pressed("INP, 4× slower", 4),
    backForwardCache: await inRounds("back/forward cache", systems, 1, (system) =>
      probes.backForwardCache({ ...where, system }),
    ),
    ...(system && {
      tagging: await inRounds("tagging", counts, rounds, ({ count }) =>
        probes.tagging({ ...where, system }, count),
      ),
      serverRendered: await inRounds("server-rendered", rendered, options.runs, ({ system, count }) =>
        probes.serverRendered({ ...where, system }, count),
      ),
      queue: await inRounds(
        "queue",
        counts.filter(({ count }) => count !== 100),
        3,
        ({ count }) => probes.queueOperations(where, count),
      ),
    }),
  };
}

async function measure() {
  // A first visit meets a browser that is still starting.
  await visit({ ...where, system: SYSTEMS[0], clicks: 1 });
  const results = {
    made: new Date().toISOString(),
    browser: browser.version,
    machine: `${cpus().length} × ${cpus()[0].model}`,
    runs: options.runs,
    clicks: options.clicks,
    systems: systems.map(({ name, label, kind }) => ({ name, label, kind })),
    sizes: built.sizes,
    modules: ours.length > 0 ? await bytesPerModule(options.dist) : [],
  };
  if (wanted("visits")) results.visits = await visits("visits", 1);
  if (wanted("throttled")) results.throttled = await visits("visits, 4× slower", 4);
  if (wanted("waiting")) results.waiting = await waiting();
  if (wanted("drain")) results.drain = { "HTTP/1.1": await draining(false), "HTTP/2": await draining(true) };
  if (wanted("probes")) results.probes = await probed();
  return results;
}

const folder = fileURLToPath(new URL("results", import.meta.url));
mkdirSync(folder, { recursive: true });
const latest = `${folder}/latest.json`;
const results = options.render ? JSON.parse(readFileSync(latest, "utf8")) : await measure();
writeFileSync(latest, JSON.stringify(results));
writeFileSync(`${folder}/README-table.md`, readmeTable(results));
printReport(results);
if (results.visits) await drawChart(browser, results, `${folder}/chart.png`);
pages.close();
collector.close();
await browser.close();
