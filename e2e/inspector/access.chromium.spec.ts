// Owns the inspector for everybody: axe over every state, light and dark, on a phone and on a desk.

import { expect, test } from "../fixtures.ts";
import { requestId } from "../pages.ts";
import { NO_CLICK } from "../witness.ts";
import { seriousIn } from "./axe.ts";
import { openOn } from "./inspect.ts";

const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 800 };
/** A little of everything, with mistakes. */
const BODY = `<ol data-ctr-request-id="${requestId(2)}">
  <li data-ctr-chunk-id="popover" data-ctr-position="1"><a href="/detail">Invalid</a></li>
  <li data-ctr-chunk-tracking-id="track" data-ctr-position="2"><a href="/detail">Tracking id only</a></li>
</ol>`;

// Each scheme once and each place once: neither's rules ask about the other.
for (const [colorScheme, place, viewport] of [
  ["light", "desk", DESK],
  ["dark", "phone", PHONE],
] as const) {
  test(`no serious finding of axe in any state: ${colorScheme}, ${place}`, {
    tag: place === "desk" ? [] : "@full",
    annotation: NO_CLICK,
  }, async ({ context, site, collector }) => {
    collector.behaveInTurn({ status: 503, message: "Overloaded", headers: { "retry-after": "600" } });
    const { page, badges, card, host, panel, rows, tab } = await openOn(
      context,
      site.search({ body: BODY, target: "_blank", snippet: { dryRun: false }, metadata: { source: "x" } }),
    );
    await page.emulateMedia({ colorScheme });
    await page.setViewportSize(viewport);
    expect(await seriousIn(page)).toEqual([]);
    await tab("Clicks");
    await page.click("#link-1");
    await page.click("#favourite-1");
    await expect(rows).toHaveCount(2);
    await rows.locator("summary").first().click();
    await rows.locator("summary").nth(1).click();
    expect(await seriousIn(page)).toEqual([]);
    await tab("Results");
    expect(await seriousIn(page)).toEqual([]);
    await tab("Queue");
    await expect(panel.getByRole("list", { name: "Waiting clicks" })).toBeVisible();
    expect(await seriousIn(page)).toEqual([]);
    await tab("Set-up");
    await panel.getByRole("button", { name: "Check the endpoint" }).click();
    await expect(panel.locator(".verdict")).toBeVisible();
    expect(await seriousIn(page)).toEqual([]);
    await host.getByRole("button", { name: "Fold the panel" }).click();
    await badges.first().click();
    await expect(card).toBeVisible();
    expect(await seriousIn(page)).toEqual([]);
  });
}

test("on a phone everything stays inside the screen", { tag: "@full" }, async ({ context, site }) => {
  const { page, badges, card, panel } = await openOn(context, site.search({ results: 5 }));
  await page.setViewportSize(PHONE);
  await expect.poll(async () => (await panel.boundingBox())?.width).toBe(PHONE.width);
  const widthOfPage = () => page.evaluate(() => document.documentElement.scrollWidth);
  expect(await widthOfPage()).toBeLessThanOrEqual(PHONE.width);
  await expect(badges).toHaveCount(5);
  for (const badge of await badges.all()) {
    const box = await badge.boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
  }
  await badges.first().click();
  const box = await card.boundingBox();
  expect(box?.x).toBeGreaterThanOrEqual(0);
  expect((box?.x ?? 0) + (box?.width ?? 999)).toBeLessThanOrEqual(PHONE.width);
});

test("the tabs by keyboard", async ({ context, site }) => {
  const { page, panel } = await openOn(context, site.search());
  const selected = () => panel.getByRole("tab", { selected: true });
  await panel.getByRole("tab", { name: "Clicks" }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(selected()).toContainText("Results");
  await expect(selected()).toBeFocused();
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await expect(selected()).toContainText("Set-up");
  await page.keyboard.press("Tab");
  await expect(panel.getByRole("tabpanel")).toBeFocused();
});

test("it says when something was copied", { tag: "@full" }, async ({ context, site }) => {
  await context.grantPermissions(["clipboard-write"]);
  const { page, badges, card, host } = await openOn(context, site.search());
  await page.bringToFront();
  await badges.first().click();
  await card.getByRole("button", { name: "Copy" }).click();
  await expect(host.getByRole("status").last()).toHaveText("The request was copied.");
});

test("the badge of a result that wasn't seen is as easy to read as the others", { tag: "@full" }, async ({
  context,
  site,
}) => {
  const head =
    '<script async src="/dist/clicktrail.context.js"></script><style>li + li { margin-block-start: 3000px }</style>';
  const { badges } = await openOn(context, site.search({ results: 2, head }));
  await expect(badges.nth(0)).toHaveAttribute("data-seen", "true");
  await expect(badges.nth(1)).toHaveAttribute("data-seen", "false");
  await expect(badges.nth(1)).toHaveCSS("opacity", "1");
});
