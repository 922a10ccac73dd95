// Owns what the console says to somebody who tries the library for the first time: the ten mistakes of a first hour, each with its
// message, and with `data-debug` why nothing is sent. The words are the library's own, in every engine.
import { readFile } from "node:fs/promises";
import type { BrowserContext, Page } from "playwright";
import { expect, test } from "./fixtures.ts";
import { chunkId, DATASET, REQUEST_ID } from "./pages.ts";
import { tabOfPage } from "./tabs.ts";
import { trackerReady } from "./tracker.ts";

const KEPT = "Clicks are kept, and sent when that is corrected.";

/** What the console says from now on, page by page. */
function listen(context: BrowserContext) {
  const said = new Map<Page | null, string[]>();
  context.on("console", (message) => {
    const lines = said.get(message.page()) ?? [];
    said.set(message.page(), [...lines, message.text()]);
  });
  return (page?: Page) => (page ? (said.get(page) ?? []) : [...said.values()].flat()).join("\n");
}

test("results that are not tagged, or not as they should be", async ({ context, site, collector }) => {
  const said = listen(context);
  const page = await context.newPage();
  const body = `<p id="elsewhere" data-ctr-request-id="${REQUEST_ID}"></p>
    <ul><li data-ctr-chunk-id="${chunkId(1)}"><a id="apart" href="#x">The request is on another container</a></li></ul>`;
  await page.goto(
    site.search({
      tag: "none",
      body: body.replace(/ data-ctr-chunk-id="[^"]*"/, ' id="late"'),
      snippet: { debug: true },
    }),
  );
  await expect
    .poll(() => said())
    .toContain("no result is tagged: call tagResults, or write data-ctr-chunk-id");
  expect(said()).toContain(`reports to ${collector.endpoint}, dataset ${DATASET}`);
  await page.click("#text-1");
  await expect.poll(() => said()).toContain("not counted: nothing here is tagged");
  await page.evaluate((chunk) => {
    const { tagResults } = window.clicktrail as unknown as {
      tagResults(where: unknown, response: unknown): void;
    };
    const chunks = [1, 2, 3].map(() => ({ chunk: { id: chunk } }));
    tagResults(document.body, { id: chunk, chunks });
    tagResults("#results", { id: chunk, chunks });
    tagResults(document.querySelector("#results"), chunks);
    document.querySelector("#late")?.setAttribute("data-ctr-chunk-id", chunk);
  }, chunkId(1));
  await page.click("#apart");
  await expect.poll(() => said()).toContain("requestId is nothing, so the click is dropped");
  expect(said()).toContain("tagResults was given the page's <body>");
  expect(said()).toContain("tagResults takes an element, not a selector");
  expect(said()).toContain("tagResults has no request id");
  await collector.expectNothing();
});

test("options that can't be right are told at the start, and the tracker does nothing", async ({
  context,
  site,
  collector,
}) => {
  const said = listen(context);
  const page = await context.newPage();
  await page.goto(site.search({ snippet: { dataset: "DATASET_UUID" } }));
  await expect.poll(() => said()).toContain("data-dataset is still the placeholder DATASET_UUID");
  await page.click("#link-1");
  await page.waitForURL("**/detail?result=1");
  await page.goto(site.search({ snippet: { apiKey: "SCOPED_KEY" } }));
  await expect.poll(() => said()).toContain("data-api-key is still the placeholder SCOPED_KEY");
  await collector.expectNothing();
});

test("what the server refuses is told with what to do", async ({ context, site, collector }) => {
  const said = listen(context);
  const page = await context.newPage();
  const refuse = async (status: number, endpoint: string, message: string) => {
    collector.behave({ status, message: "no" });
    // Each is a visit of its own: what is known of an endpoint is kept for a while.
    await page.goto(site.search({ snippet: { endpoint, debug: true }, target: "_blank" }));
    await trackerReady(tabOfPage(page));
    await page.evaluate(() => document.querySelector<HTMLElement>("#link-1")?.click());
    await expect.poll(() => said()).toContain(message);
    expect(said().split(message)[1]).toMatch(new RegExp(`\\(${status}: no\\).* ${KEPT}`));
  };
  await refuse(401, collector.endpoint, "rejected the API key");
  await refuse(403, `${collector.endpoint}?key=wrong-route`, "The API key isn't allowed to report clicks");
  await refuse(404, `${collector.endpoint}?dataset=unknown`, "The server doesn't know dataset");
  await page.goto(site.search({ snippet: { endpoint: "/api/analytics/clicks" }, target: "_blank" }));
  await trackerReady(tabOfPage(page));
  const before = said().length;
  await page.evaluate(() => document.querySelector<HTMLElement>("#link-1")?.click());
  await expect.poll(() => said().slice(before)).toMatch(/nothing is at \S+ \(404/);
});

test("a script file that is missing is in the guide, for no script can tell it", async () => {
  const guide = await readFile(new URL("../docs/troubleshooting.md", import.meta.url), "utf8");
  expect(guide).toMatch(/the script file is missing \(404\)/);
});

test("with debug each click is told in its own tab: delivered, with where to see it, or why it isn't counted", async ({
  context,
  site,
  collector,
}) => {
  const said = listen(context);
  const [one, other] = [await context.newPage(), await context.newPage()];
  const url = site.search({ snippet: { debug: true }, links: "none" });
  for (const page of [one, other]) {
    await page.goto(url);
    await expect.poll(() => said(page)).toMatch(/dataset .*; the (worker|page) sends; 3 results are tagged/);
  }
  await one.click("#text-1", { button: "right" });
  await one.click("#text-1");
  await one.click("#text-2");
  await collector.expectPuts([{ position: 1 }, { position: 2 }]);
  await expect.poll(() => said(one).match(/clicktrail: delivered 204/g)?.length).toBe(2);
  expect(said(one).match(/to see it in Trieve: docs\/trieve.md/g)).toHaveLength(1);
  expect(said(one)).toContain("not counted: the right button opens a menu");
  expect(said(other)).not.toMatch(/clicktrail: (click|delivered)/);
  await other.click("#text-3");
  await expect.poll(() => said(other).match(/clicktrail: delivered 204/g)?.length).toBe(1);
  expect(said(one).match(/clicktrail: delivered/g)).toHaveLength(2);
  await collector.expectPuts([{ position: 1 }, { position: 2 }, { position: 3 }]);
});
