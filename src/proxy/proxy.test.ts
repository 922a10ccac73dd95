// The first-party handler: what goes on, what comes back, and that each click goes on once. The API is a stubbed fetch.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createOnce } from "./once";
import { createProxy, type ProxyOptions } from "./proxy";

const DATASET = "d0000000-0000-4000-8000-000000000001";
const DAY_MS = 86_400_000;
const OWN = { "Sec-Fetch-Site": "same-origin" };

type Answer = () => Response | Promise<Response>;

let answer: Answer;
let sent: { readonly url: string; readonly init: RequestInit }[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
  answer = () => new Response(null, { status: 204 });
  sent = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    sent.push({ url, init });
    return answer();
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const create = (options: Partial<ProxyOptions> = {}) =>
  createProxy({ dataset: DATASET, apiKey: "tr-key", ...options });

const uuid = (number: number) => `a0000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const bodyOf = (id: unknown) => JSON.stringify({ position: 1, metadata: { clicktrail: { id } } });
const message = (status: number, text: string, headers = {}) =>
  new Response(JSON.stringify({ message: text, other: "x" }), { status, headers });

function post(id: string | undefined, init: RequestInit & { readonly site?: string } = {}): Request {
  const headers = { ...OWN, ...(id && { "Idempotency-Key": id }), ...init.headers };
  return new Request("https://shop.example/ctr", { method: "POST", body: "{}", ...init, headers });
}

const put = (body: string, headers = {}) => post(undefined, { method: "PUT", body, headers });

function later() {
  let settle = (_: Response) => {};
  const response = new Promise<Response>((resolve) => {
    settle = resolve;
  });
  return { response, settle };
}

describe("what goes on", () => {
  it("is a PUT with the contract's headers and nothing of the visitor's", async () => {
    const headers = {
      Cookie: "a=b",
      Authorization: "tr-stolen",
      "TR-Dataset": "other",
      "X-Forwarded-For": "10.0.0.1",
    };
    const body = bodyOf(uuid(1));
    await create({ organization: uuid(9) })(post(uuid(1), { body, headers }));
    expect(sent).toMatchObject([
      {
        url: "https://api.trieve.ai/api/analytics/ctr",
        init: { method: "PUT", body, redirect: "manual" },
      },
    ]);
    expect(sent[0]?.init.headers).toStrictEqual({
      "Content-Type": "application/json",
      "TR-Dataset": DATASET,
      "TR-Organization": uuid(9),
      Authorization: "tr-key",
    });
  });

  it("goes to the successor route, or to a server of one's own, where that is said", async () => {
    await create({ api: "events" })(post(uuid(1)));
    await create({ endpoint: "http://trieve.internal:8090/api/analytics/ctr" })(post(uuid(1)));
    expect(sent.map(({ url }) => url)).toEqual([
      "https://api.trieve.ai/api/analytics/events",
      "http://trieve.internal:8090/api/analytics/ctr",
    ]);
  });

  it("has no query string", async () => {
    await create()(
      new Request("https://shop.example/ctr?key=x", { method: "PUT", body: "{}", headers: OWN }),
    );
    expect(sent[0]?.url).not.toContain("?");
  });
});

describe("what comes back", () => {
  it.each([
    [() => new Response(null, { status: 204, headers: { "Set-Cookie": "a=b" } }), 204, null, null],
    [() => new Response("stored", { status: 200 }), 204, null, null],
    [() => message(400, "position: not a number"), 400, "position: not a number", null],
    [() => message(429, "Slow down", { "Retry-After": "7" }), 429, "Slow down", "7"],
    [() => message(503, "Overloaded", { "Retry-After": "3" }), 503, "Overloaded", "3"],
    [() => new Response("<h1>Bad gateway</h1>", { status: 502 }), 502, "", null],
    [() => new Response(null, { status: 302, headers: { Location: "https://a.example" } }), 502, "", null],
  ])("is status, message and Retry-After, nothing else (%#)", async (given, status, text, wait) => {
    answer = () => {
      const response = given();
      response.headers.set("Strict-Transport-Security", "max-age=1");
      return response;
    };
    const response = await create()(post(uuid(1)));
    expect(response.status).toBe(status);
    expect(response.headers.get("Retry-After")).toBe(wait);
    const names = [...response.headers.keys()].filter((name) => !/^(content-type|retry-after)$/.test(name));
    expect(names).toEqual([]);
    expect(await response.text()).toBe(text === null ? "" : JSON.stringify({ message: text }));
  });

  it("is 502 where the API is out of reach", async () => {
    answer = () => Promise.reject(new TypeError("refused"));
    expect((await create()(post(uuid(1)))).status).toBe(502);
  });

  it("is 504 after nine seconds; the click goes on, and its copy gets to know that it was taken", async () => {
    const slow = later();
    answer = () => slow.response;
    const proxy = create();
    const first = proxy(post(uuid(1)));
    await vi.advanceTimersByTimeAsync(8_900);
    const second = proxy(post(uuid(1)));
    await vi.advanceTimersByTimeAsync(101);
    expect((await first).status).toBe(504);
    slow.settle(new Response(null, { status: 204 }));
    expect((await second).status).toBe(204);
    expect((await proxy(post(uuid(1)))).headers.get("Idempotent-Replayed")).toBe("true");
    expect(sent).toHaveLength(1);
  });
});

describe("refusals, before anything goes on", () => {
  afterEach(() => expect(sent).toEqual([]));

  it.each(["GET", "HEAD", "DELETE", "OPTIONS", "PATCH"])("%s", async (method) => {
    const request = new Request("https://shop.example/ctr", { method, headers: OWN });
    expect((await create()(request)).status).toBe(405);
  });

  it.each([
    { "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "same-site" },
    { "Sec-Fetch-Site": "none" },
    { "Sec-Fetch-Site": "", Origin: "https://other.example", Host: "shop.example" },
    { "Sec-Fetch-Site": "", Origin: "null", Host: "shop.example" },
    { "Sec-Fetch-Site": "", Origin: "https://not-shop.example", Host: "shop.example" },
    { "Sec-Fetch-Site": "", Origin: "https://shop.example" },
  ])("other sites' pages: %o", async (headers) => {
    const request = post(uuid(1), { headers });
    if (!headers["Sec-Fetch-Site"]) request.headers.delete("Sec-Fetch-Site");
    expect((await create()(request)).status).toBe(403);
  });

  it("a POST without an id, or with one that isn't a UUID", async () => {
    for (const id of [undefined, "1", `${uuid(1)}0`, `"${uuid(1)}"`]) {
      const response = await create()(post(id, { body: bodyOf("x") }));
      expect([response.status, ((await response.json()) as { message: string }).message]).toEqual([
        400,
        "Header Idempotency-Key must be a UUID",
      ]);
    }
  });

  it("a body that says that it is too large, unread", async () => {
    const request = put("{}", { "Content-Length": "16385" });
    expect((await create()(request)).status).toBe(413);
    expect(request.bodyUsed).toBe(false);
  });

  it("a body that turns out too large, of which the rest is not read", async () => {
    let pulled = 0;
    const body = new ReadableStream({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(4_096));
      },
    });
    const request = new Request("https://shop.example/ctr", {
      method: "PUT",
      headers: OWN,
      body,
      duplex: "half",
    } as RequestInit);
    expect((await create()(request)).status).toBe(413);
    expect(pulled).toBeLessThan(8);
  });

  it("a client above the limit, which is told when to come again", async () => {
    const seen: unknown[] = [];
    const limit = async (request: Request, ...platform: readonly unknown[]) => {
      seen.push(request.headers.get("X-Real-IP"), ...platform);
      return 5;
    };
    const response = await create({ limit })(post(uuid(1), { headers: { "X-Real-IP": "10.0.0.1" } }), "env");
    expect([response.status, response.headers.get("Retry-After")]).toEqual([429, "5"]);
    expect(seen).toEqual(["10.0.0.1", "env"]);
  });

  it("everything, while the limit or the store fails", async () => {
    const fail = () => {
      throw new Error("secret words");
    };
    for (const options of [{ limit: fail }, { store: { has: fail, add: fail } }]) {
      const response = await create(options)(post(uuid(1)));
      expect(response.status).toBe(503);
      expect(await response.text()).not.toContain("secret");
    }
  });
});

it("takes a page of the same origin in browsers without Sec-Fetch-Site, and programs that say nothing", async () => {
  for (const headers of [{ Origin: "https://shop.example", Host: "shop.example" }, {}]) {
    const request = post(uuid(1), { headers });
    request.headers.delete("Sec-Fetch-Site");
    expect((await create()(request)).status).toBe(204);
  }
});

describe("each click goes on once", () => {
  const replayed = (response: Response) => response.headers.get("Idempotent-Replayed");

  it("by Idempotency-Key", async () => {
    const proxy = create();
    expect(replayed(await proxy(post(uuid(1))))).toBeNull();
    expect(replayed(await proxy(post(uuid(1).toUpperCase())))).toBe("true");
    await proxy(post(uuid(2)));
    expect(sent).toHaveLength(2);
  });

  it("by the id in the body where there is no header", async () => {
    const proxy = create();
    for (const id of [1, 1, 2]) await proxy(put(bodyOf(uuid(id))));
    expect(sent).toHaveLength(2);
  });

  it("not where the id isn't a UUID: a PUT goes on as it comes", async () => {
    const proxy = create();
    for (const body of ["{}", "no JSON", bodyOf("1"), bodyOf("1"), bodyOf({ a: 1 }), "[]", "null"])
      expect((await proxy(put(body))).status).toBe(204);
    expect(sent).toHaveLength(7);
  });

  it("at once: copies wait for the first one's outcome", async () => {
    const slow = later();
    answer = () => slow.response;
    const proxy = create();
    const all = [1, 2, 3].map(() => proxy(post(uuid(1))));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent).toHaveLength(1);
    slow.settle(new Response(null, { status: 204 }));
    const responses = await Promise.all(all);
    expect(responses.map((response) => [response.status, replayed(response)])).toEqual([
      [204, null],
      [204, "true"],
      [204, "true"],
    ]);
    expect(sent).toHaveLength(1);
  });

  it("at once, and all fail with the first one", async () => {
    const slow = later();
    answer = () => slow.response;
    const proxy = create();
    const all = [1, 2].map(() => proxy(post(uuid(1))));
    await vi.advanceTimersByTimeAsync(10);
    slow.settle(message(503, "Overloaded"));
    expect((await Promise.all(all)).map(({ status }) => status)).toEqual([503, 503]);
    expect(sent).toHaveLength(1);
  });

  it.each([400, 401, 408, 429, 500, 503])(
    "unless it was not taken: after %i it may come again",
    async (status) => {
      const proxy = create();
      answer = () => message(status, "no");
      await proxy(post(uuid(1)));
      answer = () => new Response(null, { status: 204 });
      expect(replayed(await proxy(post(uuid(1))))).toBeNull();
      expect(replayed(await proxy(post(uuid(1))))).toBe("true");
      expect(sent).toHaveLength(2);
    },
  );

  it("for eight days", async () => {
    const proxy = create();
    await proxy(post(uuid(1)));
    vi.setSystemTime(Date.now() + 8 * DAY_MS - 1_000);
    await proxy(post(uuid(1)));
    expect(sent).toHaveLength(1);
    vi.setSystemTime(Date.now() + 2_000);
    await proxy(post(uuid(1)));
    expect(sent).toHaveLength(2);
  });

  it("among the last 50,000", async () => {
    const once = createOnce();
    const passed: number[] = [];
    const pass = (number: number) => once(uuid(number), async () => ({ status: passed.push(number) && 204 }));
    for (let number = 0; number <= 50_000; number++) await pass(number);
    passed.length = 0;
    await pass(1);
    await pass(0);
    expect(passed).toEqual([0]);
  });

  it("although its client has gone: the platform is asked to keep the request", async () => {
    const slow = later();
    answer = () => slow.response;
    const kept: Promise<unknown>[] = [];
    const context = { waitUntil: (work: Promise<unknown>) => void kept.push(work) };
    const environment = { KEY: "x" };
    void create()(post(uuid(1)), environment, context, undefined);
    expect(kept).toHaveLength(1);
    slow.settle(new Response(null, { status: 204 }));
    await expect(kept[0]).resolves.toMatchObject({ status: 204 });
  });

  it("although a request died with its platform's context: after a minute it is free again", async () => {
    answer = () => new Promise(() => {});
    const proxy = create();
    void proxy(post(uuid(1)));
    await vi.advanceTimersByTimeAsync(60_001);
    answer = () => new Response(null, { status: 204 });
    expect((await proxy(post(uuid(1)))).status).toBe(204);
  });
});

describe("a store of two functions", () => {
  it("is asked first and told of what was taken only", async () => {
    const store = new Set<string>([uuid(1)]);
    const proxy = create({ store });
    expect((await proxy(post(uuid(1)))).headers.get("Idempotent-Replayed")).toBe("true");
    answer = () => message(503, "no");
    await proxy(post(uuid(2)));
    expect([...store]).toEqual([uuid(1)]);
    answer = () => new Response(null, { status: 204 });
    await proxy(post(uuid(2)));
    expect([...store]).toEqual([uuid(1), uuid(2)]);
  });

  it("is shared by processes", async () => {
    const store = new Set<string>();
    await create({ store })(post(uuid(1)));
    await create({ store })(post(uuid(1)));
    expect(sent).toHaveLength(1);
  });

  it("does not make a failure of a click that was taken when it cannot note it", async () => {
    const store = { has: async () => false, add: () => Promise.reject(new Error("full")) };
    const proxy = create({ store });
    expect((await proxy(post(uuid(1)))).status).toBe(204);
    await proxy(post(uuid(1)));
    expect(sent).toHaveLength(1);
  });
});

describe("an id without a body", () => {
  const check = (id: string) =>
    new Request("https://shop.example/ctr", { method: "POST", headers: { ...OWN, "Idempotency-Key": id } });

  it("is answered here, the second time as a copy, and does not count as a click's", async () => {
    const proxy = create();
    const seen = [await proxy(check(uuid(1))), await proxy(check(uuid(1)))];
    expect(seen.map(({ status, headers }) => [status, headers.get("Idempotent-Replayed")])).toEqual([
      [204, null],
      [204, "true"],
    ]);
    expect(sent).toEqual([]);
    await proxy(post(uuid(1)));
    expect(sent).toHaveLength(1);
  });

  it("fails where the store does", async () => {
    const store = { has: async () => false, add: () => Promise.reject(new Error("full")) };
    expect((await create({ store })(check(uuid(1)))).status).toBe(503);
  });
});

describe("mistakes throw when the handler is made, with what to write", () => {
  it.each([
    [{ dataset: "" }, "dataset must be your dataset's UUID"],
    [{ dataset: "products" }, "dataset must be a UUID, or a tracking id together with organization"],
    [{ apiKey: undefined }, "apiKey must be a key scoped to PUT /api/analytics/ctr"],
    [{ endpoint: "/ctr" }, "endpoint must be the API's full URL"],
    [{ endpoint: "" }, "endpoint must be the API's full URL"],
    [{ api: "other" }, "api must be"],
    [{ store: new Map() }, "store must be { has, add }"],
    [{ limit: 5 }, "limit must be a function"],
  ])("%o", (options, text) => {
    expect(() => create(options as Partial<ProxyOptions>)).toThrow(text);
  });
});
