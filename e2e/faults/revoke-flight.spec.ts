// Owns that nothing reaches the server once a withdrawal of consent has resolved: what waits for a connection is aborted.
import { expect, test } from "../fixtures.ts";
import { expectStats } from "../tracker.ts";
import { allAnswered, firstPositions, makeClicks } from "./couriers.ts";
import { scopeOf, visitLater } from "./rows.ts";
import { BY, giveSender, SENDERS, senderReady } from "./three.ts";

/** HTTP/1.1 has six connections, so the others' requests have begun and wait. */
const CLICKS = 18;
const CONNECTIONS = 6;

/** A page's requests have keepalive: one that waits for a connection can't be aborted (Chromium 156, Firefox 153). */
const ABORTING = SENDERS.filter((sender) => sender !== "page");

for (const sender of ABORTING) {
  test(`consent withdrawn while requests wait for a connection: none of them reaches the server afterwards ${BY[sender]}`, async ({
    tab,
    tabs,
    site,
    collector,
  }) => {
    test.skip(
      tabs.engine === "webkit",
      "WebKitGTK 2.50 sends what was aborted while it waited for a connection",
    );
    const url = site.search({ snippet: giveSender(site, sender) });
    await tab.goto(url);
    await senderReady(tab, sender);
    // The preflight is paid for.
    await makeClicks(tab, [100]);
    await expectStats(tab, { delivered: 1 });
    collector.behave({ fault: "hang" });
    await makeClicks(tab, firstPositions(CLICKS));
    await collector.arrived(1 + CONNECTIONS);
    await tab.evaluate(() => window.clicktrail.revokeConsent());
    const reached = collector.counted({ only: "any" }).length;
    expect(reached, "some had to wait").toBeLessThan(1 + CLICKS);
    collector.behave({});
    collector.release();
    await allAnswered(collector);
    expect(collector.counted({ only: "any" })).toHaveLength(reached);
    await visitLater(tab, site, scopeOf(collector.endpoint));
    await expectStats(tab, { waiting: 0 });
    expect(collector.counted({ only: "any" })).toHaveLength(reached);
  });
}
