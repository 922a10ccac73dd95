// Owns what a page may have under the script's names: frames of other sites, a queue of its own, older stubs, fields on every object.
import { readFile } from "node:fs/promises";
import { SHORT_STUB } from "../src/stub-short.ts";
import { expect, test } from "./fixtures.ts";
import { chunkId, REQUEST_ID, requestId } from "./pages.ts";
import { built } from "./strict/page.ts";
import { trackerReady } from "./tracker.ts";

const STAY = `addEventListener("click", (event) => event.preventDefault());`;
const KEEP_ERRORS = `window.thrown = [];
  addEventListener("error", ({ message }) => thrown.push(message));
  addEventListener("unhandledrejection", ({ reason }) => thrown.push(String(reason)));`;
const HEAD = `<script>${KEEP_ERRORS}${STAY}</script>`;
const thrown = () => (window as unknown as { thrown: string[] }).thrown;
const HELD = { isInjected: true, isHeld: true };

for (const kind of ["another site's", "this site's"] as const) {
  for (const stub of [true, false]) {
    test(`a frame named clicktrail of ${kind}, ${stub ? "with" : "without"} the stub: clicks count, nothing is thrown`, async ({
      tab,
      site,
      collector,
    }) => {
      // Named access on a window sees its frames also from another origin.
      const inner = ["q", "push", "beforeSend"].map((name) => `<iframe name="${name}"></iframe>`).join("");
      const origin = kind === "another site's" ? site.otherOrigin : site.origin;
      site.serveHtml("/embed", `<!doctype html><title>Embed</title>${inner}`);
      const head = `${HEAD}<iframe name="clicktrail" src="${origin}/embed"></iframe>`;
      const frame = `<script>document.querySelector("[name=clicktrail]").addEventListener("load", () => { window.framed = 1; });</script>`;
      await tab.goto(site.search({ snippet: { ...HELD, stub }, head: head + frame }));
      await expect.poll(() => tab.evaluate(() => (window as unknown as { framed?: 1 }).framed)).toBe(1);
      if (stub) await tab.click("#link-1");
      await collector.expectNothing();
      site.releaseScripts();
      const early = stub ? [{ position: 1 }] : [];
      await collector.expectPuts(early);
      await trackerReady(tab);
      await tab.click("#link-2");
      await collector.expectPuts([...early, { position: 2 }]);
      expect(await tab.evaluate(thrown)).toEqual([]);
    });
  }
}

test("fields on Object.prototype are no options: the click goes where the tag says, with its key alone", async ({
  tab,
  site,
  collector,
}) => {
  const pollute = `<script>Object.prototype.endpoint = location.origin + "/stolen"; Object.prototype.userId = "somebody";</script>`;
  const snippet = { api: "ctr", endpoint: collector.endpoint };
  await tab.goto(site.search({ head: pollute, snippet, target: "_blank" }));
  await trackerReady(tab);
  await tab.click("#link-1");
  const [put] = await collector.expectPuts([{ position: 1 }]);
  expect(JSON.stringify(put?.body)).not.toContain("somebody");
});

test("Object.prototype.endpoint, where the tag names none: the address is Trieve's", {
  tag: "@once",
}, async ({ tab, site, collector }) => {
  const pollute = `<script>Object.prototype.endpoint = "${collector.endpoint}";</script>`;
  await tab.goto(site.search({ head: pollute, snippet: { endpoint: undefined, dryRun: true } }));
  await trackerReady(tab);
  const address = () => tab.evaluate(() => window.clicktrail.route.endpoint);
  expect(await address()).toBe("https://api.trieve.ai/api/analytics/ctr");
});

test("two lines with defer and no stub: the page's own deferred script tags at once, and its clicks count", async ({
  tab,
  site,
  collector,
}) => {
  const response = { id: requestId(7), chunks: [1, 2, 3].map((n) => ({ chunk: { id: chunkId(n) } })) };
  site.serveScript(
    "/own.js",
    `const { tagged } = clicktrail.tagResults(document.querySelector("#results"), ${JSON.stringify(response)}, { page: 2, pageSize: 3 });
    document.title = "tagged " + tagged;`,
  );
  const attributes = `data-dataset="d0000000-0000-4000-8000-000000000001" data-api-key="k" data-endpoint="${collector.endpoint}"`;
  const lines = `<script defer src="/dist/clicktrail.js" ${attributes}></script>\n<script defer src="/own.js"></script>`;
  await tab.goto(site.search({ head: HEAD + lines, snippet: null, tag: "none" }));
  expect(await tab.evaluate(() => document.title)).toBe("tagged 3");
  await tab.click("#link-2");
  await collector.expectPuts([{ request_id: requestId(7), clicked_chunk_id: chunkId(2), position: 5 }]);
  expect(await tab.evaluate(thrown)).toEqual([]);
});

test("the short stub's very text: calls from before an async script are done, in their order, and those after at once", async ({
  tab,
  site,
  collector,
}) => {
  const head = `${HEAD}<script>${SHORT_STUB}</script>`;
  await tab.goto(site.search({ head, snippet: HELD, tag: "none" }));
  const made = { requestId: requestId(8), chunkId: chunkId(8), position: 8 };
  const response = { id: requestId(7), chunks: [1, 2, 3].map((n) => ({ chunk: { id: chunkId(n) } })) };
  const tag = ([shown, call]: [object, object]) => {
    const { q } = window.clicktrail as unknown as { q: unknown[] };
    q.push(null, ["no such call"], ["use", () => ({ early: 1 })]);
    const { tagged } = window.clicktrail.tagResults(document.querySelector("#results") as Element, shown);
    window.clicktrail.trackClick(call as never);
    return tagged ?? "later";
  };
  expect(await tab.evaluate(tag, [response, made] as [object, object])).toBe("later");
  await collector.expectNothing();
  site.releaseScripts();
  const early = { position: 8, metadata: { clicktrail: { early: 1 } } };
  await collector.expectPuts([early]);
  await tab.click("#link-2");
  const live = { request_id: requestId(7), clicked_chunk_id: chunkId(2), position: 2 };
  await collector.expectPuts([early, live]);
  await tab.evaluate((chunk) => {
    const { q } = window.clicktrail as unknown as { q: unknown[] };
    const call = { requestId: "a0000000-0000-4000-8000-000000000009", chunkId: chunk, position: 9 };
    q.push(["trackClick", call]);
  }, chunkId(9));
  await collector.expectPuts([early, live, { position: 9 }]);
  expect(await tab.evaluate(thrown)).toEqual([]);
});

for (const version of ["0.1.0"]) {
  test(`the click-keeping stub of ${version}, as a site has pasted it, works with this script`, async ({
    tab,
    site,
    collector,
  }) => {
    const old = await readFile(new URL(`stubs/${version}.txt`, import.meta.url), "utf8");
    const head = `${HEAD}<script>${old}</script>`;
    await tab.goto(site.search({ head, snippet: HELD, tag: "rank" }));
    await tab.click("#link-2");
    const before = await tab.evaluate(
      (call) => {
        const kept = window as unknown as { track: Window["clicktrail"]["trackClick"]; heard: string[] };
        kept.heard = [];
        window.clicktrail.on("click", ({ id }) => kept.heard.push(id));
        kept.track = window.clicktrail.trackClick;
        return window.clicktrail.trackClick(call) ?? "later";
      },
      { requestId: requestId(8), chunkId: chunkId(8), position: 8 },
    );
    expect(before).toBe("later");
    await collector.expectNothing();
    site.releaseScripts();
    const early = [{ request_id: REQUEST_ID, clicked_chunk_id: chunkId(2), position: 2 }, { position: 8 }];
    await collector.expectPuts(early);
    await tab.click("#link-3");
    const id = await tab.evaluate(
      (call) => (window as unknown as { track: Window["clicktrail"]["trackClick"] }).track(call),
      { requestId: requestId(8), chunkId: chunkId(9), position: 9 },
    );
    expect(id).toMatch(/^[\da-f-]{36}$/);
    await collector.expectPuts([...early, { position: 3 }, { position: 9 }]);
    expect(await tab.evaluate(thrown)).toEqual([]);
  });
}

test("a response is taken apart while only the stub is there: nothing is thrown", async ({ tab, site }) => {
  await tab.goto(site.search({ snippet: { ...HELD, stub: true }, head: HEAD, tag: "none" }));
  const made = await tab.evaluate(async () => {
    const list = document.querySelector("#results") as Element;
    const { tagged, unmatchedChunks } = window.clicktrail.tagResults(list, { id: "", chunks: [] });
    const { made: count } = window.clicktrail.stats() as unknown as { made?: number };
    return [tagged ?? "none yet", unmatchedChunks ?? "none yet", count ?? "none yet"];
  });
  expect(made).toEqual(["none yet", "none yet", "none yet"]);
  expect(await tab.evaluate(thrown)).toEqual([]);
});

test("the stub says which version it is of", { tag: "@once" }, async () => {
  expect(await built("stub.js")).toMatch(/^\/\*! clicktrail \d+\.\d+\.\d+\S* stub \*\//);
});
