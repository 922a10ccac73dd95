// Owns a fact about browsers that the waits after an outage rely on: what a `fetch` with HEAD and `no-cors` does where a server is
// there, where none is, and where it hangs. It knows no library.
import { createServer, type RequestListener } from "node:http";
import { expect, test } from "../fixtures.ts";
import { listen } from "../listen.ts";
import type { Tab } from "../tabs.ts";

const respond = (status: number, headers: Record<string, string> = {}): RequestListener => {
  return (_, response) => void response.writeHead(status, headers).end();
};

/** A hang ends with AbortError instead of TimeoutError in WebKitGTK 2.50, and in the workers of Firefox 153. */
const ENDED = /^(TimeoutError|AbortError)$/;

const CASES: readonly (readonly [what: string, listener: RequestListener | undefined, outcome: RegExp])[] = [
  ["204", respond(204), /^opaque$/],
  ["204 with CORS headers", respond(204, { "access-control-allow-origin": "*" }), /^opaque$/],
  ["401", respond(401), /^opaque$/],
  ["405", respond(405), /^opaque$/],
  ["503", respond(503), /^opaque$/],
  ["no response", () => undefined, ENDED],
  // Helmet's default: a server that is there looks as if it were not.
  ["CORP same-origin", respond(204, { "cross-origin-resource-policy": "same-origin" }), /^TypeError$/],
  ["a reset", (request) => void request.socket.resetAndDestroy(), /^TypeError$/],
  ["nothing listens", undefined, /^TypeError$/],
];

/** Starts a server for the case, if it has one. */
async function start(listener: RequestListener | undefined) {
  const server = createServer(listener);
  const url = `http://127.0.0.1:${await listen(server, "127.0.0.1")}/api`;
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  if (!listener) stop();
  return { url, stop };
}

/** In the page, in a shared worker, in a service worker; `redirect: "manual"` is a TypeError with `no-cors`, by the standard. */
const ASK = `(url) => fetch(url, { method: "HEAD", mode: "no-cors", credentials: "omit", signal: AbortSignal.timeout(5000) })
  .then(({ type }) => type, ({ name }) => name)`;

const WORKER = `const ask = ${ASK};
self.onconnect = ({ ports: [port] }) => { port.onmessage = ({ data }) => ask(data).then((value) => port.postMessage(value)) };
self.onmessage = ({ data, ports: [port] }) => ask(data).then((value) => port.postMessage(value));`;

function askInPage(tab: Tab, url: string): Promise<string> {
  return tab.evaluate(({ ask, to }) => new Function(`return (${ask})`)()(to), { ask: ASK, to: url });
}

/** "none" where the engine has no such worker. */
function askInSharedWorker(tab: Tab, url: string): Promise<string> {
  return tab.evaluate(
    (to) =>
      new Promise<string>((resolve) => {
        if (!("SharedWorker" in window)) return resolve("none");
        const { port } = new SharedWorker("/asks.js");
        port.onmessage = ({ data }) => resolve(data);
        port.postMessage(to);
      }),
    url,
  );
}

function askInServiceWorker(tab: Tab, url: string): Promise<string> {
  return tab.evaluate(async (to) => {
    await navigator.serviceWorker.register("/asks.js");
    const { active } = await navigator.serviceWorker.ready;
    const { port1, port2 } = new MessageChannel();
    return new Promise<string>((resolve) => {
      port1.onmessage = ({ data }) => resolve(data);
      active?.postMessage(to, [port2]);
    });
  }, url);
}

for (const [name, ask] of [
  ["a page", askInPage],
  ["a shared worker", askInSharedWorker],
  ["a service worker", askInServiceWorker],
] as const) {
  test(`HEAD without CORS tells a server that is there from none, in ${name}`, {
    tag: name === "a page" ? [] : "@full",
  }, async ({ tabs, site }) => {
    site.serveScript("/asks.js", WORKER);
    const tab = await tabs.open();
    await tab.goto(site.landing(null));
    for (const [what, listener, outcome] of CASES) {
      // Firefox reports this refusal as if it were an exception of the page's.
      if (what.startsWith("CORP") && tabs.engine === "firefox") continue;
      const { url, stop } = await start(listener);
      const result = await ask(tab, url);
      stop();
      if (result !== "none") expect(result, what).toMatch(outcome);
    }
  });
}
