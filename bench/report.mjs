// Owns how the results are shown: tables in the terminal, a Markdown table for the README. Computes nothing.
import Table from "cli-table3";
import { draining, goals, rows, waiting } from "./derive.mjs";

const number = (value, digits = 0) =>
  Number.isFinite(value)
    ? value
        .toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })
        .replace(/^-(?=[0.]+$)/, "")
    : "";
const ratio = (value) => (Number.isFinite(value) ? `${number(value, 2)}×` : "");
const spread = (summary) =>
  summary
    ? `${number(summary.median)} (${number(summary.q1)}–${number(summary.q3)}, p95 ${number(summary.p95)})`
    : "";
const yes = (value) => (value === undefined ? "" : value ? "yes" : "no");
const value = (goal) => number(goal.value, Math.abs(goal.value) < 20 ? 2 : 0);

/** Each column: its title, and what it shows of a row. */
const COLUMNS = [
  ["", (row) => row.label],
  ["brotli", (row) => number(row.size?.brotli)],
  ["gzip", (row) => number(row.size?.gzip)],
  ["raw", (row) => number(row.size?.raw)],
  ["evaluate µs", (row) => spread(row.evaluate)],
  ["of R", (row) => ratio(row.evaluateToR)],
  ["warm click µs", (row) => spread(row.warm)],
  ["of bare", (row) => ratio(row.warmToBare)],
  ["first click µs", (row) => spread(row.first)],
  ["of bare", (row) => ratio(row.firstToBare)],
];

const MORE_COLUMNS = [
  ["", (row) => row.label],
  ["all of start µs", (row) => spread(row.start)],
  ["pointer over µs", (row) => spread(row.intent)],
  ["click's script µs", (row) => number(row.warmScript?.median)],
  ["4×: of R", (row) => ratio(row.slowEvaluateToR)],
  ["4×: warm", (row) => ratio(row.slowWarmToBare)],
  ["4×: first", (row) => ratio(row.slowFirstToBare)],
  ["heap KB", (row) => number(row.heap?.median / 1000, 1)],
  ["listeners (all)", (row) => row.listeners && `${row.listeners.median} (${row.allListeners.median})`],
  ["requests", (row) => number(row.requests?.median, 2)],
  ["bytes", (row) => number(row.bytes?.median)],
  ["leaves ms", (row) => number(row.leaving?.median, 1)],
  ["durable ms", (row) => number(row.durable, 1)],
  ["INP ms, lower quartile", (row) => number(row.inp)],
  ["4×: INP", (row) => number(row.inpThrottled)],
  ["bfcache", (row) => yes(row.backForwardCache?.restored)],
];

const DRAIN_COLUMNS = [
  ["draining", (row) => `${row.name}, ${row.protocol}`],
  ["share of limit", (row) => `${number(row.share * 100)} %`],
  ["of fetch alone", (row) => ratio(row.shareToFetch)],
  ["main thread µs an entry", (row) => number(row.thread)],
  ["of fetch alone", (row) => ratio(row.threadToFetch)],
  ["preflights", (row) => number(row.preflights)],
  ["runs that did not end", (row) => number(row.lost)],
  ["a click meanwhile leaves, ms", (row) => number(row.clickWait, 1)],
];

const WAITING_COLUMNS = [
  ["entries waiting", (row) => `${row.system}, ${number(row.count)}`],
  ["warm click µs", (row) => number(row.warm)],
  ["of empty", (row) => ratio(row.toEmpty)],
  ["all of start µs", (row) => number(row.start)],
];

const GOAL_COLUMNS = [
  ["goal", (goal) => goal.what],
  ["", (goal) => goal.goal],
  ["here", value],
  ["", (goal) => goal.verdict],
];

const plain = (columns, of) => {
  const table = new Table({
    head: columns.map(([title]) => title),
    style: { head: [], border: [], compact: true },
  });
  table.push(...of.map((row) => columns.map(([, show]) => show(row))));
  return table.toString();
};

const markdown = (columns, of) =>
  [
    columns.map(([title]) => title),
    columns.map((_, n) => (n ? "--:" : "---")),
    ...of.map((row) => columns.map(([, show]) => show(row))),
  ]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");

export function printReport(results) {
  const all = rows(results);
  const print = (columns, of) => of.length > 0 && console.log(plain(columns, of));
  console.log(`\n${about(results)}\nµs: main-thread CPU over the blank page, median (quartiles, p95)\n`);
  print(COLUMNS, all);
  print(MORE_COLUMNS, all);
  print(WAITING_COLUMNS, waiting(results));
  print(DRAIN_COLUMNS, draining(results));
  const { tagging = {}, queue = {}, serverRendered = {} } = results.probes ?? {};
  for (const [title, part] of Object.entries({ tagging, queue, serverRendered })) {
    const of = Object.entries(part).map(([name, [first, ...rest]]) => ({ name, runs: [first, ...rest] }));
    const names = Object.keys(of[0]?.runs[0] ?? {});
    const middle = (runs, name) => runs.map((run) => run[name]).sort((a, b) => a - b)[runs.length >> 1];
    print(
      [
        [title, ({ name }) => name],
        ...names.map((name) => [name, ({ runs }) => number(middle(runs, name), 2)]),
      ],
      of,
    );
  }
  if (results.modules.length > 0) {
    print(
      [
        ["module", ({ module }) => module],
        ["minified bytes", ({ bytes }) => number(bytes)],
      ],
      results.modules,
    );
  }
  print(GOAL_COLUMNS, goals(results));
}

function about({ browser, machine, runs, made }) {
  return `Chromium ${browser}, ${machine}, ${runs} runs, ${made.slice(0, 10)}`;
}

/** What the bench's README shows: who costs what, and the goals. */
export function readmeTable(results) {
  const shown = rows(results).filter(({ kind }) => kind !== "calibration");
  const columns = [
    COLUMNS[0],
    ["bytes (brotli)", (row) => number(row.size?.brotli)],
    ["evaluation, of R", (row) => ratio(row.evaluateToR)],
    ["all of the start, ms", (row) => number(row.start?.median / 1000, 1)],
    ["click, of bare PUT", (row) => ratio(row.warmToBare)],
    [
      "click, µs (quartiles)",
      ({ warm }) => warm && `${number(warm.median)} (${number(warm.q1)}–${number(warm.q3)})`,
    ],
    ["first click, of bare PUT", (row) => ratio(row.firstToBare)],
    ["heap, KB", (row) => number(row.heap?.median / 1000)],
    ["listeners", (row) => number(row.listeners?.median)],
    ["back/forward cache", (row) => yes(row.backForwardCache?.restored)],
  ];
  return [
    markdown(columns, shown),
    `\n${about(results)}. Times are main-thread CPU over a blank page, medians; R is \`trieve-ts-sdk\`. Made by \`npm --prefix bench run bench\`.\n`,
    markdown(
      [GOAL_COLUMNS[0], ["wanted", GOAL_COLUMNS[1][1]], GOAL_COLUMNS[2], ["reached", GOAL_COLUMNS[3][1]]],
      goals(results),
    ),
    "",
  ].join("\n");
}
