// Unit tests beside the source; what the build fills in is filled in here.
import { defineConfig } from "vitest/config";

export default defineConfig({
  define: { __VERSION__: JSON.stringify("0.0.0-test") },
  test: { include: ["src/**/*.test.ts"], passWithNoTests: true },
});
