// Owns the site's origin: pages with the snippet, the built library, the browser's files. Knows nothing of clicks.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import serve from "@fastify/static";
import Fastify from "fastify";
import { DATASET, KEYS } from "./contract.mjs";
import { byId } from "./documents.mjs";
import { addExamples } from "./examples/routes.mjs";
import { raw } from "./html.mjs";
import { renderPage } from "./page.mjs";
import { featurePage, missingPage, searchPage } from "./views.mjs";

const PUBLIC = fileURLToPath(new URL("./public/", import.meta.url));
const DIST = fileURLToPath(new URL("../dist/", import.meta.url));

/**
 * @typedef {object} ApiAddress
 * @property {string} url origin of Trieve or its stand-in
 * @property {string} [dataset] UUID; the stand-in's unless said
 * @property {string} [apiKey] the stand-in's page key unless said
 * @property {string} [organization] UUID, only with a dataset's tracking id
 * @property {boolean} [standIn] false for a real Trieve: no moods, no view of what arrived
 */

function scriptAttributes({ url, dataset, apiKey, organization }) {
  return {
    "data-dataset": dataset,
    "data-api-key": apiKey,
    "data-endpoint": `${url}/api/analytics/ctr`,
    "data-inspector": "",
    ...(organization && { "data-organization": organization }),
  };
}

/** The stub goes into the page itself; its source map comment would point nowhere from there. */
async function readStub(dist) {
  const stub = await readFile(`${dist}/stub.js`, "utf8").catch(() => "");
  return stub.replace(/^\/\/# sourceMappingURL=.*$/m, "").trim();
}

function addPages(app, frame) {
  const page = (reply, code, content) =>
    reply.code(code).type("text/html; charset=utf-8").send(renderPage(frame, content));

  app.get("/", async (request, reply) => {
    const query = String(request.query.q ?? "").trim();
    return page(reply, 200, {
      title: query ? `${query} · Platform Atlas` : "Platform Atlas",
      description: "A demo of clicktrail on a Trieve search: click a result and watch it arrive.",
      path: "/",
      main: searchPage(query, byId.size),
      modules: ["/search.js"],
    });
  });
  app.get("/feature/:id", async (request, reply) => {
    const feature = byId.get(request.params.id);
    if (!feature) return reply.callNotFound();
    return page(reply, 200, {
      title: `${feature.name} · Platform Atlas`,
      description: feature.description,
      path: request.url,
      main: featurePage(feature),
      modules: ["/feature.js"],
    });
  });
  app.get("/mistakes", async (_request, reply) =>
    page(reply, 200, {
      title: "What can go wrong · Platform Atlas",
      description: "A search page with deliberate mistakes for the inspector to find.",
      path: "/mistakes?clicktrail=inspect",
      main: raw(await readFile(`${PUBLIC}mistakes.html`, "utf8")),
      styles: ["/mistakes.css"],
    }),
  );
  app.setNotFoundHandler((request, reply) =>
    page(reply, 404, {
      title: "Not found · Platform Atlas",
      description: "There is no such page.",
      path: request.url,
      main: missingPage(),
      modules: ["/feature.js"],
    }),
  );
}

/**
 * Starts the site.
 * @param {{ api: ApiAddress, port?: number, host?: string, dist?: string, script?: string, attributes?: Record<string, string> }} options
 *   port 0 (the default) takes any free port; `script` is the build to load; `attributes` are added to the script tag
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function startSite({
  api,
  port = 0,
  host = "localhost",
  dist = DIST,
  script = "/clicktrail.js",
  attributes = {},
}) {
  const address = { dataset: DATASET.id, apiKey: KEYS.page, standIn: true, ...api };
  const stub = await readStub(dist);
  const frame = {
    api: address,
    script,
    stub,
    attributes: { ...scriptAttributes(address), ...attributes },
  };
  const app = Fastify({ forceCloseConnections: true });
  app.register(serve, { root: [PUBLIC, dist], index: false });
  addPages(app, frame);
  addExamples(app, frame, dist);

  await app.listen({ port, host });
  const { port: taken } = /** @type {import("node:net").AddressInfo} */ (app.server.address());
  return { url: `http://${host}:${taken}`, close: () => app.close() };
}
