// Owns what each system ships: its page script bundled as a site would bundle it, and its size. Runs nothing.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import commonjs from "@rollup/plugin-commonjs";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import sucrase from "@rollup/plugin-sucrase";
import terser from "@rollup/plugin-terser";
import { rollup } from "rollup";
import { explore } from "source-map-explorer";
import { UMAMI } from "./systems.mjs";

/** Page scripts that measure, beside those of the systems. */
const INSTRUMENTS = ["web-vitals", "fetch-loop", "queue"].map((name) => ({ name, kind: "instrument" }));

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Umami ships its tracker inside the package of the whole application: take that one file, not its dependencies. */
function umamiTracker() {
  const folder = here("node_modules/.umami");
  const file = `${folder}/${UMAMI.file}`;
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const options = { cwd: folder, encoding: "utf8" };
  const [packed] = JSON.parse(execFileSync("npm", ["pack", "--json", UMAMI.package], options));
  const tarball = readFileSync(`${folder}/${packed.filename}`);
  const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
  if (integrity !== UMAMI.integrity)
    throw new Error(`${UMAMI.package} is not the package it was: ${integrity}`);
  execFileSync("tar", ["-xzf", packed.filename, UMAMI.file], options);
  return file;
}

function umami() {
  return { name: "umami", resolveId: (id) => (id === "umami-tracker" ? umamiTracker() : null) };
}

/** What a site ships: one classic script, or an entry module with its lazy chunks where the package has some. */
async function bundle(name) {
  const build = await rollup({
    input: here(`pages/${name}.js`),
    plugins: [
      umami(),
      nodeResolve({ browser: true, preferBuiltins: false, extensions: [".mjs", ".js", ".json", ".ts"] }),
      sucrase({ include: ["../src/**/*.ts", "**/src/*.ts"], transforms: ["typescript"] }),
      commonjs(),
      terser(),
    ],
    onwarn: () => {},
  });
  const chunkFileNames = `${name}-[name]-[hash].js`;
  let { output } = await build.generate({ format: "es", entryFileNames: `${name}.js`, chunkFileNames });
  if (output.length === 1)
    ({ output } = await build.generate({ format: "iife", entryFileNames: `${name}.js` }));
  await build.close();
  return output;
}

export function sizeOf(code) {
  const brotli = brotliCompressSync(code, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(code),
    },
  });
  return { raw: Buffer.byteLength(code), gzip: gzipSync(code, { level: 9 }).length, brotli: brotli.length };
}

/** The bytes that load with the page: the entry and what it imports statically, not its lazy chunks. */
function shipped(output) {
  const eager = new Set([output[0].fileName, ...output[0].imports]);
  return output.filter(({ fileName }) => eager.has(fileName)).map(({ code }) => code);
}

const add = (a, b) => ({ raw: a.raw + b.raw, gzip: a.gzip + b.gzip, brotli: a.brotli + b.brotli });

/** Each system's scripts by path, sizes, and which are modules. A blank page gets an empty script: a request, no code. */
export async function buildSystems(systems) {
  // Our courier's files stand beside the script: that of the script tag, and that of the package.
  const dist = here("../dist");
  const files = readdirSync(dist).filter((file) => file.endsWith(".js"));
  const scripts = new Map(files.map((file) => [`/${file}`, readFileSync(`${dist}/${file}`, "utf8")]));
  const sizes = {};
  const modules = new Set();
  for (const { name, kind, ours, script, addOn } of [...systems, ...INSTRUMENTS]) {
    let code = [""];
    const own = [script, addOn].filter(Boolean).map((path) => readFileSync(resolve(here("."), path), "utf8"));
    if (ours) code = [own.join(";\n")];
    if (ours || name === "blank") {
      scripts.set(`/${name}.js`, code[0]);
    } else {
      const output = await bundle(name);
      for (const chunk of output) scripts.set(`/${chunk.fileName}`, chunk.code);
      if (output.length > 1) modules.add(name);
      code = shipped(output);
    }
    if (["ours", "peer", "base"].includes(kind)) sizes[name] = code.map(sizeOf).reduce(add);
  }
  return { scripts, sizes, modules };
}

/** Minified bytes of each of our modules in a build, most first, by its source map. */
export async function bytesPerModule(file) {
  const code = resolve(here("."), file);
  const { bundles } = await explore({ code, map: `${code}.map` }, { noBorderChecks: true });
  return Object.entries(bundles[0].files)
    .map(([file, { size }]) => ({ module: file.replace(/^.*?(src|node_modules)\//, ""), bytes: size }))
    .sort((a, b) => b.bytes - a.bytes);
}
