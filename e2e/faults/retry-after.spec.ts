// Owns that browsers which an endpoint has sent away until one moment don't all come back in that moment: they are spread in
// proportion to the wait.
import { expect, test } from "../fixtures.ts";
import { recordOutcomes } from "../tracker.ts";
import {
  before,
  COURIERS,
  courierReady,
  giveCourier,
  makeClicks,
  sideBySide,
  told,
  WITH,
} from "./couriers.ts";
import { fixRandom } from "./hooks.ts";

const WAIT_MS = 20_000;
/** Of the wait; today it is a second, however long that is. */
const SPREAD = 0.08;

for (const courier of COURIERS) {
  for (const kind of ["a date", "seconds"]) {
    test(`Retry-After as ${kind}: a lucky and an unlucky browser come back far apart, neither early ${WITH[courier]}`, {
      tag: ["@full", "@once"],
    }, async ({ tabs, site }) => {
      giveCourier(site, courier);
      const until = Math.ceil((Date.now() + WAIT_MS) / 1_000 + 3) * 1_000;
      const came: number[] = [];
      await sideBySide(tabs, [0.05, 0.95], async ({ tab, collector, snippet }, random) => {
        await tab.goto(site.search({ snippet, head: before(fixRandom, random) }));
        await courierReady(tab, courier);
        const asked =
          kind === "seconds"
            ? String(Math.ceil((until - Date.now()) / 1_000))
            : new Date(until).toUTCString();
        collector.behaveInTurn({ status: 429, headers: { "retry-after": asked } });
        await recordOutcomes(tab);
        const [id] = await makeClicks(tab, [1]);
        await told(tab, id, "waiting");
        await collector.arrived(2, { timeoutMs: 2 * WAIT_MS });
        came.push(collector.puts[1]?.at ?? 0);
      });
      const [early = 0, late = 0] = came.sort((a, b) => a - b);
      expect(early).toBeGreaterThan(until - 60);
      // Whole seconds are a second apart at most.
      expect(late - early).toBeGreaterThan(SPREAD * WAIT_MS);
    });
  }
}
