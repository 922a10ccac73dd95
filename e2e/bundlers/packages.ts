// Owns apps that the bundlers of this folder build: this folder has a package.json and a lock file of its own, and set-up installs it
// where E2E_FULL is set. It knows no browser and no expectation.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { DIST } from "../site.ts";

const run = promisify(execFile);
const FOLDER = fileURLToPath(new URL("./", import.meta.url));
/** A bundler calls nobody. */
const ENVIRONMENT = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", PARCEL_DISABLE_TELEMETRY: "1" };

export type App = Awaited<ReturnType<typeof createApp>>;

/** An app in a folder of its own, with the package in its `node_modules`. `files` are by their paths. */
export async function createApp(files: Readonly<Record<string, string>>) {
  if (!existsSync(join(FOLDER, "node_modules/next")))
    throw new Error("the libraries of e2e/bundlers are missing. Run: E2E_FULL=1 npm run setup");
  // Bundlers look for their packages in the folders above; and what is in a folder `node_modules` is no app to them.
  const folder = await mkdtemp(join(FOLDER, ".app-"));
  const installed = join(folder, "node_modules/clicktrail");
  await cp(fileURLToPath(DIST), join(installed, "dist"), { recursive: true });
  await cp(fileURLToPath(new URL("../package.json", DIST)), join(installed, "package.json"));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }

  return {
    folder,
    /** Runs a command of this folder's packages, and answers what it has printed; throws if it fails. */
    async run(
      command: keyof typeof COMMANDS,
      args: readonly string[],
      env: Readonly<Record<string, string>> = {},
    ) {
      const options = { cwd: folder, env: { ...ENVIRONMENT, ...env } };
      const ended = await run(process.execPath, [pathOf(command), ...args], options).catch(
        (failed: { stdout: string; stderr: string }) => {
          throw new Error(`${command} ${args.join(" ")}\n${failed.stdout}\n${failed.stderr}`);
        },
      );
      return ended.stdout;
    },
    /** What a build has written below this folder: the text of each file by its path. */
    async built(below: string): Promise<Map<string, string>> {
      const found = await readdir(join(folder, below), { recursive: true, withFileTypes: true });
      const paths = found.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
      const texts = paths.map(
        async (path) => [path.slice(join(folder, below, "/").length), await readFile(path, "utf8")] as const,
      );
      return new Map(await Promise.all(texts));
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }),
  };
}

const COMMANDS = { next: "next/dist/bin/next", parcel: "parcel/lib/bin.js" };

/** For a process that a spec starts and ends itself. */
export function pathOf(command: keyof typeof COMMANDS): string {
  return join(FOLDER, "node_modules", COMMANDS[command]);
}

/** Next looks for the folder with a lock file, and would take the whole repository. */
export function nextConfig(more: Readonly<Record<string, string>> = {}): string {
  return `export default ${JSON.stringify({ ...more, turbopack: { root: FOLDER }, outputFileTracingRoot: FOLDER })};`;
}
