// Owns the examples' routes: one page an example with its sources, and React's bundle, built when it is first asked for.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { html } from "../html.mjs";
import { pageSource, renderExample } from "./page.mjs";

const HERE = fileURLToPath(new URL("./", import.meta.url));
const QUERY = "grid";

/** @type {readonly { name: string, label: string, source: string, lead: string, module?: string, withScriptTag?: boolean }[]} */
const EXAMPLES = [
  {
    name: "plain",
    label: "Plain HTML",
    source: "plain.js",
    lead: "A script tag, a list, and one call after each search.",
    module: "plain.js",
  },
  {
    name: "react",
    label: "React",
    source: "react.jsx",
    lead: "The npm package: attributes as props, links that open in the page, more results as you scroll.",
    module: "react.js",
    withScriptTag: false,
  },
  {
    name: "component",
    label: "Web component",
    source: "component.js",
    lead: "The results are in an open shadow root.",
    module: "component.js",
  },
  {
    name: "server",
    label: "Server-rendered",
    source: "server.mjs",
    lead: "The server writes the attributes. The page has the script tag and no script of its own.",
  },
];

function form(query) {
  return html`<form id="form" role="search">
  <input type="search" name="q" aria-label="Search" value="${query}">
  <button>Search</button>
</form>
`;
}

/** What each example shows; `request` is Fastify's. */
const MAINS = {
  plain: () => html`${form(QUERY)}<ol id="results"></ol>`,
  react: () => html`<div id="root"></div>`,
  component: () => html`${form(QUERY)}<search-results query="${QUERY}"></search-results>`,
  async server(request, api) {
    const { renderResults } = await import("./server.mjs");
    const query = String(request.query.q ?? "") || QUERY;
    const page = Math.max(1, Number(request.query.page) || 1);
    const next = `/examples/server?${new URLSearchParams({ q: query, page: String(page + 1) })}`;
    return html`${form(query)}${await renderResults(api, query, page)}<p><a id="next" href="${next}">Next page</a></p>`;
  },
};

/** The body in an example's own HTML, where it isn't what is shown. */
const BODIES = {
  react: '<div id="root"></div>',
  server: "<!-- what renderResults() in server.mjs returns -->",
};

/** react.jsx as a bundler builds it: its files by name, the courier's among them. */
async function bundleReact(dist) {
  const { build } = await import("vite");
  const made = await build({
    root: HERE,
    base: "/examples/",
    configFile: false,
    logLevel: "error",
    resolve: { alias: { clicktrail: `${dist}/index.js` } },
    define: { "process.env.NODE_ENV": '"production"' },
    build: {
      write: false,
      assetsDir: "",
      rollupOptions: { input: `${HERE}react.jsx`, output: { entryFileNames: "react.js" } },
    },
  });
  const [{ output }] = Array.isArray(made) ? made : [made];
  return new Map(output.map(({ fileName, code, source }) => [fileName, code ?? source]));
}

/**
 * Adds the examples to the site.
 * @param {import("fastify").FastifyInstance} app
 * @param {import("../page.mjs").Frame} frame
 * @param {string} dist folder of the built package
 */
export function addExamples(app, frame, dist) {
  let bundle;
  const send = (reply, text) => reply.type("text/html; charset=utf-8").send(text);

  app.get("/examples", (_request, reply) =>
    send(
      reply,
      renderExample(frame, {
        title: "Examples",
        lead: "Small pages that use clicktrail as a site does. Click a result on any of them, and watch “Live delivery”.",
        main: html`<ul class="also-list">${EXAMPLES.map(({ name, label, lead }) => html`<li class="tile"><a href="/examples/${name}">${label}</a><p>${lead}</p></li>`)}</ul>`,
      }),
    ),
  );

  for (const { name, label, source, lead, module, withScriptTag } of EXAMPLES) {
    const page = async (request, reply) => {
      const main = await MAINS[name](request, frame.api);
      const body = BODIES[name] ?? String(main);
      // A bundler's own page names the source; here the bundle is served.
      const script = module && (name === "react" ? source : module);
      const sources = [
        { name: "index.html", text: pageSource(frame, { body, module: script, withScriptTag }) },
        { name: source, text: await readFile(HERE + source, "utf8") },
      ];
      return send(
        reply,
        renderExample(frame, {
          title: label,
          lead,
          main,
          module: module && `/examples/${module}`,
          withScriptTag,
          sources,
        }),
      );
    };
    app.get(`/examples/${name}`, page);
    if (name === "react") app.get("/examples/react/:id", page);
  }

  app.get("/examples/:file", async ({ params }, reply) => {
    bundle ??= bundleReact(dist).catch((error) => {
      bundle = undefined;
      throw error;
    });
    const text = (await bundle).get(params.file);
    return text ? reply.type("text/javascript; charset=utf-8").send(text) : reply.code(404).send();
  });
  for (const file of ["search.js", "plain.js", "component.js"]) {
    app.get(`/examples/${file}`, async (_request, reply) =>
      reply.type("text/javascript; charset=utf-8").send(await readFile(HERE + file)),
    );
  }
}
