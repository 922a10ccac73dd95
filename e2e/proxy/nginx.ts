// Owns a real nginx that runs demo/nginx.conf before a site and an API, with ports of its own. It changes no other line of the
// configuration but those a test names.
import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../listen.ts";

const CONFIGURATION = new URL("../../demo/nginx.conf", import.meta.url);
const START_MS = 10_000;
const LOOK_MS = 25;

export interface Before {
  /** Path of the program. */
  readonly program: string;
  /** Origin of what `/` shows. */
  readonly site: string;
  /** Origin of Trieve's stand-in. */
  readonly api: string;
  /** More lines to change: what stands in the file → what to write instead. */
  readonly change?: Readonly<Record<string, string>>;
}

export type Nginx = Awaited<ReturnType<typeof startNginx>>;

export async function startNginx({ program, site, api, change = {} }: Before) {
  const folder = await mkdtemp(join(tmpdir(), "clicktrail-nginx-"));
  // Started by root, its workers are somebody else's.
  await chmod(folder, 0o755);
  const port = await freePort("127.0.0.1");
  const text = replaced(await readFile(CONFIGURATION, "utf8"), {
    "listen 8081;": `listen 127.0.0.1:${port};`,
    "server 127.0.0.1:8090;": `server ${new URL(api).host};`,
    "proxy_pass http://127.0.0.1:8080;": `proxy_pass ${site};`,
    "access_log off;": "access_log requests.log;",
    ...change,
  });
  await writeFile(join(folder, "nginx.conf"), text);
  const child = spawn(program, ["-p", folder, "-c", "nginx.conf"], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr?.on("data", (part: Buffer) => {
    said += part.toString();
  });
  const origin = `http://127.0.0.1:${port}`;
  await answers(origin, child, () => said);

  return {
    origin,
    /** The requests for `/ctr` so far, oldest first: method and status, such as "PUT 204". */
    async requests(): Promise<string[]> {
      const log = await readFile(join(folder, "requests.log"), "utf8");
      const lines = log.matchAll(/"(\w+) \/ctr HTTP\/[\d.]+" (\d+)/g);
      return [...lines].map(([, method, status]) => `${method} ${status}`);
    },
    async stop(): Promise<void> {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Each line has to be there: a configuration that has changed must not be tested in another's place. */
function replaced(text: string, changes: Readonly<Record<string, string>>): string {
  return Object.entries(changes).reduce((current, [from, to]) => {
    if (!current.includes(from)) throw new Error(`demo/nginx.conf has no "${from}"`);
    return current.replace(from, to);
  }, text);
}

async function answers(origin: string, child: ChildProcess, said: () => string): Promise<void> {
  const deadline = Date.now() + START_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`nginx ended: ${said()}`);
    const isThere = await fetch(`${origin}/ctr`).then(
      () => true,
      () => false,
    );
    if (isThere) return;
    await sleep(LOOK_MS);
  }
  throw new Error(`nginx does not answer: ${said()}`);
}
