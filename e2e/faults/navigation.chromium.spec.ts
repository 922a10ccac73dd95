// Owns the one way out that only Chromium's driver can take: the tab closed by the browser in the click's own task.
import { test } from "../fixtures.ts";
import { tabOfPage } from "../tabs.ts";
import { COURIERS, giveCourier, WITH } from "./couriers.ts";
import { expectOneEach, SERVERS } from "./ways.ts";

const CLOSES = `<script>addEventListener("click", (event) => { event.preventDefault(); closeThisTab() })</script>`;

for (const courier of COURIERS) {
  test(`the tab closed from the click's own task, ${SERVERS}: one PUT a click ${WITH[courier]}`, async ({
    context,
    tabs,
    site,
    collector,
  }) => {
    giveCourier(site, courier);
    const url = site.search({ body: CLOSES });
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
}
