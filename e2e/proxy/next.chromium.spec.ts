// Owns the proof of what docs/first-party.md and docs/frameworks.md have for Next: a real Next, built and started, before a real API. The
// tracker starts in `instrumentation-client.ts`, the results are a server component's, and a route takes the clicks.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { QUIET_MS } from "../arrivals.ts";
import { createApp, nextConfig, pathOf } from "../bundlers/packages.ts";
import { codeBlock } from "../documents.ts";
import { expect, test } from "../fixtures.ts";
import { freePort } from "../listen.ts";
import { API_KEY, chunkId, DATASET, REQUEST_ID } from "../pages.ts";
import { expectStats, trackerReady } from "../tracker.ts";
import { ask, clickId, send } from "./behind.ts";
import { replaced } from "./nginx.ts";

const RESPONSE = JSON.stringify({ id: REQUEST_ID, chunks: [{ chunk: { id: chunkId(1) } }] });

const SEARCH = `
import { resultProps } from "clicktrail/react";
const response = ${RESPONSE};
export default function Search() {
  return <ol><li {...resultProps(response, 0)}><a id="link-1" href="/detail">One</a></li></ol>;
}`;

/** For this spec, which asks the tracker. */
const SHOW = `Reflect.set(globalThis, "clicktrail", Reflect.get(globalThis, Symbol.for("clicktrail")));`;

/** The app as the two documents say. */
async function createNext() {
  const route = await codeBlock("docs/first-party.md", "js", "export { clicks as POST, clicks as PUT }");
  const endpoint = "apiKey: process.env.TRIEVE_KEY, endpoint: process.env.TRIEVE_URL";
  const client = await codeBlock("docs/frameworks.md", "ts", "instrumentation-client.ts");
  return createApp({
    "package.json": '{ "private": true }',
    "next.config.mjs": nextConfig(),
    "app/ctr/route.js": replaced(route, { "apiKey: process.env.TRIEVE_KEY": endpoint }),
    "instrumentation-client.ts": `${client}${SHOW}`,
    "app/layout.js": 'export default ({ children }) => <html lang="en"><body>{children}</body></html>;',
    "app/search/page.js": SEARCH,
    "app/detail/page.js": 'export default () => <h1 id="detail">Detail</h1>;',
  });
}

test("Next: the documents' app takes each click once", { tag: "@full" }, async ({ tab, collector }) => {
  test.setTimeout(300_000);
  const environment = { TRIEVE_DATASET: DATASET, TRIEVE_KEY: API_KEY, NEXT_PUBLIC_TRIEVE_DATASET: DATASET };
  const app = await createNext();
  let server: ChildProcess | undefined;
  try {
    await app.run("next", ["build"], { ...environment, TRIEVE_URL: "http://127.0.0.1:1/" });
    const port = await freePort("127.0.0.1");
    server = spawn(process.execPath, [pathOf("next"), "start", "-H", "127.0.0.1", "-p", String(port)], {
      cwd: app.folder,
      env: { ...process.env, ...environment, NEXT_TELEMETRY_DISABLED: "1", TRIEVE_URL: collector.endpoint },
      stdio: "ignore",
    });
    const origin = `http://127.0.0.1:${port}`;
    const isThere = () => fetch(`${origin}/ctr`).then(({ status }) => status, String);
    // Next's own answer to a method that the route does not export.
    await expect.poll(isThere, { timeout: 60_000 }).toBe(405);
    await tab.goto(`${origin}/search`);
    await trackerReady(tab);
    await tab.hover("#link-1");
    await expect.poll(() => tab.evaluate(() => window.clicktrail.courier())).toBe("worker");
    await tab.click("#link-1");
    await tab.at("/detail");
    await collector.expectPuts([{ position: 1, clicked_chunk_id: chunkId(1) }], { settleMs: QUIET_MS });
    expect(collector.puts[0]?.headers.authorization).toBe(API_KEY);
    await tab.goto(`${origin}/search`);
    await expectStats(tab, { made: 1, delivered: 1 });
    const id = clickId();
    collector.behave({ delayMs: 300 });
    const copies = await Promise.all([1, 2, 3].map((attempt) => send(tab, { id, attempt, position: 2 })));
    expect(copies.map(({ status }) => status)).toEqual([204, 204, 204]);
    expect(await send(tab, { id, position: 2 })).toMatchObject({ status: 204, replayed: "true" });
    const question = clickId();
    expect(await ask(tab, question)).toMatchObject({ status: 204, replayed: null });
    expect(await ask(tab, question)).toMatchObject({ status: 204, replayed: "true" });
    await collector.expectPuts([{ position: 1 }, { position: 2 }]);
  } finally {
    const ended = server && once(server, "exit");
    server?.kill();
    await ended;
    await app.remove();
  }
});
