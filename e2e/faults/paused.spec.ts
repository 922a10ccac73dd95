// Owns that a page pauses on what the endpoint says of the configuration now, not on what another tab has refuted since.
import { test } from "../fixtures.ts";
import { expectStats } from "../tracker.ts";
import { makeClicks, makeClicksInVain } from "./couriers.ts";
import { BY, giveSender, SENDERS, senderReady } from "./three.ts";

const REFUSED = [1, 3];
const isRefused = (body: unknown) => REFUSED.includes(Number((body as { position?: unknown }).position));

for (const sender of SENDERS) {
  test(`401 here, 204 in another tab, 401 here: the next click is sent ${BY[sender]}`, {
    tag: sender === "service-worker" ? "@full" : [],
  }, async ({ tab, tabs, site, collector }) => {
    const url = site.search({ snippet: giveSender(site, sender) });
    collector.behaveFor(isRefused, { status: 401, message: "Unauthorized" });
    const other = await tabs.open();
    for (const one of [tab, other]) {
      await one.goto(url);
      await senderReady(one, sender);
    }
    await makeClicksInVain(tab, [1]);
    await makeClicks(other, [2]);
    await collector.expectPuts([{ position: 2 }], { only: "taken" });
    await expectStats(other, { delivered: 1 });
    await makeClicksInVain(tab, [3]);
    await makeClicks(tab, [4]);
    await collector.expectPuts([{ position: 2 }, { position: 4 }], { only: "taken" });
    await expectStats(tab, { made: 4, delivered: 2, waiting: 2, dropped: {} });
  });
}
