// Owns the proof of what only nginx has: a memory on disk, names that are looked up while it runs, certificates, time-outs.

import { randomUUID } from "node:crypto";
import { chmod } from "node:fs/promises";
import { request as createRequest, createServer, type ServerResponse } from "node:http";
import { dirname } from "node:path";
import { QUIET_MS } from "../arrivals.ts";
import { findTool } from "../browsers.mjs";
import { courierReady, flushNow, giveCourier } from "../faults/couriers.ts";
import { age, scopeOf } from "../faults/rows.ts";
import { test as base, expect } from "../fixtures.ts";
import { freePort, listen } from "../listen.ts";
import { REQUEST_ID } from "../pages.ts";
import { tabOfPage } from "../tabs.ts";
import { expectStats } from "../tracker.ts";
import { clickId, send } from "./behind.ts";
import { type Nginx, startNginx } from "./nginx.ts";
import { createCertificate, createNameServer, startUpstream } from "./upstream.ts";

const NAME = "api.test";
const DEFAULT_ADDRESS = "default http://127.0.0.1:8090/";
const DEFAULT_RESOLVER = "resolver 127.0.0.53 ipv6=off;";
const DEFAULT_ROOTS = "/etc/ssl/certs/ca-certificates.crt;";
/** clicktrail's own. */
const CLIENT_WAITS_MS = 10_000;

interface Starter {
  start(change?: Record<string, string>): Promise<Nginx>;
}

const test = base.extend<{ front: Starter }>({
  front: async ({ site, collector }, use) => {
    const program = findTool("nginx") ?? "";
    test.skip(!program, "NOT TESTED: NGINX. Run: apt-get install --no-install-recommends nginx-light");
    const started: Nginx[] = [];
    await use({
      async start(change = {}) {
        const nginx = await startNginx({ program, site: site.origin, api: collector.origin, change });
        started.push(nginx);
        return nginx;
      },
    });
    for (const nginx of started) await nginx.stop();
  },
});

for (const signal of ["SIGTERM", "SIGKILL"] as const) {
  test(`remembers after ${signal} and a new start`, { tag: signal === "SIGKILL" ? "@full" : [] }, async ({
    tab,
    site,
    collector,
    front,
  }) => {
    const nginx = await front.start();
    await tab.goto(nginx.origin + new URL(site.landing(null)).pathname);
    const [id, other] = [clickId(), clickId()];
    expect((await send(tab, { id })).replayed).toBeNull();
    await nginx.restart(signal);
    expect(await send(tab, { id, attempt: 2 })).toMatchObject({ status: 204, replayed: "true" });
    await send(tab, { id: other, position: 2 });
    await collector.expectPuts([{ position: 1, metadata: { clicktrail: { attempt: 1 } } }, { position: 2 }]);
  });
}

test("the browser killed after a click, before its answer: exactly once, counted as delivered, at the next start", async ({
  profile,
  site,
  collector,
  front,
}) => {
  const nginx = await front.start();
  const at = (url: string) => url.replace(site.origin, nginx.origin);
  giveCourier(site, "page");
  const url = at(site.search({ snippet: { endpoint: "/ctr", apiKey: undefined, idempotent: true } }));
  collector.behave({ delayMs: 1_000 });
  let browser = await profile.start();
  let tab = tabOfPage(browser.page);
  await tab.goto(url);
  await courierReady(tab, "page");
  await tab.click("#link-1");
  await tab.at("/detail");
  await collector.arrived(1);
  await browser.kill();
  browser = await profile.start();
  tab = tabOfPage(browser.page);
  await tab.goto(at(site.landing(null)));
  await age(tab, scopeOf(`${nginx.origin}/ctr`));
  await tab.goto(url);
  await flushNow(tab);
  await expectStats(tab, { made: 1, delivered: 1, waiting: 0, inDoubt: 0, dropped: {} });
  await collector.expectPuts([{ position: 1 }], { settleMs: QUIET_MS });
  await browser.quit();
});

test("starts without DNS, and follows an address that changes", async ({ tab, site, front }) => {
  const port = await freePort("127.0.0.1");
  const names = createNameServer(port);
  const old = await startUpstream("127.0.0.1");
  const moved = await startUpstream("127.0.0.2", old.port);
  const nginx = await front.start({
    [DEFAULT_RESOLVER]: `resolver 127.0.0.1:${port} ipv6=off;`,
    [DEFAULT_ADDRESS]: `default http://${NAME}:${old.port}/`,
  });
  await tab.goto(nginx.origin + new URL(site.landing(null)).pathname);
  const id = clickId();
  expect((await send(tab, { id })).status).toBe(502);
  await names.start();
  await expect.poll(async () => (await send(tab, { id })).status).toBe(204);
  expect([old.taken(), moved.taken()]).toEqual([1, 0]);
  names.setAddress("127.0.0.2");
  await expect
    .poll(async () => {
      await send(tab, { id: clickId() });
      return moved.taken();
    })
    .toBeGreaterThan(0);
  names.stop();
  for (const server of [old, moved]) server.stop();
});

test("sends no click, nor the key, to a server without the right certificate", async ({
  tab,
  site,
  front,
}) => {
  const certificate = await createCertificate(NAME);
  await chmod(dirname(certificate.path), 0o755);
  const api = await startUpstream("127.0.0.1", 0, certificate);
  const port = await freePort("127.0.0.1");
  const names = createNameServer(port);
  await names.start();
  const cases = [
    { host: NAME, roots: DEFAULT_ROOTS, complaint: "certificate verify error" },
    { host: `other.${NAME}`, roots: `${certificate.path};`, complaint: "certificate does not match" },
    { host: NAME, roots: `${certificate.path};`, complaint: undefined },
  ];
  for (const { host, roots, complaint } of cases) {
    const nginx = await front.start({
      [DEFAULT_RESOLVER]: `resolver 127.0.0.1:${port} ipv6=off;`,
      [DEFAULT_ADDRESS]: `default https://${host}:${api.port}/`,
      [DEFAULT_ROOTS]: roots,
      // Both servers run in this test's process, which a busy machine stops for a while.
      "resolver_timeout 1s;\n    proxy_connect_timeout 1s;":
        "resolver_timeout 4s;\n    proxy_connect_timeout 4s;",
    });
    await tab.goto(nginx.origin + new URL(site.landing(null)).pathname);
    expect((await send(tab, { id: clickId() })).status).toBe(complaint ? 502 : 204);
    if (complaint) await expect.poll(() => nginx.complaints()).toContain(complaint);
    expect(api.taken()).toBe(complaint ? 0 : 1);
  }
  api.stop();
  names.stop();
  await certificate.remove();
});

test("answers before clicktrail stops waiting, and a later copy is passed on", { tag: "@full" }, async ({
  tab,
  site,
  collector,
  front,
}) => {
  collector.behaveInTurn({ fault: "hang" }, {});
  const nginx = await front.start();
  await tab.goto(nginx.origin + new URL(site.landing(null)).pathname);
  const id = clickId();
  const begun = Date.now();
  expect((await send(tab, { id })).status).toBe(504);
  expect(Date.now() - begun).toBeLessThan(CLIENT_WAITS_MS);
  expect((await send(tab, { id, attempt: 2 })).status).toBe(204);
});

test("takes no more clicks of one address than its rate allows, and says when to come again", async ({
  tab,
  site,
  front,
}) => {
  const nginx = await front.start({ "rate=5r/s;": "rate=1r/m;", "burst=20 nodelay;": "burst=1 nodelay;" });
  await tab.goto(nginx.origin + new URL(site.landing(null)).pathname);
  const answers = [];
  for (let sent = 0; sent < 4; sent++) answers.push(await send(tab, { id: clickId() }));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused[0]).toMatchObject({ retryAfter: "2" });
});

type Respond = (response: ServerResponse) => void;

/** An API that responds as a test says; it counts the requests. */
async function startApi() {
  const api = { respond: ((response) => response.writeHead(204).end()) as Respond, requests: 0 };
  const server = createServer((request, response) => {
    api.requests += 1;
    request.resume().on("end", () => api.respond(response));
  });
  const port = await listen(server, "127.0.0.1");
  return Object.assign(api, {
    change: { [DEFAULT_ADDRESS]: `default http://127.0.0.1:${port}/` },
    stop(): void {
      server.closeAllConnections();
      server.close();
    },
  });
}

const CLICK = JSON.stringify({ request_id: REQUEST_ID, position: 1 });

/** A request from beside a browser. */
function post(nginx: Nginx, id: string, init: RequestInit = {}): Promise<Response> {
  const headers = { "Idempotency-Key": id };
  return fetch(`${nginx.origin}/ctr`, { method: "POST", headers, body: CLICK, redirect: "manual", ...init });
}

const RULES = {
  refresh: "0;url=https://a.example/",
  "www-authenticate": "Basic realm=a",
  "cross-origin-opener-policy": "same-origin",
  "document-policy": "js-profiling",
  "speculation-rules": '"/a.json"',
  "set-cookie": "a=b",
  "cache-control": "public, max-age=60",
  "content-disposition": "attachment",
  expires: "Wed, 21 Oct 2026 07:28:00 GMT",
  location: "https://a.example/",
};
const UNKNOWN = { "x-anything": "1", anything: "2" };
const OWN = [
  "connection",
  "content-length",
  "content-type",
  "date",
  "idempotent-replayed",
  "retry-after",
  "server",
];
const PAGE = `<!doctype html>${" ".repeat(5_000_000)}`;
const SHORT = JSON.stringify({ message: "position: not a number" });

const RESPONSES = [
  { given: 204, body: undefined, type: undefined, status: 204, passes: "" },
  { given: 200, body: "", type: "text/html", status: 204, passes: "" },
  { given: 200, body: PAGE, type: "text/html; charset=utf-8", status: 502 },
  { given: 400, body: SHORT, type: "application/json", status: 400, passes: SHORT },
  { given: 400, body: PAGE, type: "text/html", status: 400 },
  { given: 400, body: PAGE, type: "application/json", status: 400 },
  { given: 401, body: SHORT, type: "application/json", status: 401 },
  { given: 418, body: PAGE, type: "text/html", status: 418 },
  { given: 503, body: PAGE, type: "text/html", status: 503 },
  { given: 302, body: PAGE, type: "text/html", status: 502 },
  { given: 700, body: SHORT, type: "application/json", status: 502 },
];

for (const { given, body, type, status, passes } of RESPONSES) {
  const size = body === undefined ? "no body" : `${body.length} bytes of ${type}`;
  test(`of a ${given} with ${size} only status, Retry-After and a short message pass`, async ({ front }) => {
    const api = await startApi();
    const nginx = await front.start(api.change);
    // The short 400 is passed on without the headers that are known.
    const headers = { ...RULES, ...(passes !== SHORT && UNKNOWN), "retry-after": "7" };
    api.respond = (response) => {
      const length = body === undefined ? {} : { "content-type": type, "content-length": body.length };
      response.writeHead(given, { ...headers, ...length }).end(body);
    };
    const response = await post(nginx, randomUUID());
    expect(response.status).toBe(status);
    expect([...response.headers.keys()].filter((name) => !OWN.includes(name))).toEqual([]);
    if (status >= 400 && status !== 502)
      expect(response.headers.get("retry-after")).toBe(given === 400 && passes !== SHORT ? null : "7");
    const text = await response.text();
    if (passes === undefined)
      expect(JSON.parse(text)).toEqual({ message: expect.stringMatching(/^.{5,60}$/) });
    else expect(text).toBe(passes);
    api.stop();
  });
}

test("a web page in a 200 is no acknowledgement, and isn't remembered", async ({ front }) => {
  const api = await startApi();
  const nginx = await front.start(api.change);
  const id = randomUUID();
  api.respond = (response) =>
    response.writeHead(200, { "content-type": "text/html" }).end("<h1>Sign in</h1>");
  expect((await post(nginx, id)).status).toBe(502);
  api.respond = (response) => response.writeHead(204).end();
  const again = await post(nginx, id);
  expect([again.status, again.headers.get("idempotent-replayed"), api.requests]).toEqual([204, null, 2]);
  expect((await post(nginx, id)).headers.get("idempotent-replayed")).toBe("true");
  expect(api.requests).toBe(2);
  api.stop();
});

test("checks push no click out of the memory", { tag: "@full" }, async ({ front }) => {
  const api = await startApi();
  const small = { "keys_zone=arrived:10m": "keys_zone=arrived:64k" };
  const nginx = await front.start({ ...api.change, ...small, "burst=20 nodelay;": "burst=5000 nodelay;" });
  const id = randomUUID();
  await post(nginx, id);
  for (let sent = 0; sent < 2_000; sent += 50)
    await Promise.all(Array.from({ length: 50 }, () => post(nginx, randomUUID(), { body: null })));
  expect((await post(nginx, id)).headers.get("idempotent-replayed")).toBe("true");
  expect(api.requests).toBe(1);
  api.stop();
});

test("an id in upper case is refused: it would be another click's", async ({ front }) => {
  const api = await startApi();
  const nginx = await front.start(api.change);
  const id = randomUUID();
  expect((await post(nginx, id)).status).toBe(204);
  const response = await post(nginx, id.toUpperCase());
  expect([response.status, await response.json()]).toEqual([
    400,
    { message: "Header Idempotency-Key must be a UUID in lower case" },
  ]);
  expect(api.requests).toBe(1);
  api.stop();
});

test("only an object with a request's id is passed on", async ({ front }) => {
  const api = await startApi();
  const nginx = await front.start(api.change);
  for (const body of ["no JSON", "{}", "[]", '{"request_id":5}', '{"request_id":"x"}', `[${CLICK}]`]) {
    for (const method of ["POST", "PUT"]) {
      const response = await post(nginx, randomUUID(), { method, body });
      expect([body, response.status, await response.json()]).toEqual([
        body,
        400,
        { message: "The body must be a JSON object with the UUID of its request" },
      ]);
    }
  }
  expect(api.requests).toBe(0);
  const events = JSON.stringify({ event_type: "click", request: { request_id: REQUEST_ID } });
  expect((await post(nginx, randomUUID(), { body: events })).status).toBe(204);
  api.stop();
});

test("HEAD is 405 and uses up neither the rate nor the memory", async ({ front }) => {
  const api = await startApi();
  const rate = { "rate=5r/s;": "rate=1r/m;", "burst=20 nodelay;": "nodelay;" };
  const nginx = await front.start({ ...api.change, ...rate });
  const id = randomUUID();
  for (let asked = 0; asked < 5; asked++) {
    const response = await post(nginx, id, { method: "HEAD", body: null });
    expect(response.status).toBe(405);
  }
  expect(api.requests).toBe(0);
  expect((await post(nginx, id)).status).toBe(204);
  api.stop();
});

test("its log has no visitor's address", async ({ front }) => {
  const api = await startApi();
  const rate = { "rate=5r/s;": "rate=1r/m;", "burst=20 nodelay;": "burst=1 nodelay;" };
  const nginx = await front.start({ ...api.change, ...rate });
  api.stop();
  const visit = () =>
    new Promise<number | undefined>((resolve, reject) => {
      const headers = { "idempotency-key": randomUUID() };
      const options = { method: "POST", headers, localAddress: "127.0.0.9" };
      const request = createRequest(`${nginx.origin}/ctr`, options, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on("error", reject).end(CLICK);
    });
  expect([await visit(), await visit(), await visit()]).toEqual([502, 502, 429]);
  expect(nginx.complaints()).toContain("Connection refused");
  expect(nginx.complaints()).not.toContain("127.0.0.9");
});
