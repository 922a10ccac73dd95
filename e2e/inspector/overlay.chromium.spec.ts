// Owns the overlay: badges where results are, over pages that change, and the request that a click on each would send.
import { expect, test } from "../fixtures.ts";
import { API_KEY, chunkId, REQUEST_ID } from "../pages.ts";
import { openOn } from "./inspect.ts";

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

test("lists that change: replaced, extended, emptied, tagged late", { tag: "@full" }, async ({
  context,
  site,
}) => {
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
    more.dataset.ctrPosition = "4";
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

test("results in a modal dialog, which makes all else inert", { tag: "@full" }, async ({ context, site }) => {
  const body = `<dialog><ol data-ctr-request-id="${REQUEST_ID}"><li data-ctr-chunk-id="${chunkId(1)}"><a href="#here">Open</a></li></ol></dialog>`;
  const { badges, page, card, panel, host } = await openOn(
    context,
    site.search({ results: 0, tag: "none", body }),
  );
  await expect(badges.first()).toBeHidden();
  await page.evaluate(() => document.querySelector("dialog")?.showModal());
  await badges.first().click();
  await expect(card).toContainText(chunkId(1));
  await page.keyboard.press("Escape");
  await expect(card).toHaveCount(0);
  await panel.getByRole("tab", { name: "Results" }).click();
  await expect(panel).toContainText("1 complete");
  await page.evaluate(() => document.querySelector("dialog")?.close());
  await expect(badges.first()).toBeHidden();
  await expect(page.locator("html > clicktrail-inspector")).toHaveCount(1);
  await host.getByRole("button", { name: "Close the inspector" }).click();
  await expect(host).toHaveCount(0);
});

test("a badge follows its result over scrolling, in the page and in a box of its own", {
  tag: "@full",
}, async ({ context, site }) => {
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
  // The first keeps its place in the order of the Tab key.
  await expect(badges.nth(0)).toHaveCSS("opacity", "0");
  await expect(badges.nth(1)).toBeHidden();
  await page.evaluate(() => scrollTo(0, 60));
  await expect.poll(() => away(6)).toBeLessThan(30);
});

test("nothing is drawn over a layer of the page that covers results", async ({ context, site }) => {
  const body =
    '<div id="sheet" hidden style="position: fixed; inset: 0 0 40% 0; background: white">A sheet</div>';
  const { badges, host, page } = await openOn(context, site.search({ results: 2, body }));
  const frame = host.locator(".box").nth(1);
  const toggle = () => page.evaluate(() => document.querySelector("#sheet")?.toggleAttribute("hidden"));
  await expect(badges.nth(1)).toBeVisible();
  await toggle();
  await expect(badges.nth(1)).toBeHidden();
  await expect(frame).toBeHidden();
  await toggle();
  await expect(badges.nth(1)).toBeVisible();
  await expect(frame).toBeVisible();
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
  expect(await host.textContent()).not.toContain(API_KEY);
  const shown = JSON.parse(text.slice(text.indexOf("\n{")));
  await collector.expectNothing();
  await page.mouse.move(900, 10);
  await expect(card).toBeHidden();
  await page.click("#link-2");
  const [put] = await collector.expectPuts([{ position: 2 }]);
  const head = text.slice(text.indexOf("\n") + 1, text.indexOf("\n\n")).split("\n");
  const headers = Object.fromEntries(head.map((line) => line.toLowerCase().split(": ")));
  expect(headers.authorization).toBe("tr-s••••••");
  expect(put?.headers).toMatchObject({ ...headers, authorization: API_KEY });
  expect(put?.path).toBe(new URL(collector.endpoint).pathname);
  const sent = put?.body as typeof shown;
  const own = { id: expect.any(String), clicked_at: expect.any(String) };
  expect(sent).toEqual({
    ...shown,
    metadata: { ...shown.metadata, clicktrail: { ...shown.metadata.clicktrail, ...own } },
  });
});

test("by keyboard: arrows move between badges, Enter pins a card, Escape closes it", {
  tag: "@full",
}, async ({ context, site }) => {
  const { badges, card, page } = await openOn(context, site.search({ results: 4 }));
  await badges.first().focus();
  await expect(card).toContainText("Position 1");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowRight");
  await expect(badges.nth(2)).toBeFocused();
  await expect(card).toContainText("Position 3");
  await page.keyboard.press("Tab");
  await expect(card.getByRole("button", { name: "Unpin this card" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(card).toHaveCount(0);
  await expect(badges.nth(2)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(card).toBeVisible();
});
