// Owns the one browser setting that takes most away: Firefox with cookies blocked has no storage, lock or channel to give.
import { expect, test } from "../fixtures.ts";
import { tabOfPage } from "../tabs.ts";
import { expectStats, recordOutcomes, trackerReady } from "../tracker.ts";
import { attempt, makeClicks, told } from "./couriers.ts";
import { expectNothingThrown, hear } from "./hooks.ts";

test("cookies blocked: nothing is thrown into the page, a 503 is retried, outcomes are told", async ({
  playwright,
  ownLaunch,
  site,
  collector,
}) => {
  const noCookies = { ...ownLaunch.firefoxUserPrefs, "network.cookie.cookieBehavior": 2 };
  const browser = await playwright.firefox.launch({ ...ownLaunch, firefoxUserPrefs: noCookies });
  try {
    hear(site);
    const tab = tabOfPage(await browser.newPage());
    collector.behaveInTurn({ status: 503 });
    await tab.goto(site.search({ head: "<script>Math.random = () => 0.1</script>" }));
    await trackerReady(tab);
    const thrown = await recordOutcomes(tab).then(() => "nothing", String);
    expect(thrown, "by on()").toBe("nothing");
    const [id] = await makeClicks(tab, [1]);
    await tab.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await collector.expectPuts([attempt(id, 1), attempt(id, 2)], { inOrder: true });
    await told(tab, id, "delivered");
    await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
    await expectNothingThrown(tab);
  } finally {
    await browser.close();
  }
});
