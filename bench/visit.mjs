// Owns one visit of a fresh page: load, heap, listeners, first click, warm clicks. Compares nothing.
import { setTimeout as sleep } from "node:timers/promises";
import { freshPage, mouse } from "./browser.mjs";
import { clockOffset, evaluationTime, heap, listeners, startMeter } from "./meter.mjs";
import { median } from "./stats.mjs";
import { scriptTag } from "./systems.mjs";

/** Long enough after loading for idle work (opening a database, say) to end. */
const IDLE_MS = 500;
/** Between warm clicks: the answer to one is handled before the next. */
const GAP_MS = 25;
/** After the last click. */
const REST_MS = 250;
const WARM_UP = 5;

const go = (from, clicks) => `bench.go(${from}, ${clicks}, ${GAP_MS}, ${REST_MS})`;

/** A click by the mouse, as a visitor makes it: over the result, a moment later down and up. */
async function firstClick(cdp, read) {
  const before = await read();
  await mouse(cdp, "mouseMoved");
  await sleep(IDLE_MS / 2);
  const over = await read();
  await mouse(cdp, "mousePressed");
  await mouse(cdp, "mouseReleased");
  await sleep(IDLE_MS / 2);
  const clicked = await read();
  return { intent: over.thread - before.thread, first: clicked.thread - over.thread };
}

/** Milliseconds from each click to its request's arrival, when every click made exactly one. */
function leaving(times, reports, offset) {
  if (times.length !== reports.length) return Number.NaN;
  return median(times.map((time, n) => reports[n].at - (time - offset)));
}

function freshResults({ browser, pages, system }) {
  return freshPage(browser, `${pages.url}/page`, system);
}

/** All figures of one visit: µs of main-thread CPU (each with the blank page's own share in it), bytes, counts. */
export async function visit({ open = freshResults, clicks, throttle = 1, ...where }) {
  const { browser, collector, system } = where;
  collector.reset();
  const { cdp, evaluate, close } = await open(where);
  try {
    const offset = await clockOffset(cdp);
    const heapBefore = await heap(cdp);
    const read = await startMeter(cdp);
    if (throttle > 1) await cdp.Emulation.setCPUThrottlingRate({ rate: throttle });
    await sleep(50);

    const blank = await read();
    const evaluation = await evaluationTime(browser.root, `/${system.name}.js`, async () => {
      await evaluate(scriptTag(system, collector.url));
      await sleep(IDLE_MS);
    });
    const loaded = await read();
    const heapAfter = await heap(cdp);
    const { listeners: heard } = await read();
    const listenerTypes = await listeners(cdp);

    const { intent, first } = await firstClick(cdp, read);
    await evaluate(go(1, WARM_UP));
    await evaluate("bench.times.length = 0");
    const from = { cpu: await read(), bytes: collector.bytesIn(), requests: collector.requests.length };
    await evaluate(go(1 + WARM_UP, clicks));
    const to = await read();
    const reports = collector.requests.slice(from.requests);
    return {
      evaluate: evaluation,
      start: loaded.thread - blank.thread,
      heap: heapAfter - heapBefore,
      listeners: listenerTypes.length - 1,
      allListeners: heard - blank.listeners,
      listenerTypes,
      intent,
      first,
      warm: (to.thread - from.cpu.thread) / clicks,
      warmScript: (to.script - from.cpu.script) / clicks,
      heapClicked: (await heap(cdp)) - heapBefore,
      requests: reports.length / clicks,
      bytes: (collector.bytesIn() - from.bytes) / clicks,
      leaving: leaving(await evaluate("bench.times"), reports, offset),
    };
  } finally {
    await close();
  }
}
