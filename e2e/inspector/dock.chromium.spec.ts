// Owns where the inspector stands: docked beside the page and never over what it explains, inside the window at any size, and how
// the keyboard gets in and out.
import type { Page } from "playwright";
import { expect, test } from "../fixtures.ts";
import { chunkId, REQUEST_ID } from "../pages.ts";
import { NO_CLICK } from "../witness.ts";
import { inspect, type Opened, openOn, partsOf } from "./inspect.ts";

const BAR = '<p style="position: fixed; inset: auto 0 0 0; margin: 0; block-size: 48px">Live delivery</p>';
const SIZES = {
  "a desk": { width: 1280, height: 800 },
  "a phone": { width: 390, height: 844 },
  "a phone on its side": { width: 844, height: 390 },
  "a page at 200 %": { width: 640, height: 400 },
} as const;

const boxOf = async (one: { boundingBox(): Promise<DOMRect | object | null> }) =>
  ((await one.boundingBox()) ?? { x: -1, y: -1, width: 0, height: 0 }) as DOMRect;

function isApart(one: DOMRect, other: DOMRect): boolean {
  return (
    one.x + one.width <= other.x ||
    other.x + other.width <= one.x ||
    one.y + one.height <= other.y ||
    other.y + other.height <= one.y
  );
}

/** The part of the window that shows the page. */
async function isClear({ page, panel }: Opened, selector: string): Promise<boolean> {
  return isApart(await boxOf(panel), await boxOf(page.locator(selector)));
}

for (const [name, size] of Object.entries(SIZES)) {
  test(`on ${name} the whole panel is in the window, above the page's bar, and every result can be scrolled clear`, async ({
    context,
    site,
  }) => {
    const page = await context.newPage();
    await page.setViewportSize(size);
    await page.goto(site.search({ results: 12, body: BAR }));
    await inspect(page);
    const opened = partsOf(page);
    await expect
      .poll(async () => Math.round((await boxOf(opened.panel)).y + (await boxOf(opened.panel)).height))
      .toBe(size.height - 48);
    expect((await boxOf(opened.panel)).y).toBeGreaterThanOrEqual(0);
    for (const button of ["Fold the panel", "Close the inspector"])
      await expect(opened.host.getByRole("button", { name: button })).toBeInViewport({ ratio: 1 });
    for (const number of [1, 12]) {
      await page.locator(`#result-${number}`).evaluate((one) => one.scrollIntoView({ block: "nearest" }));
      if (!(await isClear(opened, `#result-${number}`)))
        await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
      expect(await isClear(opened, `#result-${number}`), `result ${number}`).toBe(true);
    }
  });

  test(`on ${name} a pinned card is not over its own result`, {
    tag: name === "a desk" ? [] : "@full",
  }, async ({ context, site }) => {
    const page = await context.newPage();
    await page.setViewportSize(size);
    await page.goto(site.search({ results: 12, body: BAR }));
    await inspect(page);
    const { badges, card, host } = partsOf(page);
    for (const number of [1, 6]) {
      await badges.nth(number - 1).evaluate((badge) => (badge as HTMLElement).click());
      await expect(card).toContainText(`Position ${number}`);
      const apart = async () => isApart(await boxOf(card), await boxOf(page.locator(`#result-${number}`)));
      await expect.poll(apart).toBe(true);
      await expect(card).toBeInViewport({ ratio: 1 });
      const button = host.getByRole("button", { name: "Close the inspector" });
      expect(isApart(await boxOf(card), await boxOf(button)), "the panel's head is free").toBe(true);
    }
  });
}

test("the page has all of the window again when the panel is folded, dragged away or closed", async ({
  context,
  site,
}) => {
  const { page, panel, host } = await openOn(context, site.search());
  const width = () => page.evaluate(() => document.body.getBoundingClientRect().width);
  const docked = await width();
  await host.getByRole("button", { name: "Fold the panel" }).click();
  await expect.poll(width).toBeGreaterThan(docked + 200);
  await host.getByRole("button", { name: "Unfold the panel" }).click();
  await expect.poll(width).toBe(docked);
  const { x, y } = await boxOf(panel);
  await page.mouse.move(x + 60, y + 20);
  await page.mouse.down();
  await page.mouse.move(x - 200, y + 120, { steps: 4 });
  await page.mouse.up();
  await expect.poll(width).toBeGreaterThan(docked + 200);
  await host.getByRole("button", { name: "Close the inspector" }).click();
  await expect.poll(width).toBeGreaterThan(docked + 200);
  expect(await page.evaluate(() => document.adoptedStyleSheets.length)).toBe(0);
});

const OPENER = '<button id="opener" onclick="clicktrail.inspect()">Inspect</button>';

async function openByKeyboard(page: Page, url: string): Promise<Opened> {
  await page.goto(url);
  await page.waitForFunction(() => "stats" in window.clicktrail);
  await page.locator("#opener").focus();
  await page.keyboard.press("Enter");
  return partsOf(page);
}

test("opened by keyboard it takes the focus; Escape closes it and gives the focus back", async ({
  context,
  site,
}) => {
  const page = await context.newPage();
  const { panel, host } = await openByKeyboard(page, site.search({ body: OPENER }));
  await expect(panel.getByRole("tab", { selected: true })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(host).toHaveCount(0);
  await expect(page.locator("#opener")).toBeFocused();
});

test("opened by a pointer it leaves the focus; Escape in the page is the page's own", async ({
  context,
  site,
}) => {
  const page = await context.newPage();
  await page.goto(site.search({ body: OPENER }));
  await page.waitForFunction(() => "stats" in window.clicktrail);
  await page.locator("#opener").click();
  const { panel, host } = partsOf(page);
  await expect(panel).toBeVisible();
  await expect(page.locator("#opener")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(host).toHaveCount(1);
});

test("it opens on the results where they have errors, also after clicks", async ({ context, site }) => {
  const body = `<p data-ctr-request-id="${REQUEST_ID}" data-ctr-chunk-id="popover"><a href="#here">${chunkId(1)}</a></p>`;
  const page = await context.newPage();
  await page.goto(site.search({ body, target: "_blank" }));
  await page.waitForFunction(() => "stats" in window.clicktrail);
  await page.click("#link-1");
  await page.evaluate(() => window.clicktrail.flush());
  await inspect(page);
  const { panel, tab } = partsOf(page);
  await expect(panel.getByRole("tab", { selected: true })).toHaveText("Results 2 errors");
  await tab("Clicks");
  await expect(panel.locator("[data-state=delivered] .why").first()).toHaveText(/^\d\d:\d\d:\d\d/);
});

test("on a page at 200 % every tab fits, and what a flush did is in view", async ({
  context,
  site,
  collector,
}) => {
  const body = `<p data-ctr-request-id="${REQUEST_ID}" data-ctr-chunk-id="popover"><a href="#here">${chunkId(1)}</a></p>${BAR}`;
  collector.behave({ status: 503 });
  const page = await context.newPage();
  await page.setViewportSize(SIZES["a page at 200 %"]);
  await page.goto(site.search({ body, target: "_blank" }));
  await page.waitForFunction(() => "stats" in window.clicktrail);
  await page.click("#link-1");
  await inspect(page);
  const { panel, tab } = partsOf(page);
  await expect(panel.getByRole("tab", { name: "Queue" })).toHaveText("Queue 1");
  const tabs = panel.getByRole("tablist");
  expect(await tabs.evaluate((one) => one.scrollWidth - one.clientWidth)).toBeLessThanOrEqual(0);
  await tab("Queue");
  await panel.getByRole("button", { name: "Flush now" }).click();
  await expect(panel.locator(".verdict")).toBeInViewport({ ratio: 0.9 });
});

test("on a page at 200 % what the endpoint check found is in view", { annotation: NO_CLICK }, async ({
  context,
  site,
}) => {
  const page = await context.newPage();
  await page.setViewportSize(SIZES["a page at 200 %"]);
  await page.goto(site.search({ body: BAR }));
  await inspect(page);
  const { panel, tab } = partsOf(page);
  await tab("Set-up");
  await panel.getByRole("button", { name: "Check the endpoint" }).click();
  await expect(panel.locator(".verdict")).toBeInViewport({ ratio: 0.9 });
});
