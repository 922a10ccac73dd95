// Owns the panel: where it stands, which tab it opens on, and what its words and counts say.

import { expect, test } from "../fixtures.ts";
import { chunkId, REQUEST_ID } from "../pages.ts";
import { openOn } from "./inspect.ts";

const INVALID = `<p data-ctr-request-id="${REQUEST_ID}" data-ctr-chunk-id="popover" data-ctr-position="9"><a href="#here">Invalid</a></p>`;
const ASIDE =
  '<aside id="aside" style="position: fixed; inset: 0 0 0 auto; inline-size: 300px; background: wheat">Filters</aside>';

test("it opens on the results where they have errors, and on the clicks where they have none", async ({
  context,
  site,
}) => {
  const wrong = await openOn(context, site.search({ body: INVALID }));
  const selected = wrong.panel.getByRole("tab", { selected: true });
  await expect(selected).toHaveText("Results 1 error");
  const right = await openOn(context, site.search());
  await expect(right.panel.getByRole("tab", { selected: true })).toHaveText("Clicks");
});

test("the tab that a person has chosen stays, whatever is found later", { tag: "@full" }, async ({
  context,
  site,
}) => {
  const { page, panel, tab } = await openOn(context, site.search());
  await tab("Clicks");
  await page.evaluate((html) => document.body.insertAdjacentHTML("beforeend", html), INVALID);
  await expect(panel.getByRole("tab", { name: "Results" })).toHaveText("Results 1 error");
  await expect(panel.getByRole("tab", { selected: true })).toHaveText("Clicks");
});

test("it opens beside the page's own panel, and a person can move it", { tag: "@full" }, async ({
  context,
  site,
}) => {
  const { page, panel, host } = await openOn(context, site.search({ body: ASIDE }));
  const boxOf = async () => (await panel.boundingBox()) ?? { x: -1, y: -1, width: 0, height: 0 };
  await expect.poll(async () => (await boxOf()).x).toBe(0);
  await host.getByRole("button", { name: "Move to the right" }).click();
  const width = page.viewportSize()?.width ?? 0;
  await expect.poll(async () => Math.round((await boxOf()).x + (await boxOf()).width)).toBe(width);
  const { x, y } = await boxOf();
  await page.mouse.move(x + 60, y + 20);
  await page.mouse.down();
  await page.mouse.move(x - 240, y + 100, { steps: 4 });
  await page.mouse.up();
  await expect.poll(boxOf).toMatchObject({ x: x - 300, y: y + 80 });
  await page.mouse.move(10, 10);
  await expect.poll(boxOf).toMatchObject({ x: x - 300, y: y + 80 });
});

test("where the page has no panel of its own it opens on the right, above a bar at the bottom", {
  tag: "@full",
}, async ({ context, site }) => {
  const body = '<p style="position: fixed; inset: auto 0 0 0; margin: 0; block-size: 60px">Cookies?</p>';
  const { page, panel } = await openOn(context, site.search({ body }));
  const { width = 0, height = 0 } = page.viewportSize() ?? {};
  await expect
    .poll(async () => {
      const box = await panel.boundingBox();
      return box && [Math.round(width - box.x - box.width), Math.round(height - box.y - box.height)];
    })
    .toEqual([0, 60]);
});

test("on a phone the panel folds when a card opens", { tag: "@full" }, async ({ context, site }) => {
  const { page, badges, card, panel } = await openOn(context, site.search());
  await page.setViewportSize({ width: 360, height: 740 });
  await expect(panel.getByRole("tablist")).toBeVisible();
  await badges.first().click();
  await expect(card).toBeVisible();
  await expect(panel.getByRole("tablist")).toHaveCount(0);
});

test("a result that is counted wrongly is not said to send nothing, and one that is dropped is", async ({
  context,
  site,
  collector,
}) => {
  const twice = (number: number) =>
    `<li data-ctr-chunk-id="${chunkId(number)}" data-ctr-position="1"><a href="#here">Result</a></li>`;
  const own = `<li data-ctr-chunk-id="${chunkId(6)}" data-ctr-position="2"><a id="own" href="#here">Own</a></li>`;
  const body = `<ol data-ctr-request-id="${REQUEST_ID}">${twice(4)}${twice(5)}</ol>
    <ol data-ctr-request-id="${REQUEST_ID}" data-ctr-first-position="eleven">${own}</ol>${INVALID}`;
  const { page, badges, card, panel } = await openOn(context, site.search({ results: 0, tag: "none", body }));
  await expect(badges).toHaveText(["1", "1≠", "2", "9×"]);
  await badges.nth(1).click();
  await expect(card).toContainText("Miscounted");
  await expect(card).toContainText("A click sends");
  // A first position that isn't a number does no harm where the position is said.
  await page.keyboard.press("Escape");
  await badges.nth(2).click();
  await expect(card).toContainText("A click sends");
  await expect(card).not.toContainText("Nothing is sent");
  await page.keyboard.press("Escape");
  await badges.nth(3).click();
  await expect(card).toContainText("Nothing is sent.");
  await expect(panel).toContainText("1 × not sent");
  await page.keyboard.press("Escape");
  await page.click("#own");
  await collector.expectPuts([{ position: 2 }]);
});

test("counts say what they count", async ({ context, site, collector }) => {
  collector.behave({ status: 503, headers: { "retry-after": "60" } });
  const { page, panel, tab } = await openOn(context, site.search({ target: "_blank" }));
  await tab("Clicks");
  await page.click("#link-1");
  await page.click("#favourite-2");
  await expect(panel.getByRole("tab", { name: "Queue" })).toHaveText("Queue 1");
  await expect(panel.getByRole("tab", { name: "Clicks" })).toHaveText("Clicks 1");
  await expect(panel.getByRole("tabpanel")).toContainText("1 click, and 1 that wasn't counted");
  await expect(panel.locator(".sum")).toHaveText("3 tagged results · no errors · 0 of 1 click delivered");
  await expect(panel.locator("[title='3 tagged results on this page']")).toBeVisible();
  await expect(panel.locator("[title='1 click waiting in this browser']")).toBeVisible();
});

test("Flush now says what it did, and what still waits", async ({ context, site, collector }) => {
  const { page, panel, tab } = await openOn(context, site.search({ target: "_blank" }));
  await tab("Queue");
  const flush = panel.getByRole("button", { name: "Flush now" });
  const said = panel.getByText("Last flush at");
  await flush.click();
  await expect(said).toHaveText(/^Last flush at .*: nothing was waiting\.$/);
  collector.behave({ status: 503, headers: { "retry-after": "60" } });
  await page.click("#link-1");
  await expect(panel).toContainText("The endpoint has been failing since");
  await flush.click();
  await expect(said).toContainText("0 clicks delivered, 1 still waiting: the server asked to wait until");
  await expect(panel.getByRole("status").filter({ hasText: "Last flush" })).toBeVisible();
});
