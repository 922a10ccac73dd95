// Owns how the end-to-end specs run: one project an engine, each in the browser that e2e/browsers.mjs finds.
import { defineConfig } from "playwright/test";
import { ENGINES, type Engine, findBrowser, wantedEngines } from "./e2e/browsers.mjs";
import type { EngineOptions } from "./e2e/fixtures.ts";

/** `name.spec.ts` runs in every engine, `name.chromium.spec.ts` in that one only. */
function specsOfOthers(engine: Engine): string[] {
  return ENGINES.filter((other) => other !== engine).map((other) => `**/*.${other}.spec.ts`);
}

/**
 * What other engines than Chromium leave out: specs of the courier that outlives its page, which say so in their titles, and those
 * tagged `@once`, whose outcome no engine has a part in. What is an engine's own (leaving, storage, policies, service workers)
 * runs in each, and of what the library decides one spec a subject, for the wiring.
 */
const CHROMIUM_ONLY = /\bwith the worker\b|@once\b/;

/**
 * The engines run side by side: some specs wait while others compute, and few browsers have to start. Chromium has more than half
 * of the specs. More than five at once only slow each other down on two cores.
 */
const WORKERS = 5;
const WORKERS_OF: Readonly<Record<Engine, number>> = { chromium: 3, firefox: 2, webkit: 2 };

export default defineConfig<object, EngineOptions>({
  testDir: "e2e",
  // Measured with that many clicks a cell, instead of the suite.
  ...(process.env.E2E_CELLS && { testMatch: "*.cells.ts" }),
  outputDir: "test-results",
  // Longer than any test takes on a busy machine; what is waited for has its own, shorter limits.
  timeout: 120_000,
  expect: { timeout: 15_000 },
  // A retry would hide the very faults that are under test.
  retries: 0,
  forbidOnly: process.env.E2E_REQUIRE !== undefined,
  fullyParallel: true,
  // Each has its own collector and site.
  workers: WORKERS,
  reporter: [["list"], ["./e2e/missing.reporter.ts"]],
  projects: wantedEngines().map((engine) => ({
    name: engine,
    workers: WORKERS_OF[engine],
    testIgnore: specsOfOthers(engine),
    ...(engine === "chromium" ? {} : { grepInvert: CHROMIUM_ONLY }),
    use: { browserName: engine, found: findBrowser(engine) },
  })),
});
