// Owns the panel: what became of clicks across pages, why others were not counted, the queue, the set-up, the endpoint check.
import { clickMark } from "../arrivals.ts";
import type { Behaviour } from "../collector.ts";
import { expect, test } from "../fixtures.ts";
import { API_KEY, chunkId, REQUEST_ID } from "../pages.ts";
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

test("a click that waits, and is delivered with the second attempt", async ({ context, site, collector }) => {
  collector.behaveInTurn({ status: 503, message: "Overloaded", headers: { "retry-after": "3" } });
  const { page, rows, panel, tab } = await openOn(context, site.search({ target: "_blank" }));
  await page.click("#link-1");
  await expect(rows).toContainText("503 “Overloaded”");
  await expect(rows).toHaveAttribute("data-state", "waiting");
  await expect(rows).toContainText("Next attempt");
  await tab("Queue");
  await expect(panel).toContainText("1 failure in a row");
  await expect(panel.getByRole("list", { name: "Waiting clicks" })).toContainText("Result 1");
  await tab("Clicks");
  await expect(rows).toHaveAttribute("data-state", "delivered");
  await rows.locator("summary").click();
  await expect(rows.locator(".tries")).toContainText("Attempt 1: answered 503");
  await expect(rows.locator(".tries")).toContainText("Attempt 2: answered 204");
  await collector.expectPuts([{ position: 1 }, { position: 1 }]);
});

test("a click that the server refuses for good", async ({ context, site, collector }) => {
  collector.behave({ status: 422, message: "no such chunk" });
  const { page, rows } = await openOn(context, site.search({ target: "_blank" }));
  await page.click("#link-1");
  await expect(rows).toHaveAttribute("data-state", "dropped");
  await expect(rows).toContainText(
    "The server refused this click for good. It answered 422 “no such chunk”.",
  );
});

test("a key that is refused", async ({ context, site, collector }) => {
  collector.behave({ status: 401, message: "Unauthorized" });
  const { page, rows } = await openOn(context, site.search({ target: "_blank" }));
  await page.click("#link-1");
  await expect(rows).toContainText("The server refuses this configuration: 401 “Unauthorized”.");
});

test("clicks that are not counted, each with the rule that stopped it", async ({
  context,
  site,
  collector,
}) => {
  const body = '<p id="outside">No result</p>';
  const { page, rows } = await openOn(context, site.search({ target: "_blank", body }));
  const first = rows.first();
  await page.click("#favourite-1");
  await expect(first).toContainText("Beside the link");
  await expect(first).toContainText("Favourite");
  await page.click("#outside");
  await expect(first).toContainText("No tag above it");
  await page.click("#link-1", { button: "right" });
  await expect(first).toContainText("Right button");
  await page.evaluate(() => document.querySelector("#favourite-2")?.setAttribute("data-ctr-ignore", ""));
  await page.click("#favourite-2");
  await expect(first).toContainText("Inside data-ctr-ignore");
  await expect(rows).toHaveCount(4);
  await collector.expectNothing();
});

test("a drag, a repeat and a double click", async ({ context, site, collector }) => {
  const { page, rows } = await openOn(context, site.search({ links: "none" }));
  const texts = () => rows.allInnerTexts();
  await page.hover("#from-1");
  await page.mouse.down();
  await page.hover("#to-1");
  await page.mouse.up();
  await expect.poll(texts).toEqual([expect.stringContaining("A drag or a text selection")]);
  await page.dblclick("#text-2");
  await expect.poll(async () => (await texts()).join()).toContain("second click of a double click");
  await page.click("#text-3");
  await page.evaluate(() => document.querySelector<HTMLElement>("#text-3")?.click());
  await expect.poll(async () => (await texts()).join()).toContain("Repeat: the same chunk");
  await collector.expectPuts([{ position: 2 }, { position: 3 }]);
});

test("an invalid click, and one after consent was revoked", async ({ context, site, collector }) => {
  const { page, rows } = await openOn(context, site.search({ target: "_blank" }));
  await page.evaluate(() => document.querySelector("#result-1")?.setAttribute("data-ctr-position", "first"));
  await page.click("#link-1");
  await expect(rows.first()).toContainText("Invalid: its payload would be refused");
  await expect(rows.first()).toContainText("Result 1");
  await page.evaluate(() => window.clicktrail.revokeConsent());
  await page.click("#link-2");
  await expect(rows.first()).toContainText("Consent was revoked");
  await expect(rows).toHaveCount(2);
  await collector.expectNothing();
});

test("a click that the page's beforeSend vetoes", async ({ context, site, collector }) => {
  const head = "<script>window.clicktrail = { beforeSend: () => false }</script>";
  const { page, rows } = await openOn(context, site.search({ head, target: "_blank" }));
  await page.click("#link-1");
  await expect(rows).toContainText("beforeSend vetoed it");
  await expect(rows).toContainText("Result 1");
  await collector.expectNothing();
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

test("a manual click", async ({ context, site }) => {
  const { page, rows } = await openOn(context, site.search());
  const made = { requestId: REQUEST_ID, chunkId: chunkId(7), position: 7 };
  await page.evaluate((click) => void window.clicktrail.trackClick(click), made);
  await expect(rows).toContainText("trackClick()");
  await expect(rows).toHaveAttribute("data-state", "delivered");
});

test("a dry run shows everything but the request", async ({ context, site, collector }) => {
  const { page, rows, panel, badges, card } = await openOn(
    context,
    site.search({ snippet: { dryRun: true }, target: "_blank" }),
  );
  await expect(panel).toContainText("Dry run: clicks are made and counted, but nothing is sent.");
  await page.click("#link-1");
  await expect(rows).toContainText("Dry run: everything was done but the request.");
  await rows.locator("summary").click();
  await expect(rows).toContainText(`"clicked_chunk_id": "${chunkId(1)}"`);
  await badges.nth(1).click();
  await expect(card).toContainText("A click would send (dry run)");
  await collector.expectNothing();
});

test("the set-up as understood, the key masked, and the courier with its reason", async ({
  context,
  site,
  collector,
}) => {
  const { panel, tab, page } = await openOn(
    context,
    site.search({ snippet: { type: "rag", inDoubt: "resend" } }),
  );
  await tab("Set-up");
  await expect(panel).toContainText(collector.endpoint);
  await expect(panel).toContainText("resend");
  expect(await panel.textContent()).not.toContain(API_KEY);
  await page.hover("#link-1");
  await expect(panel).toContainText(/A worker that outlives the page|The page itself/);
});

test("a worker that the page's policy forbids is named", async ({ context, site }) => {
  const headers = { "content-security-policy": "worker-src 'none'" };
  const { panel, tab, page } = await openOn(context, site.search({ headers }));
  await page.hover("#link-1");
  await tab("Set-up");
  await expect(panel).toContainText("The worker failed in this visit");
  await tab("Results");
  await expect(panel.locator("[data-rule=csp-worker]")).toBeVisible();
});

const DESERIALIZE = "Json deserialize error: missing field `request_id`";
const ANSWERS: readonly (readonly [string, Behaviour | "down", string])[] = [
  [
    "a key that is accepted",
    { status: 400, message: DESERIALIZE },
    "400: The endpoint takes clicks from this page",
  ],
  [
    "a dataset that is refused",
    { status: 400, message: "TR-Dataset header" },
    "400: The headers are refused",
  ],
  ["a key that is unknown", { status: 401 }, "401: The key is not accepted"],
  ["a key without the scope", { status: 403 }, "403: The key is not allowed to do this"],
  ["a wrong address", { status: 404 }, "404: There is no such route or dataset"],
  ["a server in trouble", { status: 503 }, "503: The server has a problem"],
  ["something that takes anything", { status: 204 }, "204: Something answers for the server"],
  ["a preflight that fails", { cors: "none" }, "The preflight does not pass"],
  ["nobody there", "down", "The endpoint is out of reach"],
];

for (const [what, behaviour, title] of ANSWERS) {
  test(`the endpoint check tells ${what}`, async ({ context, site, collector }) => {
    if (behaviour !== "down") collector.behave(behaviour);
    const { panel, tab } = await openOn(context, site.search());
    await tab("Set-up");
    await collector.expectNothing(300);
    if (behaviour === "down") await collector.goDown();
    await panel.getByRole("button", { name: "Check the endpoint" }).click();
    await expect(panel.locator(".verdict h3")).toHaveText(title);
    // Never a click: at most the one empty body.
    expect(collector.puts.map(({ body }) => body)).toEqual(
      behaviour === "down" || behaviour.cors ? [] : [{}],
    );
  });
}

test("everything as JSON, without the key", async ({ context, site }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const { page, host, rows } = await openOn(context, site.search({ target: "_blank" }));
  await page.click("#link-1");
  await expect(rows).toHaveAttribute("data-state", "delivered");
  await page.bringToFront();
  await host.getByRole("button", { name: "Copy everything as JSON" }).click();
  await expect(host.getByRole("status").first()).toHaveText("Copied as JSON");
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).not.toContain(API_KEY);
  expect(JSON.parse(text)).toMatchObject({
    stats: { made: 1, delivered: 1 },
    clicks: [{ state: "delivered", payload: { position: 1 } }],
    findings: [],
    configuration: { api: "ctr" },
  });
});

test("findings lead to their elements", async ({ context, site }) => {
  const head = "<style>li { margin-block: 600px }</style>";
  const { page, panel, tab, card } = await openOn(context, site.search({ head, metadata: { a: 1 } }));
  await tab("Results");
  await panel.locator("[data-rule=metadata-keys]").getByRole("button", { name: "Position 3" }).click();
  await expect(card).toContainText("counted 2 times");
  await expect(page.locator("#link-3")).toBeInViewport();
});

test("the list of clicks is this tab's and survives until it is closed", async ({
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

test("a page on which the library does not run says so", async ({ context, site }) => {
  const page = await context.newPage();
  await page.goto(site.search({ snippet: null }));
  await page.addScriptTag({ url: "/dist/clicktrail.inspector.js" });
  await expect(page.locator("clicktrail-inspector .panel")).toContainText(
    "clicktrail does not run on this page",
  );
  await expect(page.locator("clicktrail-inspector .badge")).toHaveCount(3);
});
