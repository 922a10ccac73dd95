// Owns the table for docs/training.md in bench/README.md: visitors of known habits over lists of known worth, what is counted of them, and how well three
// ways of counting find the true order. Seeded: the same table each time. Measures no browser.
import { readFileSync, writeFileSync } from "node:fs";
import { mean, sampleRankCorrelation } from "simple-statistics";

const SEED = 19;
const LISTS = 300;
const RESULTS = 20;
/** How often each list is searched. */
const SEARCHES = 600;
/** Results in view at once: a phone's screen, and a desktop's. */
const SCREENS = [3, 8];
/** After each screen a visitor scrolls on with this chance, if nothing was found. */
const SCROLLS_ON = 0.55;
/** Of the visitors whom a result does not satisfy, so many are back within ten seconds. */
const BACK_SOON = 0.8;
/** How likely a position in view is looked at, where visitors look by position: the tenth less than half as often as the first. */
const looksAt = (position) => 1 / position ** 0.4;

/** The mulberry32 of public domain. */
function seeded(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const random = seeded(SEED);
const chance = (probability) => random() < probability;
const between = (low, high) => low + random() * (high - low);

/** Results in the order shown. `quality` says how much of the ranker's order is right: 0 is random, 1 perfect. */
function makeList(quality) {
  const results = Array.from({ length: RESULTS }, () => {
    const useful = between(0.05, 0.9);
    // A title promises more or less than its page holds.
    const attractive = Math.min(0.6, Math.max(0.02, 0.45 * useful + between(-0.12, 0.12)));
    return { useful, attractive, clicks: 0, good: 0, seen: 0 };
  });
  const score = new Map(
    results.map((result) => [result, quality * result.useful + (1 - quality) * random()]),
  );
  return results.sort((a, b) => score.get(b) - score.get(a));
}

/** Clicks the result; says whether the visitor has found what was looked for. */
function open(result) {
  const satisfied = chance(result.useful);
  result.clicks += 1;
  if (satisfied || !chance(BACK_SOON)) result.good += 1;
  return satisfied;
}

const VISITORS = {
  /** Looks at one after the other from the top, and stops with the first that satisfies. */
  cascade: (inView) => inView.some(({ result }) => chance(result.attractive) && open(result)),
  /** Looks at each with a chance that its position gives, and stops with the first that satisfies. */
  "position-based": (inView) =>
    inView.some(({ result, position }) => chance(looksAt(position) * result.attractive) && open(result)),
};

/**
 * One search. What is in view is seen, whether or not the visitor gets to it: that is all a browser can know. It is told with
 * each click: what comes into view after the last one, or in a search without a click, nobody learns.
 */
function search(list, look) {
  const screen = SCREENS[Math.floor(random() * SCREENS.length)];
  const clicks = () => list.reduce((sum, result) => sum + result.clicks, 0);
  let told = 0;
  for (let first = 0, known = clicks(); first < list.length; first += screen) {
    const inView = list
      .slice(first, first + screen)
      .map((result, index) => ({ result, position: first + index + 1 }));
    const isOver = look(inView);
    const now = clicks();
    if (now > known) told = first + inView.length;
    known = now;
    if (isOver || !chance(SCROLLS_ON)) break;
  }
  for (const result of list.slice(0, told)) result.seen += 1;
}

const COUNTS = {
  "the order shown": (_, at) => -at,
  "clicks ÷ searches": ({ clicks }) => clicks / SEARCHES,
  "clicks ÷ times seen": ({ clicks, seen }) => clicks / Math.max(1, seen),
  "the same, not left within 10 s": ({ good, seen }) => good / Math.max(1, seen),
};

function correlations(look, quality) {
  const lists = Array.from({ length: LISTS }, () => makeList(quality));
  for (const list of lists) for (let n = 0; n < SEARCHES; n += 1) search(list, look);
  const found = (truth, count) =>
    mean(
      lists.map((list) =>
        sampleRankCorrelation(
          list.map((one) => one[truth]),
          list.map(count),
        ),
      ),
    );
  const row = (truth) => Object.values(COUNTS).map((count) => found(truth, count).toFixed(2));
  return { attractive: row("attractive"), useful: row("useful") };
}

const ORDERS = [
  ["random", 0],
  ["half right", 0.5],
  ["mostly right", 0.85],
];

function table() {
  const rows = Object.entries(VISITORS).flatMap(([visitor, look]) =>
    ORDERS.flatMap(([order, quality]) => {
      const found = correlations(look, quality);
      return Object.entries(found).map(([truth, row]) => [visitor, order, truth, ...row]);
    }),
  );
  const head = ["visitors", "order shown", "true order by", ...Object.keys(COUNTS)];
  return [head, head.map((_, at) => (at < 3 ? "---" : "---:")), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

const page = new URL("README.md", import.meta.url);
const [START, END] = ["<!-- bias:start -->", "<!-- bias:end -->"];
const text = readFileSync(page, "utf8");
const [start, end] = [text.indexOf(START), text.indexOf(END)];
if (start < 0 || end < start) throw new Error(`bench/README.md needs ${START} and, after it, ${END}`);
const made = table();
console.log(made);
writeFileSync(page, `${text.slice(0, start + START.length)}\n\n${made}\n\n${text.slice(end)}`);
