// Owns the guide in the inspector: every section of docs/troubleshooting.md is there with its text, also where clicktrail doesn't start, and a
// click that something is wrong with leads to its section.
import { readFile } from "node:fs/promises";
import { expect, test } from "../fixtures.ts";
import { openOn } from "./inspect.ts";

const words = (text: string) => text.replace(/[`*\\]|\]\([^)]*\)|\[/g, "").trim();

test("each section of the troubleshooting guide is in the set-up, with all of its messages", async ({
  context,
  site,
}) => {
  const document = await readFile(new URL("../../docs/troubleshooting.md", import.meta.url), "utf8");
  const { panel, tab } = await openOn(context, site.search());
  await tab("Set-up");
  const titles = [...document.matchAll(/^#{2,3} (.+)$/gm)].map(([, title = ""]) => words(title));
  await expect(panel.locator(".guide summary")).toHaveText(titles);
  const text = await panel.locator(".guide").textContent();
  const cells = [...document.matchAll(/^\| (?!message|status|#|the message names)([^|]+?) \|/gm)].map(
    ([, cell = ""]) => words(cell),
  );
  expect(cells.length).toBeGreaterThan(50);
  expect(cells.filter((cell) => !text?.includes(cell))).toEqual([]);
  expect(text).toContain("message · what to do, if the click should count");
  expect(text).not.toMatch(/\*\*|\]\(|^\||```/m);
});

test("a click that isn't counted, and one that the server refuses, lead to what the guide says of the rule and of the status", async ({
  context,
  site,
  collector,
}) => {
  const { panel, rows, tab, page } = await openOn(context, site.search({ target: "_blank" }));
  const section = (title: string) =>
    panel.locator(".guide details", { has: page.getByText(title, { exact: true }) });
  const follow = async (state: string, title: string, subject: string) => {
    await tab("Clicks");
    const row = rows.and(panel.locator(`[data-state=${state}]`)).first();
    await row.locator("summary").click();
    await row.getByRole("button", { name: "What to do" }).click();
    await expect(section(title)).toHaveAttribute("open", "");
    const about = section(title)
      .getByRole("listitem")
      .filter({ has: page.getByText(subject, { exact: true }) });
    await expect(about).toBeFocused();
    await expect(about).toBeInViewport({ ratio: 1 });
  };
  await page.click("#favourite-1");
  await follow("not", "Clicks that are not counted", "beside the result's link");
  collector.behave({ status: 422, message: "no" });
  await page.click("#link-2");
  await collector.arrived(1);
  await follow("dropped", "Refusals by the server", "400 about the body, 413, 415, 422");
  collector.behave({ status: 503 });
  await page.click("#link-3");
  await collector.arrived(2);
  await follow("waiting", "Refusals by the server", "408, 425, 429, 5xx");
});

test("where clicktrail doesn't start, the guide is there all the same", async ({ context, site }) => {
  const { panel, tab } = await openOn(context, site.search({ snippet: { dataset: "" } }));
  await tab("Set-up");
  await expect(panel).toContainText("clicktrail isn't running on this page");
  await panel.getByText("Options", { exact: true }).click();
  await expect(panel.locator("#guide-options")).toContainText("set the dataset's UUID");
});
