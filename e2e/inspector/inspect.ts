// Owns how the inspector's specs reach into it: its host and parts, opening and closing.
import { readFileSync } from "node:fs";
import type { BrowserContext, Locator, Page } from "playwright";
import { expect } from "playwright/test";

const DIST = process.env.E2E_DIST
  ? `file://${process.env.E2E_DIST}/`
  : new URL("../../dist/", import.meta.url);

/** The npm export as a test would import it, here from the build at hand. */
export async function loadAudit(): Promise<typeof import("../../src/audit/module")> {
  return import(new URL("audit.js", DIST).href);
}

export const builtScript = (file: string) => readFileSync(new URL(file, DIST), "utf8");

export interface Opened {
  readonly page: Page;
  readonly host: Locator;
  readonly badges: Locator;
  readonly card: Locator;
  readonly panel: Locator;
  /** Rows of the list of clicks, the latest first. */
  readonly rows: Locator;
  tab(name: "Clicks" | "Results" | "Queue" | "Set-up"): Promise<void>;
}

/** Calls `clicktrail.inspect()`, as the page or its bookmarklet would. */
export async function inspect(page: Page): Promise<void> {
  await page.waitForFunction(
    () => typeof window.clicktrail?.inspect === "function" && "stats" in window.clicktrail,
  );
  await page.evaluate(() => window.clicktrail.inspect());
  await expect(page.locator("clicktrail-inspector .panel")).toBeVisible();
}

export function partsOf(page: Page): Opened {
  const host = page.locator("clicktrail-inspector");
  const panel = host.locator(".panel");
  return {
    page,
    host,
    badges: host.locator(".badge"),
    card: host.locator(".card"),
    panel,
    rows: panel.locator("[data-state]"),
    tab: (name) => panel.getByRole("tab", { name }).click(),
  };
}

export async function openOn(context: BrowserContext, url: string): Promise<Opened> {
  const page = await context.newPage();
  await page.goto(url);
  await inspect(page);
  return partsOf(page);
}
