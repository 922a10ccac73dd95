// Owns what a click's navigation does to its request: whatever way the page goes, whatever the server's pace, one PUT a
// click and nothing left to send. Chromium only: closing tabs and middle clicks need its driver.
import type { BrowserContext, Page } from "playwright";
import type { Behaviour } from "../collector.ts";
import { expect, test } from "../fixtures.ts";
import type { SearchPage } from "../pages.ts";
import { tabOfPage } from "../tabs.ts";
import { expectStats } from "../tracker.ts";
import {
  allAnswered,
  COURIERS,
  courierReady,
  firstPositions,
  giveCourier,
  makeClicks,
  WITH,
} from "./couriers.ts";
import { scopeOf, storedRows, visitLater } from "./rows.ts";

/** No preflight is cached, so each PUT has one; the last one is slow at it. */
const SERVERS: readonly Behaviour[] = [
  { preflightMaxAge: 0 },
  { preflightMaxAge: 0, delayMs: 800 },
  { preflightMaxAge: 0, preflightDelayMs: 800 },
];

interface Way {
  readonly name: string;
  readonly page?: SearchPage;
  /** Opens the search page; default: a new tab goes there. */
  readonly open?: (context: BrowserContext, url: string) => Promise<Page>;
  readonly button?: "middle";
  /** The click is over: where the tab is, or that it is gone. */
  readonly arrived: (page: Page) => Promise<unknown>;
}

const inClick = (script: string) =>
  `<script>addEventListener("click", (event) => { event.preventDefault(); ${script} })</script>`;
const closed = (page: Page) => expect.poll(() => page.isClosed()).toBe(true);
const other = (page: Page) =>
  expect
    .poll(() => page.context().pages().length, "a new tab")
    .toBe(2)
    .then(() => page);

const WAYS: readonly Way[] = [
  { name: "a link to the same site", arrived: (page) => page.waitForURL("**/detail*") },
  {
    name: "a link to another site",
    page: { links: "other-site" },
    arrived: (page) => page.waitForURL("**/other-site*"),
  },
  {
    name: "location.replace in the click",
    page: { body: inClick('location.replace(event.target.closest("a").href)') },
    arrived: (page) => page.waitForURL("**/detail*"),
  },
  { name: "a link to a new tab", page: { target: "_blank" }, arrived: other },
  { name: "a middle click", button: "middle", arrived: other },
  {
    name: "the tab closed from the click's own task",
    page: { body: inClick("closeThisTab()") },
    open: async (context, url) => {
      const page = await context.newPage();
      await page.exposeBinding("closeThisTab", (source) => source.page.close());
      await page.goto(url);
      return page;
    },
    arrived: closed,
  },
  {
    name: "window.close() in the click",
    page: { body: inClick("window.close()") },
    open: async (context, url) => {
      const opener = await context.newPage();
      const [page] = await Promise.all([
        context.waitForEvent("page"),
        opener.evaluate((to) => void open(to), url),
      ]);
      await opener.close();
      return page;
    },
    arrived: closed,
  },
];

async function openTab(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

for (const courier of COURIERS) {
  for (const { name, page = {}, open = openTab, button = "left", arrived } of WAYS) {
    test(`${name}, fast, slow and cold server: one PUT a click ${WITH[courier]}`, async ({
      context,
      site,
      collector,
    }) => {
      giveCourier(site, courier);
      const url = site.search(page);
      for (const [index, behaviour] of SERVERS.entries()) {
        collector.behave(behaviour);
        const search = await open(context, url);
        await courierReady(tabOfPage(search), courier);
        await search.click(`#link-${index + 1}`, { button, noWaitAfter: true }).catch(() => undefined);
        await arrived(search);
        for (const left of context.pages()) await left.close();
      }
      const positions = firstPositions(SERVERS.length).map((position) => ({ position }));
      await collector.expectPuts(positions, { settleMs: 0 });
      const later = tabOfPage(await openTab(context, site.landing()));
      if (courier === "worker") await expectStats(later, { made: 3, delivered: 3, waiting: 0, inDoubt: 0 });
      await visitLater(later, site, scopeOf(collector.endpoint));
      await expectStats(later, { made: 3, waiting: 0, dropped: {} });
      expect(await storedRows(later, scopeOf(collector.endpoint))).toEqual([]);
      await collector.expectPuts(positions);
    });
  }
}

for (const courier of COURIERS) {
  test(`200 clicks at once and away, more than keepalive's budget: each once ${WITH[courier]}`, async ({
    tab,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    collector.behave({ delayMs: 50 });
    await tab.goto(site.search());
    await courierReady(tab, courier);
    const positions = firstPositions(200);
    await Promise.all(
      [makeClicks(tab, positions), tab.goto(site.landing())].map((act) => act.catch(() => undefined)),
    );
    const clicks = positions.map((position) => ({ position }));
    await allAnswered(collector);
    await visitLater(tab, site, scopeOf(collector.endpoint));
    await collector.expectPuts(clicks);
    await expectStats(tab, { made: 200, waiting: 0, dropped: {} });
  });
}
