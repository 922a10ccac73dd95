// How `npm run mutants` runs: small faults are put into the core one at a time, and the unit tests alone have to notice each.
// One file: `npm run mutants -- --mutate src/payload.ts`.
export default {
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner"],
  mutate: [
    "src/**/*.ts",
    "!src/**/*.{test,d}.ts",
    "!src/{addons,audit,inspector,test}/**",
    // Entries: what they wire is end to end's.
    "!src/{clicktrail,clicktrail.*,index,stub,web-vitals}.ts",
  ],
  coverageAnalysis: "perTest",
  concurrency: 2,
  thresholds: { high: 95, low: 90, break: 85 },
  reporters: ["clear-text", "progress", "html", "json"],
  clearTextReporter: { logTests: false, reportTests: false, allowEmojis: false },
  htmlReporter: { fileName: "reports/mutants.html" },
  jsonReporter: { fileName: "reports/mutants.json" },
  ignorePatterns: ["bench", "dist", "demo", "reports", "test-results"],
};
