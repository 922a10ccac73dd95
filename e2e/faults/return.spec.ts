// Owns how many requests a page that comes back from the back/forward cache begins at once: six, as any page does.
import { expect, test } from "../fixtures.ts";
import { firstPositions, giveCourier, WITH } from "./couriers.ts";
import { clickRow, scopeOf, storeRows } from "./rows.ts";

const MOST = 6;
const COUNT = 60;

declare global {
  interface Window {
    /** Requests begun since the page has come back, and not over; and the most there were at once. */
    counted: { now: number; most: number; returns: number };
  }
}

/** Counts what is begun from each return on: what was under way before is nobody's choice any more. */
const COUNTS = `<script>{
  const count = window.counted = { now: 0, most: 0, returns: 0 };
  const real = fetch;
  window.fetch = (...request) => {
    const response = real(...request);
    const { returns } = count;
    count.most = Math.max(count.most, ++count.now);
    const over = () => { if (returns === count.returns) count.now -= 1; };
    response.then(over, over);
    return response;
  };
  addEventListener("pageshow", ({ persisted }) => {
    if (!persisted) return;
    count.returns += 1;
    count.now = count.most = 0;
  });
}</script>`;

test.use({ backForwardCache: true });

test(`a return from the back/forward cache in the middle of a backlog: at most ${MOST} requests at once ${WITH.page}`, async ({
  tab,
  tabs,
  site,
  collector,
}) => {
  // Firefox keeps no page that holds a lock, though it lets go as it leaves (Firefox 153): such a page is loaded anew.
  test.skip(tabs.engine === "firefox", "Firefox keeps no page that sends a backlog");
  giveCourier(site, "page");
  site.everyPage(COUNTS);
  collector.behave({ delayMs: 400 });
  await tab.goto(site.landing(null));
  const rows = firstPositions(COUNT).map((number) => clickRow(number));
  await storeRows(tab, scopeOf(collector.endpoint), rows);
  await tab.goto(site.landing());
  await collector.arrived(10);
  await tab.click("#home");
  await expect.poll(() => tab.url(), { message: "the page has gone" }).toBe(`${site.origin}/`);
  await tab.goBack();
  const counted = () => tab.evaluate(() => window.counted).catch(() => undefined);
  await expect.poll(async () => (await counted())?.returns, { message: "the page is back" }).toBe(1);
  // Other occasions come while the old requests end.
  await tab.evaluate(() => void setInterval(() => window.clicktrail.flush(), 50));
  await expect.poll(() => collector.puts.length, { timeout: 30_000 }).toBeGreaterThanOrEqual(COUNT - 20);
  expect((await counted())?.most, tabs.browser).toBeLessThanOrEqual(MOST);
});
