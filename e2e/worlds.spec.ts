// Owns documents of other kinds than a page's usual HTML: XHTML, frames without an address of their own, a document that is written
// anew. What a browser makes of each is its own.
import { QUIET_MS } from "./arrivals.ts";
import { expect, test } from "./fixtures.ts";
import { chunkId, REQUEST_ID, requestId } from "./pages.ts";
import { scriptAttributes, written } from "./strict/page.ts";
import { trackerReady } from "./tracker.ts";

const click = (number: number, request = REQUEST_ID) => ({
  request_id: request,
  clicked_chunk_id: chunkId(number),
  position: number,
});

/** A list that is tagged by rank, in any kind of markup. */
const list = (request = REQUEST_ID) =>
  `<ol data-ctr-request-id="${request}">${[1, 2, 3]
    .map(
      (n) =>
        `<li data-ctr-chunk-id="${chunkId(n)}"><a id="link-${n}" href="#r${n}">Result ${n}</a><p id="text-${n}">Text</p></li>`,
    )
    .join("")}</ol>`;

test("results in an XHTML document", async ({ tab, site, collector }) => {
  const tag = `<script async="async" ${written(scriptAttributes(collector.endpoint))}></script>`;
  const page = `<?xml version="1.0" encoding="utf-8"?>
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Search</title><link rel="icon" href="data:,"/>${tag}</head><body>${list()}
<shop:items xmlns:shop="urn:shop" data-ctr-request-id="${requestId(2)}"><shop:item id="foreign" data-ctr-chunk-id="${chunkId(1)}">Shop</shop:item></shop:items>
</body></html>`;
  await tab.goto(site.serveHtml("/xhtml", page, { "content-type": "application/xhtml+xml" }));
  await trackerReady(tab);
  expect(await tab.evaluate(() => document.contentType)).toBe("application/xhtml+xml");
  await tab.click("#text-1");
  await tab.click("#link-3");
  await tab.click("#foreign");
  await collector.expectPuts([click(3), click(1, requestId(2))]);
});

test("a frame's endpoint is that of the document around it, or told where there is none", async ({
  tab,
  site,
  collector,
}) => {
  const { src: _, ...attributes } = scriptAttributes(collector.endpoint);
  const tag = written({
    ...attributes,
    src: `${site.origin}/dist/clicktrail.js`,
    "data-endpoint": "/ctr",
    "data-dry-run": "",
  });
  const hear = "<script>window.said = []; console.error = (...words) => said.push(words.join(' '))</script>";
  const frame = `<!doctype html><title>Frame</title>${hear}<script ${tag}></script>${list()}`;
  await tab.goto(site.serveHtml("/frames", "<!doctype html><title>Frames</title>"));
  const found = await tab.evaluate(async (html) => {
    const blob = URL.createObjectURL(new Blob([html], { type: "text/html" }));
    return Promise.all(
      [{ srcdoc: html }, { src: blob }].map(async (source) => {
        const made = Object.assign(document.createElement("iframe"), source as object);
        const loaded = new Promise((resolve) => made.addEventListener("load", resolve));
        document.body.append(made);
        await loaded;
        const { clicktrail, said } = made.contentWindow as unknown as Window & { said: string[] };
        // The file of the sentences is loaded to say one.
        const isFine = !!clicktrail.route.endpoint;
        while (!isFine && !said[0]) await new Promise((resolve) => setTimeout(resolve, 20));
        return {
          endpoint: clicktrail.route.endpoint ?? "none",
          read: clicktrail.read(made.contentDocument?.querySelector("a") as Element)?.position ?? "none",
          said,
        };
      }),
    );
  }, frame);
  expect(found).toEqual([
    { endpoint: `${site.origin}/ctr`, read: 1, said: [] },
    {
      endpoint: "none",
      read: "none",
      said: [expect.stringMatching(/data-endpoint is "\/ctr": write the full address/)],
    },
  ]);
});

test("a document that is written anew counts, and each click once", async ({ tab, site, collector }) => {
  await tab.goto(site.search({ target: "_blank" }));
  await trackerReady(tab);
  const tag = `<script async onload="window.again = true" ${written(scriptAttributes(collector.endpoint))}></script>`;
  await tab.evaluate(
    (html) => {
      document.open();
      document.write(html);
      document.close();
    },
    `<!doctype html><title>Anew</title>${tag}${list(requestId(2))}`,
  );
  // The old document's tracker would do for `trackerReady`.
  await expect.poll(() => tab.evaluate(() => "again" in window)).toBe(true);
  await tab.click("#link-2");
  await collector.expectPuts([click(2, requestId(2))], { settleMs: QUIET_MS });
  await tab.click("#link-3");
  await collector.expectPuts([click(2, requestId(2)), click(3, requestId(2))]);
});
