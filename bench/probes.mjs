// Owns the measures that need a page of their own: durability, INP, back/forward cache, tagging, the queue. Compares nothing.
import { setTimeout as sleep } from "node:timers/promises";
import { freshPage, mouse } from "./browser.mjs";
import { heap, startMeter } from "./meter.mjs";
import { median } from "./stats.mjs";
import { chunkId, REQUEST, scriptTag } from "./systems.mjs";

const IDLE_MS = 500;

async function pageWith({ browser, pages, collector, system }, query = "", first = "0") {
  collector.reset();
  const page = await freshPage(browser, `${pages.url}/page${query}`, system);
  await page.evaluate(first);
  await page.evaluate(scriptTag(system, collector.url));
  await sleep(IDLE_MS);
  return page;
}

/** Notes when each readwrite transaction of the page is complete. */
const WATCH_TRANSACTIONS = `{
  bench.written = [];
  const open = IDBDatabase.prototype.transaction;
  IDBDatabase.prototype.transaction = function (...how) {
    const transaction = open.apply(this, how);
    if (how[1] === "readwrite") transaction.addEventListener("complete", () => bench.written.push(bench.now()));
    return transaction;
  };
}`;

/** Milliseconds from a click to its record's commit, as the page learns of it. */
export async function durable(where) {
  const page = await pageWith(where, "", WATCH_TRANSACTIONS);
  try {
    await mouse(page.cdp, "mouseMoved");
    await sleep(IDLE_MS);
    await page.evaluate("bench.times.length = bench.written.length = 0; bench.go(1, 20, 40, 300)");
    const [times, written] = await page.evaluate("[bench.times, bench.written]");
    return median(times.map((time) => written.find((at) => at > time) - time));
  } finally {
    await page.close();
  }
}

/** INP (ms) and long tasks over a dozen real clicks, read by web-vitals in the page. */
export async function vitals(where, throttle) {
  const page = await pageWith(where, "", 'bench.inject("web-vitals", {})');
  try {
    await page.cdp.Emulation.setCPUThrottlingRate({ rate: throttle });
    for (let n = 0; n < 12; n += 1) {
      for (const type of ["mouseMoved", "mousePressed", "mouseReleased"])
        await mouse(page.cdp, type, n * 20 + 10);
      await sleep(80);
    }
    await sleep(IDLE_MS);
    return await page.evaluate("vitals");
  } finally {
    await page.close();
  }
}

/** Whether a page that has reported a click comes back from the back/forward cache, and if not, why. */
export async function backForwardCache(where) {
  const page = await pageWith(
    where,
    "",
    'addEventListener("pageshow", (e) => { bench.persisted = e.persisted; })',
  );
  try {
    const reasons = [];
    page.cdp.Page.backForwardCacheNotUsed(({ notRestoredExplanations }) =>
      reasons.push(...notRestoredExplanations.map(({ reason }) => reason)),
    );
    for (const type of ["mouseMoved", "mousePressed", "mouseReleased"]) await mouse(page.cdp, type);
    await sleep(IDLE_MS);
    await page.go(`${where.pages.url.replace("localhost", "127.0.0.1")}/blank.js`);
    const { currentIndex, entries } = await page.cdp.Page.getNavigationHistory();
    await page.cdp.Page.navigateToHistoryEntry({ entryId: entries[currentIndex - 1].id });
    await sleep(IDLE_MS);
    return { restored: (await page.evaluate("bench.persisted")) === true, reasons };
  } finally {
    await page.close();
  }
}

const TAGGERS = {
  ours: "list => clicktrail.tagResults(list, response)",
  "three attributes a result": `list => response.chunks.forEach(({ chunk }, n) => {
    const result = list.children[n];
    result.setAttribute("data-ctr-request-id", response.id);
    result.setAttribute("data-ctr-chunk-id", chunk.id);
    result.setAttribute("data-ctr-position", n + 1);
  })`,
};

/** µs of main-thread time a result for tagging lists of `count`, by us and by hand. */
export async function tagging(where, count) {
  const page = await pageWith(where, `?tagged=no&results=${count}`);
  try {
    const read = await startMeter(page.cdp);
    const lists = Math.max(1, Math.round(10_000 / count));
    const chunks = Array.from({ length: count }, (_, n) => ({ chunk: { id: chunkId(n) }, score: 1 }));
    await page.evaluate(`window.response = ${JSON.stringify({ id: REQUEST, chunks })}; 0`);
    const figures = {};
    for (const [name, tagger] of Object.entries(TAGGERS)) {
      await page.evaluate(`window.list = document.querySelector("ol");
        window.lists = Array.from({ length: ${2 * lists} }, () => list.cloneNode(true));
        window.tagger = ${tagger}; lists.splice(${lists}).forEach((list) => tagger(list)); 0`);
      const before = await read();
      await page.evaluate("lists.forEach((list) => tagger(list)); 0");
      figures[name] = ((await read()).thread - before.thread) / (lists * count);
    }
    return figures;
  } finally {
    await page.close();
  }
}

/** What results tagged by the server cost a page before any click: µs of main thread and bytes of heap, by their number. */
export async function serverRendered({ browser, pages, collector, system }, count) {
  const page = await freshPage(browser, `${pages.url}/page?results=${count}`, system);
  try {
    const read = await startMeter(page.cdp);
    const [bytes, before] = [await heap(page.cdp), await read()];
    await page.evaluate(scriptTag(system, collector.url));
    await sleep(IDLE_MS);
    const after = await read();
    return { start: after.thread - before.thread, heap: (await heap(page.cdp)) - bytes };
  } finally {
    await page.close();
  }
}

/** Milliseconds of each of the queue's operations over a queue of `count` entries. */
export async function queueOperations({ browser, pages }, count) {
  const page = await freshPage(browser, `${pages.url}/page`);
  try {
    await page.evaluate('bench.inject("queue", {})');
    return await page.evaluate(`measureQueue(${count})`);
  } finally {
    await page.close();
  }
}
