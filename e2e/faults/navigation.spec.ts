// Owns what a click's navigation does to its request: whatever way the page goes, whatever the server's pace, one PUT a
// click and nothing left to send.
import { expect, test } from "../fixtures.ts";
import type { SearchPage } from "../pages.ts";
import type { Site } from "../site.ts";
import type { ClickOptions, Tab, Tabs } from "../tabs.ts";
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
import { scopeOf, visitLater } from "./rows.ts";
import { expectOneEach, inClick, openedAt, SERVERS } from "./ways.ts";

interface Way {
  readonly name: string;
  readonly page?: SearchPage;
  /** Opens the search page; default: the last click's tab goes there, or a new one. */
  readonly open?: (tabs: Tabs, site: Site, url: string, last: Tab | undefined) => Promise<Tab>;
  readonly click?: ClickOptions;
  /** Where the tab goes; left out where the page stays or closes itself. */
  readonly to?: string;
  /** WebKitGTK 2.50 ends such a page without telling it. */
  readonly isUntold?: boolean;
  /** The page stays: that such a click counts is shown in each engine by clicks.spec.ts. */
  readonly tag?: readonly string[];
}

const WAYS: readonly Way[] = [
  { name: "a link to the same site", to: "/detail" },
  { name: "a link to another site", page: { links: "other-site" }, to: "/other-site" },
  {
    name: "location.replace in the click",
    page: { body: inClick('location.replace(event.target.closest("a").href)') },
    to: "/detail",
  },
  { name: "a link to a new tab", page: { target: "_blank" }, tag: ["@once", "@full"] },
  { name: "a middle click", click: { button: "middle" }, tag: ["@once", "@full"] },
  {
    name: "window.close() in the click (once or twice with one id in WebKit)",
    isUntold: true,
    page: { body: inClick("window.close()") },
    open: openedAt,
  },
];

async function openTab(tabs: Tabs, _: Site, url: string, last: Tab | undefined): Promise<Tab> {
  const tab = last ?? (await tabs.open());
  await tab.goto(url);
  return tab;
}

for (const courier of COURIERS) {
  for (const { name, page = {}, open = openTab, click, to, isUntold = false, tag = [] } of WAYS) {
    test(`${name}, ${SERVERS}: one PUT a click ${WITH[courier]}`, { tag: [...tag] }, async ({
      tabs,
      site,
      collector,
    }) => {
      giveCourier(site, courier);
      const url = site.search(page);
      await expectOneEach({
        courier,
        tabs,
        site,
        collector,
        isUntold: isUntold && tabs.engine === "webkit",
        open: (last) => open(tabs, site, url, last),
        leave: async (tab, link) => {
          // The page that closes itself takes the click's answer with it.
          await tab.click(link, click).catch(() => undefined);
          if (to) await tab.at(to);
        },
      });
    });
  }

  test(`200 clicks at once and away, more than keepalive's budget: each once (WebKit may count a part of them) ${WITH[courier]}`, async ({
    tab,
    tabs,
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
    // A worker goes on without its page, and would find its leases over in rows that are aged below it.
    if (courier === "worker") await collector.arrived(200);
    await allAnswered(collector);
    await visitLater(tab, site, scopeOf(collector.endpoint));
    await collector.expectPuts(clicks);
    // WebKit drops the writes that have not begun as the page goes (WebKitGTK 2.50); of so many the page keeps none elsewhere.
    const made = tabs.engine === "webkit" ? expect.any(Number) : 200;
    await expectStats(tab, { made, waiting: 0, dropped: {} });
  });
}
