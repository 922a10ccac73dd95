// Owns asking axe about the inspector and the page under it. It knows how to look inside, and no state of either.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright";
import { expect } from "playwright/test";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe says of the elements that a selector finds, or of the whole page. */
async function ask(page: Page, selector = ""): Promise<AxeResults> {
  await page.evaluate(AXE);
  // axe (4.14) looks for backgrounds only below the body; the inspector stands beside it, in a fixed place all the same.
  return page.evaluate<AxeResults>(`{
    const host = document.querySelector("clicktrail-inspector");
    document.body.append(host);
    axe.run(${selector ? JSON.stringify(selector) : "document"}).finally(() => document.documentElement.append(host));
  }`);
}

const inWords = (violations: AxeResults["violations"]) =>
  violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);

/** Serious and critical findings about the inspector as it stands. */
export async function seriousIn(page: Page): Promise<string[]> {
  const { violations, passes } = await ask(page, "clicktrail-inspector");
  // It has looked inside.
  expect(passes.find(({ id }) => id === "color-contrast")?.nodes.length).toBeGreaterThan(3);
  return inWords(violations.filter(({ impact }) => impact === "serious" || impact === "critical"));
}

/** Every finding about the page and the inspector over it. */
export async function findingsIn(page: Page): Promise<string[]> {
  return inWords((await ask(page)).violations);
}
