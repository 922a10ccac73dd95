// Owns the proof that the harness itself can be believed: the collector sees what happened and fails on what is extra,
// and the browser facts that other specs lean on hold. The library plays no part here.
import type { Page } from "playwright";
import { expect, test } from "./fixtures.ts";
import { freePort } from "./listen.ts";
import { FRONTS } from "./proxy/fronts.ts";
import { offContract, unexpectedViolations } from "./witness.ts";

function put(page: Page, url: string, id: string): Promise<number | string> {
  const body = JSON.stringify({ metadata: { clicktrail: { id, attempt: 1 } } });
  const send = async (to: { url: string; body: string }) => {
    const options = { method: "PUT", keepalive: true, headers: { "content-type": "application/json" } };
    try {
      return (await fetch(to.url, { ...options, body: to.body })).status;
    } catch (error) {
      return String(error);
    }
  };
  return page.evaluate(send, { url, body });
}

const marked = (id: string) => ({ metadata: { clicktrail: { id } } });

/** What `put` sends. */
const annotation = offContract(["headers", "body", "id", "clicked_at"], "requests made by hand");

test("a request that breaks the contract fails its test, whatever that is about, unless it says so by name", {
  annotation,
}, async ({ page, site, collector }) => {
  await page.goto(site.search({ snippet: null }));
  await put(page, collector.endpoint, "no-uuid");
  expect(unexpectedViolations({ annotations: [annotation] })).toEqual([]);
  const without = offContract(["headers", "body", "clicked_at"], "all but the id");
  expect(unexpectedViolations({ annotations: [without] })).toEqual([
    `id: the click's id isn't a UUIDv7: "no-uuid"`,
  ]);
});

test("a HEAD is no PUT and takes no turn; it is answered without CORS, or as what stands for every PUT", async ({
  page,
  site,
  collector,
}) => {
  await page.goto(site.search({ snippet: null }));
  const ask = (giveUpMs = 20_000) =>
    page.evaluate(
      async ({ url, ms }) => {
        const options: RequestInit = { method: "HEAD", mode: "no-cors", signal: AbortSignal.timeout(ms) };
        return fetch(url, options).then(
          ({ type }) => type,
          ({ name }) => name as string,
        );
      },
      { url: collector.endpoint, ms: giveUpMs },
    );
  collector.behaveInTurn({ status: 503 });
  expect(await ask()).toBe("opaque");
  collector.behave({ fault: "hang" });
  expect(await ask(500)).toBe("TimeoutError");
  collector.behave({ fault: "reset-read" });
  expect(await ask()).toBe("TypeError");
  await collector.goDown();
  expect(await ask()).toBe("TypeError");
  await collector.expectPuts([]);
  expect(collector.heads.length).toBeGreaterThanOrEqual(3);
});

test("the collector reports a PUT that nobody expected", { annotation }, async ({
  page,
  site,
  collector,
}) => {
  await page.goto(site.search({ snippet: null }));
  await put(page, collector.endpoint, "expected");
  await put(page, collector.endpoint, "extra");
  const failure = await collector.expectPuts([marked("expected")]).catch(String);
  expect(failure).toContain(
    'not expected: answered 204 (connection 1, reused): PUT /api/analytics/ctr {"metadata"',
  );
  const both = [marked("expected"), marked("extra")];
  await collector.expectPuts(both, { inOrder: true });
  const missing = await collector.expectPuts([...both, marked("third")], { timeoutMs: 100 }).catch(String);
  expect(missing).toContain('missing: {"metadata":{"clicktrail":{"id":"third"}}}');
  await collector.expectPuts(both);
});

test("a sequence of behaviours, then the standing one", { annotation }, async ({ page, site, collector }) => {
  await page.goto(site.search({ snippet: null }));
  collector.behave({ freshConnections: true });
  collector.behaveInTurn(
    { status: 503 },
    { status: 400, message: "no" },
    { cors: "preflight" },
    { fault: "lose-answer" },
  );
  const ids = ["a", "b", "c", "d", "e"];
  const answers = [];
  for (const id of ids) answers.push(await put(page, collector.endpoint, id));
  expect(answers).toEqual([503, 400, "TypeError: Failed to fetch", "TypeError: Failed to fetch", 204]);
  await collector.expectPuts(ids.map(marked), { inOrder: true });
  await collector.expectPuts(["c", "d", "e"].map(marked), { only: "taken" });
});

test("Chromium itself repeats a PUT whose reused connection was reset, and only that", {
  annotation,
}, async ({ page, site, collector }) => {
  await page.goto(site.search({ snippet: null }));
  collector.behaveInTurn({}, { fault: "reset-read" });
  await put(page, collector.endpoint, "first");
  expect(await put(page, collector.endpoint, "reset")).toBe(204);
  await collector.expectPuts([marked("first"), marked("reset"), marked("reset")]);
  await collector.expectPuts([marked("first"), marked("reset")], { copies: "browser" });
  await collector.expectPuts([marked("first"), marked("reset")], { only: "taken" });
});

test("unreachable, then reachable at the same address", { annotation }, async ({ page, site, collector }) => {
  await page.goto(site.search({ snippet: null }));
  await collector.goDown();
  expect(await put(page, collector.endpoint, "down")).toContain("TypeError");
  await collector.comeUp();
  expect(await put(page, collector.endpoint, "up")).toBe(204);
  await collector.expectPuts([marked("up")]);
});

test.describe("with a back/forward cache", () => {
  test.use({ backForwardCache: true });

  test("a page left behind is kept, and comes back as it was", async ({ page, site }) => {
    await page.goto(site.search({ snippet: null }));
    await page.evaluate(() => {
      document.title = "kept";
    });
    await page.goto(site.landing(null));
    await page.evaluate(() => void setTimeout(() => history.back()));
    await expect.poll(() => page.evaluate(() => document.title).catch(() => "")).toBe("kept");
  });
});

test("a server before a site that has gone fails no test: a browser may ask it to the very end", async () => {
  const gone = `http://127.0.0.1:${await freePort("127.0.0.1")}`;
  const front = await FRONTS.node({ site: gone, api: gone });
  expect((await fetch(`${front.origin}/dist/clicktrail.courier.js`)).status).toBe(502);
  await front.stop();
});

test("a killed browser starts again on what its disk holds", async ({ profile, site }) => {
  const first = await profile.start();
  await first.page.goto(site.search({ snippet: null }));
  await first.page.evaluate(
    () =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open("kept", 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore("store");
        opening.onsuccess = () => {
          const writing = opening.result.transaction("store", "readwrite", { durability: "strict" });
          writing.objectStore("store").put("value", "key");
          writing.oncomplete = resolve;
          writing.onerror = reject;
        };
      }),
  );
  await first.kill();
  const second = await profile.start();
  await second.page.goto(site.landing(null));
  const names = await second.page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
  expect(names).toEqual(["kept"]);
  await second.quit();
});
