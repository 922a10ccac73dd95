// Owns asking axe about the inspector and the page under it. It knows how to look inside, and no state of either.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type * as Axe from "axe-core";
import type { Page } from "playwright";
import { expect } from "playwright/test";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Asked {
  readonly violations: readonly { readonly impact?: string | null; readonly words: string }[];
  /** On how many elements it has found the contrast well. */
  readonly contrasts: number;
}

/** What axe says of the elements that a selector finds, or of the whole page. */
async function ask(page: Page, selector = ""): Promise<Asked> {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(AXE);
  return page.evaluate(look, selector);
}

/** Runs in the page, and takes no more out of it than is asked: axe's own report is large. */
async function look(selector: string): Promise<Asked> {
  const { axe } = window as unknown as { axe: typeof Axe };
  const host = document.querySelector("clicktrail-inspector") as Element;
  // axe (4.14) looks for backgrounds only below the body; the inspector stands beside it, in a fixed place all the same.
  document.body.append(host);
  const { violations, passes } = await axe
    .run(selector || document, { resultTypes: ["violations", "passes"] })
    .finally(() => document.documentElement.append(host));
  return {
    violations: violations.map(({ id, impact, nodes }) => ({
      impact: impact ?? null,
      words: `${id}: ${nodes.map(({ html }) => html).join(" | ")}`,
    })),
    contrasts: passes.find(({ id }) => id === "color-contrast")?.nodes.length ?? 0,
  };
}

/** Serious and critical findings about the inspector as it stands. */
export async function seriousIn(page: Page): Promise<string[]> {
  const { violations, contrasts } = await ask(page, "clicktrail-inspector");
  // It has looked inside.
  expect(contrasts).toBeGreaterThan(3);
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  return grave.map(({ words }) => words);
}

/** Every finding about the page and the inspector over it. */
export async function findingsIn(page: Page): Promise<string[]> {
  return (await ask(page)).violations.map(({ words }) => words);
}
