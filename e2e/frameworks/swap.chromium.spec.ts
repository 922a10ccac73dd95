// Owns the proof of docs/frameworks.md for pages whose content is swapped: Turbo's body, htmx's part of it. The code is the document's.

import { markedBlock } from "../documents.ts";
import { expect, test } from "../fixtures.ts";
import { chunkId, requestId } from "../pages.ts";
import { scriptAttributes, serveScript, written } from "../strict/page.ts";
import { packaged } from "./packages.ts";

/** The nth search's results, not tagged: the response stands beside them. */
function results(search: number, href: string): string {
  const numbers = [1, 2, 3].map((number) => search * 10 + number);
  const response = { id: requestId(search), chunks: numbers.map((n) => ({ chunk: { id: chunkId(n) } })) };
  const items = numbers.map(
    (number) => `<li><a id="link-${number}" href="${href}">Result ${number}</a></li>`,
  );
  return `<ol id="results" data-response='${JSON.stringify(response)}'>${items.join("")}</ol>`;
}

const click = (search: number, number: number) => ({
  request_id: requestId(search),
  clicked_chunk_id: chunkId(search * 10 + number),
  position: number,
});

function page(endpoint: string, head: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Search</title><link rel="icon" href="data:,">
<script ${written(scriptAttributes(endpoint))}></script>${head}</head><body>${body}</body></html>`;
}

test("Turbo: the tracker stays while bodies come and go, and each list is tagged with its own response", async ({
  tab,
  site,
  collector,
}) => {
  const { endpoint } = collector;
  serveScript(site, "/turbo.js", await packaged("@hotwired/turbo/dist/turbo.es2017-umd.js"));
  // A prefetch that the test's end cuts off would be an error of Turbo's in the page.
  const head = `<meta name="turbo-prefetch" content="false"><script src="/turbo.js"></script><script>${await markedBlock("docs/frameworks.md", "turbo")}</script>`;
  site.serveHtml("/second", page(endpoint, head, results(2, "/first")));
  await tab.goto(site.serveHtml("/first", page(endpoint, head, results(1, "/second"))));
  await tab.evaluate(() => {
    (window as { kept?: boolean }).kept = true;
  });
  await tab.click("#link-13");
  await tab.at("/second");
  await tab.click("#link-22");
  // Shown from Turbo's own cache first.
  await tab.at("/first");
  await tab.click("#link-11");
  await collector.expectPuts([click(1, 3), click(2, 2), click(1, 1)]);
  // So would a visit.
  await tab.at("/second");
  const isBusy = () => tab.evaluate(() => document.documentElement.hasAttribute("aria-busy"));
  await expect.poll(isBusy, { message: "Turbo is still loading" }).toBe(false);
  expect(await tab.evaluate(() => "kept" in window), "no page was loaded").toBe(true);
});

test("htmx: the list that is swapped in is tagged with its own response", { tag: "@full" }, async ({
  tab,
  site,
  collector,
}) => {
  serveScript(site, "/htmx.js", await packaged("htmx.org/dist/htmx.min.js"));
  const head = `<script src="/htmx.js"></script><script>${await markedBlock("docs/frameworks.md", "htmx")}</script>`;
  const button = '<button id="next" hx-get="/part" hx-target="#results" hx-swap="outerHTML">Next</button>';
  site.serveHtml("/part", results(2, "#here"));
  await tab.goto(site.serveHtml("/search", page(collector.endpoint, head, button + results(1, "#here"))));
  await tab.click("#link-12");
  await tab.click("#next");
  await tab.click("#link-23");
  await collector.expectPuts([click(1, 2), click(2, 3)]);
});
