// Owns the proof of demo/nginx.conf: a real nginx before the demo's API. What a browser sends, what reaches the API, and how
// answers and limits come back.
import { request as createRequest } from "node:http";
import { findTool } from "../browsers.mjs";
import { makeClicks } from "../faults/couriers.ts";
import { test as base, expect } from "../fixtures.ts";
import { chunkId, REQUEST_ID } from "../pages.ts";
import { expectStats, trackerReady } from "../tracker.ts";
import { type Nginx, startNginx } from "./nginx.ts";

interface Received {
  readonly status: number;
  readonly at: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: {
    readonly position?: number;
    readonly metadata?: { readonly clicktrail?: { readonly id?: string } };
  };
}

interface Api {
  readonly url: string;
  received(): readonly Received[];
  requests(): readonly Received[];
  setMood(mood: "fine" | "slow" | "503" | "429"): void;
  close(): Promise<void>;
}

interface Contract {
  readonly DATASET: { readonly id: string };
  readonly KEYS: { readonly page: string };
}

interface Front {
  readonly nginx: Nginx;
  readonly api: Api;
  /** The same page of the site, at nginx's address. */
  at(address: string): string;
}

/** `PUT /ctr` from beside a browser, as another program may send it. */
function put(nginx: Nginx, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return fetch(`${nginx.origin}/ctr`, { method: "PUT", headers, body: text });
}

/** The demo is JavaScript of its own: only what is used here has a type. */
function load<Module>(path: string): Promise<Module> {
  return import(new URL(path, import.meta.url).href);
}

const test = base.extend<{ change: Record<string, string>; front: Front }>({
  change: [{}, { option: true }],
  front: async ({ site, change }, use) => {
    const program = findTool("nginx") ?? "";
    test.skip(!program, "NOT TESTED: NGINX. Run: apt-get install --no-install-recommends nginx-light");
    const { startApi } = await load<{ startApi(options: object): Promise<Api> }>("../../demo/api.mjs");
    const api = await startApi({ host: "127.0.0.1" });
    const nginx = await startNginx({ program, site: site.origin, api: api.url, change });
    await use({ nginx, api, at: (address) => address.replace(site.origin, nginx.origin) });
    await nginx.stop();
    await api.close();
  },
});

const { DATASET, KEYS } = await load<Contract>("../../demo/contract.mjs");
const snippet = { endpoint: "/ctr", apiKey: undefined };
const click = { request_id: REQUEST_ID, ctr_type: "search", position: 1, clicked_chunk_id: chunkId(1) };

test("a click is one request, without preflight, and the page holds no key", async ({ tab, site, front }) => {
  const { nginx, api, at } = front;
  const url = at(site.search({ snippet, headers: { "set-cookie": "session=secret; Path=/" } }));
  await tab.goto(url);
  await trackerReady(tab);
  await tab.click("#link-1");
  await tab.at("/detail");
  await expect.poll(() => api.received().length).toBe(1);
  const [received] = api.received();
  expect(received?.body).toMatchObject(click);
  expect(received?.headers).toMatchObject({ authorization: KEYS.page, "tr-dataset": DATASET.id });
  expect(received?.headers.cookie).toBeUndefined();
  expect(received?.headers.origin).toBeUndefined();
  await tab.goto(url);
  await expectStats(tab, { made: 1 });
  // The GET is the start's question whether nginx is there.
  expect((await nginx.requests()).filter((request) => !request.startsWith("GET"))).toEqual(["PUT 204"]);
  expect(await (await fetch(url)).text()).not.toContain(KEYS.page);
});

test("the same click to another origin is two requests", async ({ tab, site, collector }) => {
  await tab.goto(site.search());
  await tab.click("#link-1");
  await tab.at("/detail");
  await collector.expectPuts([click]);
  expect(collector.preflights).toHaveLength(1);
});

test("204, 400, 429 and Retry-After pass through", { tag: "@once" }, async ({ front: { nginx, api } }) => {
  const taken = await put(nginx, click);
  expect(taken.status).toBe(204);
  const refused = await put(nginx, { ...click, position: "first" });
  expect(refused.status).toBe(400);
  expect((await refused.json()) as object).toEqual({ message: expect.stringContaining("position") });
  api.setMood("429");
  const later = await put(nginx, click);
  expect([later.status, later.headers.get("retry-after")]).toEqual([429, "5"]);
  api.setMood("503");
  expect((await put(nginx, click)).status).toBe(503);
  expect(api.requests().map(({ status }) => status)).toEqual([204, 400, 429, 503]);
});

test("cookies, keys and addresses of the visitor stay here", { tag: "@once" }, async ({
  front: { nginx, api },
}) => {
  const headers = {
    cookie: "session=secret",
    authorization: "tr-stolen",
    "tr-dataset": "other",
    origin: "http://a.example",
  };
  const answer = await put(nginx, click, headers);
  expect(answer.status).toBe(204);
  expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  const [received] = api.received();
  expect(received?.headers).toEqual({
    authorization: KEYS.page,
    "content-type": "application/json",
    "tr-dataset": DATASET.id,
  });
});

test("other methods and large bodies don't reach the API", { tag: "@once" }, async ({
  front: { nginx, api },
}) => {
  for (const method of ["GET", "DELETE", "OPTIONS"]) {
    const answer = await fetch(`${nginx.origin}/ctr`, { method });
    expect([method, answer.status]).toEqual([method, 405]);
    expect((await answer.json()) as object).toEqual({ message: "This endpoint takes POST and PUT" });
  }
  const large = await put(nginx, { ...click, metadata: { words: "w".repeat(20_000) } });
  expect(large.status).toBe(413);
  expect((await large.json()) as object).toEqual({ message: "The body is larger than this endpoint takes" });
  expect(api.requests()).toEqual([]);
});

test("a click whose page is gone before the answer is passed on to its end", { tag: "@once" }, async ({
  front,
}) => {
  const { nginx, api } = front;
  api.setMood("slow");
  await new Promise<void>((resolve) => {
    const leaving = createRequest(`${nginx.origin}/ctr`, { method: "PUT" }).on("error", () => resolve());
    leaving.end(JSON.stringify(click), () => setTimeout(() => leaving.destroy(new Error("gone")), 500));
  });
  // nginx would say 499 if it had broken off.
  await expect.poll(() => nginx.requests()).toEqual(["GET 405", "PUT 204"]);
  expect(api.received()).toHaveLength(1);
});

test.describe("above the rate", () => {
  test.use({
    change: {
      "rate=5r/s;": "rate=30r/m;",
      "limit_req zone=clicks burst=20 nodelay;": "limit_req zone=clicks;",
    },
  });

  test("clicks wait for Retry-After and all arrive once", { tag: "@once" }, async ({ tab, site, front }) => {
    const { nginx, api, at } = front;
    await tab.goto(at(site.search({ snippet })));
    await trackerReady(tab);
    await makeClicks(tab, [1, 2, 3]);
    await expect.poll(() => api.received().length, { timeout: 45_000 }).toBe(3);
    expect(
      api
        .received()
        .map(({ body }) => body.position)
        .sort(),
    ).toEqual([1, 2, 3]);
    expect(new Set(api.received().map(({ body }) => body.metadata?.clicktrail?.id)).size).toBe(3);
    const refused = (await nginx.requests()).filter((one) => one === "PUT 429").length;
    // Two at first, and one of them beside the other: clicks that don't wait are refused more often.
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThanOrEqual(3);
    await expectStats(tab, { made: 3, waiting: 0, delivered: 3, dropped: {} });
  });
});
