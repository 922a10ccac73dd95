// Owns the inspector by keyboard: the overlay stays on its results, the focused badge's result is in view, and tabs keep their place.
import type { Page } from "playwright";
import { expect, test } from "../fixtures.ts";
import { openOn } from "./inspect.ts";

const HEAD = "<style>li { block-size: 420px }</style>";

/** How far each frame is from its result, the farthest in CSS pixels. */
function awayFrom(page: Page): Promise<number> {
  return page.evaluate(() => {
    const root = document.querySelector("clicktrail-inspector")?.shadowRoot;
    const frames = [...(root?.querySelectorAll(".box") ?? [])];
    const results = [...document.querySelectorAll("[data-ctr-chunk-id]")];
    const tops = (all: readonly Element[]) => all.map((one) => one.getBoundingClientRect().top);
    const places = tops(frames);
    return Math.max(...tops(results).map((top, index) => Math.abs(top - (places[index] ?? 9_999))));
  });
}

test("Tab to a badge that is out of sight brings its result into view, and every frame stays on its result", {
  tag: "@full",
}, async ({ context, site }) => {
  const { page, badges, card } = await openOn(context, site.search({ head: HEAD, results: 8 }));
  await page.evaluate(() => scrollTo(0, 9_999));
  await expect(page.locator("#link-1")).not.toBeInViewport();
  const isFocused = () => badges.first().evaluate((badge) => badge.matches(":focus"));
  for (let presses = 0; presses < 40 && !(await isFocused()); presses += 1) await page.keyboard.press("Tab");
  await expect(badges.first()).toBeFocused();
  await expect(page.locator("#link-1")).toBeInViewport();
  await expect.poll(() => awayFrom(page)).toBeLessThan(6);
  await expect(card).toContainText("Position 1");
  const [badge, box] = [await badges.first().boundingBox(), await card.boundingBox()];
  expect(Math.abs((badge?.y ?? 0) - (box?.y ?? 999))).toBeLessThan(60);
});

test("arrow keys reach badges far away: the result comes into view, the card beside it", {
  tag: "@full",
}, async ({ context, site }) => {
  const { page, badges, card } = await openOn(context, site.search({ head: HEAD, results: 8 }));
  await badges.first().focus();
  for (let step = 0; step < 7; step += 1) await page.keyboard.press("ArrowDown");
  await expect(badges.nth(7)).toBeFocused();
  await expect(page.locator("#link-8")).toBeInViewport();
  await expect(card).toContainText("Position 8");
  await expect.poll(() => awayFrom(page)).toBeLessThan(6);
  // Unpinned and scrolled away by hand, the card goes with its result.
  await card.getByRole("button", { name: "Unpin this card" }).click();
  await page.evaluate(() => scrollTo(0, 0));
  await expect(card).not.toBeInViewport();
});

test("the strip of tabs stays where it is, whatever a tab holds", { tag: "@full" }, async ({
  context,
  site,
}) => {
  const { page, panel, tab } = await openOn(context, site.search({ metadata: { a: 1 }, target: "_blank" }));
  const strip = panel.getByRole("tablist");
  const places: (number | undefined)[] = [];
  for (const name of ["Clicks", "Results", "Queue", "Set-up"] as const) {
    await tab(name);
    await expect(panel.getByRole("tabpanel")).toBeVisible();
    places.push((await strip.boundingBox())?.y);
  }
  await tab("Clicks");
  await page.click("#link-1");
  await expect(panel.locator("[data-state=delivered]")).toBeVisible();
  places.push((await strip.boundingBox())?.y);
  expect(new Set(places).size).toBe(1);
});

test("a click pins a card, and the card looks pinned; the pin lets it go again", { tag: "@full" }, async ({
  context,
  site,
}) => {
  const { page, badges, card } = await openOn(context, site.search());
  await badges.first().hover();
  await expect(card).toBeVisible();
  const border = () => card.evaluate((one) => getComputedStyle(one).borderTopColor);
  const loose = await border();
  await badges.first().click();
  await expect(card.getByRole("button", { name: "Unpin this card" })).toBeVisible();
  expect(await border()).not.toBe(loose);
  await page.mouse.move(1200, 20);
  await card.getByRole("button", { name: "Unpin this card" }).click();
  await page.mouse.move(1200, 20);
  await expect(card).toBeHidden();
});
