// Owns the search page under a policy: one result, the library as a test wants it loaded, no inline script that the
// policy would have to allow. It knows no expectation.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { rollup } from "rollup";
import { API_KEY, chunkId, DATASET, REQUEST_ID } from "../pages.ts";
import type { Site } from "../site.ts";

/** The click on the page's one result. */
export const FIRST = { request_id: REQUEST_ID, clicked_chunk_id: chunkId(1), position: 1 };

/** The files under test, as in site.ts. */
const DIST = process.env.E2E_DIST
  ? `file://${process.env.E2E_DIST}/`
  : new URL("../../dist/", import.meta.url);

export interface StrictPage {
  /** `Content-Security-Policy`, one directive a line. */
  readonly policy: readonly string[];
  /** Attributes of the script tag on top of the usual ones; `undefined` leaves one out. */
  readonly script?: Readonly<Record<string, string | undefined>>;
  /** HTML instead of the script tag. */
  readonly head?: string;
}

export function scriptAttributes(endpoint: string): Record<string, string> {
  return {
    src: "/dist/clicktrail.js",
    "data-dataset": DATASET,
    "data-api-key": API_KEY,
    "data-endpoint": endpoint,
  };
}

/** Attributes as HTML. */
export function written(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => `${name}="${value}"`)
    .join(" ");
}

/** Serves the page under `path` and answers its address. */
export function serveStrict(site: Site, path: string, endpoint: string, page: StrictPage): string {
  const given = Object.entries({ ...scriptAttributes(endpoint), ...page.script });
  const attributes = given.flatMap(([name, value]) => (value === undefined ? [] : [` ${name}="${value}"`]));
  const body = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Search</title><link rel="icon" href="data:,">
${page.head ?? `<script async${attributes.join("")}></script>`}
<ol data-ctr-request-id="${REQUEST_ID}"><li data-ctr-chunk-id="${chunkId(1)}"><a id="link-1" href="/detail">One</a></li></ol>`;
  // The icon is the page's own: without it browsers ask for one that the policy forbids, and say so.
  const policy = [...page.policy, "img-src data:"].join("; ");
  return site.serveHtml(path, body, { "content-security-policy": policy });
}

/** Serves a script of the page's own. */
export function serveScript(site: Site, path: string, code: string): string {
  return site.serveHtml(path, code, { "content-type": "text/javascript; charset=utf-8" });
}

/** A built file as text. */
export function built(file: string): Promise<string> {
  return readFile(new URL(file, DIST), "utf8");
}

/** A page's own module with the library's in it, as a bundler makes it: `code` may use all that the package exports. */
export async function bundled(code: string): Promise<string> {
  const index = fileURLToPath(new URL("index.js", DIST));
  const entry = `import { init, tagResults, resultAttributes } from ${JSON.stringify(index)};\n${code}`;
  const virtual = {
    name: "own-module",
    resolveId: (id: string) => (id === "own-module" ? id : null),
    load: (id: string) => (id === "own-module" ? entry : null),
  };
  const bundle = await rollup({ input: "own-module", plugins: [virtual, nodeResolve()], treeshake: true });
  const { output } = await bundle.generate({ format: "es", inlineDynamicImports: true });
  return output[0].code;
}

/** What the build says to write into `integrity`. */
export async function integrityOf(file: string): Promise<string> {
  const hashes = JSON.parse(await built("sri.json")) as Readonly<Record<string, string>>;
  const hash = hashes[file];
  if (!hash) throw new Error(`dist/sri.json has no ${file}`);
  return hash;
}
