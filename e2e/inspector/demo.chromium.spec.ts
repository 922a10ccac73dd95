// Owns the inspector in the demo: one click away on every page, open again on the next, and all mistakes of the one page found.
import type { Page } from "playwright";
import { expect } from "../fixtures.ts";
import { seriousIn } from "./axe.ts";
import { test } from "./demo.ts";
import { partsOf } from "./inspect.ts";

/** The rules that the panel names, with how often. */
async function rulesOn(page: Page): Promise<Record<string, string>> {
  const rules = page.locator("clicktrail-inspector [data-rule]");
  const named = await rules.evaluateAll((all) =>
    all.map((one) => [one.getAttribute("data-rule"), /× (\d+)/.exec(one.textContent ?? "")?.[1] ?? "1"]),
  );
  return Object.fromEntries(named);
}

test("one click opens it on the search page; a click's way shows on the page it leads to", async ({
  context,
  demo,
}) => {
  const page = await context.newPage();
  await page.goto(`${demo.url}/?q=popover`);
  await page.locator("#results > li").first().waitFor();
  await page.getByRole("button", { name: "Open the inspector" }).click();
  const { badges, rows, host, tab } = partsOf(page);
  await expect(badges.first()).toBeVisible();
  await tab("Results");
  expect(await rulesOn(page)).toEqual({});
  await tab("Clicks");
  const link = page.locator("#results > li:nth-child(1) h3 a");
  await link.hover();
  await page.waitForFunction(() => window.clicktrail.courier() === "worker");
  await link.click();
  await page.waitForURL("**/feature/**");
  await expect(rows).toHaveAttribute("data-state", "delivered");
  await expect(rows).toContainText("position 1");
  await host.getByRole("button", { name: "Close the inspector" }).click();
  await page.reload();
  await page.getByRole("button", { name: "Open the inspector" }).waitFor();
  await expect(host).toHaveCount(0);
});

test("the page of mistakes: every one is found, nothing else, and axe has no serious finding", async ({
  context,
  demo,
}) => {
  const page = await context.newPage();
  await page.goto(demo.url);
  await page.getByRole("navigation").getByRole("link", { name: "Mistakes" }).click();
  const { badges, panel, tab } = partsOf(page);
  await expect(badges).toHaveText(["1", "2~", "3×", "4=", "7!", "7≠", "8!", "9!", "1", "2!", "1≠", "1×"]);
  await tab("Results");
  await expect(panel.locator("[data-rule]").first()).toBeVisible();
  expect(await rulesOn(page)).toEqual({
    "chunk-id-format": "1",
    "duplicate-chunk": "1",
    "metadata-keys": "1",
    "mixed-requests": "1",
    "nothing-clickable": "1",
    "position-gap": "1",
    "position-repeated": "2",
    "position-restart": "1",
    "request-id-format": "1",
    "tracking-id-only": "1",
    "untagged-list": "1",
  });
  expect(await seriousIn(page)).toEqual([]);
});
