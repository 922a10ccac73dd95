// Owns how the end-to-end specs run: one project an engine, each in the browser that e2e/browsers.mjs finds; and which specs, by the
// names of their files and their tags alone.
import { defineConfig } from "playwright/test";
import { ENGINES, type Engine, findBrowser, wantedEngines } from "./e2e/browsers.mjs";
import type { EngineOptions } from "./e2e/fixtures.ts";

/** `name.spec.ts` runs in every engine, `name.chromium.spec.ts` in that one only; `name.cells.ts` alike. */
function specsOfOthers(engine: Engine): string[] {
  return ENGINES.filter((other) => other !== engine).map((other) => `**/*.${other}.{spec,cells}.ts`);
}

/** `@worker`: of a worker that outlives its page, which Chromium alone has. `@once`: no engine has a part in what it shows. */
const CHROMIUM_ONLY = ["@worker", "@once"];
/** What `npm test` leaves to `npm run test:full`. */
const FULL = ["@full"];
/**
 * `@page`: the page sends its clicks itself; `@service`: a service worker does. Firefox and WebKit have no other courier; Chromium has
 * one, and a twin shows that.
 */
const FULL_IN_CHROMIUM = [...FULL, "@page", "@service"];

/** The tags of what this run leaves out in an engine. */
function leftOut(engine: Engine): string[] {
  const notOurs = engine === "chromium" ? [] : CHROMIUM_ONLY;
  if (process.env.E2E_FULL) return notOurs;
  return [...notOurs, ...(engine === "chromium" ? FULL_IN_CHROMIUM : FULL)];
}

function anyOf(tags: readonly string[]): RegExp[] {
  return tags.map((tag) => new RegExp(`${tag}\\b`));
}

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
    grepInvert: anyOf(leftOut(engine)),
    use: { browserName: engine, found: findBrowser(engine) },
  })),
});
