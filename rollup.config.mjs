// The builds: a script for script tags, modules for npm, add-ons as both, the inline stub, the declarations.
import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import terser from "@rollup/plugin-terser";
import typescript from "@rollup/plugin-typescript";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";

rmSync("dist", { recursive: true, force: true });
const { version, homepage } = JSON.parse(readFileSync("package.json", "utf8"));
/**
 * Where a message sends its reader: the file in the package, until package.json has a `homepage`. An address that isn't ours
 * would let a stranger answer.
 */
const help = `${homepage ? `${homepage.replace(/#.*/, "")}/blob/main/` : ""}docs/troubleshooting.md`;
const minify = {
  ecma: 2020,
  compress: { passes: 5, unsafe: true, unsafe_arrows: true, pure_getters: true },
  mangle: { toplevel: true },
};

/** What comes from package.json, so that it is written in one place. */
const packaged = (more = {}) => ({
  name: "packaged",
  transform: (code) => ({
    code: Object.entries({ __VERSION__: version, __HELP__: help, ...more }).reduce(
      (so, [name, value]) => so.replaceAll(name, JSON.stringify(value)),
      code,
    ),
    map: null,
  }),
});

const compile = (more) => [
  nodeResolve(),
  typescript({
    // The types are for `npm run check`: once, where each of these builds would read them all again.
    noCheck: true,
    noEmit: false,
    noForceEmit: true,
    rootDir: "src",
    include: ["**/*.ts"],
    exclude: ["**/*.test.ts", "**/test/**"],
  }),
  packaged(more),
];

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

/** The guide to the console's messages, for the inspector: a page's developer may have nothing of the package but its scripts. */
const guide = {
  name: "guide-source",
  resolveId: (id) => (id === "guide-source" ? `\0${id}` : null),
  load(id) {
    if (id !== "\0guide-source") return null;
    const [, ...sections] = readFileSync("docs/troubleshooting.md", "utf8").split(/^#{2,3} /m);
    const read = (section) => {
      const [title, ...lines] = section.trim().split("\n");
      // As GitHub names a heading.
      const name = title
        .toLowerCase()
        .replace(/[^\w\s-]/g, "")
        .replaceAll(" ", "-");
      return { name, title, text: lines.join("\n").trim() };
    };
    return `export const guide = ${JSON.stringify(sections.map(read).filter(({ text }) => text))}`;
  },
};

const hashOf = (algorithm, text) => `${algorithm}-${createHash(algorithm).update(text).digest("base64")}`;

/** What goes into script tags and import maps, each a file with a hash of its own. */
const SCRIPTS = [
  "clicktrail.js",
  "clicktrail.context.js",
  "clicktrail.web-vitals.js",
  "clicktrail.inspector.js",
  "clicktrail.debug.js",
];

/**
 * Says what script tags have to write into `integrity`: on the console, and in dist/sri.json, where docs.mjs reads it. Its place is in
 * the last of these builds.
 */
const integrity = {
  name: "integrity",
  writeBundle() {
    const hash = (name) => hashOf("sha384", readFileSync(`dist/${name}`));
    const hashes = Object.fromEntries(SCRIPTS.map((name) => [name, hash(name)]));
    const json = JSON.stringify(hashes, undefined, 2);
    if (!process.argv.includes("--silent")) console.log(json);
    writeFileSync("dist/sri.json", `${json}\n`);
  },
};

/** Everything an entry declares, in one readable file. */
const declarations = (input, file) => ({ input, output: { file, format: "es" }, plugins: [dts()] });

/** An add-on's types are the main entry's. */
const fromIndex = {
  name: "from-index",
  resolveId: (id) => (id === "../index" ? { id: "./index.js", external: true } : null),
};

/** One character above ASCII would make the browser keep the whole source in two bytes each. */
const ascii = { ...minify, format: { ascii_only: true } };

/**
 * A page's script asks the browser (Chromium 136) to compile all of it while it loads, on another thread, rather than piece by piece
 * in the page's: a third less of the start, and of the first click, for some 40 KB of compiled code.
 */
const compiledEarly = { ...minify, format: { ascii_only: true, preamble: "//# allFunctionsCalledOnLoad" } };

/** A file for pages and workers. The map is for those who work on this; a file that sites copy must not point at one that isn't there. */
const script = (input, file, more) => ({
  input,
  output: { file, format: "iife", strict: false, sourcemap: "hidden" },
  plugins: [...compile(more), terser(ascii)],
});

/** The page's script is built after its courier, whose hash it holds. */
const page = () => ({
  ...script("src/clicktrail.ts", "dist/clicktrail.js"),
  plugins: [
    ...compile(),
    {
      name: "courier-hash",
      renderChunk: (code) => ({
        code: code.replaceAll("__COURIER_HASH__", () =>
          JSON.stringify(hashOf("sha256", readFileSync("dist/clicktrail.courier.js"))),
        ),
        map: null,
      }),
    },
    terser(compiledEarly),
  ],
});

/** An add-on's script holds nothing of the core but what it uses itself. */
const addOnScript = (name) => ({
  input: `src/addons/${name}-script.ts`,
  output: { file: `dist/clicktrail.${name}.js`, format: "iife", strict: false, sourcemap: "hidden" },
  plugins: [...compile(), terser(minify)],
});

const addOnDeclarations = (name) => ({
  input: `src/addons/${name}.ts`,
  output: { file: `dist/${name}.d.ts`, format: "es" },
  plugins: [fromIndex, dts()],
});

export default [
  script("src/courier-script.ts", "dist/clicktrail.courier.js"),
  page(),
  script("src/debug.ts", "dist/clicktrail.debug.js"),
  addOnScript("context"),
  addOnScript("web-vitals"),
  {
    input: "src/inspector/inspector.ts",
    output: { file: "dist/clicktrail.inspector.js", format: "iife" },
    plugins: [guide, ...compile(), terser(minify)],
  },
  {
    input: "src/stub.ts",
    output: { file: "dist/stub.js", format: "iife" },
    // Pages paste it: whoever reads one there sees what it is of.
    plugins: [
      ...compile(),
      terser({ ...minify, format: { preamble: `/*! clicktrail ${version} stub */` } }),
      integrity,
    ],
  },
  // Files of their own, for bundlers: a page's first chunk holds the page part alone.
  {
    input: {
      index: "src/index.ts",
      // What React's entry imports, without a page's part.
      attributes: "src/attributes.ts",
      context: "src/addons/context.ts",
      "web-vitals": "src/addons/web-vitals.ts",
    },
    output: { dir: "dist", format: "es", chunkFileNames: "shared.js" },
    external: ["web-vitals", "./courier.js", "./debug.js"],
    plugins: compile({ __COURIER_HASH__: "" }),
  },
  {
    input: "src/courier-script.ts",
    output: { file: "dist/courier.js", format: "iife", strict: false },
    plugins: compile(),
  },
  { input: "src/debug.ts", output: { file: "dist/debug.js", format: "es" }, plugins: compile() },
  declarations("src/index.ts", "dist/index.d.ts"),
  addOnDeclarations("context"),
  addOnDeclarations("web-vitals"),
  declarations("src/audit/module.ts", "dist/audit.d.ts"),
  {
    input: "src/inspector/module.ts",
    output: { file: "dist/inspector.js", format: "es" },
    plugins: [guide, ...compile(), terser(minify)],
  },
  declarations("src/inspector/module.ts", "dist/inspector.d.ts"),
  {
    input: "src/audit/module.ts",
    output: { file: "dist/audit.js", format: "es" },
    plugins: [...compile(), expression],
  },
  // Of those who run it some will read it: not minified.
  {
    input: "src/proxy/proxy.ts",
    output: { file: "dist/proxy.js", format: "es" },
    plugins: compile(),
  },
  declarations("src/proxy/proxy.ts", "dist/proxy.d.ts"),
  ...frameworks(),
];

/**
 * The entries for React and Vue: a few lines each beside the main entry, which they import. React's hook is a file of its own that
 * says "use client", so that `resultProps` can be called in a server component.
 */
function frameworks() {
  const beside = {
    name: "beside",
    resolveId: (id) => {
      const [, name] = /^\.\/(index|attributes|react-hook)$/.exec(id) ?? [];
      return name ? { id: `./${name}.js`, external: true } : null;
    },
  };
  const entry = (name, preamble) => ({
    input: `src/${name}.ts`,
    output: { file: `dist/${name}.js`, format: "es" },
    external: ["react"],
    plugins: [beside, ...compile(), terser({ ...minify, format: { preamble } })],
  });
  const types = (name) => ({
    input: `src/${name}.ts`,
    output: { file: `dist/${name}.d.ts`, format: "es" },
    external: ["react"],
    plugins: [{ ...beside, resolveId: (id) => (id === "./index" ? beside.resolveId(id) : null) }, dts()],
  });
  return [entry("react"), entry("react-hook", '"use client";'), entry("vue"), types("react"), types("vue")];
}
