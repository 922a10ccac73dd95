// Owns the proof that a click from before the script takes every way that a later one takes: the store, and the journal of a page whose
// database is silent. The contract, which every collector checks, says what the click has to be.

import { UNOPENED } from "./faults/broken.ts";
import { courierReady, giveCourier, LONG_WAITS } from "./faults/couriers.ts";
import { scopeOf, storedRows, visitLater } from "./faults/rows.ts";
import { expect, test } from "./fixtures.ts";
import type { SearchPage } from "./pages.ts";
import type { Site } from "./site.ts";
import type { Tab } from "./tabs.ts";
import { expectStats } from "./tracker.ts";

/** A page whose script has not come yet, and the stub has a click. */
async function clickEarly(tab: Tab, site: Site, page: SearchPage): Promise<void> {
  const snippet = { stub: true, isHeld: true, isInjected: true };
  await tab.goto(site.search({ links: "none", ...page, snippet }));
  await tab.click("#text-1");
}

test("an early click that can't be sent is in the store, and a later visit sends it once", async ({
  tab,
  site,
  collector,
}) => {
  giveCourier(site, "page");
  await clickEarly(tab, site, { head: LONG_WAITS });
  await collector.goDown();
  site.releaseScripts();
  await courierReady(tab, "page");
  // A page that leaves before its request has failed would leave the click in doubt.
  await expect
    .poll(() => storedRows(tab, scopeOf(collector.endpoint)))
    .toMatchObject([[expect.any(String), { begun: false }]]);
  await expectStats(tab, { made: 1, delivered: 0, waiting: 1 });
  await tab.goto(site.landing(null));
  await collector.comeUp();
  await visitLater(tab, site, scopeOf(collector.endpoint));
  await collector.expectPuts([{ position: 1 }]);
  await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
});

test("an early click on a page whose database is silent is in the journal, and a later visit sends it once", async ({
  tab,
  site,
  collector,
}) => {
  giveCourier(site, "page");
  await clickEarly(tab, site, { head: `<script>${UNOPENED["never opens"]}</script>${LONG_WAITS}` });
  await collector.goDown();
  site.releaseScripts();
  // As soon as it is clicked it is there as begun, which a page that leaves at that moment would leave in doubt.
  const journal = () =>
    tab.evaluate(
      (scope) =>
        Object.keys(localStorage)
          .filter((key) => key.startsWith(scope))
          .map((key) => (JSON.parse(`${localStorage.getItem(key)}`) as { begun?: boolean }).begun),
      scopeOf(collector.endpoint),
    );
  await expect.poll(journal, { message: "the click is journaled as waiting" }).toEqual([false]);
  await tab.goto(site.landing(null));
  await collector.comeUp();
  await visitLater(tab, site, scopeOf(collector.endpoint));
  await collector.expectPuts([{ position: 1 }]);
  await expectStats(tab, { waiting: 0 });
});
