// Owns that no click is handed to a service worker that isn't ours, or is another version of ours, whatever it says: the page sends.
import { test } from "../fixtures.ts";
import { expectStats, trackerReady } from "../tracker.ts";
import { firstPositions, makeClicks, NO_WORKER, sideBySide } from "./couriers.ts";
import { expectNothingThrown, hear } from "./hooks.ts";
import { scopeOf, visitLater } from "./rows.ts";
import { serviceOption } from "./three.ts";

/** What it answers to every message, as the body of a function of the message. */
const STRANGERS = {
  "another format": "({ ready: 1 })",
  "a reply to whatever is asked": "({ re: message.clicktrail?.ask, value: {} })",
  "that a click is over": "({ settled: [message.clicktrail?.entry?.id] })",
  "the message itself": "message",
  "a time": "Date.now() + 60_000",
  "nothing at all": "undefined",
} as const;

test("a service worker that isn't ours: the page sends each click once, whatever that one says", async ({
  tabs,
  site,
}) => {
  site.everyPage(NO_WORKER);
  hear(site);
  const cases = Object.entries(STRANGERS);
  for (const [name, answer] of cases)
    site.serveScript(
      `/${name.replaceAll(" ", "-")}.js`,
      `addEventListener("message", ({ data: message, ports: [port], source }) => {
        const answer = ${answer};
        if (answer === undefined) return;
        port?.postMessage(answer);
        source?.postMessage(answer);
      });`,
    );
  await sideBySide(tabs, cases, async ({ tab, collector, snippet }, [name]) => {
    const file = `/${name.replaceAll(" ", "-")}.js`;
    const url = site.search({ snippet: { ...snippet, ...serviceOption(file) } });
    const expected = firstPositions(3).map((position) => ({ position }));
    await tab.goto(url);
    await trackerReady(tab);
    // Time to be taken for a courier.
    await tab.evaluate(() => window.clicktrail.flush());
    await tab.evaluate(() => navigator.serviceWorker.getRegistrations());
    await makeClicks(tab, firstPositions(3));
    await collector.expectPuts(expected);
    await expectNothingThrown(tab);
    // A page that has our file for a courier counts them.
    await visitLater(tab, site, scopeOf(collector.endpoint), site.search({ snippet }));
    await expectStats(tab, { made: 3, delivered: 3, waiting: 0 });
    await collector.expectPuts(expected);
  });
});
