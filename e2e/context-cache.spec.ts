// Owns what the add-on context says of a page that comes back from the back/forward cache.
import { expect, test } from "./fixtures.ts";
import { REQUEST_ID } from "./pages.ts";
import type { Tab } from "./tabs.ts";

test.use({ backForwardCache: true });

const ADD_ON = '<script async src="/dist/clicktrail.context.js"></script>';

const said = (tab: Tab) =>
  tab
    .evaluate(
      (request) =>
        (
          window.clicktrail.extras({ requestId: request, chunkId: request, position: 1 }) as {
            context?: unknown;
          }
        ).context ?? "no add-on yet",
      REQUEST_ID,
    )
    .catch(String);

/** Longer than the page is looked at before and after. */
const AWAY_MS = 800;

test("the page itself comes back: the time away is that of the click before, and is not counted as looked at", async ({
  tab,
  site,
}) => {
  await tab.goto(site.search({ head: ADD_ON }));
  // A file that a page loads as it goes costs it the cache in Firefox (Firefox 153).
  await tab.evaluate(() => window.clicktrail.stats());
  await expect.poll(() => said(tab)).toMatchObject({ seen: [[1, 3]] });
  await tab.evaluate(() => {
    document.title = "kept";
    const chunk = document.querySelector<HTMLElement>("[data-ctr-chunk-id]")?.dataset.ctrChunkId ?? "";
    const request = document.querySelector<HTMLElement>("[data-ctr-request-id]")?.dataset.ctrRequestId ?? "";
    window.clicktrail.trackClick({ requestId: request, chunkId: chunk, position: 1 });
  });
  const since = Date.now();
  const before = (await said(tab)) as { readonly ms: number };
  await tab.goto(site.landing(null));
  await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
  await tab.goBack();
  await expect.poll(() => tab.evaluate(() => document.title).catch(() => "")).toBe("kept");
  await expect
    .poll(() => said(tab))
    .toMatchObject({ nth: 2, previous: { position: 1, away_ms: expect.any(Number) } });
  const after = (await said(tab)) as { readonly ms: number; readonly previous: { readonly away_ms: number } };
  expect(after.previous.away_ms).toBeGreaterThanOrEqual(AWAY_MS);
  const looked = after.ms - before.ms;
  expect(looked + after.previous.away_ms, "no time is both").toBeLessThanOrEqual(Date.now() - since);
});
