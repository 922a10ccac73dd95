// Owns the table of policy lines in docs/csp.md: what each feature needs, with the line and without it.
import { createHash } from "node:crypto";
import { expect, test } from "../fixtures.ts";
import { API_KEY, DATASET } from "../pages.ts";
import type { Site } from "../site.ts";
import { expectStats, trackerReady } from "../tracker.ts";
import { clickThrough } from "./couriers.ts";
import { built, bundled, scriptAttributes, serveScript, serveStrict, written } from "./page.ts";

const COURIER = "clicktrail.courier.js";
const NOTHING = "default-src 'none'";
const OWN_SCRIPTS = "script-src 'self'";
const OWN_WORKERS = "worker-src 'self'";
const NO_WORKERS = "worker-src 'none'";

test("script-src and connect-src are all it needs on the page's own origin", async ({
  tab,
  site,
  collector,
}) => {
  const policy = [NOTHING, OWN_SCRIPTS, `connect-src ${collector.endpoint}`];
  await clickThrough(tab, collector, serveStrict(site, "/strict", collector.endpoint, { policy }), "worker");
});

test("worker-src 'self' is enough for the worker where there is such a line", { tag: "@once" }, async ({
  tab,
  site,
  collector,
}) => {
  const policy = [NOTHING, OWN_SCRIPTS, `connect-src ${collector.endpoint}`, OWN_WORKERS];
  await clickThrough(tab, collector, serveStrict(site, "/strict", collector.endpoint, { policy }), "worker");
});

test("a worker line without 'self': the page is the courier", async ({ tab, site, collector }) => {
  const policy = [NOTHING, OWN_SCRIPTS, `connect-src ${collector.endpoint}`, NO_WORKERS];
  const url = serveStrict(site, "/strict", collector.endpoint, { policy });
  await clickThrough(tab, collector, url, "page");
});

test("a worker that the policy refuses is reported once a page, and nothing else is", async ({
  tab,
  site,
  collector,
}) => {
  const policy = [NOTHING, `${OWN_SCRIPTS} 'nonce-n1'`, `connect-src ${collector.endpoint}`, NO_WORKERS];
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
    expect(await reports()).toEqual(["worker-src"]);
  }
});

test("without the endpoint's line the click waits, where the courier's file has the policy too", async ({
  tab,
  site,
  collector,
}) => {
  const policy = [NOTHING, OWN_SCRIPTS];
  // A worker is under the policy that its own file came with, not under the page's.
  site.replaceBuilt(COURIER, { headers: { "content-security-policy": policy.join("; ") } });
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
  const policy = [NOTHING, OWN_SCRIPTS, "connect-src 'self'", OWN_WORKERS];
  await tab.goto(serveStrict(site, "/strict", "/ctr", { policy, script }));
  await tab.evaluate(() => addEventListener("click", (event) => event.preventDefault()));
  await tab.click("#link-1");
  await expectStats(tab, { made: 1, delivered: 1 });
  await collector.expectNothing();
});

/** The lines for a script from another origin; `connect` are the origins beside the endpoint. */
const fromElsewhere = (site: Site, endpoint: string, connect: string) => [
  NOTHING,
  `script-src ${site.otherOrigin}`,
  `connect-src ${endpoint} ${connect}`,
  "worker-src blob:",
];

test("a script from another origin needs that origin in script-src and connect-src, and worker-src blob:", {
  tag: "@once",
}, async ({ tab, site, collector }) => {
  const policy = fromElsewhere(site, collector.endpoint, site.otherOrigin);
  const script = { src: `${site.otherOrigin}/dist/clicktrail.js` };
  const url = serveStrict(site, "/strict", collector.endpoint, { policy, script });
  await clickThrough(tab, collector, url, "worker");
});

test("a script from another origin that isn't in connect-src: the page sends the click itself", async ({
  tab,
  site,
  collector,
}) => {
  const policy = fromElsewhere(site, collector.endpoint, "");
  const script = { src: `${site.otherOrigin}/dist/clicktrail.js` };
  const url = serveStrict(site, "/strict", collector.endpoint, { policy, script });
  await clickThrough(tab, collector, url, "page");
});

test("a script from another origin, its courier on the page's own: no line for the other origin but script-src", {
  tag: "@once",
}, async ({ tab, site, collector }) => {
  const policy = [
    NOTHING,
    `script-src ${site.otherOrigin}`,
    `connect-src ${collector.endpoint}`,
    OWN_WORKERS,
  ];
  const script = { src: `${site.otherOrigin}/dist/clicktrail.js`, "data-courier": `/dist/${COURIER}` };
  const url = serveStrict(site, "/strict", collector.endpoint, { policy, script });
  await clickThrough(tab, collector, url, "worker");
});

test("add-ons need no line more", { tag: "@once" }, async ({ tab, site, collector }) => {
  const policy = [NOTHING, OWN_SCRIPTS, `connect-src ${collector.endpoint}`, OWN_WORKERS];
  const core = `<script async ${written(scriptAttributes(collector.endpoint))}></script>`;
  const head = `<script async src="/dist/clicktrail.web-vitals.js"></script>${core}`;
  const url = serveStrict(site, "/strict", collector.endpoint, { policy, head });
  await clickThrough(tab, collector, url, "worker");
  expect(collector.puts[0]?.body).toHaveProperty("metadata.clicktrail.web_vitals");
});

test("the module needs no line more", { tag: "@once" }, async ({ tab, site, collector }) => {
  const path = "/own.js";
  const courier = `/dist/${COURIER}`;
  const options = JSON.stringify({
    dataset: DATASET,
    apiKey: API_KEY,
    endpoint: collector.endpoint,
    courier,
  });
  serveScript(site, path, await bundled(`window.clicktrail = init(${options});`));
  const policy = [NOTHING, OWN_SCRIPTS, `connect-src ${collector.endpoint}`, OWN_WORKERS];
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
    OWN_WORKERS,
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
    OWN_WORKERS,
  ];
  const head = `<script nonce="n1">(${inject})(${JSON.stringify(scriptAttributes(collector.endpoint))})</script>`;
  const url = serveStrict(site, "/strict", collector.endpoint, { policy, head });
  await clickThrough(tab, collector, url, "worker");
});

test("the inspector needs no line more", async ({ tab, site, collector }) => {
  const policy = [NOTHING, OWN_SCRIPTS, `connect-src ${collector.endpoint}`, OWN_WORKERS];
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
