// Owns presses that only Firefox turns into clicks: a key that is held, and the middle button where it scrolls by itself.
import { expect, test } from "./fixtures.ts";
import { chunkId, REQUEST_ID, requestId } from "./pages.ts";
import { trackerReady } from "./tracker.ts";

const CARD = `<ol data-ctr-request-id="${requestId(2)}"><li data-ctr-chunk-id="${chunkId(1)}"><button id="open">Open</button>
<p id="card" style="height:3000px">Card</p></li></ol>`;

/** Firefox repeats a held key some thirty times a second; it matters that it goes on for longer than a repeat is one. */
const [HELD, GAP_MS] = [7, 250];
const REPEAT_MS = 1_000;

test("Enter that is held on a link or a card's button opens it once", async ({
  context,
  site,
  collector,
}) => {
  const page = await context.newPage();
  await page.goto(site.search({ body: CARD }));
  await page.evaluate(() => {
    const page = window as unknown as { clicks: number[] };
    page.clicks = [];
    addEventListener("click", (event) => {
      event.preventDefault();
      page.clicks.push(Date.now());
    });
  });
  const expected: Record<string, unknown>[] = [];
  let clicks = 0;
  for (const [selector, put] of [
    ["#link-2", { request_id: REQUEST_ID, clicked_chunk_id: chunkId(2), position: 2 }],
    ["#open", { request_id: requestId(2), clicked_chunk_id: chunkId(1), position: 1 }],
  ] as const) {
    await page.focus(selector);
    for (let times = 0; times < HELD; times++) {
      await page.keyboard.down("Enter");
      await page.waitForTimeout(GAP_MS);
    }
    await page.keyboard.up("Enter");
    const at = await page.evaluate(() => (window as unknown as { clicks: number[] }).clicks.splice(0));
    clicks += at.length;
    // On a busy machine the driver may let the key rest for longer than a repeat is one.
    const rests = at.filter((time, nth) => time - (at[nth - 1] ?? time) >= REPEAT_MS);
    expected.push(put, ...rests.map(() => put));
  }
  expect(clicks).toBeGreaterThan(HELD);
  await collector.expectPuts(expected);
});

test("the middle button on a result without a link is no click, also where it scrolls, and on a link it is one", async ({
  tab,
  tabs,
  site,
  collector,
}) => {
  await tab.goto(site.search({ body: CARD }));
  await trackerReady(tab);
  await tab.evaluate(() => {
    (window as unknown as { pressed: number }).pressed = 0;
    addEventListener("auxclick", () => (window as unknown as { pressed: number }).pressed++);
  });
  // The first starts the scrolling, the second ends it.
  await tab.click("#card", { button: "middle" });
  await tab.click("#card", { button: "middle" });
  expect(await tab.evaluate(() => (window as unknown as { pressed: number }).pressed)).toBeGreaterThan(0);
  await collector.expectNothing();
  await tabs.opened(() => tab.click("#link-3", { button: "middle" }));
  await collector.expectPuts([{ request_id: REQUEST_ID, clicked_chunk_id: chunkId(3), position: 3 }]);
});
