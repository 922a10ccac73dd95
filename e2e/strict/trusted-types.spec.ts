// Owns pages that require trusted types: nothing breaks, with and without a list of policies, and the documented default policy
// is enough for the rest.
import { codeBlock } from "../documents.ts";
import { expect, test } from "../fixtures.ts";
import { trackerReady } from "../tracker.ts";
import { clickThrough } from "./couriers.ts";
import { scriptAttributes, serveScript, serveStrict, written } from "./page.ts";

const REQUIRED = "require-trusted-types-for 'script'";

function policyFor(endpoint: string, ...more: readonly string[]): string[] {
  return ["default-src 'none'", "script-src 'self'", `connect-src ${endpoint}`, "worker-src blob:", ...more];
}

test("trusted types without a list: the page is the courier", { tag: "@once" }, async ({
  tab,
  site,
  collector,
}) => {
  const policy = policyFor(collector.endpoint, REQUIRED);
  await clickThrough(tab, collector, serveStrict(site, "/strict", collector.endpoint, { policy }), "page");
});

test("trusted types with an empty list: the page is the courier", async ({ tab, site, collector }) => {
  const policy = policyFor(collector.endpoint, REQUIRED, "trusted-types 'none'");
  await clickThrough(tab, collector, serveStrict(site, "/strict", collector.endpoint, { policy }), "page");
});

test("the page's own default policy brings the worker back", { tag: "@once" }, async ({
  tab,
  site,
  collector,
}) => {
  serveScript(site, "/default-policy.js", await codeBlock("docs/csp.md", "js", "createScriptURL"));
  const policy = policyFor(collector.endpoint, REQUIRED, "trusted-types default");
  const attributes = written(scriptAttributes(collector.endpoint));
  const head = `<script src="/default-policy.js"></script><script ${attributes}></script>`;
  await clickThrough(
    tab,
    collector,
    serveStrict(site, "/strict", collector.endpoint, { policy, head }),
    "worker",
  );
});

test("the inspector needs no policy", async ({ tab, site, collector }) => {
  const policy = policyFor(collector.endpoint, REQUIRED, "trusted-types 'none'");
  await tab.goto(serveStrict(site, "/strict", collector.endpoint, { policy }));
  await trackerReady(tab);
  await tab.evaluate(() => void window.clicktrail.inspect());
  const isOpen = () => tab.evaluate(() => !!document.querySelector("clicktrail-inspector")?.shadowRoot);
  await expect.poll(isOpen, { message: "the inspector is there" }).toBe(true);
});

test("tagging writes no HTML: no trusted type is needed", { tag: "@once" }, async ({
  tab,
  site,
  collector,
}) => {
  const policy = policyFor(collector.endpoint, REQUIRED, "trusted-types 'none'");
  await tab.goto(serveStrict(site, "/strict", collector.endpoint, { policy }));
  await trackerReady(tab);
  const tagged = await tab.evaluate(() => {
    const list = document.querySelector("ol");
    const response = { id: "a0000000-0000-4000-8000-000000000009", chunks: [{ chunk: { id: "c9" } }] };
    return list && window.clicktrail.tagResults(list, response).tagged;
  });
  expect(tagged).toBe(1);
});
