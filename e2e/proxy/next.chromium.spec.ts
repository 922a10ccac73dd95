// Owns the proof of docs/first-party.md's route for Next: a real Next, built and started, before a real API. Next is 340 MB and builds
// for half a minute, so it is no dependency of this package: `E2E_NEXT=1` installs it into a folder of its own, kept for the next run.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { QUIET_MS } from "../arrivals.ts";
import { codeBlock } from "../documents.ts";
import { expect, test } from "../fixtures.ts";
import { freePort } from "../listen.ts";
import { API_KEY, chunkId, DATASET, REQUEST_ID } from "../pages.ts";
import { DIST } from "../site.ts";
import { expectStats, trackerReady } from "../tracker.ts";
import { ask, clickId, send } from "./behind.ts";
import { replaced } from "./nginx.ts";

const run = promisify(execFile);
const FOLDER = join(tmpdir(), "clicktrail-next");
const PACKAGES = ["next@16.4.6", "react@19.3.1", "react-dom@19.3.1"];
const QUIET = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
const ENVIRONMENT = {
  ...process.env,
  NEXT_TELEMETRY_DISABLED: "1",
  TRIEVE_DATASET: DATASET,
  TRIEVE_KEY: API_KEY,
};

const SEARCH = `
export default function Search() {
  return (
    <ol data-ctr-request-id="${REQUEST_ID}">
      <li data-ctr-chunk-id="${chunkId(1)}"><a id="link-1" href="/detail">One</a></li>
      <script async src="/clicktrail.js" data-dataset="${DATASET}" data-endpoint="/ctr" data-idempotent="" />
    </ol>
  );
}`;

test.skip(!process.env.E2E_NEXT, "the route for Next: set E2E_NEXT=1, which installs 340 MB");
test.setTimeout(600_000);

async function write(path: string, text: string): Promise<void> {
  const file = join(FOLDER, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

async function build(): Promise<void> {
  const route = await codeBlock("docs/first-party.md", "js", "export { clicks as POST, clicks as PUT }");
  const endpoint = "apiKey: process.env.TRIEVE_KEY, endpoint: process.env.TRIEVE_URL";
  const changes = { '"clicktrail/proxy"': '"../../proxy.mjs"', "apiKey: process.env.TRIEVE_KEY": endpoint };
  await write("package.json", JSON.stringify({ private: true }));
  await write("app/ctr/route.js", replaced(route, changes));
  await write("app/layout.js", "export default ({ children }) => <html><body>{children}</body></html>;");
  await write("app/search/page.js", SEARCH);
  await write("app/detail/page.js", 'export default () => <h1 id="detail">Detail</h1>;');
  await mkdir(join(FOLDER, "public"), { recursive: true });
  await copyFile(new URL("proxy.js", DIST), join(FOLDER, "proxy.mjs"));
  await copyFile(new URL("clicktrail.js", DIST), join(FOLDER, "public/clicktrail.js"));
  await run("npm", ["install", ...QUIET, ...PACKAGES], { cwd: FOLDER });
  await run("npx", ["next", "build"], {
    cwd: FOLDER,
    env: { ...ENVIRONMENT, TRIEVE_URL: "http://127.0.0.1:1/" },
  });
}

test("a route of Next's takes each click once", { tag: "@full" }, async ({ tab, collector }) => {
  await build();
  const port = await freePort("127.0.0.1");
  const next = join(FOLDER, "node_modules/next/dist/bin/next");
  const server: ChildProcess = spawn(
    process.execPath,
    [next, "start", "-H", "127.0.0.1", "-p", String(port)],
    {
      cwd: FOLDER,
      env: { ...ENVIRONMENT, TRIEVE_URL: collector.endpoint },
      stdio: "ignore",
    },
  );
  try {
    const origin = `http://127.0.0.1:${port}`;
    const isThere = () => fetch(`${origin}/ctr`).then(({ status }) => status, String);
    // Next's own answer to a method that the route does not export.
    await expect.poll(isThere, { timeout: 60_000 }).toBe(405);
    await tab.goto(`${origin}/search`);
    await trackerReady(tab);
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
    server.kill();
  }
});
