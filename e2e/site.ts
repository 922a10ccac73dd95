// Owns the two origins that specs browse: the site with its search pages and the built files, and another site that links
// lead to and scripts can come from. Neither is the collector's origin.
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { listen } from "./listen.ts";
import {
  API_KEY,
  DATASET,
  detailPage,
  type Places,
  type SearchPage,
  type Snippet,
  searchPage,
} from "./pages.ts";

/** The built files; `E2E_DIST` names another folder, such as that of an older build. */
export const DIST = process.env.E2E_DIST
  ? new URL(`file://${process.env.E2E_DIST}/`)
  : new URL("../dist/", import.meta.url);

/** What the modules import, as a bundler or an import map would resolve it. */
const MODULES: Readonly<Record<string, URL>> = {
  "/modules/web-vitals.js": new URL("../node_modules/web-vitals/dist/web-vitals.js", import.meta.url),
};

interface Answer {
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status?: number;
  /** The server takes so long. Default 0. */
  readonly delayMs?: number;
}

export type Site = Awaited<ReturnType<typeof startSite>>;

/** `endpoint` is what the script tags say where a test doesn't. */
export async function startSite(endpoint: string) {
  const pages = new Map<string, () => Promise<Answer> | Answer>();
  const site = createServer((request, response) => void serve(request, response));
  const other = createServer((request, response) => void serve(request, response));
  // A connection that the server closes just as a front uses it again would look like a fault of the front.
  site.keepAliveTimeout = other.keepAliveTimeout = 0;
  const origin = `http://localhost:${await listen(site, "localhost")}`;
  const otherOrigin = `http://127.0.0.1:${await listen(other, "127.0.0.1")}`;
  const standard: Snippet = { dataset: DATASET, apiKey: API_KEY, endpoint };
  const places: Places = {
    detail: "/detail",
    detailWithSnippet: "/detail-with-snippet",
    otherSite: `${otherOrigin}/other-site`,
    otherOrigin,
  };
  const replaced = new Map<string, Partial<Answer>>();
  let added = 0;
  let firstOfAll = "";
  let releaseScripts = () => {};
  const released = new Promise<void>((resolve) => {
    releaseScripts = resolve;
  });

  add("/", () => html(detailPage(null, places, "")));
  add("/detail", () => html(detailPage(null, places, "")));
  add("/other-site", () => html(detailPage(null, places, "")));
  add("/detail-with-snippet", async () => html(detailPage(standard, places, await stub())));

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", origin);
    const answer = await answerTo(url).catch((cause: unknown) => text(404, String(cause)));
    // Cross-origin scripts (a CDN's), so that a page may ask for them with `crossorigin`.
    const always = {
      "content-type": answer.type,
      "cache-control": "no-cache",
      "access-control-allow-origin": "*",
    };
    if (answer.delayMs) await new Promise((resolve) => setTimeout(resolve, answer.delayMs));
    response.writeHead(answer.status ?? 200, { ...always, ...answer.headers }).end(answer.body);
  }

  async function answerTo(url: URL): Promise<Answer> {
    const module = MODULES[url.pathname];
    if (module) return script(await readFile(module, "utf8"));
    if (!url.pathname.startsWith("/dist/")) {
      const page = (await pages.get(url.pathname)?.()) ?? text(404, "no such page");
      return { ...page, body: page.body.replace("<title>", () => `${firstOfAll}<title>`) };
    }
    if (url.searchParams.has("held")) await released;
    const file = url.pathname.slice("/dist/".length);
    // What a spec wants to have run before a worker's own script.
    const before = url.searchParams.getAll("before").join("\n");
    return { ...script(before), body: `${before}${await built(file)}`, ...replaced.get(file) };
  }

  function add(path: string, page: () => Promise<Answer> | Answer): void {
    pages.set(path, page);
  }

  /** Serves a search page and answers its address. A page added later has an address of its own. */
  function search(page: SearchPage = {}): string {
    added += 1;
    const path = `/search-${added}`;
    const snippet = page.snippet === null ? null : { ...standard, ...page.snippet };
    add(path, async () => ({
      ...html(searchPage({ ...page, snippet }, places, await stub())),
      headers: page.headers ?? {},
    }));
    return origin + path;
  }

  /** Serves a page with the library but without results, with the script tag's options on top of the site's. */
  function landing(snippet: Snippet | null = {}): string {
    added += 1;
    const path = `/landing-${added}`;
    const merged = snippet && { ...standard, ...snippet };
    add(path, async () => html(detailPage(merged, places, await stub())));
    return origin + path;
  }

  /** Serves anything else under a path of the site's, such as a frame's content or a first-party proxy's answer. */
  function serveHtml(path: string, body: string, headers: Readonly<Record<string, string>> = {}): string {
    add(path, () => ({ ...html(body), headers }));
    return origin + path;
  }

  /** Serves a script, such as a service worker of the site's own. */
  function serveScript(path: string, body: string): void {
    add(path, () => script(body));
  }

  /** From now on a built file is another one, or can't be had; `undefined` ends that. */
  function replaceBuilt(file: string, answer: Partial<Answer> | undefined): void {
    if (answer) replaced.set(file, answer);
    else replaced.delete(file);
  }

  /** Puts this into the head of every page from now on, after what was put there earlier: scripts that run before any other. */
  function everyPage(head: string): void {
    firstOfAll += head;
  }

  async function stop(): Promise<void> {
    releaseScripts();
    await Promise.all([stopServer(site), stopServer(other)]);
  }

  return {
    origin,
    otherOrigin,
    search,
    landing,
    serveHtml,
    serveScript,
    replaceBuilt,
    everyPage,
    /** Lets every script go that `isHeld` keeps back, now and later. */
    releaseScripts: () => releaseScripts(),
    stop,
  };
}

function html(body: string): Answer {
  return { type: "text/html; charset=utf-8", body };
}

function script(body: string): Answer {
  return { type: "text/javascript; charset=utf-8", body };
}

function text(status: number, body: string): Answer {
  return { type: "text/plain; charset=utf-8", body, status };
}

function built(file: string): Promise<string> {
  return readFile(new URL(file, DIST), "utf8");
}

/** Inlined where a page asks for it, and only then does it have to be built. */
function stub(): Promise<string> {
  return built("stub.js").catch(() => "");
}

function stopServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
