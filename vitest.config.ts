// Unit tests beside the source: `name.browser.test.ts` runs in real Chromium, the rest in Node. What the build fills in is filled in here.
import { fileURLToPath } from "node:url";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { findBrowser, isRequired } from "./e2e/browsers.mjs";

const IN_BROWSER = "src/**/*.browser.test.ts";

const chromium = findBrowser("chromium");
if (chromium.kind === "missing") {
  if (isRequired("chromium")) throw new Error("Chromium is missing. Run: npm run setup");
  console.error(`\n!!! Chromium is missing: ${IN_BROWSER} do not run. Run: npm run setup\n`);
}

const inNode = {
  extends: true as const,
  // A machine that runs browsers beside these tests is several times slower.
  test: { name: "node", testTimeout: 20_000, include: ["src/**/*.test.ts"], exclude: [IN_BROWSER] },
};

const inBrowser = {
  extends: true as const,
  test: {
    name: "chromium",
    testTimeout: 60_000,
    include: [IN_BROWSER],
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
  // The build puts the courier's file beside the page's.
  resolve: { alias: { "./courier.js": fileURLToPath(new URL("src/courier-script.ts", import.meta.url)) } },
  define: {
    __VERSION__: JSON.stringify("0.0.0-test"),
    __HELP__: JSON.stringify("docs/troubleshooting.md"),
    __COURIER_HASH__: '""',
  },
  test: {
    setupFiles: ["src/test/words.ts", "src/test/patience.ts"],
    projects: chromium.kind === "missing" ? [inNode] : [inNode, inBrowser],
  },
});
