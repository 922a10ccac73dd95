// Owns what is read from a page: main-thread CPU time, heap, listeners, trace events, clock. Knows no system.

/** Reads the CPU time that the page's main thread has used so far (all of it: scripts, tasks, the browser's own), in µs. */
export async function startMeter(cdp) {
  await cdp.Performance.enable({ timeDomain: "threadTicks" });
  return async function read() {
    const { metrics } = await cdp.Performance.getMetrics();
    const value = (name) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
    return {
      thread: value("ThreadTime") * 1e6,
      script: value("ScriptDuration") * 1e6,
      listeners: value("JSEventListeners"),
    };
  };
}

/** Bytes of the page's JavaScript heap after garbage collection. */
export async function heap(cdp) {
  for (let i = 0; i < 3; i += 1) await cdp.HeapProfiler.collectGarbage();
  const { usedSize } = await cdp.Runtime.getHeapUsage();
  return usedSize;
}

/** The listeners on window and document, as "window click". */
export async function listeners(cdp) {
  const found = [];
  for (const expression of ["window", "document", "document.documentElement", "document.body"]) {
    const { result } = await cdp.Runtime.evaluate({ expression });
    const { listeners } = await cdp.DOMDebugger.getEventListeners({ objectId: result.objectId });
    found.push(...listeners.map(({ type }) => `${expression} ${type}`));
  }
  return found;
}

/** How far the page's clock is ahead of this process's, in ms, by the quickest of a few round trips. */
export async function clockOffset(cdp) {
  let best = { trip: Number.POSITIVE_INFINITY, offset: 0 };
  for (let i = 0; i < 8; i += 1) {
    const sent = performance.timeOrigin + performance.now();
    const { result } = await cdp.Runtime.evaluate({ expression: "bench.now()" });
    const trip = performance.timeOrigin + performance.now() - sent;
    if (trip < best.trip) best = { trip, offset: result.value - sent - trip / 2 };
  }
  return best.offset;
}

/** The trace events of `categories` while `work` runs. */
export async function traced(root, categories, work) {
  const events = [];
  const stop = root.Tracing.dataCollected(({ value }) => events.push(...value));
  await root.Tracing.start({ transferMode: "ReportEvents", traceConfig: { includedCategories: categories } });
  await work();
  const complete = root.Tracing.tracingComplete();
  await root.Tracing.end();
  await complete;
  stop();
  return events;
}

/** Main-thread CPU time (µs) that the browser took to run the script at `path`, by its own trace. */
export async function evaluationTime(root, path, work) {
  const events = await traced(root, ["devtools.timeline"], work);
  const own = events.filter(({ args }) => (args.data?.url ?? args.fileName)?.endsWith(path));
  const pid = own.find(({ name }) => name === "v8.compileModule")?.pid;
  // Evaluating a module carries no address; the page has no other module.
  const run = events.filter((event) => event.name === "v8.evaluateModule" && event.pid === pid);
  run.push(...own.filter(({ name }) => name === "EvaluateScript" || name === "v8.compileModule"));
  return run.reduce((sum, { tdur }) => sum + (tdur ?? Number.NaN), 0);
}
