// Owns the rest of the panel: the set-up as understood, the courier, the endpoint check, findings, everything as JSON.

import type { Behaviour } from "../collector.ts";
import { giveCourier } from "../faults/couriers.ts";
import { expect, test } from "../fixtures.ts";
import { API_KEY } from "../pages.ts";
import { NO_CLICK } from "../witness.ts";
import { openOn } from "./inspect.ts";

test("the configuration in effect, the key masked, and the courier with its reason", async ({
  context,
  site,
  collector,
}) => {
  const { panel, tab, page } = await openOn(
    context,
    site.search({ snippet: { type: "rag", inDoubt: "resend" } }),
  );
  const courier = panel.locator("section", { hasText: "Courier" });
  await tab("Set-up");
  await expect(panel).toContainText(collector.endpoint);
  await expect(panel).toContainText("resend");
  expect(await panel.textContent()).not.toContain(API_KEY);
  await page.hover("#link-1");
  await expect(courier).toContainText("A shared worker that outlives the page");
  await expect(courier).toContainText("It receives the response even after the page has closed.");
});

test("a page without a tagged result has its courier once the inspector asks for its counts", {
  tag: "@full",
}, async ({ context, site }) => {
  const { panel, tab } = await openOn(context, site.search({ results: 0 }));
  await tab("Set-up");
  await expect(panel).toContainText("A shared worker that outlives the page");
});

test("a browser without a worker that outlives the page is named as the reason", async ({
  context,
  site,
}) => {
  giveCourier(site, "page");
  const { panel, tab, page } = await openOn(context, site.search());
  await page.hover("#link-1");
  await tab("Set-up");
  await expect(panel).toContainText("This browser has no shared worker that outlives the page");
});

test("a worker that the page's policy forbids is named", async ({ context, site }) => {
  const headers = { "content-security-policy": "worker-src 'none'" };
  const { panel, tab, page } = await openOn(context, site.search({ headers }));
  await page.hover("#link-1");
  await tab("Set-up");
  await expect(panel).toContainText("The page's Content-Security-Policy forbids the worker");
  await tab("Results");
  await expect(panel.locator("[data-rule=csp-worker]")).toBeVisible();
});

const DESERIALIZE = "Json deserialize error: missing field `request_id`";
const ANSWERS: readonly (readonly [string, Behaviour | "down", string])[] = [
  [
    "a key that is accepted",
    { status: 400, message: DESERIALIZE },
    "The endpoint accepts clicks from this page",
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
  ["something that takes anything", { status: 204 }, "204: Something else responds for the server"],
  ["a preflight that fails", { cors: "none" }, "The preflight failed"],
  ["nobody there", "down", "The endpoint can't be reached"],
];

/** One with an answer, one without. */
const QUICK = ["a key that is accepted", "nobody there"];

for (const [what, behaviour, title] of ANSWERS) {
  test(`the endpoint check tells ${what}`, {
    tag: QUICK.includes(what) ? [] : "@full",
    annotation: NO_CLICK,
  }, async ({ context, site, collector }) => {
    if (behaviour !== "down") collector.behave(behaviour);
    const { panel, tab } = await openOn(context, site.search());
    await tab("Set-up");
    await collector.expectNothing(300);
    if (behaviour === "down") await collector.goDown();
    await panel.getByRole("button", { name: "Check the endpoint" }).click();
    await expect(panel.locator(".verdict h3")).toHaveText(title);
    // Never a click: at most the one incomplete body.
    expect(collector.puts.map(({ body }) => body)).toEqual(
      behaviour === "down" || behaviour.cors ? [] : [{ request_id: "00000000-0000-0000-0000-000000000000" }],
    );
  });
}

test("the endpoint check tells an endpoint that only claims to take each click once", {
  annotation: NO_CLICK,
}, async ({ context, site, collector }) => {
  collector.behave({ status: 400, message: DESERIALIZE });
  const { panel, tab } = await openOn(context, site.search({ snippet: { idempotent: true } }));
  await tab("Set-up");
  await panel.getByRole("button", { name: "Check the endpoint" }).click();
  await expect(panel.locator(".verdict h3")).toHaveText("400: The endpoint doesn't accept POST");
  // The two requests with one id have no body.
  expect(collector.puts.map(({ body }) => body)).toEqual([
    { request_id: "00000000-0000-0000-0000-000000000000" },
    "",
    "",
  ]);
});

test("everything as JSON, without the key", async ({ context, site }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const { page, host, rows } = await openOn(context, site.search({ target: "_blank" }));
  await page.click("#link-1");
  await expect(rows).toHaveAttribute("data-state", "delivered");
  await page.bringToFront();
  await host.getByRole("button", { name: "Copy everything as JSON" }).click();
  await expect(host.getByRole("status").first()).toHaveText("Everything was copied as JSON.");
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).not.toContain(API_KEY);
  expect(JSON.parse(text)).toMatchObject({
    stats: { made: 1, delivered: 1 },
    clicks: [{ state: "delivered", payload: { position: 1 } }],
    findings: [],
    configuration: { api: "ctr" },
  });
});

test("findings lead to their elements", { tag: "@full" }, async ({ context, site }) => {
  const head = "<style>li { margin-block: 600px }</style>";
  const { page, panel, tab, card } = await openOn(context, site.search({ head, metadata: { a: 1 } }));
  await tab("Results");
  await panel.locator("[data-rule=metadata-keys]").getByRole("button", { name: "Position 3" }).click();
  await expect(card).toContainText("counted 2 times");
  await expect(page.locator("#link-3")).toBeInViewport();
});

test("a page on which the library does not run says so", async ({ context, site }) => {
  const page = await context.newPage();
  await page.goto(site.search({ snippet: null }));
  await page.addScriptTag({ url: "/dist/clicktrail.inspector.js" });
  await expect(page.locator("clicktrail-inspector .panel")).toContainText(
    "clicktrail isn't running on this page",
  );
  await expect(page.locator("clicktrail-inspector .badge")).toHaveCount(3);
});
