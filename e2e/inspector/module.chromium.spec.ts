// Owns the npm entry `clicktrail/inspector`: a bundler keeps it, and it opens one inspector a page.
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { expect, test } from "../fixtures.ts";
import { DIST } from "../site.ts";
import { partsOf } from "./inspect.ts";

/** What a bundler makes of a site's module, with `sideEffects` as package.json has it. */
async function bundled(code: string): Promise<string> {
  const made = await build({
    configFile: false,
    logLevel: "error",
    resolve: {
      alias: {
        "clicktrail/inspector": fileURLToPath(new URL("inspector.js", DIST)),
        "clicktrail/dist": fileURLToPath(DIST),
      },
    },
    plugins: [
      {
        name: "site",
        resolveId: (id) => (id === "site" ? "\0site" : null),
        load: (id) => (id === "\0site" ? code : null),
      },
    ],
    build: { write: false, modulePreload: false, rolldownOptions: { input: "site" } },
  });
  const [first] = Array.isArray(made) ? made : [made];
  const chunk = first && "output" in first ? first.output[0] : undefined;
  return chunk?.code ?? "";
}

test("a bundler keeps it: imported by name, and the script for its effect", async () => {
  const named = await bundled('import { inspect } from "clicktrail/inspector"; inspect();');
  expect(named).toContain("clicktrail-inspector");
  const effect = await bundled('import "clicktrail/dist/clicktrail.inspector.js";');
  expect(effect).toContain("clicktrail-inspector");
});

test("inspect() opens it, brings it back, and closes it", { tag: "@full" }, async ({ context, site }) => {
  const page = await context.newPage();
  await page.goto(site.search());
  await page.waitForFunction(() => "stats" in window.clicktrail);
  const open = () =>
    page.evaluate(async (url) => {
      const { inspect } = await import(url);
      Object.assign(window, { inspector: inspect() });
    }, "/dist/inspector.js");
  await open();
  const { host, badges } = partsOf(page);
  await expect(badges).toHaveText(["1", "2", "3"]);
  await host.getByRole("button", { name: "Fold the panel" }).click();
  await open();
  await expect(host).toHaveCount(1);
  await expect(host.getByRole("tab", { name: "Clicks" })).toBeFocused();
  await page.evaluate(() => (window as unknown as { inspector: { close(): void } }).inspector.close());
  await expect(host).toHaveCount(0);
});
