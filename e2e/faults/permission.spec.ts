// Owns what a browser has and does not allow: locks that reject, no cookies, a frame without an origin. Clicks are
// sent again there as anywhere, and the page notices nothing.
import { expect, test } from "../fixtures.ts";
import type { Tab } from "../tabs.ts";
import { expectStats, recordOutcomes, trackerReady } from "../tracker.ts";
import {
  attempt,
  COURIERS,
  giveCourier,
  inPagesAndWorkers,
  makeClicks,
  sideBySide,
  told,
  WITH,
} from "./couriers.ts";
import { expectNothingThrown, hear } from "./hooks.ts";

const SLOW = 0.1;

/** Resolves when a flush is over. */
async function expectFlushed(tab: Tab): Promise<void> {
  await tab.evaluate(() => {
    window.clicktrail.flush().then(() => {
      document.title = "flushed";
    });
  });
  await expect
    .poll(() => tab.evaluate(() => document.title), { message: "flush() resolves" })
    .toBe("flushed");
}

for (const courier of COURIERS) {
  test(`locks that reject: one 503, then once more, and flush() resolves ${WITH[courier]}`, {
    tag: ["@once", "@full"],
  }, async ({ tab, site, collector }) => {
    giveCourier(site, courier);
    hear(site);
    inPagesAndWorkers(
      site,
      (random) => {
        Math.random = () => random;
        const refuse = () => Promise.reject(new DOMException("no", "SecurityError"));
        LockManager.prototype.request = refuse as LockManager["request"];
      },
      SLOW,
    );
    collector.behaveInTurn({ status: 503 });
    await tab.goto(site.search());
    await trackerReady(tab);
    await tab.hover("#result-1");
    const [id] = await makeClicks(tab, [1]);
    await collector.expectPuts([attempt(id, 1), attempt(id, 2)], { inOrder: true });
    await expectFlushed(tab);
    await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
    await expectNothingThrown(tab);
  });
}

/** In the page alone; what is forbidden there is forbidden to its workers, which are none then. */
const FORBIDDEN: Readonly<Record<string, string>> = {
  "as Firefox without cookies": `
    const no = () => { throw new DOMException("no", "SecurityError") };
    const refused = () => Promise.reject(new DOMException("no", "SecurityError"));
    if (window.SharedWorker) window.SharedWorker = class { constructor() { no() } };
    IDBFactory.prototype.open = no;
    LockManager.prototype.request = refused;
    for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, { get: no });`,
};

test(`${Object.keys(FORBIDDEN).join("; ")}: nothing thrown by on(), flush() or a visibilitychange, a 503 is retried, outcomes are told`, async ({
  tabs,
  site,
}) => {
  hear(site);
  await sideBySide(tabs, Object.entries(FORBIDDEN), async ({ tab, collector, snippet }, [, script]) => {
    collector.behaveInTurn({ status: 503 });
    await tab.goto(site.search({ snippet, head: `<script>{Math.random = () => 0.1;${script}}</script>` }));
    await trackerReady(tab);
    const thrown = await recordOutcomes(tab).then(() => "nothing", String);
    expect(thrown, "by on()").toBe("nothing");
    const [id] = await makeClicks(tab, [1]);
    await tab.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await collector.expectPuts([attempt(id, 1), attempt(id, 2)], { inOrder: true });
    await told(tab, id, "delivered");
    await expectFlushed(tab);
    await expectStats(tab, { made: 1, delivered: 1, waiting: 0 });
    await expectNothingThrown(tab);
  });
});

/** In the frame: clicks, and goes on telling the page around it what the library says. */
const CLICKS_AND_TELLS = `<script>
  Math.random = () => 0.1;
  const say = (words) => parent.postMessage(words, "*");
  addEventListener("click", (event) => event.preventDefault());
  addEventListener("error", ({ message }) => say({ thrown: message }));
  addEventListener("unhandledrejection", ({ reason }) => say({ thrown: String(reason) }));
  addEventListener("load", () => {
    document.getElementById("link-1").click();
    clicktrail.flush().then(() => say({ flushed: true }));
    setInterval(async () => say(await clicktrail.stats()), 50);
  });
</script>`;

test("a sandboxed frame: one 503, then once more, flush() resolves, nothing is thrown", async ({
  tab,
  site,
  collector,
}) => {
  const frame = `<iframe sandbox="allow-scripts" src="${site.search({ body: CLICKS_AND_TELLS })}"></iframe>`;
  const listens = `<script>
    globalThis.said = [];
    addEventListener("message", ({ data }) => said.push(data));
  </script>`;
  collector.behaveInTurn({ status: 503 });
  await tab.goto(site.serveHtml("/framed", listens + frame));
  await collector.expectPuts([{ position: 1 }, { position: 1 }]);
  const said = () => tab.evaluate(() => (globalThis as unknown as { said: object[] }).said);
  await expect.poll(async () => (await said()).at(-1)).toMatchObject({ made: 1, delivered: 1, waiting: 0 });
  expect(await said()).toContainEqual({ flushed: true });
  expect((await said()).filter((one) => "thrown" in one)).toEqual([]);
});
