// Owns clicks from before a late script, all the way to the API: with each kind of endpoint, with and without a database.
import type { Put } from "./arrivals.ts";
import { clickMark } from "./arrivals.ts";
import { UNOPENED } from "./faults/broken.ts";
import { expect } from "./fixtures.ts";
import { test } from "./proxy/behind.ts";
import { expectStats, recordOutcomes } from "./tracker.ts";

const UUID7 = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const LATE_MS = 2_000;
const SNIPPET = { stub: true, isInjected: true, isHeld: true };
const STAY = `<script>addEventListener("click", (event) => event.preventDefault())</script>`;

const expectIds = (puts: readonly Put[]) => {
  for (const put of puts) expect(clickMark(put).id).toMatch(UUID7);
};

for (const [storage, script] of [
  ["a database", ""],
  ["no database", UNOPENED["fails to open"]],
] as const) {
  const head = `${STAY}<script>${script}</script>`;

  for (const kind of ["direct", "first-party"] as const) {
    test(`${kind}, ${storage}: clicks from two seconds before the script and later ones arrive once each, with a UUIDv7`, {
      tag: (kind === "direct") === (storage === "a database") ? [] : "@once",
    }, async ({ tab, site, collector, front }) => {
      const isDirect = kind === "direct";
      const snippet = isDirect
        ? SNIPPET
        : { ...SNIPPET, endpoint: "/ctr", apiKey: undefined, idempotent: true };
      const url = site.search({ snippet, head });
      await tab.goto(isDirect ? url : front.at(url));
      await tab.click("#link-1");
      await tab.click("#link-2");
      await collector.expectNothing(LATE_MS);
      site.releaseScripts();
      const early = [{ position: 1 }, { position: 2 }];
      expectIds(await collector.expectPuts(early));
      await tab.click("#link-3");
      expectIds(await collector.expectPuts([...early, { position: 3 }]));
      if (!script) await expectStats(tab, { made: 3, delivered: 3, waiting: 0, dropped: {} });
    });
  }

  test(`${storage}: an early click that leaves before its response is sent on the next page, with its own id`, async ({
    tab,
    site,
    collector,
  }) => {
    const url = site.search({ snippet: SNIPPET, head });
    await collector.goDown();
    await tab.goto(url);
    await recordOutcomes(tab);
    await tab.click("#link-1");
    site.releaseScripts();
    await expect.poll(() => tab.evaluate(() => window.outcomes.map(({ name }) => name))).toContain("waiting");
    // Before the endpoint is back: what is under way as a page goes, soon after a failure, may be sent twice.
    await tab.goto(site.landing(null));
    await collector.comeUp();
    await tab.goto(url);
    const ready = () => tab.evaluate(() => window.clicktrail.flush().then(() => true)).catch(() => false);
    await expect.poll(ready).toBe(true);
    expectIds(await collector.expectPuts([{ position: 1 }]));
  });
}
