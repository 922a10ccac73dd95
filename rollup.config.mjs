// The builds: a script for script tags, modules for npm, add-ons as both, the inline stub, the declarations.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
const packaged = {
  name: "packaged",
  transform: (code) => ({
    code: code
      .replaceAll("__VERSION__", JSON.stringify(version))
      .replaceAll("__HELP__", JSON.stringify(help)),
    map: null,
  }),
};

const compile = () => [
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
  packaged,
];

/**
 * The worker runs the build's own text, which costs nothing: the whole bundle is one named function, and its source is the
 * worker's. `start` stands in front of it there.
 */
const ownSource = (start) => ({
  name: "courier-source",
  resolveId: (id) => (id === "courier-source" ? `\0${id}` : null),
  load: (id) =>
    id === "\0courier-source" ? `export const courierSource = () => "${start}(" + bundle + ")()"` : null,
});

const oneFunction = {
  name: "one-function",
  renderChunk: (code) => ({ code: `(function bundle() {\n${code}\n})()`, map: null }),
};

/**
 * The same as a module. A bundler that puts helpers of its own into the function makes a worker that can't start, so the page sends
 * its clicks itself; the helper that esbuild's `keepNames` needs is there. `resultAttributes` stands outside: on a server nothing else
 * is used.
 */
const oneFunctionModule = {
  name: "one-function-module",
  renderChunk(code) {
    const [, names] = /export (\{.*?\});\s*$/s.exec(code);
    const inside = code.replace(/export (\{.*?\});\s*$/s, "return $1;");
    return {
      code: `export { resultAttributes } from "./attributes.js";\nconst ${names} = /* @__PURE__ */ (function bundle() {\n${inside}\n})();\nexport ${names};\n`,
      map: null,
    };
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

const hashOf = (algorithm, text) => `${algorithm}-${createHash(algorithm).update(text).digest("base64")}`;

/** What goes into script tags, each a file with a hash of its own. */
const SCRIPTS = ["clicktrail.js", "clicktrail.context.js", "clicktrail.web-vitals.js"];

/** The stub inline, and the script from another origin with its hash. */
const tagsFor = (stub, hashes) => `
\`\`\`html
<script>${stub}</script>
<script async src="https://cdn.example/clicktrail.js" crossorigin="anonymous"
  integrity="${hashes["clicktrail.js"]}"
  data-dataset="DATASET_UUID" data-api-key="SCOPED_KEY"></script>
\`\`\`

| of this build | |
|---|---|
${SCRIPTS.slice(1)
  .map((name) => `| \`integrity\` of \`${name}\` | \`${hashes[name]}\` |`)
  .join("\n")}
| the inline stub's \`script-src\` | \`'${hashOf("sha256", stub)}'\` |
`;

/** Writes `text` between the two comments of that name in a document, where it has them. */
function writeBlock(file, name, text) {
  const document = existsSync(file) ? readFileSync(file, "utf8") : "";
  const block = new RegExp(`(?<=<!-- ${name}:start -->)[\\s\\S]*(?=<!-- ${name}:end -->)`);
  const fresh = document.replace(block, () => text);
  if (fresh !== document) writeFileSync(file, fresh);
}

/**
 * Says what script tags have to write into `integrity`: on the console, in dist/sri.json, and in the documents, with the stub.
 * Its place is in the last of these builds.
 */
const integrity = {
  name: "integrity",
  writeBundle() {
    const hash = (name) => hashOf("sha384", readFileSync(`dist/${name}`));
    const hashes = Object.fromEntries(SCRIPTS.map((name) => [name, hash(name)]));
    const json = JSON.stringify(hashes, undefined, 2);
    if (!process.argv.includes("--silent")) console.log(json);
    writeFileSync("dist/sri.json", `${json}\n`);
    const stub = readFileSync("dist/stub.js", "utf8").trim();
    writeVersion("README.md");
    writeBlock("docs/csp.md", "sri", tagsFor(stub, hashes));
  },
};

/** Everything an entry declares, in one readable file. */
const declarations = (input, file) => ({ input, output: { file, format: "es" }, plugins: [dts()] });

/** An add-on's types are the main entry's. */
const fromIndex = {
  name: "from-index",
  resolveId: (id) => (id === "../index" ? { id: "./index.js", external: true } : null),
};

/**
 * A script tag's build asks the browser (Chromium 136) to compile all of it while it loads, on another thread, rather than
 * piece by piece in the page's: a third less of the start, and of the first click, for some 40 KB of compiled code.
 */
const compiledEarly = { ...minify, format: { preamble: "//# allFunctionsCalledOnLoad" } };

const script = (input, file) => ({
  input,
  // The map is for those who work on this; a file that sites copy must not point at one that isn't there.
  output: { file, format: "es", sourcemap: "hidden" },
  plugins: [...compile(), ownSource(""), oneFunction, terser(compiledEarly)],
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
  script("src/clicktrail.ts", "dist/clicktrail.js"),
  addOnScript("context"),
  addOnScript("web-vitals"),
  {
    input: "src/stub.ts",
    output: { file: "dist/stub.js", format: "iife" },
    plugins: [...compile(), terser(minify), integrity],
  },
  {
    input: "src/npm.ts",
    output: { file: "dist/index.js", format: "es" },
    plugins: [...compile(), ownSource("clicktrailCourier=1;__name=f=>f;"), oneFunctionModule],
  },
  {
    input: {
      attributes: "src/attributes.ts",
      context: "src/addons/context.ts",
      "web-vitals": "src/addons/web-vitals.ts",
    },
    output: { dir: "dist", format: "es", chunkFileNames: "shared.js" },
    external: ["web-vitals"],
    plugins: compile(),
  },
  declarations("src/index.ts", "dist/index.d.ts"),
  addOnDeclarations("context"),
  addOnDeclarations("web-vitals"),
  declarations("src/audit/module.ts", "dist/audit.d.ts"),
  {
    input: "src/inspector/inspector.ts",
    output: { file: "dist/clicktrail.inspector.js", format: "iife" },
    plugins: [...compile(), terser(minify)],
  },
  {
    input: "src/inspector/module.ts",
    output: { file: "dist/inspector.js", format: "es" },
    plugins: [...compile(), terser(minify)],
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

/** A document's install line names the file that `npm pack` makes. */
function writeVersion(file) {
  const document = readFileSync(file, "utf8");
  const fresh = document.replace(/clicktrail-\d+\.\d+\.\d+[\w.-]*\.tgz/g, `clicktrail-${version}.tgz`);
  if (fresh !== document) writeFileSync(file, fresh);
}
