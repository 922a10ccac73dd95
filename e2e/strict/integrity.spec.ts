// Owns subresource integrity: the hashes that the build writes are those of the files, and a browser takes them.
import { createHash } from "node:crypto";
import { expect, test } from "../fixtures.ts";
import { trackerReady } from "../tracker.ts";
import { clickThrough } from "./couriers.ts";
import { built, integrityOf, scriptAttributes, serveStrict, written } from "./page.ts";

/** The script alone, and with each add-on, whose key is then on the click. */
const KEYS = {
  "clicktrail.js": [],
  "clicktrail.context.js": ["context"],
  "clicktrail.web-vitals.js": ["web_vitals"],
};

for (const [file, keys] of Object.entries(KEYS)) {
  test(`${file} from another origin, with integrity and crossorigin`, {
    tag: file === "clicktrail.js" ? [] : ["@once"],
  }, async ({ tab, site, collector }) => {
    const policy = [
      "default-src 'none'",
      `script-src ${site.otherOrigin}`,
      `connect-src ${collector.endpoint} ${site.otherOrigin}`,
      "worker-src blob:",
    ];
    const tags = [...new Set([file, "clicktrail.js"])].map(async (name) => {
      const own = name === "clicktrail.js" ? scriptAttributes(collector.endpoint) : {};
      const src = `${site.otherOrigin}/dist/${name}`;
      const integrity = await integrityOf(name);
      return `<script async ${written({ ...own, src, integrity, crossorigin: "anonymous" })}></script>`;
    });
    const head = (await Promise.all(tags)).join("\n");
    await clickThrough(
      tab,
      collector,
      serveStrict(site, "/strict", collector.endpoint, { policy, head }),
      "worker",
    );
    for (const key of keys) expect(collector.puts[0]?.body).toHaveProperty(`metadata.clicktrail.${key}`);
  });
}

test("dist/sri.json holds the files' hashes", { tag: "@once" }, async () => {
  const hash = createHash("sha384")
    .update(await built("clicktrail.js"))
    .digest("base64");
  expect(await integrityOf("clicktrail.js")).toBe(`sha384-${hash}`);
});

test("a file that was changed does not run, and the page's clicks still navigate", async ({
  tab,
  site,
  collector,
}) => {
  const integrity = `sha384-${createHash("sha384").update("another file").digest("base64")}`;
  const policy = ["default-src 'none'", "script-src 'self'", `connect-src ${collector.endpoint}`];
  await tab.goto(serveStrict(site, "/strict", collector.endpoint, { policy, script: { integrity } }));
  // The load event has waited for the script.
  expect(await tab.evaluate(() => typeof window.clicktrail)).toBe("undefined");
  await tab.click("#link-1");
  await tab.at("/detail");
  await collector.expectNothing();
});

test("a courier from another origin that was changed does not run, and the page sends its clicks", async ({
  tab,
  site,
  collector,
}) => {
  const changed = `self.isChanged = true;\n${await built("clicktrail.courier.js")}`;
  site.replaceBuilt("clicktrail.courier.js", { body: changed });
  const policy = [
    "default-src 'none'",
    `script-src ${site.otherOrigin} blob:`,
    `connect-src ${collector.endpoint} ${site.otherOrigin}`,
    "worker-src blob:",
  ];
  const script = { src: `${site.otherOrigin}/dist/clicktrail.js` };
  const url = serveStrict(site, "/strict", collector.endpoint, { policy, script });
  await clickThrough(tab, collector, url, "page");
  await tab.goto(url);
  await trackerReady(tab);
  await tab.hover("#link-1");
  await expect
    .poll(() => tab.evaluate(() => window.clicktrail.stats().catch(String)))
    .toMatch("clicktrail.courier.js");
  expect(await tab.evaluate(() => "isChanged" in window)).toBe(false);
});
