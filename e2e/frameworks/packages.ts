// Owns the way to the libraries of this folder, which have a package.json and a lock file of their own: `npm run setup` installs them.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** Where modules have to be resolved from. */
export const FOLDER = fileURLToPath(new URL("./", import.meta.url));

/** All that a build of Vite's has emitted, by name, its entry first: the courier and the sentences are files of their own. */
export function emitted(made: unknown): Map<string, string> {
  const [first] = [made].flat() as { output?: Emitted[] }[];
  return new Map(first?.output?.map(({ fileName, code, source }) => [fileName, code ?? `${source}`]));
}

interface Emitted {
  readonly fileName: string;
  readonly code?: string;
  readonly source?: unknown;
}

/** A file of a package that its `exports` may not name. */
export function packaged(path: string): Promise<string> {
  return readFile(new URL(`node_modules/${path}`, import.meta.url), "utf8");
}
