// The first-party handler: what goes on, what comes back, and that each click goes on once. The API is a stubbed fetch.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createOnce } from "./once";
import { createProxy, type ProxyOptions } from "./proxy";

// A machine that runs browsers beside these tests is ten times slower.
vi.setConfig({ testTimeout: 120_000 });

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
const REQUEST_ID = "b0000000-0000-4000-8000-000000000001";
const bodyOf = (id: unknown) =>
  JSON.stringify({ request_id: REQUEST_ID, position: 1, metadata: { clicktrail: { id } } });
const CLICK = JSON.stringify({ request_id: REQUEST_ID, position: 1 });
const message = (status: number, text: string, headers = {}) =>
  new Response(JSON.stringify({ message: text, other: "x" }), { status, headers });

function post(id: string | undefined, init: RequestInit & { readonly site?: string } = {}): Request {
  const headers = { ...OWN, ...(id && { "Idempotency-Key": id }), ...init.headers };
  return new Request("https://shop.example/ctr", { method: "POST", body: CLICK, ...init, headers });
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
      new Request("https://shop.example/ctr?key=x", { method: "PUT", body: CLICK, headers: OWN }),
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
    [
      () => new Response(null, { status: 302, headers: { Location: "https://a.example" } }),
      502,
      "The API responded with status 302",
      null,
    ],
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
      const response = await create()(post(id, { body: bodyOf(id && uuid(1)) }));
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

  it("not where there is no id: a PUT is passed on as it comes", async () => {
    const proxy = create();
    const bodies = [
      CLICK,
      CLICK,
      bodyOf(undefined),
      '{"metadata":[]}',
      '{"metadata":null}',
      '{"metadata":"x"}',
    ];
    for (const body of bodies) {
      const click = JSON.stringify({ request_id: REQUEST_ID, ...JSON.parse(body) });
      expect((await proxy(put(click))).status).toBe(204);
    }
    expect(sent).toHaveLength(bodies.length);
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
    [{ dataset: "products" }, "organization must be a UUID unless dataset is one"],
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

describe("an API that isn't itself", () => {
  /** What fetch may give where a Response made here could not have such a status. */
  const odd = (status: number, body: BodyInit | null = null) => {
    const response = new Response(body);
    Object.defineProperty(response, "status", { value: status });
    Object.defineProperty(response, "ok", { value: status >= 200 && status < 300 });
    return response;
  };

  it.each([0, 1, 99, 100, 199, 300, 304, 399, 600, 700, 999])("with status %i is 502", async (status) => {
    answer = () => odd(status);
    const proxy = create();
    const response = await proxy(post(uuid(1)));
    expect(response.status).toBe(502);
    await proxy(post(uuid(1)));
    expect(sent).toHaveLength(2);
  });

  it.each(["<!doctype html><h1>Sign in</h1>", " \n\t<html>", "\ufeff<html>", "<"])(
    "with the page %j in a 200 has not taken the click: 502, and the next copy is passed on",
    async (page) => {
      answer = () => new Response(page, { status: 200 });
      const proxy = create();
      const response = await proxy(post(uuid(1)));
      expect([response.status, await response.json()]).toEqual([
        502,
        { message: "The API responded with a web page" },
      ]);
      answer = () => new Response(null, { status: 204 });
      const again = await proxy(post(uuid(1)));
      expect([again.status, again.headers.get("Idempotent-Replayed")]).toEqual([204, null]);
      expect(sent).toHaveLength(2);
    },
  );

  it.each([
    () => new Response("", { status: 200, headers: { "Content-Type": "text/html" } }),
    () => new Response("ok", { status: 200, headers: { "Content-Type": "text/html" } }),
    () => new Response('{"message":5}', { status: 200 }),
    () => new Response('{"message":{"toString":null}}', { status: 201 }),
    () => new Response("null", { status: 202 }),
    () => new Response(null, { status: 205 }),
  ])("with a 2xx whose body isn't a page has taken it (%#)", async (given) => {
    answer = given;
    expect((await create()(post(uuid(1)))).status).toBe(204);
  });

  it.each([
    ['{"message":{"toString":null}}', ""],
    ['{"message":{"a":1}}', ""],
    ['{"message":["a"]}', ""],
    ['{"message":5}', ""],
    ['{"message":null}', ""],
    ["null", ""],
    ["[]", ""],
    ['"text"', ""],
    ["{", ""],
    [JSON.stringify({ message: "m".repeat(5_000) }), "m".repeat(200)],
    [JSON.stringify({ message: "m".repeat(5_000_000) }), ""],
  ])("keeps its status of 400 though its message is odd (%#)", async (body, text) => {
    answer = () => new Response(body, { status: 400 });
    const response = await create()(post(uuid(1)));
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ message: text });
  });

  it("that repeats the key has it taken out of its message and of Retry-After", async () => {
    const key = "tr-Secret+key/0123456789";
    for (const apiKey of [key, `Bearer ${key}`]) {
      for (const echo of [
        key,
        key.toUpperCase(),
        `Bearer ${key}`,
        encodeURIComponent(key),
        `${"x".repeat(190)}${key}`,
      ]) {
        answer = () => message(401, `No such key: ${echo}!`, { "Retry-After": key });
        const response = await create({ apiKey })(post(uuid(1)));
        const text = `${JSON.stringify([...response.headers])} ${await response.text()}`;
        expect(response.status).toBe(401);
        expect(text).not.toMatch(/secret|012345/i);
        expect(response.headers.get("Retry-After")).toBeNull();
      }
    }
  });

  it.each([
    ["5", "5"],
    ["Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:28:00 GMT"],
    ["soon", null],
    ["-5", null],
    ["5, 6", null],
    ["9".repeat(400), null],
  ])("has its Retry-After of %j passed on as %j", async (given, expected) => {
    answer = () => message(503, "Overloaded", { "Retry-After": given });
    expect((await create()(post(uuid(1)))).headers.get("Retry-After")).toBe(expected);
  });

  it.each([200, 400])("has its long body read as far as it is wanted, with status %i", async (status) => {
    let pulled = 0;
    let isCancelled = false;
    const long = new ReadableStream({
      pull(controller) {
        pulled += 1;
        if (pulled < 5_000) controller.enqueue(new Uint8Array(4_096).fill(0x20));
        else controller.close();
      },
      cancel() {
        isCancelled = true;
      },
    });
    answer = () => new Response(long, { status });
    const response = create()(post(uuid(1)));
    await vi.advanceTimersByTimeAsync(3_000);
    expect((await response).status).toBe(status === 200 ? 204 : 400);
    expect(pulled).toBeLessThan(16);
    expect(isCancelled).toBe(true);
  });

  it.each([200, 400])(
    "has its status of %i count where its body never ends or breaks off",
    async (status) => {
      const broken = new ReadableStream({
        pull() {
          throw new TypeError("terminated");
        },
      });
      for (const body of [new ReadableStream(), broken]) {
        answer = () => new Response(body, { status });
        const response = create()(post(uuid(1)));
        await vi.advanceTimersByTimeAsync(3_000);
        expect((await response).status).toBe(status === 200 ? 204 : 400);
      }
    },
  );
});

describe("what clients send", () => {
  it.each([
    "no JSON",
    "{",
    "[]",
    "null",
    "5",
    '"text"',
    "{}",
    '{"request_id":5}',
    '{"request_id":["b0000000-0000-4000-8000-000000000001"]}',
    '{"request_id":"1"}',
    '{"request":null}',
    " ",
    "[".repeat(16_000),
    new Uint8Array([0xff, 0xfe, 0x7b, 0x7d]),
  ])("is refused here unless it is a JSON object with a request's id (%#)", async (body) => {
    for (const request of [post(uuid(1), { body }), post(undefined, { method: "PUT", body })]) {
      const response = await create()(request);
      expect(response.status).toBe(400);
      expect(((await response.json()) as { message: string }).message).toContain("request");
    }
    expect(sent).toEqual([]);
  });

  it("is taken with the successor route's request id, too", async () => {
    const body = JSON.stringify({ event_type: "click", request: { request_id: REQUEST_ID } });
    expect((await create({ api: "events" })(post(uuid(1), { body }))).status).toBe(204);
  });

  it.each([["1"], [5], [true], [[uuid(1)]], [{ a: 1 }], [{ toString: null }], [""]])(
    "is refused with the id %j in its body",
    async (id) => {
      const response = await create()(put(bodyOf(id)));
      expect([response.status, await response.json()]).toEqual([
        400,
        { message: "metadata.clicktrail.id must be a UUID" },
      ]);
      expect((await create()(post(undefined, { body: bodyOf(id) }))).status).toBe(400);
      expect(sent).toEqual([]);
    },
  );

  it("may have an id of any version of UUID, in either case", async () => {
    const proxy = create();
    const ids = ["018f3c1e-7a2b-7cde-8f00-0123456789ab", "F47AC10B-58CC-1372-0567-0E02B2C3D479"];
    for (const id of ids) {
      for (const copy of [id, id.toUpperCase(), id.toLowerCase()])
        expect((await proxy(post(copy, { body: bodyOf(copy) }))).status).toBe(204);
    }
    expect(sent).toHaveLength(2);
  });

  it("may have a Content-Length that isn't a number", async () => {
    for (const length of ["x", "", "-1", "1e2"])
      expect((await create()(put(CLICK, { "Content-Length": length }))).status).toBe(204);
  });

  it("is refused with words where something else has read the body", async () => {
    const used = post(uuid(1));
    await used.text();
    const locked = post(uuid(1));
    locked.body?.getReader();
    for (const request of [used, locked]) {
      const response = await create()(request);
      expect(response.status).toBe(500);
      expect(((await response.json()) as { message: string }).message).toContain("body was already read");
    }
    expect(sent).toEqual([]);
  });

  it.each([
    ["https://shop.example/ctr", "http://shop.example", 403],
    ["http://shop.example/ctr", "http://shop.example", 204],
    ["https://shop.example/ctr", "https://shop.example", 204],
    // TLS ends before this server.
    ["http://shop.example/ctr", "https://shop.example", 204],
    ["https://shop.example/ctr", "https://a.example//shop.example", 403],
    ["https://shop.example/ctr", "//shop.example", 403],
    ["https://shop.example/ctr", "ftp://shop.example", 403],
    ["https://shop.example/ctr", "https://shop.example:8443", 403],
    ["https://shop.example/ctr", "", 403],
  ])("to %s from %j without Sec-Fetch-Site is %i", async (url, origin, status) => {
    const headers = { Origin: origin, Host: "shop.example" };
    const response = await create()(new Request(url, { method: "PUT", body: CLICK, headers }));
    expect(response.status).toBe(status);
  });

  it("knows from X-Forwarded-Proto that TLS ends before this server", async () => {
    const headers = { Origin: "http://shop.example", Host: "shop.example", "X-Forwarded-Proto": "https" };
    const request = new Request("http://shop.example/ctr", { method: "PUT", body: CLICK, headers });
    expect((await create()(request)).status).toBe(403);
  });
});

describe("HEAD, as a page asks whether the endpoint is there", () => {
  it("is 405, asks neither limit nor store, and takes nothing from the memory", async () => {
    const asked: string[] = [];
    const store = { has: (id: string) => asked.push(id) < 0, add: (id: string) => void asked.push(id) };
    const limit = () => asked.push("limit") * 0;
    const proxy = create({ store, limit });
    for (const method of ["HEAD", "GET", "OPTIONS", "DELETE"]) {
      const headers = { ...OWN, "Idempotency-Key": uuid(1) };
      expect((await proxy(new Request("https://shop.example/ctr", { method, headers }))).status).toBe(405);
    }
    expect(asked).toEqual([]);
  });

  it("doesn't use up the default limit", async () => {
    const proxy = create();
    const head = () => new Request("https://shop.example/ctr", { method: "HEAD" });
    for (let asked = 0; asked < 5_000; asked++) await proxy(head());
    expect((await proxy(post(uuid(1)))).status).toBe(204);
  });
});

describe("the limit", () => {
  it("is on by default: 1,000 requests at once, then 100 a second, and says when to come again", async () => {
    const proxy = create();
    const answers: Response[] = [];
    for (let number = 1; number <= 1_200; number++) answers.push(await proxy(post(uuid(number))));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(200);
    expect(refused[0]?.headers.get("Retry-After")).toBe("1");
    await vi.advanceTimersByTimeAsync(1_000);
    const later: number[] = [];
    for (let number = 1_001; number <= 1_200; number++) later.push((await proxy(post(uuid(number)))).status);
    expect(later.filter((status) => status === 204)).toHaveLength(100);
  });

  it.each([
    [0, 204, null],
    [null, 204, null],
    [undefined, 204, null],
    [false, 204, null],
    [-5, 204, null],
    ["0", 204, null],
    [0.2, 429, "1"],
    ["5", 429, "5"],
    [true, 429, "1"],
    [Number.POSITIVE_INFINITY, 429, "86400"],
    [1e300, 429, "86400"],
    ["5\r\nSet-Cookie: a=b", 503, null],
    ["soon", 503, null],
    [Number.NaN, 503, null],
    [{ success: false }, 503, null],
    [Symbol("x"), 503, null],
  ])("that returns %j is %i", async (given, status, wait) => {
    const response = await create({ limit: () => given as number })(post(uuid(1)));
    expect([response.status, response.headers.get("Retry-After")]).toEqual([status, wait]);
  });
});

describe("a platform that fails", () => {
  it("doesn't fail the click", async () => {
    const fail = () => {
      throw new Error("no");
    };
    const parts = [
      { waitUntil: fail },
      { waitUntil: async () => fail() },
      { waitUntil: 5 },
      Object.defineProperty({}, "waitUntil", { get: fail }),
      null,
      "text",
    ];
    expect((await create()(post(uuid(1)), ...parts)).status).toBe(204);
    await vi.advanceTimersByTimeAsync(1);
  });

  it("may hand over what isn't a request", async () => {
    for (const request of [undefined, null, 5, {}, { headers: {} }])
      expect((await create()(request as unknown as Request)).status).toBeGreaterThanOrEqual(400);
  });
});

describe("checks", () => {
  const check = (number: number) =>
    new Request("https://shop.example/ctr", {
      method: "POST",
      headers: { ...OWN, "Idempotency-Key": uuid(number) },
    });

  it("push no click out of the memory", async () => {
    const proxy = create({ limit: () => 0 });
    await proxy(post(uuid(1)));
    for (let number = 2; number <= 50_010; number++) await proxy(check(number));
    expect((await proxy(post(uuid(1)))).headers.get("Idempotent-Replayed")).toBe("true");
    expect(sent).toHaveLength(1);
  });

  it("write little into the store: ten, then ten a minute", async () => {
    const store = new Set<string>();
    const proxy = create({ store, limit: () => 0 });
    for (let number = 1; number <= 500; number++) await proxy(check(number));
    expect(store.size).toBe(10);
    const refused = await proxy(check(501));
    expect([refused.status, refused.headers.get("Retry-After")]).toEqual([429, "6"]);
    await vi.advanceTimersByTimeAsync(60_000);
    for (let number = 501; number <= 1_000; number++) await proxy(check(number));
    expect(store.size).toBe(20);
  });
});

describe("the memory", () => {
  it("loses nothing to clicks that were refused or are under way", async () => {
    const once = createOnce();
    const taken = async () => ({ status: 204 });
    let passed = 0;
    for (let number = 1; number <= 50_000; number++) await once(uuid(number), taken);
    for (let number = 60_000; number < 60_500; number++)
      await once(uuid(number), async () => ({ status: 503 }));
    const slow = new Promise<{ status: number }>(() => {});
    for (let number = 70_000; number < 70_500; number++) void once(uuid(number), () => slow);
    await once(uuid(1), async () => ({ status: passed++ && 204 }));
    expect(passed).toBe(0);
  });

  it("knows a copy's outcome though an older request for it, taken for dead, fails later", async () => {
    const once = createOnce();
    const older = later();
    const newer = later();
    const outcomes = [
      once(uuid(1), () => older.response.then(({ status }) => ({ status }))).catch(() => undefined),
    ];
    await vi.advanceTimersByTimeAsync(60_001);
    outcomes.push(once(uuid(1), () => newer.response.then(({ status }) => ({ status }))));
    older.settle(new Response(null, { status: 503 }));
    await vi.advanceTimersByTimeAsync(1);
    let passed = 0;
    const third = once(uuid(1), async () => ({ status: ++passed && 204 }));
    newer.settle(new Response(null, { status: 204 }));
    await Promise.all([...outcomes, third]);
    expect(passed).toBe(0);
  });
});

describe("a store that hangs", () => {
  it("holds up no click that was taken", async () => {
    const store = { has: async () => false, add: () => new Promise(() => {}) };
    const response = create({ store })(post(uuid(1)));
    await vi.advanceTimersByTimeAsync(2_500);
    expect((await response).status).toBe(204);
  });

  it("lets no click pass that it may know: 503", async () => {
    const store = { has: () => new Promise<boolean>(() => {}), add: () => undefined };
    const response = create({ store })(post(uuid(1)));
    await vi.advanceTimersByTimeAsync(2_500);
    expect((await response).status).toBe(503);
    expect(sent).toEqual([]);
  });
});

describe("options", () => {
  const SECRET = "tr-abcdefghijklmnopqrstuvwxyz";

  it.each([
    [{ apiKey: `${SECRET}…` }, "apiKey must be"],
    [{ apiKey: `${SECRET}\n${SECRET}` }, "apiKey must be"],
    [{ apiKey: [SECRET] }, "apiKey must be"],
    [{ dataset: SECRET }, "organization must be"],
    [{ dataset: `${SECRET}\u200b` }, "dataset must be"],
    [{ endpoint: `https://user:${SECRET}@a.example/` }, "endpoint must be"],
    [{ endpoint: SECRET }, "endpoint must be"],
    [{ api: SECRET }, "api must be"],
    [{ store: SECRET }, "store must be"],
    [{ limit: SECRET }, "limit must be"],
    [{ organization: SECRET }, "organization must be"],
  ])("are not printed where they may hold the key: %j", (options, text) => {
    const make = () => create(options as unknown as Partial<ProxyOptions>);
    expect(make).toThrow(text);
    expect(make).not.toThrow(/abcdefgh/);
  });

  it.each([
    [{ apiKey: "" }, "apiKey must be a key scoped to PUT /api/analytics/ctr"],
    [{ apiKey: 5 }, "apiKey must be a key scoped to PUT /api/analytics/ctr"],
    [{ apiKey: "SCOPED_KEY" }, "apiKey must be your own, not the placeholder"],
    [{ dataset: "DATASET_UUID" }, "dataset must be your own, not the placeholder"],
    [{ dataset: 5 }, "dataset must be your dataset's UUID"],
    [{ organization: "shop" }, "organization must be a UUID"],
    [{ endpoint: "ftp://a.example/" }, "endpoint must be the API's full URL"],
    [{ endpoint: "https://" }, "endpoint must be the API's full URL"],
    [{ api: null }, 'api must be "ctr" or "events"'],
    [{ store: { has: () => false } }, "store must be { has, add }"],
    [{ store: { add: () => false } }, "store must be { has, add }"],
    [{ store: null }, "store must be { has, add }"],
    [{ limit: null }, "limit must be a function"],
    [{ apikey: "x" }, "apikey must be one of dataset, apiKey, organization, endpoint, api, store, limit"],
    [{ idempotent: true }, "idempotent must be one of"],
  ])("that are wrong are named with what to write: %o", (options, text) => {
    expect(() => create(options as unknown as Partial<ProxyOptions>)).toThrow(text);
  });

  it.each([undefined, null, "text", []])("have to be an object, not %o", (options) => {
    expect(() => createProxy(options as unknown as ProxyOptions)).toThrow(
      "createProxy's options must be an object",
    );
  });

  it("that are undefined count as left out", async () => {
    const options = { endpoint: undefined, organization: undefined, api: undefined, store: undefined };
    const proxy = create({ ...options, limit: undefined } as unknown as Partial<ProxyOptions>);
    expect((await proxy(post(uuid(1)))).status).toBe(204);
  });

  it("are the object's own", async () => {
    Object.assign(Object.prototype, { endpoint: "https://evil.example/" });
    try {
      await create()(post(uuid(1)));
    } finally {
      delete (Object.prototype as { endpoint?: string }).endpoint;
    }
    expect(sent[0]?.url).toBe("https://api.trieve.ai/api/analytics/ctr");
  });
});
