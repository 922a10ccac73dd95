// Owns draining and clicks over a full queue: fills a system's queue before its page opens, then watches it. Compares nothing.
import { setTimeout as sleep } from "node:timers/promises";
import { freshPage } from "./browser.mjs";
import { clockOffset, startMeter } from "./meter.mjs";
import { chunkId, scriptTag } from "./systems.mjs";

const LATENCY_MS = 50;
/** What a browser has at most in flight to an HTTP/1.1 origin; the queues here use no more over HTTP/2. */
const LANES = 6;
const PATIENCE_MS = 60_000;

/** Copies the one row that waits in the page's database `count` times; each copy due in `wait` ms. */
const COPY = `async (count, wait) => {
  const request = (of) => new Promise((ok, no) => { of.onsuccess = () => ok(of.result); of.onerror = no; });
  const [{ name }] = await indexedDB.databases();
  const db = await request(indexedDB.open(name));
  const store = db.transaction(db.objectStoreNames[0], "readwrite").objectStore(db.objectStoreNames[0]);
  const rows = await request(store.getAll());
  const row = rows.find(({ payload, metadata }) => payload || metadata);
  for (const key of await request(store.getAllKeys())) store.delete(key);
  for (let n = 0; n < count; n += 1) {
    const id = crypto.randomUUID();
    store.put({ ...row, id, due: wait && Date.now() + wait, attempt: 1, doubt: false }, id);
  }
  await new Promise((done) => { store.transaction.oncomplete = done; });
  db.close();
}`;

/** A page of the system whose queue holds `count` entries, before its script runs. */
export async function pageWithQueue({ browser, pages, collector, system, count, wait = 0 }) {
  collector.reset();
  const page = await freshPage(browser, `${pages.url}/page`, system);
  if (system.queue) {
    Object.assign(collector, { status: 503, maxAge: "0" });
    await page.evaluate(scriptTag(system, collector.url));
    await sleep(300);
    await page.evaluate("bench.go(60, 1, 0, 300)");
    await page.go(`${pages.url}/nothing.js`);
    await page.evaluate(`(${COPY})(${count}, ${wait})`);
    collector.reset();
    await page.go(`${pages.url}/page`);
  }
  return page;
}

async function until(done) {
  const end = Date.now() + PATIENCE_MS;
  while (!done()) {
    if (Date.now() > end) return false;
    await sleep(20);
  }
  return true;
}

/** Milliseconds until a click made while the queue drains arrives at the collector. */
async function clickMeanwhile(page, collector, offset) {
  await page.evaluate("bench.click(0)");
  const clicked = () => collector.reports().find(({ body }) => body.includes(chunkId(0)));
  await until(clicked);
  return (clicked()?.at ?? Number.NaN) - ((await page.evaluate("bench.times.at(-1)")) - offset);
}

/** What a blank page's main thread uses (µs an entry) in about the time a queue needs to drain. */
async function idle({ browser, pages, system, count }) {
  const page = await freshPage(browser, `${pages.url}/page`, system);
  try {
    const read = await startMeter(page.cdp);
    const before = await read();
    await sleep((count / LANES) * LATENCY_MS);
    return { complete: true, thread: ((await read()).thread - before.thread) / count };
  } finally {
    await page.close();
  }
}

/** Drains `count` entries at 50 ms server latency: the share of what the connections allow, CPU per entry, a click meanwhile. */
export async function drain(where) {
  const { collector, system, count } = where;
  if (system.name === "blank") return idle(where);
  const page = await pageWithQueue(where);
  try {
    collector.latency = LATENCY_MS;
    const read = await startMeter(page.cdp);
    await page.evaluate(`bench.drain = ${count}`);
    const offset = await clockOffset(page.cdp);
    const before = await read();
    await page.evaluate(scriptTag(system, collector.url));
    await until(() => collector.reports().length >= count / 2);
    const clickWait = system.queue ? await clickMeanwhile(page, collector, offset) : Number.NaN;
    const complete = await until(() => collector.reports().length >= count + Number(!!system.queue));
    await sleep(300);
    const after = await read();
    const reports = collector.reports();
    const preflights = collector.requests.length - reports.length;
    const seconds = (reports.at(-1).at - reports[1].at) / 1000;
    const limit = LANES / (LATENCY_MS / 1000);
    return {
      complete,
      sent: reports.length,
      preflights,
      share: (reports.length - 2) / seconds / limit,
      clickWait,
      thread: (after.thread - before.thread) / count,
    };
  } finally {
    await page.close();
  }
}
