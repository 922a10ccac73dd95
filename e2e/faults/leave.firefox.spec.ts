// Owns what only Firefox does to a page that leaves: it cuts off the script that runs when the page's process is told to end.
import { test } from "../fixtures.ts";
import { expectStats } from "../tracker.ts";
import { courierReady, makeClicks } from "./couriers.ts";
import { scopeOf, visitLater } from "./rows.ts";

/** Keeps the page busy on its way out until Firefox has had enough of it, before any listener of ours is called. */
const BUSY = `<script>
  addEventListener("pagehide", () => {
    const end = performance.now() + 500;
    while (performance.now() < end);
  }, true);
</script>`;

for (const closes of [true, false]) {
  const way = closes ? "the tab is closed" : "it goes to another site";
  test(`cut off while it leaves, ${way}: in doubt, not sent again`, async ({
    tab,
    tabs,
    site,
    collector,
  }) => {
    site.everyPage(BUSY);
    collector.behave({ fault: "hang" });
    await tab.goto(site.search());
    await courierReady(tab, "page");
    await makeClicks(tab, [1]);
    await collector.arrived(1);
    await (closes ? tab.close() : tab.goto(`${site.otherOrigin}/other-site`));
    const later = closes ? await tabs.open() : tab;
    await later.goto(site.landing(null));
    await visitLater(later, site, scopeOf(collector.endpoint));
    await expectStats(later, { made: 1, inDoubt: 1, waiting: 0 });
    await collector.expectPuts([{ position: 1 }]);
  });
}
