// Owns the documented bookmarklet: the very text, on pages that have the snippet in any of its forms.
import type { Page } from "playwright";
import { markedBlock } from "../documents.ts";
import { expect, test } from "../fixtures.ts";
import { API_KEY, DATASET } from "../pages.ts";

/** What the reader replaces; nobody can register a name under `.example`. */
const READERS_OWN = "https://your-site.example/clicktrail.inspector.js";
const bookmarklet = () => markedBlock("docs/inspector.md", "bookmarklet");

/** As the bookmarks bar does it: the browser goes to the address, and no link of the page's is clicked. */
async function useBookmark(page: Page, url: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Page.navigate", { url });
  await session.detach();
}

const badgesOf = (page: Page) => page.locator("clicktrail-inspector .badge");

test("on a page with the script tag, also one that does not allow the address", async ({ context, site }) => {
  const page = await context.newPage();
  const url = site.search();
  await page.goto(url);
  await page.waitForFunction(() => "stats" in window.clicktrail);
  await useBookmark(page, await bookmarklet());
  await expect(badgesOf(page)).toHaveText(["1", "2", "3"]);
  expect(page.url()).toBe(url);
  await useBookmark(page, await bookmarklet());
  await expect(page.locator("clicktrail-inspector").getByRole("tab", { name: "Clicks" })).toBeFocused();
});

test("on a page with the npm package, from the address in the bookmark", { tag: "@full" }, async ({
  context,
  site,
  collector,
}) => {
  const options = JSON.stringify({ dataset: DATASET, apiKey: API_KEY, endpoint: collector.endpoint });
  const module = `import { init } from "/dist/index.js"; init(${options}); window.isStarted = true;`;
  const body = `<script type="module">${module}</script>`;
  const page = await context.newPage();
  await page.goto(site.search({ snippet: null, body, target: "_blank" }));
  await page.waitForFunction(() => "isStarted" in window);
  const address = `${site.otherOrigin}/dist/clicktrail.inspector.js`;
  const bookmark = await bookmarklet();
  expect(bookmark).toContain(READERS_OWN);
  await useBookmark(page, bookmark.replace(READERS_OWN, address));
  await expect(badgesOf(page)).toHaveText(["1", "2", "3"]);
  await page.click("#link-2");
  await expect(page.locator("clicktrail-inspector [data-state=delivered]")).toContainText("Result 2");
});

test("under a policy that allows no inline script", async ({ context, site }) => {
  const policy = "default-src 'none'; script-src 'self'; connect-src *; worker-src blob:";
  const page = await context.newPage();
  await page.goto(site.search({ headers: { "content-security-policy": policy } }));
  await page.waitForFunction(() => "stats" in window.clicktrail);
  await useBookmark(page, await bookmarklet());
  await expect(badgesOf(page)).toHaveCount(3);
});
