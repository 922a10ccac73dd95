// Owns an empty project with the packed tarball installed in it, as a new user has it. It knows npm, and no browser.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
/** The package under test: this one, or the one whose `dist` is named. */
const PACKAGE = process.env.E2E_DIST
  ? join(process.env.E2E_DIST, "..")
  : fileURLToPath(new URL("../..", import.meta.url));
const QUIET = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];

export type Project = Awaited<ReturnType<typeof createProject>>;

export async function createProject() {
  const folder = await mkdtemp(join(tmpdir(), "clicktrail-user-"));
  const packed = await run("npm", ["pack", "--json", ...QUIET, "--pack-destination", folder], {
    cwd: PACKAGE,
  });
  // npm 11 answers a list, later ones an object by name.
  const answer = Object.values(JSON.parse(packed.stdout) as Record<string, Tarball>);
  const [tarball] = answer;
  if (!tarball) throw new Error("npm pack named no tarball");
  await write("package.json", JSON.stringify({ private: true, type: "module" }));
  await run("npm", ["install", ...QUIET, `./${tarball.filename}`], { cwd: folder });

  async function write(path: string, text: string): Promise<string> {
    await writeFile(join(folder, path), text);
    return join(folder, path);
  }

  return {
    folder,
    /** Paths inside the tarball. */
    files: tarball.files.map(({ path }) => path),
    write,
    read: (path: string) => readFile(join(folder, path), "utf8"),
    /** What Node prints for a module of the project's. */
    async node(code: string): Promise<string> {
      const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", code], {
        cwd: folder,
      });
      return stdout.trim();
    },
    /** What TypeScript complains about in `use.ts`, the library's declarations included; empty is well. */
    async check(options: Readonly<Record<string, unknown>>): Promise<string> {
      const tsc = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));
      const lib = ["es2022", "dom", "dom.iterable"];
      const compilerOptions = { strict: true, noEmit: true, target: "es2022", lib, types: [], ...options };
      await write("tsconfig.json", JSON.stringify({ compilerOptions, files: ["use.ts"] }));
      return run(process.execPath, [tsc], { cwd: folder }).then(
        ({ stdout }) => stdout,
        (failed: { stdout: string }) => failed.stdout,
      );
    },
    remove: () => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 }),
  };
}

interface Tarball {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}
