// Owns the way to the libraries of this folder, which have a package.json and a lock file of their own: `npm run setup` installs them.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** Where modules have to be resolved from. */
export const FOLDER = fileURLToPath(new URL("./", import.meta.url));

/** A file of a package that its `exports` may not name. */
export function packaged(path: string): Promise<string> {
  return readFile(new URL(`node_modules/${path}`, import.meta.url), "utf8");
}
