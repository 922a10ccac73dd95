// Owns the ways in that change what the script knows of its own element: as a module, deferred, late by another script.
import { test } from "../fixtures.ts";
import { clickThrough } from "./couriers.ts";
import { scriptAttributes, serveScript, serveStrict } from "./page.ts";

function policyFor(endpoint: string): string[] {
  return ["default-src 'none'", "script-src 'self'", `connect-src ${endpoint}`, "worker-src 'self'"];
}

test("type=module", async ({ tab, site, collector }) => {
  const policy = policyFor(collector.endpoint);
  const script = { type: "module" };
  const url = serveStrict(site, "/strict", collector.endpoint, { policy, script });
  await clickThrough(tab, collector, url, "worker");
});

test("defer", { tag: "@once" }, async ({ tab, site, collector }) => {
  const policy = policyFor(collector.endpoint);
  const attributes = Object.entries(scriptAttributes(collector.endpoint));
  const head = `<script defer ${attributes.map(([name, value]) => `${name}="${value}"`).join(" ")}></script>`;
  const url = serveStrict(site, "/strict", collector.endpoint, { policy, head });
  await clickThrough(tab, collector, url, "worker");
});

test("a tag manager's element, made late by a script of the page's own", { tag: "@once" }, async ({
  tab,
  site,
  collector,
}) => {
  const attributes = JSON.stringify(scriptAttributes(collector.endpoint));
  serveScript(site, "/tag-manager.js", `(${inject})(${attributes})`);
  const policy = policyFor(collector.endpoint);
  const head = `<script async src="/tag-manager.js"></script>`;
  const url = serveStrict(site, "/strict", collector.endpoint, { policy, head });
  await clickThrough(tab, collector, url, "worker");
});

/** Runs in the page. The attributes are set as tag managers do it: after the element is in the page would be too late. */
function inject(attributes: Readonly<Record<string, string>>): void {
  setTimeout(() => {
    const script = document.createElement("script");
    script.async = true;
    for (const [name, value] of Object.entries(attributes)) script.setAttribute(name, value);
    document.body.append(script);
  }, 300);
}
