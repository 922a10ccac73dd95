// Owns the servers that stand before a site as its own: each passes /ctr on in one of the documented ways, and shows the site for
// every other path. Their configuration is the one that docs/first-party.md says.
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Miniflare } from "miniflare";
import type * as Module from "../../src/proxy/proxy.ts";
import { findTool } from "../browsers.mjs";
import { codeBlock } from "../documents.ts";
import { listen } from "../listen.ts";
import { API_KEY, DATASET } from "../pages.ts";
import { DIST } from "../site.ts";
import { replaced, startNginx } from "./nginx.ts";

export interface Front {
  readonly origin: string;
  stop(): Promise<void>;
}

export interface Places {
  /** Origin of the site without its proxy. */
  readonly site: string;
  /** Origin of the API. */
  readonly api: string;
}

export const FRONTS = { nginx, node, workerd } as const;
export const FRONT_NAMES = ["nginx", "node", "workerd"] as const;

const ROUTE = "/api/analytics/ctr";

/** undefined where nginx is missing. */
async function nginx({ site, api }: Places): Promise<Front | undefined> {
  const program = findTool("nginx");
  const change = {
    'default "tr-demo-page-key";': `default "${API_KEY}";`,
    'default "5f1d7c52-3d0e-4d5c-9a53-6d1b0f0c8e21";': `default "${DATASET}";`,
  };
  return program ? startNginx({ program, site, api, change }) : undefined;
}

async function node({ site, api }: Places): Promise<Front> {
  const { createProxy, toNode } = (await import(new URL("proxy.js", DIST).href)) as typeof Module;
  const clicks = toNode(createProxy({ dataset: DATASET, apiKey: API_KEY, endpoint: api + ROUTE }));
  const server = createServer((request, response) => {
    if (request.url?.split("?")[0] === "/ctr") return void clicks(request, response);
    void show(site, request, response);
  });
  const port = await listen(server, "127.0.0.1");
  return {
    origin: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** The site's pages. As a test ends a browser may still wait for one, and the site goes: no fault of that test's. */
async function show(site: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const page = await fetch(site + request.url);
    const text = await page.text();
    const type = page.headers.get("content-type") ?? "text/plain";
    response.writeHead(page.status, { "content-type": type }).end(text);
  } catch (error) {
    response.writeHead(502).end(String(error));
  }
}

/** Cloudflare's own runtime. */
async function workerd({ site, api }: Places): Promise<Front> {
  const bindings = {
    TRIEVE_DATASET: DATASET,
    TRIEVE_KEY: API_KEY,
    TRIEVE_URL: api + ROUTE,
    SITE: site,
  };
  const documented = await codeBlock("docs/first-party.md", "js", "cloudflare:workers");
  const worker = replaced(documented, {
    '"clicktrail/proxy"': '"./proxy.js"',
    "apiKey: env.TRIEVE_KEY,": "apiKey: env.TRIEVE_KEY, endpoint: env.TRIEVE_URL,",
    "fetch(request)": "fetch(env.SITE + new URL(request.url).pathname)",
  });
  const proxy = await readFile(new URL("proxy.js", DIST), "utf8");
  const runtime = new Miniflare({
    compatibilityDate: "2026-04-01",
    host: "127.0.0.1",
    bindings,
    kvNamespaces: ["CLICKS"],
    // Else it asks Cloudflare what a request would look like there.
    cf: false,
    modules: [
      { type: "ESModule", path: "worker.js", contents: worker },
      { type: "ESModule", path: "proxy.js", contents: proxy },
    ],
  });
  const { origin } = await runtime.ready;
  return { origin, stop: () => runtime.dispose() };
}
