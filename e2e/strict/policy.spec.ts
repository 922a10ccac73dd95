// Owns the table of policy lines in docs/csp.md: what each feature needs, with the line and without it.
import { createHash } from "node:crypto";
import { expect, test } from "../fixtures.ts";
import { API_KEY, DATASET } from "../pages.ts";
import { expectStats, trackerReady } from "../tracker.ts";
import { clickThrough } from "./couriers.ts";
import { built, bundled, scriptAttributes, serveScript, serveStrict, written } from "./page.ts";

const NOTHING = "default-src 'none'";
const OWN_SCRIPTS = "script-src 'self'";
const BLOB_WORKERS = "worker-src blob:";

test("script-src, connect-src and worker-src are all it needs", async ({ tab, site, collector }) => {
  const policy = [NOTHING, OWN_SCRIPTS, `connect-src ${collector.endpoint}`, BLOB_WORKERS];
  await clickThrough(tab, collector, serveStrict(site, "/strict", collector.endpoint, { policy }), "worker");
});

test("without the worker line the page is the courier", async ({ tab, site, collector }) => {
  const policy = [NOTHING, OWN_SCRIPTS, `connect-src ${collector.endpoint}`];
  const url = serveStrict(site, "/strict", collector.endpoint, { policy });
  await clickThrough(tab, collector, url, "page");
});

test("a worker that the policy refuses is reported once a visit, and nothing else is", async ({
  tab,
  site,
  collector,
}) => {
  const policy = [NOTHING, `${OWN_SCRIPTS} 'nonce-n1'`, `connect-src ${collector.endpoint}`];
  const script = `<script async ${written(scriptAttributes(collector.endpoint))}></script>`;
  const head = `<script nonce="n1">(${keepReports})()</script>${script}`;
  const url = serveStrict(site, "/strict", collector.endpoint, { policy, head });
  const reports = () => tab.evaluate(() => (window as unknown as { reports: string[] }).reports);
  for (const number of [1, 2]) {
    await tab.goto(url);
    await trackerReady(tab);
    await tab.evaluate(() => addEventListener("click", (event) => event.preventDefault()));
    await tab.hover("#link-1");
    await tab.click("#link-1");
    await expectStats(tab, { made: number, delivered: number });
    const hasWorkers = await tab.evaluate(() => navigator.userAgent.includes("Chrome/"));
    expect(await reports()).toEqual(hasWorkers && number === 1 ? ["worker-src"] : []);
  }
});

test("without the endpoint's line the click waits", async ({ tab, site, collector }) => {
  const policy = [NOTHING, OWN_SCRIPTS];
  const again = serveStrict(site, "/again", collector.endpoint, { policy });
  await tab.goto(serveStrict(site, "/strict", collector.endpoint, { policy }));
  await trackerReady(tab);
  // A page that leaves before it has seen the refusal, or in the middle of the next attempt, has a click in doubt.
  await tab.evaluate((to) => {
    addEventListener("click", (event) => event.preventDefault());
    window.clicktrail.on("waiting", () => location.assign(to));
  }, again);
  await tab.click("#link-1");
  await tab.at("/again");
  await expectStats(tab, { made: 1, waiting: 1, delivered: 0 });
  await collector.expectNothing();
});

test("a first-party endpoint needs connect-src 'self'", { tag: "@once" }, async ({
  tab,
  site,
  collector,
}) => {
  // Anything but a page: an HTML response is no acknowledgement.
  site.serveScript("/ctr", "");
  const script = { "data-endpoint": "/ctr", "data-api-key": undefined };
  const policy = [NOTHING, OWN_SCRIPTS, "connect-src 'self'", BLOB_WORKERS];
  await tab.goto(serveStrict(site, "/strict", "/ctr", { policy, script }));
  await tab.evaluate(() => addEventListener("click", (event) => event.preventDefault()));
  await tab.click("#link-1");
  await expectStats(tab, { made: 1, delivered: 1 });
  await collector.expectNothing();
});

test("a script from another origin needs that origin in script-src", { tag: "@once" }, async ({
  tab,
  site,
  collector,
}) => {
  const policy = [
    NOTHING,
    `script-src ${site.otherOrigin}`,
    `connect-src ${collector.endpoint}`,
    BLOB_WORKERS,
  ];
  const script = { src: `${site.otherOrigin}/dist/clicktrail.js` };
  const url = serveStrict(site, "/strict", collector.endpoint, { policy, script });
  await clickThrough(tab, collector, url, "worker");
});

test("add-ons need no line more", { tag: "@once" }, async ({ tab, site, collector }) => {
  const policy = [NOTHING, OWN_SCRIPTS, `connect-src ${collector.endpoint}`, BLOB_WORKERS];
  const core = `<script async ${written(scriptAttributes(collector.endpoint))}></script>`;
  const head = `<script async src="/dist/clicktrail.web-vitals.js"></script>${core}`;
  const url = serveStrict(site, "/strict", collector.endpoint, { policy, head });
  await clickThrough(tab, collector, url, "worker");
  expect(collector.puts[0]?.body).toHaveProperty("metadata.clicktrail.web_vitals");
});

test("the module needs no line more", { tag: "@once" }, async ({ tab, site, collector }) => {
  const path = "/own.js";
  const options = JSON.stringify({ dataset: DATASET, apiKey: API_KEY, endpoint: collector.endpoint });
  serveScript(site, path, await bundled(`window.clicktrail = init(${options});`));
  const policy = [NOTHING, OWN_SCRIPTS, `connect-src ${collector.endpoint}`, BLOB_WORKERS];
  const head = `<script type="module" src="${path}"></script>`;
  await clickThrough(
    tab,
    collector,
    serveStrict(site, "/strict", collector.endpoint, { policy, head }),
    "worker",
  );
});

test("the inline stub needs its hash", { tag: "@once" }, async ({ tab, site, collector }) => {
  const stub = (await built("stub.js")).trim();
  const hash = createHash("sha256").update(stub).digest("base64");
  const policy = [
    NOTHING,
    `${OWN_SCRIPTS} 'sha256-${hash}'`,
    `connect-src ${collector.endpoint}`,
    BLOB_WORKERS,
  ];
  const script = `<script async ${written(scriptAttributes(collector.endpoint))}></script>`;
  const head = `<script>${stub}</script>${script}`;
  const url = serveStrict(site, "/strict", collector.endpoint, { policy, head });
  await clickThrough(tab, collector, url, "worker");
});

test("nonces with strict-dynamic do for a script that adds the library", { tag: "@once" }, async ({
  tab,
  site,
  collector,
}) => {
  const policy = [
    NOTHING,
    "script-src 'nonce-n1' 'strict-dynamic'",
    `connect-src ${collector.endpoint}`,
    BLOB_WORKERS,
  ];
  const head = `<script nonce="n1">(${inject})(${JSON.stringify(scriptAttributes(collector.endpoint))})</script>`;
  const url = serveStrict(site, "/strict", collector.endpoint, { policy, head });
  await clickThrough(tab, collector, url, "worker");
});

test("the inspector needs no line more", async ({ tab, site, collector }) => {
  const policy = [NOTHING, OWN_SCRIPTS, `connect-src ${collector.endpoint}`, BLOB_WORKERS];
  await tab.goto(serveStrict(site, "/strict", collector.endpoint, { policy }));
  await trackerReady(tab);
  await tab.evaluate(() => window.clicktrail.inspect());
  const look = () =>
    tab.evaluate(() => {
      const panel = document.querySelector("clicktrail-inspector")?.shadowRoot?.querySelector(".panel");
      return panel && getComputedStyle(panel).position;
    });
  await expect.poll(look, { message: "the panel is there, and styled" }).toBe("fixed");
});

/** Runs in the page, before all else. */
function keepReports(): void {
  const page = window as unknown as { reports: string[] };
  page.reports = [];
  document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => {
    page.reports.push(effectiveDirective);
  });
}

/** Runs in the page: a tag manager's way, late. */
function inject(attributes: Readonly<Record<string, string>>): void {
  addEventListener("load", () => {
    setTimeout(() => {
      const script = document.createElement("script");
      for (const [name, value] of Object.entries(attributes)) script.setAttribute(name, value);
      document.head.append(script);
    }, 100);
  });
}
