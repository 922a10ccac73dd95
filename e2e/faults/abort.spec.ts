// Owns a fact about browsers that a withdrawal of consent relies on: whether an abort keeps a request that waits for a connection
// from the server. It knows no library.
import { expect, test } from "../fixtures.ts";

const CONNECTIONS = 6;

/** Longer than the six requests take that have a connection, and the next six after them. */
const AFTER_MS = 2_500;

for (const keepalive of [true, false]) {
  const result = keepalive
    ? "may be sent all the same (Chromium 156: all of them; Firefox 153: some)"
    : "is never sent";
  test(`a page's request with keepalive ${keepalive}, aborted while it waits for a connection, ${result}`, async ({
    tab,
    tabs,
    site,
    collector,
  }) => {
    await tab.goto(site.landing(null));
    const send = (times: number) =>
      tab.evaluate(
        ({ url, isKept, count }) => {
          const abort = new AbortController();
          Object.assign(window, { abort });
          const request = { method: "PUT", body: "{}", keepalive: isKept, signal: abort.signal };
          const headers = { "content-type": "application/json" };
          for (let left = count; left; left -= 1) fetch(url, { ...request, headers }).catch(() => undefined);
        },
        { url: collector.endpoint, isKept: keepalive, count: times },
      );
    // It pays the preflight.
    await send(1);
    await collector.arrived(1);
    collector.behave({ delayMs: 900 });
    await send(18);
    await collector.arrived(1 + CONNECTIONS);
    await tab.evaluate(() => (window as unknown as { abort: AbortController }).abort.abort());
    const reached = collector.puts.length;
    const from = Date.now();
    await expect.poll(() => Date.now() - from, { intervals: [100] }).toBeGreaterThan(AFTER_MS);
    if (!keepalive) expect(collector.puts.length).toBe(reached);
    else if (tabs.engine === "chromium") expect(collector.puts.length).toBeGreaterThan(reached);
  });
}
