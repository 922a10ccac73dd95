// Owns what the raw figures mean: each system over the blank page, ratios, and the goals they are held to. Prints nothing.
import { median, quantile, summarize } from "./stats.mjs";

/** Measures of a visit that contain the blank page's own share. */
const OVER_BLANK = [
  "evaluate",
  "start",
  "heap",
  "heapClicked",
  "listeners",
  "intent",
  "first",
  "warm",
  "warmScript",
];

/** A part's figures by system and measure, each summarized over the blank page. */
export function summaries(part) {
  const summary = {};
  for (const [name, visits] of Object.entries(part)) {
    summary[name] = {};
    for (const [measure, value] of Object.entries(visits[0])) {
      if (typeof value !== "number") continue;
      const blank = OVER_BLANK.includes(measure) ? part.blank : undefined;
      const base = blank ? median(blank.map((visit) => visit[measure])) : 0;
      summary[name][measure] = summarize(
        visits.map((visit) => visit[measure]),
        base,
      );
    }
  }
  return summary;
}

const medianOf = (runs, measure) => median((runs ?? []).map((run) => run[measure]));

/** On a shared machine noise only ever adds to wall time: the lower quartile is what the page itself costs. */
const undisturbed = (runs, measure) =>
  quantile(
    (runs ?? []).map((run) => run[measure]),
    0.25,
  );

/** One row a system: everything a table or a chart shows of it. */
export function rows(results) {
  const visits = summaries(results.visits ?? {});
  const throttled = summaries(results.throttled ?? {});
  const { inp = {}, inpThrottled = {}, durable = {}, backForwardCache = {} } = results.probes ?? {};
  return results.systems.map(({ name, label, kind }) => {
    const own = visits[name];
    const slow = throttled[name];
    const ratio = (measure, to, from = visits) =>
      from[name]?.[measure].median / (from[to]?.[measure].median ?? Number.NaN);
    return {
      name,
      label,
      kind,
      size: results.sizes[name],
      ...own,
      evaluateToR: ratio("evaluate", "trieve-ts-sdk"),
      firstToBare: ratio("first", "bare"),
      warmToBare: ratio("warm", "bare"),
      bytesToBare: ratio("bytes", "bare"),
      slow,
      slowEvaluateToR: ratio("evaluate", "trieve-ts-sdk", throttled),
      slowFirstToBare: ratio("first", "bare", throttled),
      slowWarmToBare: ratio("warm", "bare", throttled),
      inp: undisturbed(inp[name], "inp"),
      inpThrottled: undisturbed(inpThrottled[name], "inp"),
      longTasks: undisturbed(inp[name], "longTasks"),
      durable: median(durable[name] ?? []),
      backForwardCache: backForwardCache[name]?.[0],
      types: results.visits?.[name]?.[0].listenerTypes ?? [],
    };
  });
}

/** Draining by protocol and system: the share of what the connections allow, main-thread time to that of fetch alone. */
export function draining(results) {
  return Object.entries(results.drain ?? {}).flatMap(([protocol, { blank, ...systems }]) => {
    const threadOf = (name) => medianOf(systems[name], "thread") - medianOf(blank, "thread");
    return Object.entries(systems).map(([name, runs]) => ({
      protocol,
      name,
      share: medianOf(runs, "share"),
      shareToFetch: medianOf(runs, "share") / medianOf(systems["fetch-loop"], "share"),
      thread: threadOf(name),
      threadToFetch: threadOf(name) / threadOf("fetch-loop"),
      preflights: medianOf(runs, "preflights"),
      clickWait: medianOf(runs, "clickWait"),
      lost: runs.filter(({ complete }) => !complete).length,
    }));
  });
}

/** Clicks with entries waiting, to those with none. */
export function waiting(results) {
  const part = results.waiting ?? {};
  return Object.entries(part).map(([name, visits]) => {
    const [system, count] = name.split(" ");
    const empty = medianOf(part[`${system} 0`], "warm");
    const blank = medianOf(results.visits?.blank, "warm") || 0;
    const warm = medianOf(visits, "warm") - blank;
    return {
      system,
      count: Number(count),
      warm,
      toEmpty: warm / (empty - blank),
      start: medianOf(visits, "start"),
    };
  });
}

const AT_MOST = (goal) => ({ goal: `≤ ${goal}`, reached: (value) => value <= goal });
const AT_LEAST = (goal) => ({ goal: `≥ ${goal}`, reached: (value) => value >= goal });

/** The goals, each with the value of this run. A value that was not measured is NaN. */
export function goals(results) {
  const byName = Object.fromEntries(rows(results).map((row) => [row.name, row]));
  const { clicktrail: worker = {}, "clicktrail-page": page = {}, blank = {} } = byName;
  const drained = Object.fromEntries(draining(results).map((row) => [`${row.protocol} ${row.name}`, row]));
  const full = waiting(results).filter(({ count }) => count > 0);
  const { tagging = {}, serverRendered = {} } = results.probes ?? {};
  const perResult = Object.values(tagging).map((runs) => medianOf(runs, "ours"));
  const extra = (count, measure) =>
    medianOf(serverRendered[`clicktrail ${count}`], measure) -
    medianOf(serverRendered[`blank ${count}`], measure);
  const list = [
    ["size, brotli bytes", AT_MOST(3000), worker.size?.brotli],
    ["script evaluation, of R", AT_MOST(0.5), worker.evaluateToR],
    ["script evaluation, of R, 4× slower", AT_MOST(0.5), worker.slowEvaluateToR],
    ["warm click of the bare PUT, worker courier", AT_MOST(0.7), worker.warmToBare],
    ["warm click of the bare PUT, page courier", AT_MOST(1.3), page.warmToBare],
    ["the same, 4× slower, worker courier", AT_MOST(0.7), worker.slowWarmToBare],
    ["the same, 4× slower, page courier", AT_MOST(1.3), page.slowWarmToBare],
    ["first click of the bare PUT", AT_MOST(1), worker.firstToBare],
    ["first click of the bare PUT, page courier", AT_MOST(1), page.firstToBare],
    [
      "click with 1,000 and 10,000 waiting, of empty",
      AT_MOST(1.2),
      Math.max(...full.map((row) => row.toEmpty)),
    ],
    [
      "server-rendered tags: heap per result, bytes",
      AT_MOST(1),
      (extra(10_000, "heap") - extra(10, "heap")) / 9990,
    ],
    [
      "server-rendered tags: µs per result",
      AT_MOST(0.1),
      (extra(10_000, "start") - extra(10, "start")) / 9990,
    ],
    ["tagResults, µs per result (worst of 10 to 10,000)", AT_MOST(1.5), Math.max(...perResult)],
    ["heap before the first click, KB", AT_MOST(35), worker.heap?.median / 1000],
    ["event listeners", AT_MOST(8), worker.listeners?.median],
    [
      "listeners for unload or beforeunload",
      AT_MOST(0),
      worker.types?.filter((t) => /unload/.test(t)).length,
    ],
    ["requests a click", AT_MOST(1), worker.requests?.median],
    ["bytes on the wire, of the bare PUT", AT_MOST(1.02), worker.bytesToBare],
    ["bytes on the wire, of the bare PUT, page courier", AT_MOST(1.02), page.bytesToBare],
    ["draining, HTTP/1.1, share of the limit, worker", AT_LEAST(0.8), drained["HTTP/1.1 clicktrail"]?.share],
    [
      "draining, HTTP/1.1, share of the limit, page",
      AT_LEAST(0.8),
      drained["HTTP/1.1 clicktrail-page"]?.share,
    ],
    ["draining, preflights", AT_MOST(1), drained["HTTP/1.1 clicktrail-page"]?.preflights],
    [
      "draining, main thread of fetch alone, page",
      AT_MOST(1.15),
      drained["HTTP/1.1 clicktrail-page"]?.threadToFetch,
    ],
    [
      "draining, main thread of fetch alone, worker",
      AT_MOST(0.1),
      drained["HTTP/1.1 clicktrail"]?.threadToFetch,
    ],
    ["long tasks over a dozen clicks", AT_MOST(0), worker.longTasks],
    ["INP over the blank page's, ms (lower quartiles)", AT_MOST(8), worker.inp - blank.inp],
    ["the same, 4× slower", AT_MOST(16), worker.inpThrottled - blank.inpThrottled],
  ];
  return list.map(([what, { goal, reached }, value = Number.NaN]) => {
    const measured = Number.isFinite(value);
    return { what, goal, value, verdict: measured ? (reached(value) ? "met" : "missed") : "not measured" };
  });
}
