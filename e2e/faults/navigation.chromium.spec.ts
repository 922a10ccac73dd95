// Owns two ways out of Chromium's: the tab closed by the browser in the click's own task, and by a script while the click's row can't
// be written. (WebKit runs nothing in such a page any more; Firefox tells it that it goes.)
import { expect, test } from "../fixtures.ts";
import { tabOfPage } from "../tabs.ts";
import { expectStats } from "../tracker.ts";
import { allAnswered, COURIERS, courierReady, giveCourier, makeClicksInVain, WITH } from "./couriers.ts";
import { holdStore, letGo, scopeOf, visitLater } from "./rows.ts";
import { expectOneEach, inClick, openedAt, SERVERS } from "./ways.ts";

for (const courier of COURIERS) {
  test(`the tab closed from the click's own task, ${SERVERS}: one PUT a click ${WITH[courier]}`, async ({
    context,
    tabs,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    const url = site.search({ body: inClick("closeThisTab()") });
    await expectOneEach({
      courier,
      tabs,
      site,
      collector,
      open: async () => {
        const page = await context.newPage();
        await page.exposeBinding("closeThisTab", (source) => source.page.close());
        await page.goto(url);
        return tabOfPage(page);
      },
      leave: async (tab, link) => {
        const page = context.pages().at(-1);
        const closed = page?.isClosed() || page?.waitForEvent("close");
        await tab.click(link).catch(() => undefined);
        await closed;
      },
    });
  });

  for (const waits of [false, true]) {
    test(`window.close() in a click${waits ? " that has to wait" : ""}, and another tab's transaction keeps its row from the disk: counted ${WITH[courier]}`, async ({
      tabs,
      site,
      collector,
    }) => {
      giveCourier(site, courier);
      const scope = scopeOf(collector.endpoint);
      const holder = await tabs.open();
      await holder.goto(site.landing(null));
      const tab = await openedAt(tabs, site, site.search({ body: inClick("window.close()") }));
      await courierReady(tab, courier);
      if (waits) {
        collector.behaveInTurn({ status: 429, headers: { "Retry-After": "60" } });
        await makeClicksInVain(tab, [2]);
      }
      await holdStore(holder, scope);
      await tab.click("#link-1").catch(() => undefined);
      await expect.poll(() => tab.url(), { message: "the tab is closed" }).toBe("");
      if (!waits) await collector.arrived(1);
      await letGo(holder);
      // A worker that hasn't heard its answer yet would find its lease over in a row that is aged below it.
      await allAnswered(collector);
      await visitLater(holder, site, scope);
      const made = waits ? [{ position: 2 }, { position: 2 }, { position: 1 }] : [{ position: 1 }];
      await collector.expectPuts(made);
      await expectStats(holder, { made: waits ? 2 : 1, waiting: 0, dropped: {} });
    });
  }
}
