// Unit tests beside the source: what needs a document runs in real Chromium, the rest in Node. What the build fills in is filled in here.
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { findBrowser, isRequired } from "./e2e/browsers.mjs";

const IN_BROWSER = [
  "addons/context",
  "addons/register",
  "audit/reader",
  "config",
  "page/capture",
  "page/read",
  "page/tag",
  "page/tracker",
  "page/world",
  "script",
].map((name) => `src/${name}.test.ts`);

const chromium = findBrowser("chromium");
if (chromium.kind === "missing") {
  if (isRequired("chromium")) throw new Error(`Chromium is missing. Run: ${chromium.what}`);
  console.error(`\n!!! Chromium is missing: ${IN_BROWSER.join(", ")} do not run. Run: ${chromium.what}\n`);
}

const inNode = {
  extends: true as const,
  // A machine that runs browsers beside these tests is several times slower.
  test: { name: "node", testTimeout: 20_000, include: ["src/**/*.test.ts"], exclude: IN_BROWSER },
};

const inBrowser = {
  extends: true as const,
  test: {
    name: "chromium",
    include: IN_BROWSER,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: "launchOptions" in chromium ? chromium.launchOptions : {} }),
      instances: [{ browser: "chromium" as const }],
    },
  },
};

export default defineConfig({
  define: {
    __VERSION__: JSON.stringify("0.0.0-test"),
    __HELP__: JSON.stringify("docs/troubleshooting.md"),
    __COURIER_HASH__: '""',
  },
  test: { projects: chromium.kind === "missing" ? [inNode] : [inNode, inBrowser] },
});
