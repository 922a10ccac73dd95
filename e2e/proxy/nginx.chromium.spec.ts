// Owns the proof of what only nginx has: a memory on disk, names that are looked up while it runs, certificates, time-outs.

import { chmod } from "node:fs/promises";
import { dirname } from "node:path";
import { QUIET_MS } from "../arrivals.ts";
import { findTool } from "../browsers.mjs";
import { courierReady, flushNow, giveCourier } from "../faults/couriers.ts";
import { age, scopeOf } from "../faults/rows.ts";
import { test as base, expect } from "../fixtures.ts";
import { freePort } from "../listen.ts";
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
    });
    await tab.goto(nginx.origin + new URL(site.landing(null)).pathname);
    expect((await send(tab, { id: clickId() })).status).toBe(complaint ? 502 : 204);
    if (complaint) expect(nginx.complaints()).toContain(complaint);
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
  const nginx = await front.start({ "rate=5r/s;": "rate=1r/s;", "burst=20 nodelay;": "burst=1 nodelay;" });
  await tab.goto(nginx.origin + new URL(site.landing(null)).pathname);
  const answers = [];
  for (let sent = 0; sent < 4; sent++) answers.push(await send(tab, { id: clickId() }));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused[0]).toMatchObject({ retryAfter: "2" });
});
