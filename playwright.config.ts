// Owns how the end-to-end specs run: one project an engine, each in the browser that e2e/browsers.mjs finds.
import { defineConfig } from "playwright/test";
import { ENGINES, type Engine, findBrowser, wantedEngines } from "./e2e/browsers.mjs";
import type { EngineOptions } from "./e2e/fixtures.ts";

/** `name.spec.ts` runs in every engine, `name.chromium.spec.ts` in that one only. */
function specsOfOthers(engine: Engine): string[] {
  return ENGINES.filter((other) => other !== engine).map((other) => `**/*.${other}.spec.ts`);
}

/** Suites that are still growing: `npm run e2e:all` runs them, in all engines; `npm test` does not yet. */
const GROWING = process.env.E2E_ALL
  ? []
  : ["**/faults/**", "**/inspector/**", "**/strict/**", "**/proxy/**", "**/frameworks/**"];

export default defineConfig<object, EngineOptions>({
  testDir: "e2e",
  outputDir: "test-results",
  timeout: 60_000,
  expect: { timeout: 15_000 },
  // A retry would hide the very faults that are under test.
  retries: 0,
  forbidOnly: process.env.E2E_REQUIRE !== undefined,
  workers: 1,
  reporter: [["list"], ["./e2e/missing.reporter.ts"]],
  projects: wantedEngines().map((engine) => ({
    name: engine,
    testIgnore: [...specsOfOthers(engine), ...GROWING],
    use: { browserName: engine, found: findBrowser(engine) },
  })),
});
