// Owns asking axe about the inspector. It knows how to look inside, and no state of it.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright";
import { expect } from "playwright/test";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Serious and critical findings about the inspector as it stands. */
export async function seriousIn(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  // axe (4.14) looks for backgrounds only below the body; the inspector stands beside it, in a fixed place all the same.
  const { violations, passes } = await page.evaluate<AxeResults>(`{
    const host = document.querySelector("clicktrail-inspector");
    document.body.append(host);
    axe.run("clicktrail-inspector").finally(() => document.documentElement.append(host));
  }`);
  // It has looked inside.
  expect(passes.find(({ id }) => id === "color-contrast")?.nodes.length).toBeGreaterThan(3);
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
}
