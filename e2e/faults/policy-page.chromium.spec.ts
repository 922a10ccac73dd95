// Owns that a page's policy is that page's: the tab's next page has its worker again.
import { test } from "../fixtures.ts";
import { expectStats } from "../tracker.ts";
import { courierReady, makeClicks } from "./couriers.ts";

test("a page whose policy forbids workers, then one without: the page sends, then the worker does, each click once with the worker", async ({
  tab,
  site,
  collector,
}) => {
  const strict = site.search({ headers: { "content-security-policy": "worker-src 'none'" } });
  const plain = site.search();
  const positions: { position: number }[] = [];
  for (const [index, url] of [strict, plain, strict, plain].entries()) {
    const position = index + 1;
    await tab.goto(url);
    await courierReady(tab, url === strict ? "page" : "worker");
    await makeClicks(tab, [position]);
    positions.push({ position });
    await collector.expectPuts(positions);
    await expectStats(tab, { made: position, delivered: position });
  }
});
