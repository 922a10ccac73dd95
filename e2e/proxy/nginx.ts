// Owns a real nginx that runs demo/nginx.conf before a site and an API, with ports of its own. It changes no other line of the
// configuration but those a test names.
import { spawn } from "node:child_process";
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
  const [port, second] = [await freePort("127.0.0.1"), await freePort("127.0.0.1")];
  const text = replaced(await readFile(CONFIGURATION, "utf8"), {
    "listen 127.0.0.1:8081;": `listen 127.0.0.1:${port};`,
    "listen 127.0.0.1:8082;": `listen 127.0.0.1:${second};`,
    "proxy_pass http://127.0.0.1:8082/$ctr_kind;": `proxy_pass http://127.0.0.1:${second}/$ctr_kind;`,
    "proxy_pass http://127.0.0.1:8082/yes;": `proxy_pass http://127.0.0.1:${second}/yes;`,
    "default http://127.0.0.1:8090/": `default ${api}/`,
    "proxy_pass http://127.0.0.1:8080;": `proxy_pass ${site};`,
    "access_log off;": "access_log requests.log;",
    // The specs ask faster than a person clicks.
    "rate=5r/s;": "rate=1000r/s;",
    ...change,
  });
  await writeFile(join(folder, "nginx.conf"), text);
  const origin = `http://127.0.0.1:${port}`;
  let running = await run(program, folder, origin);

  return {
    origin,
    /** The requests for `/ctr` so far, oldest first: method and status, such as "PUT 204". */
    async requests(): Promise<string[]> {
      const log = await readFile(join(folder, "requests.log"), "utf8");
      const lines = log.matchAll(/"(\w+) \/ctr HTTP\/[\d.]+" (\d+)/g);
      return [...lines].map(([, method, status]) => `${method} ${status}`);
    },
    /** What it has complained about since its last start. */
    complaints: () => running.said(),
    /** Ends it, with SIGKILL as a machine that loses its power, and starts it again in the same folder. */
    async restart(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
      await running.end(signal);
      running = await run(program, folder, origin);
    },
    async stop(): Promise<void> {
      await running.end("SIGTERM");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function run(program: string, folder: string, origin: string) {
  // A group of its own: killed, its worker would live on and keep the port.
  const child = spawn(program, ["-p", folder, "-c", "nginx.conf"], {
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  });
  let said = "";
  child.stderr?.on("data", (part: Buffer) => {
    said += part.toString();
  });
  const deadline = Date.now() + START_MS;
  while (!(await isThere(origin))) {
    if (child.exitCode !== null) throw new Error(`nginx ended: ${said}`);
    if (Date.now() > deadline) throw new Error(`nginx does not answer: ${said}`);
    await sleep(LOOK_MS);
  }
  return {
    said: () => said,
    async end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      if (signal === "SIGKILL" && child.pid) process.kill(-child.pid, signal);
      else child.kill(signal);
      await ended;
    },
  };
}

function isThere(origin: string): Promise<boolean> {
  return fetch(`${origin}/ctr`).then(
    () => true,
    () => false,
  );
}

/** Each line has to be there: a configuration that has changed must not be tested in another's place. */
export function replaced(text: string, changes: Readonly<Record<string, string>>): string {
  return Object.entries(changes).reduce((current, [from, to]) => {
    if (!current.includes(from)) throw new Error(`"${from}" is not there any more`);
    // A function: "$" is no pattern.
    return current.replace(from, () => to);
  }, text);
}
