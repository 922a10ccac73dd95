// Owns the overlay: badges where results are, over pages that change, without changing them; and nothing left when it closes.
import type { Page } from "playwright";
import { expect, test } from "../fixtures.ts";
import { API_KEY, chunkId, REQUEST_ID } from "../pages.ts";
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

test("every result has a badge with its position and state", async ({ context, site }) => {
  const page = site.search({ results: 4, firstPosition: 11 });
  const { badges, host, page: tab } = await openOn(context, page);
  await expect(badges).toHaveText(["11", "12", "13", "14"]);
  await tab.evaluate(() => {
    const result = (number: number) => document.querySelector(`#result-${number}`) as HTMLElement;
    result(2).removeAttribute("data-ctr-chunk-id");
    result(2).dataset.ctrChunkTrackingId = "track-2";
    result(3).dataset.ctrChunkId = result(1).dataset.ctrChunkId;
    result(4).dataset.ctrPosition = "fourth";
    result(1).querySelector("button")?.setAttribute("data-ctr-ignore", "");
  });
  await expect(badges).toHaveText(["11", "12~", "13=", "?×"]);
  const marks = badges.evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset.mark));
  expect(await marks).toEqual(["complete", "tracking", "duplicate", "invalid"]);
  await expect(host.locator(".hatch")).toHaveCount(1);
});

test("lists that change: replaced, extended, emptied, tagged late", async ({ context, site }) => {
  const { badges, page } = await openOn(context, site.search({ tag: "none" }));
  await expect(badges).toHaveCount(0);
  const chunks = [1, 2, 3].map((number) => ({ chunk: { id: chunkId(number) } }));
  await page.evaluate(
    ({ id, chunks }) =>
      window.clicktrail.tagResults(document.querySelector("#results") as Element, { id, chunks }),
    { id: REQUEST_ID, chunks },
  );
  await expect(badges).toHaveText(["1", "2", "3"]);
  await page.evaluate((id) => {
    const more = document.querySelector("#result-3")?.cloneNode(true) as HTMLElement;
    more.dataset.ctrChunkId = id;
    document.querySelector("#results")?.append(more);
  }, chunkId(4));
  await expect(badges).toHaveText(["1", "2", "3", "4"]);
  await page.evaluate(() => document.querySelector("#results")?.replaceChildren());
  await expect(badges).toHaveCount(0);
});

test("results in shadow roots, also in those that come later", async ({ context, site }) => {
  const { badges, page, card } = await openOn(context, site.search({ tag: "none", results: 1 }));
  await page.evaluate(
    ({ request, chunk }) => {
      const host = document.body.appendChild(document.createElement("div"));
      host.attachShadow({
        mode: "open",
      }).innerHTML = `<p data-ctr-request-id="${request}" data-ctr-chunk-id="${chunk}"><a href="#here">Open</a></p>`;
    },
    { request: REQUEST_ID, chunk: chunkId(9) },
  );
  await expect(badges).toHaveText(["1"]);
  await badges.first().hover();
  await expect(card).toContainText(chunkId(9));
});

test("a badge follows its result over scrolling, in the page and in a box of its own", async ({
  context,
  site,
}) => {
  const head =
    "<style>#results { block-size: 200px; overflow: auto } li { block-size: 120px } body { block-size: 3000px }</style>";
  const { badges, page } = await openOn(context, site.search({ head, results: 6 }));
  const away = async (number: number) => {
    const badge = await page
      .locator(".badge")
      .nth(number - 1)
      .boundingBox();
    const result = await page.locator(`#result-${number}`).boundingBox();
    return Math.abs((badge?.y ?? 999) - (result?.y ?? 0));
  };
  await expect(badges.nth(5)).toBeHidden();
  await page.evaluate(() => document.querySelector("#results")?.scrollTo(0, 9_999));
  await expect(badges.nth(5)).toBeVisible();
  await expect(badges.nth(0)).toBeHidden();
  await page.evaluate(() => scrollTo(0, 60));
  await expect.poll(() => away(6)).toBeLessThan(30);
});

test("the card shows the request that the click then sends, the key masked", async ({
  context,
  site,
  collector,
}) => {
  const metadata = { source: "search" };
  const snippet = { userId: "user-7" };
  const { badges, card, host, page } = await openOn(
    context,
    site.search({ metadata, snippet, trackingIds: true }),
  );
  await badges.nth(1).hover();
  await expect(card).toContainText(`PUT ${collector.endpoint}`);
  const text = `${await card.locator("pre").textContent()}`;
  expect(text).toContain("Authorization: tr-s");
  expect(await host.textContent()).not.toContain(API_KEY);
  const shown = JSON.parse(text.slice(text.indexOf("\n{")));
  await collector.expectNothing();
  await page.mouse.move(900, 10);
  await expect(card).toBeHidden();
  await page.click("#link-2");
  const [put] = await collector.expectPuts([{ position: 2 }]);
  const sent = put?.body as typeof shown;
  const own = { id: expect.any(String), clicked_at: expect.any(String) };
  expect(sent).toEqual({
    ...shown,
    metadata: { ...shown.metadata, clicktrail: { ...shown.metadata.clicktrail, ...own } },
  });
});

test("by keyboard: arrows move between badges, Enter pins a card, Escape closes it", async ({
  context,
  site,
}) => {
  const { badges, card, page } = await openOn(context, site.search({ results: 4 }));
  await badges.first().focus();
  await expect(card).toContainText("Position 1");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  await expect(badges.nth(2)).toBeFocused();
  await expect(card).toContainText("Position 3");
  await page.keyboard.press("Tab");
  await expect(card.getByRole("button", { name: "Close this result" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(card).toHaveCount(0);
  await expect(badges.nth(2)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(card).toBeVisible();
});

test("neither layout nor clicks change", async ({ context, site, collector }) => {
  const url = site.search({ results: 6 });
  const plain = await context.newPage();
  await plain.goto(url);
  const { page, badges } = await openOn(context, url);
  await expect(badges).toHaveCount(6);
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
  await page.goto(`${site.search()}?clicktrail=inspect`);
  await page.waitForFunction(() => "stats" in window.clicktrail);
  await page.waitForLoadState("networkidle");
  await expect(host).toHaveCount(0);
});

test("asked for twice, there is one", async ({ context, site }) => {
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
