// The builds: a script for script tags, modules for npm, the same two with web vitals, the inline stub.
import { readFileSync, rmSync } from "node:fs";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import terser from "@rollup/plugin-terser";
import typescript from "@rollup/plugin-typescript";
import { rollup } from "rollup";

rmSync("dist", { recursive: true, force: true });
const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const minify = {
  ecma: 2020,
  compress: { passes: 3, unsafe_arrows: true, pure_getters: true },
  mangle: { toplevel: true },
};

/** The version from package.json, so that it stands in one place. */
const versioned = {
  name: "version",
  transform: (code) => ({ code: code.replaceAll("__VERSION__", JSON.stringify(version)), map: null }),
};

const compile = (options = {}) => [
  nodeResolve(),
  typescript({
    noEmit: false,
    noForceEmit: true,
    rootDir: "src",
    include: ["**/*.ts"],
    exclude: ["**/*.test.ts"],
    ...options,
  }),
  versioned,
];

/**
 * In a script tag's build the worker runs the script's own text, which costs nothing: the whole bundle is one named
 * function, and its source is the worker's.
 */
const own = {
  name: "courier-source-own",
  resolveId: (id) => (id === "courier-source" ? `\0${id}` : null),
  load: (id) =>
    id === "\0courier-source" ? 'export const courierSource = () => "(" + bundle + ")()"' : null,
  renderChunk: (code) => ({ code: `(function bundle() {\n${code}\n})()`, map: null }),
};

/** In the modules it is text of its own: a bundler may change a function's source in ways a worker can't run. */
const inlined = {
  name: "courier-source-inlined",
  resolveId: (id) => (id === "courier-source" ? `\0${id}` : null),
  async load(id) {
    if (id !== "\0courier-source") return null;
    const bundle = await rollup({ input: "src/worker-entry.ts", plugins: [...compile(), terser(minify)] });
    const { output } = await bundle.generate({ format: "iife" });
    return `export const courierSource = () => ${JSON.stringify(output[0].code)}`;
  },
};

/** The audit as the text of an expression, for tests that drive a browser. */
const expression = {
  name: "audit-source",
  resolveId: (id) => (id === "audit-source" ? `\0${id}` : null),
  async load(id) {
    if (id !== "\0audit-source") return null;
    const bundle = await rollup({ input: "src/audit/expression.ts", plugins: compile() });
    const { output } = await bundle.generate({
      format: "iife",
      name: "audit",
      plugins: [terser({ ...minify, mangle: true })],
    });
    return `export const auditSource = ${JSON.stringify(`(() => {${output[0].code}return audit.findings})()`)}`;
  },
};

const script = (input, file) => ({
  input,
  output: { file, format: "es", sourcemap: true },
  plugins: [...compile(), own, terser(minify)],
});

export default [
  script("src/clicktrail.ts", "dist/clicktrail.js"),
  script("src/clicktrail.web-vitals.ts", "dist/clicktrail.web-vitals.js"),
  {
    input: "src/stub.ts",
    output: { file: "dist/stub.js", format: "iife" },
    plugins: [...compile(), terser(minify)],
  },
  {
    input: { index: "src/index.ts", "web-vitals": "src/web-vitals.ts" },
    output: { dir: "dist", format: "es", sourcemap: true, chunkFileNames: "core.js" },
    external: ["idb-keyval", "web-vitals"],
    plugins: [...compile({ declaration: true, declarationDir: "dist", outDir: "dist" }), inlined],
  },
  {
    input: "src/inspector/inspector.ts",
    output: { file: "dist/clicktrail.inspector.js", format: "iife" },
    plugins: [...compile(), terser(minify)],
  },
  {
    input: "src/audit/module.ts",
    output: { file: "dist/audit.js", format: "es", sourcemap: true },
    plugins: [...compile(), expression],
  },
];
