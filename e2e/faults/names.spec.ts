// Owns the page's own names: what it calls by a name that the browser has too, and what it has replaced. One request that
// fails, so that what is kept is seen as well.

import { clickMark } from "../arrivals.ts";
import { expect, test } from "../fixtures.ts";
import { expectStats, trackerReady } from "../tracker.ts";
import { makeClicks, WITHOUT } from "./couriers.ts";
import { expectNothingThrown, hear } from "./hooks.ts";

const UUID = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

const NAMES: Readonly<Record<string, string>> = {
  "function closed(){}": "function closed() {}",
  "function onconnect(){}": "function onconnect() {}",
  "a Date.now that gives a Date": "Date.now = () => new Date();",
  "a replaced URL": "window.URL = function () {};",
};

for (const [name, script] of Object.entries(NAMES)) {
  test(`the page has ${name}: one failure, then once more with a readable id, nothing thrown ${WITHOUT}`, {
    // What is left of Date.now is the worst of them.
    tag: name.includes("Date.now") ? "@once" : ["@once", "@full"],
  }, async ({ tab, site, collector }) => {
    hear(site);
    collector.behaveInTurn({ status: 503, cors: "preflight" });
    // Not "delete", for the page that looks like a worker must not have one either.
    const head = `<script>
      if (/Chrom/.test(navigator.userAgent)) delete window.SharedWorker;
      Math.random = () => 0.1;
      ${script}
    </script>`;
    await tab.goto(site.search({ head, target: "_blank" }));
    await trackerReady(tab);
    const [id] = await makeClicks(tab, [1]);
    expect(id).toMatch(UUID);
    const puts = await collector.expectPuts([{ position: 1 }, { position: 1 }]);
    expect(puts.map((put) => clickMark(put))).toMatchObject([
      { id, attempt: 1 },
      { id, attempt: 2 },
    ]);
    await expectStats(tab, { made: 1, delivered: 1, waiting: 0, inDoubt: 0 });
    await expectNothingThrown(tab);
  });
}
