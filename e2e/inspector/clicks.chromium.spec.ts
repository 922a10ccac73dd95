// Owns the panel's list of clicks: what became of each, across pages and attempts, in plain words; and its queue.
import { clickMark } from "../arrivals.ts";
import { courierReady, giveCourier } from "../faults/couriers.ts";
import { age, scopeOf } from "../faults/rows.ts";
import { expect, test } from "../fixtures.ts";
import { chunkId, REQUEST_ID } from "../pages.ts";
import { tabOfPage } from "../tabs.ts";
import { inspect, openOn, partsOf } from "./inspect.ts";

test("a click's way across pages: made on one, delivered while on the next", async ({
  context,
  site,
  collector,
}) => {
  collector.behave({ delayMs: 600 });
  const { page, rows } = await openOn(context, site.search({ links: "detail-with-snippet" }));
  await page.click("#link-2");
  await page.waitForURL("**/detail-with-snippet?result=2");
  const [put] = await collector.expectPuts([{ position: 2 }]);
  // The page's own opt-in: it looks for the inspector's flag.
  expect(await page.evaluate(() => sessionStorage["clicktrail inspector"])).toBeTruthy();
  await inspect(page);
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText("Result 2");
  await expect(rows).toContainText("position 2");
  await rows.locator("summary").click();
  await expect(rows).toContainText(`${put && clickMark(put).id}`);
  await expect(rows).toContainText("/search-1");
});

test("a click in doubt: its page closed before the response, and nobody saw it", async ({
  context,
  site,
  collector,
}) => {
  giveCourier(site, "page");
  collector.behave({ fault: "hang" });
  const { page, rows, panel, tab } = await openOn(context, site.search({ links: "detail-with-snippet" }));
  await page.click("#link-3");
  await page.waitForURL("**/detail-with-snippet?result=3");
  await inspect(page);
  await expect(rows).toHaveAttribute("data-state", "click");
  await expect(rows).toContainText("Its page closed before the response arrived.");
  // As long as its lease lasts, the response may still be seen.
  const detail = page.url();
  await page.goto(site.landing(null));
  await age(tabOfPage(page), scopeOf(collector.endpoint));
  await page.goto(detail);
  await inspect(page);
  await expect(rows).toHaveAttribute("data-state", "in-doubt");
  await expect(rows).toContainText("Result 3");
  await expect(rows).toContainText("The page closed before the response arrived");
  await tab("Queue");
  await expect(panel.locator(".tally")).toContainText("In doubt1");
  await expect(panel).toContainText("In doubt: The page closed before the response arrived.");
  await collector.expectPuts([{ position: 3 }]);
});

test("a click that waits, and is delivered with the second attempt", { tag: "@full" }, async ({
  context,
  site,
  collector,
}) => {
  collector.behaveInTurn({ status: 503, message: "Overloaded", headers: { "retry-after": "20" } });
  const { page, rows, panel, tab } = await openOn(context, site.search({ target: "_blank" }));
  await page.click("#link-1");
  await expect(rows).toContainText("503 “Overloaded”");
  await expect(rows).toHaveAttribute("data-state", "waiting");
  await expect(rows).toContainText("The next attempt is in");
  await tab("Queue");
  await expect(panel).toContainText("The endpoint has been failing since");
  await expect(panel.getByRole("list", { name: "Waiting clicks" })).toContainText("Result 1");
  await tab("Clicks");
  await expect(rows).toHaveAttribute("data-state", "delivered", { timeout: 60_000 });
  await rows.locator("summary").click();
  await expect(rows.locator(".tries")).toContainText("Attempt 1: response 503");
  await expect(rows.locator(".tries")).toContainText("Attempt 2: response 204");
  await collector.expectPuts([{ position: 1 }, { position: 1 }]);
});

test("a click that the server refuses for good", { tag: "@full" }, async ({ context, site, collector }) => {
  collector.behave({ status: 422, message: "no such chunk" });
  const { page, rows } = await openOn(context, site.search({ target: "_blank" }));
  await page.click("#link-1");
  await expect(rows).toHaveAttribute("data-state", "dropped");
  await expect(rows).toContainText(
    "The server refused this click for good. It responded 422 “no such chunk”.",
  );
});

test("a key that is refused", { tag: "@full" }, async ({ context, site, collector }) => {
  collector.behave({ status: 401, message: "Unauthorized" });
  const { page, rows } = await openOn(context, site.search({ target: "_blank" }));
  await page.click("#link-1");
  await expect(rows).toContainText("The server rejected the configuration: 401 “Unauthorized”.");
});

test("a click that waits for consent", async ({ context, site, collector }) => {
  const { page, rows } = await openOn(
    context,
    site.search({ snippet: { consent: "required" }, target: "_blank" }),
  );
  await page.click("#link-1");
  await expect(rows).toContainText("It waits in memory for consent.");
  await page.evaluate(() => window.clicktrail.grantConsent());
  await expect(rows).toHaveAttribute("data-state", "delivered");
  await collector.expectPuts([{ position: 1 }]);
});

test("a manual click", { tag: "@full" }, async ({ context, site }) => {
  const { page, rows } = await openOn(context, site.search());
  const made = { requestId: REQUEST_ID, chunkId: chunkId(7), position: 7 };
  await page.evaluate((click) => void window.clicktrail.trackClick(click), made);
  await expect(rows).toContainText("trackClick()");
  await expect(rows).toHaveAttribute("data-state", "delivered");
});

test("a dry run shows everything but the request", { tag: "@full" }, async ({ context, site, collector }) => {
  const { page, rows, panel, badges, card } = await openOn(
    context,
    site.search({ snippet: { dryRun: true }, target: "_blank" }),
  );
  await expect(panel).toContainText("This is a dry run: clicks are recorded, but nothing is sent.");
  await page.click("#link-1");
  await expect(rows).toContainText("everything was done except the request");
  await rows.locator("summary").click();
  await expect(rows).toContainText(`"clicked_chunk_id": "${chunkId(1)}"`);
  await badges.nth(1).click();
  await expect(card).toContainText("A click would send (dry run)");
  await collector.expectNothing();
});

test("the list of clicks is this tab's and survives until it is closed", { tag: "@full" }, async ({
  context,
  site,
  collector,
}) => {
  const url = site.search({ target: "_blank" });
  const { page, rows } = await openOn(context, url);
  await page.click("#favourite-1");
  await expect(rows).toHaveCount(1);
  await page.goto(url);
  await inspect(page);
  await expect(partsOf(page).rows).toHaveCount(1);
  await page.getByRole("button", { name: "Clear this list" }).click();
  await expect(partsOf(page).rows).toHaveCount(0);
  await collector.expectNothing();
});

test("clicks made before it was opened, here and on the page before: title and position", async ({
  context,
  site,
  collector,
}) => {
  const page = await context.newPage();
  await page.goto(site.search({ links: "detail-with-snippet" }));
  await courierReady(tabOfPage(page), "worker");
  await page.click("#link-2");
  await page.waitForURL("**/detail-with-snippet?result=2");
  await page.goto(site.search({ target: "_blank" }));
  await page.click("#link-3");
  await collector.expectPuts([{ position: 2 }, { position: 3 }]);
  await inspect(page);
  const { rows } = partsOf(page);
  await expect(rows).toHaveCount(2);
  for (const [index, position] of [3, 2].entries()) {
    await expect(rows.nth(index)).toContainText(`Result ${position}`);
    await expect(rows.nth(index)).toContainText(`position ${position}`);
    await expect(rows.nth(index)).toHaveAttribute("data-state", "delivered");
  }
});
