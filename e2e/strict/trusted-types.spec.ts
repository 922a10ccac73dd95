// Owns pages that require trusted types: nothing breaks, with and without a list of policies, and the policy named clicktrail is all
// that the worker needs.
import { expect, test } from "../fixtures.ts";
import { trackerReady } from "../tracker.ts";
import { clickThrough } from "./couriers.ts";
import { serveStrict } from "./page.ts";

const REQUIRED = "require-trusted-types-for 'script'";

function policyFor(endpoint: string, ...more: readonly string[]): string[] {
  return ["default-src 'none'", "script-src 'self'", `connect-src ${endpoint}`, "worker-src 'self'", ...more];
}

for (const [list, courier] of [
  [[], "worker"],
  [["trusted-types clicktrail"], "worker"],
  [["trusted-types other"], "page"],
  [["trusted-types 'none'"], "page"],
] as const) {
  test(`trusted types, ${list[0] ?? "without a list"}: the ${courier} is the courier`, {
    tag: list[0]?.endsWith("'none'") ? [] : ["@once"],
  }, async ({ tab, site, collector }) => {
    const policy = policyFor(collector.endpoint, REQUIRED, ...list);
    const url = serveStrict(site, "/strict", collector.endpoint, { policy });
    await clickThrough(tab, collector, url, courier);
  });
}

test("the one policy is named clicktrail; the page has no default policy of ours", {
  tag: "@once",
}, async ({ tab, site, collector }) => {
  const policy = policyFor(collector.endpoint, REQUIRED, "trusted-types clicktrail");
  await tab.goto(serveStrict(site, "/strict", collector.endpoint, { policy }));
  await trackerReady(tab);
  await expect.poll(() => tab.evaluate(() => window.clicktrail.courier())).toBe("worker");
  const hasDefault = () =>
    tab.evaluate(
      () => !!(window as unknown as { trustedTypes: { defaultPolicy: unknown } }).trustedTypes.defaultPolicy,
    );
  expect(await hasDefault()).toBe(false);
});

test("a script from another origin: the blob's address passes the same policy", { tag: "@once" }, async ({
  tab,
  site,
  collector,
}) => {
  const policy = [
    "default-src 'none'",
    `script-src ${site.otherOrigin}`,
    `connect-src ${collector.endpoint} ${site.otherOrigin}`,
    "worker-src blob:",
    REQUIRED,
    "trusted-types clicktrail",
  ];
  const script = { src: `${site.otherOrigin}/dist/clicktrail.js` };
  const url = serveStrict(site, "/strict", collector.endpoint, { policy, script });
  await clickThrough(tab, collector, url, "worker");
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
