// Owns the inspector as a guest of the page: the ways in, neither layout nor clicks changed, and nothing left when it closes.
import type { Page } from "playwright";
import { expect, test } from "../fixtures.ts";
import { openOn } from "./inspect.ts";

/** Where the results and everything in them are. */
function layoutOf(page: Page) {
  return page.evaluate(() =>
    [...document.querySelectorAll("body, body *")].map((element) => {
      const { x, y, width, height } = element.getBoundingClientRect();
      return [element.id || element.localName, x, y, width, height].join(" ");
    }),
  );
}

/** Every listener on what outlives the inspector. */
async function listenersOf(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  let count = 0;
  for (const expression of ["window", "document", "visualViewport", "document.documentElement"]) {
    const { result } = await session.send("Runtime.evaluate", { expression });
    const { listeners } = await session.send("DOMDebugger.getEventListeners", {
      objectId: `${result.objectId}`,
    });
    count += listeners.length;
  }
  await session.detach();
  return count;
}

test("folded, it changes neither layout nor clicks", async ({ context, site, collector }) => {
  const url = site.search({ results: 6 });
  const plain = await context.newPage();
  await plain.goto(url);
  const { page, badges, host } = await openOn(context, url);
  await expect(badges).toHaveCount(6);
  await host.getByRole("button", { name: "Fold the panel" }).click();
  await expect(host.locator("[data-collapsed]")).toBeVisible();
  expect(await layoutOf(page)).toEqual(await layoutOf(plain));
  await badges.nth(2).click();
  await page.keyboard.press("Escape");
  await page.click("#link-5");
  await page.waitForURL("**/detail?result=5");
  await collector.expectPuts([{ position: 5 }]);
});

test("closing leaves nothing behind", async ({ context, site }) => {
  const url = site.search({ snippet: { inspector: true } });
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForFunction(() => "stats" in window.clicktrail);
  // The tracker adds its last listener in idle time.
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
  const html = () => page.evaluate(() => document.documentElement.outerHTML);
  const before = { html: await html(), listeners: await listenersOf(page) };
  await page.evaluate(() => window.clicktrail.inspect());
  const host = page.locator("clicktrail-inspector");
  await expect(host.locator(".badge")).toHaveCount(3);
  await page.click("#favourite-1");
  await expect(host.locator("[data-state]")).toHaveCount(1);
  expect(await page.evaluate(() => Object.keys(sessionStorage))).toContain("clicktrail inspector");
  await host.getByRole("button", { name: "Close the inspector" }).click();
  await expect(host).toHaveCount(0);
  // The tracker's own may come and go with its worker.
  expect(await page.evaluate(() => Object.keys(sessionStorage))).not.toContain("clicktrail inspector");
  expect(await html()).toBe(before.html);
  expect(await listenersOf(page)).toBe(before.listeners);
  await page.reload();
  await expect(host).toHaveCount(0);
});

test("?clicktrail=inspect opens it where the page allows that, and only there", async ({ context, site }) => {
  const page = await context.newPage();
  const host = page.locator("clicktrail-inspector");
  await page.goto(`${site.search({ snippet: { inspector: true } })}?clicktrail=inspect`);
  await expect(host.locator(".panel")).toBeVisible();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(`${site.search()}?clicktrail=inspect`);
  await page.waitForFunction(() => "stats" in window.clicktrail);
  await page.evaluate(() => window.clicktrail.stats());
  expect(asked.filter((url) => url.includes("inspector.js"))).toEqual([]);
  await expect(host).toHaveCount(0);
});

test("closed and asked for again, it is there again", { tag: "@full" }, async ({ context, site }) => {
  const { page, host } = await openOn(context, site.search());
  await host.getByRole("button", { name: "Close the inspector" }).click();
  await expect(host).toHaveCount(0);
  await page.evaluate(() => window.clicktrail.inspect());
  await expect(host.locator(".panel")).toBeVisible();
});

test("from a CDN it comes from there", { tag: "@full" }, async ({ context, site }) => {
  const { page, badges } = await openOn(context, site.search({ snippet: { from: "cdn" } }));
  await expect(badges).toHaveCount(3);
  const sources = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
  expect(sources).toContain(`${site.otherOrigin}/dist/clicktrail.inspector.js`);
});

test("asked for twice, there is one", { tag: "@full" }, async ({ context, site }) => {
  const { page, host } = await openOn(context, site.search());
  await host.getByRole("button", { name: "Fold the panel" }).click();
  await page.evaluate(() => window.clicktrail.inspect());
  await expect(host.getByRole("tab", { name: "Clicks" })).toBeFocused();
  await expect(host).toHaveCount(1);
});

test("on a page with a strict policy", async ({ context, site }) => {
  const policy = "default-src 'none'; script-src 'self'; connect-src *; worker-src blob:";
  const headers = { "content-security-policy": policy };
  const { badges, card } = await openOn(context, site.search({ headers }));
  await badges.nth(1).click();
  await expect(card).toHaveCSS("position", "fixed");
  const box = await card.boundingBox();
  expect(box?.y).toBeGreaterThan(0);
});
