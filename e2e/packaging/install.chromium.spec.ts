// Owns the package as its users get it: packed, installed into an empty project, and used in each of the ways promised.
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { expect, test } from "../fixtures.ts";
import { API_KEY, chunkId, DATASET, REQUEST_ID } from "../pages.ts";
import { clickThrough } from "../strict/couriers.ts";
import { serveScript, serveStrict } from "../strict/page.ts";
import { leadsSomewhere, linksOf } from "./links.ts";
import { createProject, type Project } from "./project.ts";

const USE = `
import { init, resultAttributes, tagResults, type Options, type Payload, type Stats, type Tagging, type Tracker } from "clicktrail";
import { context } from "clicktrail/context";
import { webVitals } from "clicktrail/web-vitals";
import { audit, type Finding } from "clicktrail/audit";
import { type Inspector, inspect } from "clicktrail/inspector";
import { resultProps, useClicktrail } from "clicktrail/react";
import { type ShownResults, vResults } from "clicktrail/vue";

const options: Options = {
  dataset: "${DATASET}",
  type: "rag",
  beforeSend: (payload: Payload) => payload,
};
const tracker = init(options);
const id: string | undefined = tracker.trackClick({ requestId: "${REQUEST_ID}", chunkId: "${chunkId(1)}", position: 1 });
const stats: Promise<Stats> = tracker.stats();
const undo: () => void = tracker.on("delivered", ({ id, attempt }) => console.log(id, attempt));
const tagging: Tagging = tagResults(document.body, { id: "r", chunks: [{ chunk: { id: "c" } }] }, { page: 2, pageSize: 10 });
const attributes: Record<string, string> = resultAttributes({ chunkId: "c", position: 3 });
const undoVitals: () => void = tracker.use(webVitals());
const undoContext: () => void = tracker.use(context());
const findings: Promise<Finding[]> = audit();
const inspector: Inspector = inspect();
const started: Tracker | undefined = useClicktrail({ dataset: "d", consent: true });
const props: Record<string, string> = resultProps({ id: "r", chunks: [{ chunk: { id: "c" } }] }, 0, { page: 2, pageSize: 10 });
const value: ShownResults = { response: { id: "r", chunks: [] }, page: 2, pageSize: 10 };
vResults.mounted(document.body, { value });
// @ts-expect-error: consent is a value here
useClicktrail({ dataset: "d", consent: "required" });
// @ts-expect-error: there is no such kind of request
init({ dataset: "d", type: "advert" });
export { attributes, findings, id, inspector, props, started, stats, tagging, undo, undoContext, undoVitals };
`;

const USE_WITH_CLIENT = `
import { tagResults } from "clicktrail";
import type {
  RecommendChunksResponseBody,
  SearchChunkQueryResponseBody,
  SearchOverGroupsResponseBody,
  SearchResponseBody,
} from "trieve-ts-sdk";
declare const search: SearchResponseBody;
declare const recommended: RecommendChunksResponseBody;
declare const groups: SearchOverGroupsResponseBody;
declare const old: SearchChunkQueryResponseBody;
tagResults(document.body, search, { page: 2, pageSize: 10 });
tagResults(document.body, recommended, { type: "recommendation" });
tagResults(document.body, groups);
tagResults(document.body, old, { requestId: new Response().headers.get("TR-QueryID") });
tagResults(document.body, search.chunks, { requestId: search.id });
// @ts-expect-error: the client's own types are in force
search.nothing;
`;

/** Packed and installed once for this file: all tests read it only. */
let project: Project;

test.beforeAll(async () => {
  test.setTimeout(120_000);
  project = await createProject();
});
test.afterAll(() => project.remove());

test("the tarball holds what users need and nothing else", async () => {
  const allowed =
    /^(package\.json|LICENSE|[A-Z]+\.md|docs\/[\w-]+\.(md|png)|bench\/(README\.md|results\/chart\.png)|demo\/nginx\.conf|dist\/(sri\.json|[\w.-]+\.(js|d\.ts)))$/;
  expect(project.files.filter((path) => !allowed.test(path))).toEqual([]);
  for (const entry of ["index", "context", "web-vitals", "audit", "inspector", "proxy", "react", "vue"]) {
    expect(project.files).toContain(`dist/${entry}.js`);
    expect(project.files).toContain(`dist/${entry}.d.ts`);
  }
  for (const name of ["clicktrail", "clicktrail.courier", "clicktrail.debug", "courier", "debug"])
    expect(project.files).toContain(`dist/${name}.js`);
  expect(project.files.filter((path) => path.endsWith(".d.ts"))).toHaveLength(8);
});

test("every link of its documents leads to a file and a heading of the tarball, and the README to every page", async () => {
  const documents = new Map<string, string>();
  for (const path of project.files.filter((path) => path.endsWith(".md")))
    documents.set(path, await project.read(`node_modules/clicktrail/${path}`));
  const links = [...documents].flatMap(([path, text]) => linksOf(path, text));
  expect(links.length).toBeGreaterThan(40);
  expect(links.filter((link) => !leadsSomewhere(link, project.files, documents))).toEqual([]);
  const linked = new Set(links.filter(({ from }) => from === "README.md").map(({ path }) => path));
  expect([...documents.keys()].filter((path) => path !== "README.md" && !linked.has(path))).toEqual([]);
});

test("no file points at a source map that isn't there", async () => {
  const scripts = project.files.filter((path) => path.endsWith(".js"));
  const pointing: string[] = [];
  for (const path of scripts) {
    const text = await project.read(`node_modules/clicktrail/${path}`);
    if (/\/\/# sourceMappingURL=/.test(text)) pointing.push(path);
  }
  expect(pointing).toEqual([]);
});

test("the compile hint comes first in the script tag's build: below any code browsers ignore it", async () => {
  const script = await project.read("node_modules/clicktrail/dist/clicktrail.js");
  expect(script.slice(0, script.indexOf("\n"))).toBe("//# allFunctionsCalledOnLoad");
});

for (const options of [{ module: "nodenext" }, { module: "esnext", moduleResolution: "bundler" }]) {
  test(`its types hold, with ${Object.values(options).join(" and ")}`, async () => {
    await project.write("use.ts", USE);
    expect(await project.check(options)).toBe("");
  });
}

test("tagResults takes the official client's responses without a cast", async () => {
  await project.write("use.ts", USE_WITH_CLIENT);
  const client = fileURLToPath(new URL("../../node_modules/trieve-ts-sdk/dist/index.d.ts", import.meta.url));
  expect(
    await project.check({
      module: "esnext",
      moduleResolution: "bundler",
      skipLibCheck: true,
      paths: { "trieve-ts-sdk": [client] },
    }),
  ).toBe("");
});

test("docs/typescript.md compiles, and names every exported type", { tag: "@full" }, async () => {
  const page = await project.read("node_modules/clicktrail/docs/typescript.md");
  const examples = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = ""]) => code);
  expect(examples).toHaveLength(2);
  await project.write("use.ts", examples.join(""));
  expect(await project.check({ module: "esnext", moduleResolution: "bundler" })).toBe("");
  const exported: string[] = [];
  for (const entry of ["index", "react", "vue"]) {
    const declarations = await project.read(`node_modules/clicktrail/dist/${entry}.d.ts`);
    const [, names = ""] = /export type \{([^}]*)\}/.exec(declarations) ?? [];
    exported.push(...names.split(",").map((name) => name.trim()));
  }
  expect(exported.length).toBeGreaterThan(15);
  expect(exported.filter((name) => !new RegExp(`\\b${name}\\b`).test(page))).toEqual([]);
});

test("its documents have the hashes of its scripts", async () => {
  const page = await project.read("node_modules/clicktrail/docs/csp.md");
  for (const name of ["clicktrail.js", "clicktrail.context.js", "clicktrail.web-vitals.js"]) {
    const script = await project.read(`node_modules/clicktrail/dist/${name}`);
    expect(page).toContain(`sha384-${createHash("sha384").update(script).digest("base64")}`);
  }
});

test("it can be imported on a server, where it writes attributes", async () => {
  const printed = await project.node(`
    import { init, resultAttributes, tagResults } from "clicktrail";
    import { webVitals } from "clicktrail/web-vitals";
    import * as checks from "clicktrail/audit";
    const attributes = resultAttributes({ requestId: "r", chunkId: "c", position: 0, type: "rag", metadata: { a: 1 } });
    console.log(JSON.stringify([attributes, typeof init, typeof tagResults, typeof webVitals, typeof checks.audit]));
  `);
  const attributes = {
    "data-ctr-request-id": "r",
    "data-ctr-chunk-id": "c",
    "data-ctr-position": "0",
    "data-ctr-type": "rag",
    "data-ctr-metadata": '{"a":1}',
  };
  expect(JSON.parse(printed)).toEqual([attributes, ...Array(4).fill("function")]);
});

test("Vite bundles it, and emits the courier that the worker runs", async ({ tab, site, collector }) => {
  const options = JSON.stringify({ dataset: DATASET, apiKey: API_KEY, endpoint: collector.endpoint });
  await project.write("main.js", `import { init } from "clicktrail"; window.clicktrail = init(${options});`);
  await project.write("index.html", '<!doctype html><script type="module" src="./main.js"></script>');
  await build({ root: project.folder, logLevel: "error", configFile: false });
  for (const name of await readdir(join(project.folder, "dist/assets")))
    serveScript(site, `/assets/${name}`, await project.read(`dist/assets/${name}`));
  const [, entry] = /src="(\/assets\/[^"]+)"/.exec(await project.read("dist/index.html")) ?? [];
  // The page's first chunk holds neither the courier nor the sentences.
  const first = await project.read(`dist${entry}`);
  expect(first).not.toContain("SharedWorkerGlobalScope");
  expect(first).not.toContain("pass await response.json()");
  const policy = ["script-src 'self'", "worker-src 'self'"];
  const head = `<script type="module" src="${entry}"></script>`;
  await clickThrough(
    tab,
    collector,
    serveStrict(site, "/vite", collector.endpoint, { policy, head }),
    "worker",
  );
});

test("a bundle that only tags results on a server carries nothing else", async () => {
  await project.write(
    "server.js",
    'import { resultAttributes } from "clicktrail"; console.log(resultAttributes({}));',
  );
  const made = await build({
    root: project.folder,
    logLevel: "error",
    configFile: false,
    build: { write: false, lib: { entry: "server.js", formats: ["es"], fileName: "server" } },
  });
  const [bundle] = Array.isArray(made) ? made : [made];
  const code =
    bundle && "output" in bundle
      ? bundle.output.map((file) => ("code" in file ? file.code : "")).join("")
      : "";
  expect(code).toContain("data-ctr-");
  expect(code).not.toContain("SharedWorker");
});

test("the installed files run from a plain script tag", async ({ tab, site, collector }) => {
  for (const name of ["clicktrail.js", "clicktrail.courier.js"])
    serveScript(site, `/${name}`, await project.read(`node_modules/clicktrail/dist/${name}`));
  const script = { src: "/clicktrail.js" };
  const url = serveStrict(site, "/plain", collector.endpoint, {
    policy: ["script-src 'self'", "worker-src 'self'"],
    script,
  });
  await clickThrough(tab, collector, url, "worker");
});
