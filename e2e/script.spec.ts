// Owns the script tag's ways into a page: late, injected, from a CDN, twice, wrong; and the switches that hold clicks back.
import { QUIET_MS } from "./arrivals.ts";
import { expect, test } from "./fixtures.ts";
import { API_KEY, chunkId, REQUEST_ID, requestId } from "./pages.ts";
import { expectStats, trackerReady } from "./tracker.ts";

const first = { request_id: REQUEST_ID, clicked_chunk_id: chunkId(1), position: 1 };
const manual = { requestId: requestId(7), chunkId: chunkId(7), position: 7 };

test("a script that comes late finds the clicks and calls that the stub kept", async ({
  tab,
  site,
  collector,
}) => {
  const snippet = { stub: true, isInjected: true, isHeld: true };
  await tab.goto(site.search({ snippet, target: "_blank" }));
  await tab.click("#link-1");
  await tab.evaluate((made) => void window.clicktrail.trackClick(made), manual);
  await collector.expectNothing(2_000);
  site.releaseScripts();
  await collector.expectPuts([first, { request_id: requestId(7), position: 7 }]);
});

test("a tag manager's script, with another origin's file", { tag: "@once" }, async ({
  tab,
  site,
  collector,
}) => {
  await tab.goto(site.search({ snippet: { isInjected: true, from: "cdn" } }));
  await trackerReady(tab);
  await tab.click("#link-1");
  await tab.at("/detail");
  await collector.expectPuts([first]);
});

test("a script tag in the page, with another origin's file", { tag: "@once" }, async ({
  tab,
  site,
  collector,
}) => {
  await tab.goto(site.search({ snippet: { from: "cdn" } }));
  await tab.click("#link-1");
  await tab.at("/detail");
  await collector.expectPuts([first]);
});

test("the module, imported and started by the page", async ({ tab, site, collector }) => {
  const options = JSON.stringify({ dataset: requestId(3), apiKey: API_KEY, endpoint: collector.endpoint });
  const body = `<script type="module">
    import { init } from "/dist/index.js";
    window.clicktrail = init(${options});
  </script>`;
  await tab.goto(site.search({ snippet: null, body }));
  await trackerReady(tab);
  await tab.click("#link-1");
  await tab.at("/detail");
  const [put] = await collector.expectPuts([first]);
  expect(put?.headers["tr-dataset"]).toBe(requestId(3));
});

test("the script twice is one tracker", { tag: "@once" }, async ({ tab, site, collector }) => {
  const url = site.search({ target: "_blank" });
  await tab.goto(url);
  await tab.evaluate(async () => {
    const again = document.querySelector("script[data-dataset]")?.cloneNode() as HTMLScriptElement;
    const loaded = new Promise((resolve) => again.addEventListener("load", resolve));
    const copy = document.createElement("script");
    for (const { name, value } of again.attributes) copy.setAttribute(name, value);
    copy.addEventListener("load", () => again.dispatchEvent(new Event("load")));
    document.head.append(copy);
    await loaded;
  });
  await tab.click("#link-1");
  await collector.expectPuts([first]);
});

test("a wrong option says so and leaves the page alone", { tag: "@once" }, async ({
  tab,
  site,
  collector,
}) => {
  const head = `<script>
    window.said = [];
    for (const level of ["error", "warn"]) console[level] = (...words) => said.push(words.join(" "));
  </script>`;
  await tab.goto(site.search({ head, snippet: { dataset: undefined } }));
  await tab.evaluate((made) => void window.clicktrail.trackClick(made), manual);
  const said = async () => {
    const all = await tab.evaluate(() => (window as unknown as { said: string[] }).said);
    return all.filter((words) => /dataset/.test(words)).length;
  };
  await expect.poll(said).toBe(1);
  await tab.click("#link-1");
  await tab.at("/detail");
  await collector.expectNothing();
});

test("results replaced in place by the next search", { tag: "@once" }, async ({ tab, site, collector }) => {
  await tab.goto(site.search({ tag: "none", target: "_blank" }));
  const search = (request: string, from: number) =>
    tab.evaluate(
      ({ id, chunks }) => {
        const list = document.querySelector("#results") as HTMLElement;
        const fresh = list.innerHTML;
        list.innerHTML = fresh;
        window.clicktrail.tagResults(list, { id, chunks });
      },
      {
        id: request,
        chunks: [1, 2, 3].map((offset) => ({ chunk: { id: chunkId(from + offset) }, score: 1 })),
      },
    );
  await search(requestId(1), 10);
  await tab.click("#link-1");
  await search(requestId(2), 20);
  await tab.click("#link-2");
  await collector.expectPuts([
    { request_id: requestId(1), clicked_chunk_id: chunkId(11), position: 1 },
    { request_id: requestId(2), clicked_chunk_id: chunkId(22), position: 2 },
  ]);
});

test("consent required: clicks wait, and go when it is granted", { tag: "@once" }, async ({
  tab,
  site,
  collector,
}) => {
  await tab.goto(site.search({ snippet: { consent: "required" }, target: "_blank" }));
  await tab.click("#link-1");
  await collector.expectNothing();
  await tab.evaluate(() => window.clicktrail.grantConsent());
  await collector.expectPuts([first], { settleMs: QUIET_MS });
  await tab.click("#link-2");
  await collector.expectPuts([first, { position: 2 }]);
});

test("consent required: what waited is gone when it is revoked", { tag: "@once" }, async ({
  tab,
  site,
  collector,
}) => {
  const url = site.search({ snippet: { consent: "required" }, target: "_blank" });
  await tab.goto(url);
  await tab.click("#link-1");
  await tab.evaluate(() => window.clicktrail.revokeConsent());
  await tab.evaluate(() => window.clicktrail.grantConsent());
  await tab.click("#link-2");
  await collector.expectPuts([{ position: 2 }]);
});

test("consent required: a click that leaves without it leaves nothing behind", { tag: "@once" }, async ({
  tab,
  site,
  collector,
}) => {
  const url = site.search({ snippet: { consent: "required" } });
  await tab.goto(url);
  await tab.click("#link-1");
  await tab.at("/detail");
  await tab.goto(url);
  await tab.evaluate(() => window.clicktrail.grantConsent());
  await expectStats(tab, { made: 0, waiting: 0 });
  await collector.expectNothing();
});

test("Global Privacy Control is honoured where the site asks for it", { tag: "@once" }, async ({
  tab,
  site,
  collector,
}) => {
  const head = `<script>Object.defineProperty(navigator, "globalPrivacyControl", { value: true })</script>`;
  await tab.goto(site.search({ head, snippet: { respectGpc: true } }));
  await tab.click("#link-1");
  await tab.at("/detail");
  await collector.expectNothing();
  await tab.goto(site.search({ head }));
  await tab.click("#link-1");
  await collector.expectPuts([first]);
});

test("automated browsers are left out where the site asks for it", { tag: "@once" }, async ({
  tab,
  site,
  collector,
}) => {
  await tab.goto(site.search({ snippet: { ignoreAutomation: true } }));
  await tab.click("#link-1");
  await tab.at("/detail");
  await collector.expectNothing();
});

test("a dry run does everything but the request", { tag: "@once" }, async ({ tab, site, collector }) => {
  await tab.goto(site.search({ snippet: { dryRun: true }, target: "_blank" }));
  await tab.click("#link-1");
  await expectStats(tab, { made: 1, dropped: { "dry-run": 1 } });
  await collector.expectNothing();
  expect(collector.preflights).toHaveLength(0);
});
