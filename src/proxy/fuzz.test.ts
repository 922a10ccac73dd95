// Both sides of the first-party handler at random, from a seed: APIs, clients, hooks and Node's adapter that do anything at all.
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createProxy, type ProxyOptions, toNode } from "./proxy";

// A machine that runs browsers beside these tests is ten times slower.
vi.setConfig({ testTimeout: 120_000 });

const SEEDS = [1, 2, 3, 4];
const CASES = 1_000;
const KEY = "tr-Secret+Key/0123456789";
const DATASET = "d0000000-0000-4000-8000-000000000001";
const REQUEST_ID = "b0000000-0000-4000-8000-000000000001";
const ALLOWED = /^(content-type|retry-after|idempotent-replayed|connection)$/;

/** A small generator of numbers: the same seed makes the same cases. */
function createRandom(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    below: (end: number) => Math.floor(next() * end),
    chance: (share: number) => next() < share,
    one: <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)] as T,
  };
}
type Random = ReturnType<typeof createRandom>;

/** What the next request for the API meets; whether the API took the click is known, or it isn't. */
interface Meeting {
  readonly respond: () => unknown;
  readonly taken: boolean | "unknown";
}

let meeting: Meeting;
let passed: string[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
  vi.stubGlobal("fetch", (_: string, init: { body: string }) => {
    passed.push(init.body);
    return meeting.respond();
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const fail = () => {
  throw new Error(`failed with ${KEY}`);
};
const FINE: Meeting = { respond: async () => new Response(null, { status: 204 }), taken: true };

function stream(parts: readonly unknown[], end: "close" | "error" | "hang"): ReadableStream {
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      if (end === "close") controller.close();
      if (end === "error") controller.error(new TypeError(KEY));
    },
  });
}

const bytes = (text: string) => new TextEncoder().encode(text);

const MESSAGES = [
  "position: not a number",
  `no such key ${KEY}`,
  `${"x".repeat(190)}${KEY.toUpperCase()}`,
  encodeURIComponent(KEY),
  "\u0000\r\nSet-Cookie: a=b\ud800",
  "m".repeat(9_000),
  "",
  5,
  null,
  true,
  ["a"],
  { toString: null },
];

function makeMeeting(random: Random): Meeting {
  const kind = random.below(20);
  if (kind === 0) return { respond: () => Promise.reject(new TypeError(`refused ${KEY}`)), taken: "unknown" };
  if (kind === 1) return { respond: fail, taken: "unknown" };
  if (kind === 2) return { respond: () => new Promise(() => {}), taken: "unknown" };
  if (kind === 3) {
    const odd = random.one([undefined, null, 5, {}, { status: 500 }, { status: 204, headers: null }]);
    return { respond: async () => odd, taken: "unknown" };
  }
  const status = random.chance(0.5) ? random.one([200, 201, 204, 400, 401, 429, 503]) : random.below(1_000);
  const text = random.one([
    "<html>",
    " \n<!doctype html>",
    "\ufeff<h1>",
    "",
    "ok",
    "{",
    "null",
    "[".repeat(9_000),
    " ".repeat(40_000),
    JSON.stringify({ message: random.one(MESSAGES), key: KEY }),
    "\u0000\uffff",
  ]);
  const end = random.one(["close", "close", "close", "error", "hang"] as const);
  const headers = random.one([
    {},
    { "Retry-After": random.one(["5", "soon", KEY, "Wed, 21 Oct 2026 07:28:00 GMT", "9".repeat(99), "-1"]) },
    { "Set-Cookie": "a=b", Refresh: "0;url=https://a.example", "X-Key": KEY, "WWW-Authenticate": "Basic" },
    { "Content-Type": "text/html", "Content-Encoding": "gzip", Location: "https://a.example/" },
  ]);
  const isNull = status === 204 || random.chance(0.1);
  const parts = random.chance(0.05)
    ? ["text that isn't bytes"]
    : [bytes(text.slice(0, 3)), bytes(text.slice(3))];
  const isPage = !isNull && typeof parts[0] !== "string" && /^\s*</.test(text);
  const respond = async () => {
    // No Response may be made with some of these statuses: fetch gives them all the same.
    const response = new Response(isNull ? null : stream(parts, end), { headers });
    return Object.defineProperty(response, "status", { value: status });
  };
  // A stream that fails at once loses what was in it, so nobody can see whether it was a page.
  const isUnseen = isPage && end === "error";
  return { respond, taken: isUnseen ? "unknown" : status >= 200 && status < 300 && !isPage };
}

interface Attempt {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Whether a handler has to take it when all goes well. */
  readonly isClick: boolean;
  /** The id by which it is known. */
  readonly id: string | undefined;
}

function makeAttempt(random: Random, number: number): Attempt {
  // Half of them have nothing wrong: the first value of each list is fine.
  const isFine = random.chance(0.5);
  const one = <T>(values: readonly T[]): T => (isFine ? (values[0] as T) : random.one(values));
  const uuid = `a0000000-0000-${random.one(["1", "4", "7", "f"])}000-8000-${String(number).padStart(12, "0")}`;
  const cased = random.chance(0.3) ? uuid.toUpperCase() : uuid;
  const method = one(["POST", "POST", "POST", "POST", "PUT", "PUT", "HEAD", "GET", "DELETE", "PATCH"]);
  const headerId = one([cased, cased, cased, undefined, "", "1", `"${uuid}"`, `${uuid}, ${uuid}`, "\u00fc"]);
  const bodyId = one<unknown>([
    uuid,
    cased,
    undefined,
    null,
    5,
    true,
    "x",
    "",
    [uuid],
    { a: 1 },
    { toString: null },
  ]);
  const requestId =
    isFine || random.chance(0.8)
      ? REQUEST_ID
      : random.one<unknown>([undefined, null, 1, "x", [REQUEST_ID], {}]);
  const metadata = one<unknown>([
    { clicktrail: { id: bodyId } },
    { clicktrail: { id: bodyId } },
    null,
    5,
    [],
    "x",
  ]);
  const click = random.chance(0.2)
    ? { request: { request_id: requestId }, metadata }
    : { request_id: requestId, metadata };
  const isObject = isFine || random.chance(0.85);
  const odd = random.one([
    undefined,
    "",
    " ",
    "{",
    "[]",
    "null",
    "5",
    "\u0000",
    "x".repeat(20_000),
    "[".repeat(16_000),
  ]);
  const body = isObject ? JSON.stringify(click) : odd;
  const site = one(["same-origin", "same-origin", "same-origin", "same-origin", undefined, "cross-site", ""]);
  const origin = one([undefined, "null", "https://a.example", "x", "http://shop.example"]);
  const headers = {
    ...(headerId !== undefined && { "Idempotency-Key": headerId }),
    ...(site !== undefined && { "Sec-Fetch-Site": site }),
    ...(origin !== undefined && { Origin: origin, Host: "shop.example" }),
    ...(random.chance(0.2) && { "Content-Length": random.one(["x", "-1", "5", ""]) }),
  };
  const isMethod = method === "POST" || method === "PUT";
  const isOwn =
    site === "same-origin" ||
    (site === undefined && (origin === undefined || origin === "http://shop.example"));
  const carried = Array.isArray(metadata) || typeof metadata !== "object" ? undefined : metadata && bodyId;
  const isBodyId = carried === uuid || carried === cased;
  const isId =
    headerId === cased || (headerId === undefined && (isBodyId || (carried ?? undefined) === undefined));
  const id = headerId === cased || (headerId === undefined && isBodyId) ? uuid : undefined;
  const isNullId = headerId === undefined && metadata !== null && carried === null;
  const isClick =
    isMethod &&
    isOwn &&
    isObject &&
    requestId === REQUEST_ID &&
    isId &&
    !isNullId &&
    (!!id || method === "PUT");
  return { method, headers, body, isClick, id };
}

interface Outcome {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
}

/** Hands the attempt over as a platform does, or as Node does, and lets time pass until there is a response. */
async function deliver(
  proxy: ReturnType<typeof createProxy>,
  attempt: Attempt,
  random: Random,
): Promise<Outcome> {
  const { method, headers, body } = attempt;
  const parts = random.one<readonly unknown[]>([
    [],
    [],
    [{ waitUntil: fail }],
    [{ waitUntil: async () => fail() }],
    [null],
  ]);
  if (random.chance(0.5)) {
    const hasBody = /^(POST|PUT|DELETE|PATCH)$/.test(method);
    const request = new Request("http://shop.example/ctr", {
      method,
      headers,
      ...(hasBody && body !== undefined && { body }),
    });
    const response = await passTime(proxy(request, ...parts));
    return { status: response.status, headers: new Map(response.headers), text: await response.text() };
  }
  const seen = { status: 0, headers: new Map<string, string>(), text: "" };
  const from = {
    method,
    headers: { ...lowerCase(headers), ":path": "/ctr" },
    complete: random.chance(0.8),
    async *[Symbol.asyncIterator]() {
      if (body) yield bytes(body);
    },
  };
  const to = {
    set statusCode(status: number) {
      seen.status = status;
    },
    setHeader: (name: string, value: string) => void seen.headers.set(name.toLowerCase(), value),
    end(text: string) {
      seen.text = text;
    },
  };
  await passTime(toNode(proxy)(from, to));
  return seen;
}

const lowerCase = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

/** Nine seconds are the most that a page waits for. */
async function passTime<T>(work: Promise<T>): Promise<T> {
  let isOver = false;
  const ended = work.finally(() => {
    isOver = true;
  });
  for (let waited = 0; !isOver && waited < 12_000; waited += waited ? 1_000 : 1)
    await vi.advanceTimersByTimeAsync(waited ? 1_000 : 1);
  expect(isOver).toBe(true);
  return ended;
}

function expectSound({ status, headers, text }: Outcome): void {
  expect(status === 204 || (status >= 400 && status < 600)).toBe(true);
  expect([...headers.keys()].filter((name) => !ALLOWED.test(name))).toEqual([]);
  expect(headers.get("retry-after") ?? "1").toMatch(/^(\d{1,9}|\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT)$/);
  expect(`${[...headers]} ${text}`).not.toMatch(/secret|012345/i);
  if (status === 204) {
    expect(text).toBe("");
    return;
  }
  const { message, ...more } = JSON.parse(text);
  expect([typeof message, more]).toEqual(["string", {}]);
  expect(message.length).toBeLessThanOrEqual(200);
}

it.each(SEEDS)(
  "1,000 clients and APIs of seed %i: each response is sound, no click is lost or doubled",
  async (seed) => {
    const random = createRandom(seed);
    const proxy = createProxy({ dataset: DATASET, apiKey: KEY, limit: () => 0 });
    const counts = { clicks: 0, taken: 0, refused: 0 };
    for (let number = 0; number < CASES; number++) {
      const attempt = makeAttempt(random, number);
      const name = `seed ${seed}, case ${number}: ${JSON.stringify(attempt)}`;
      passed = [];
      meeting = makeMeeting(random);
      const outcome = await deliver(proxy, attempt, random);
      expectSound(outcome);
      expect([passed.length, name]).toEqual([attempt.isClick ? 1 : 0, name]);
      if (!attempt.isClick) continue;
      counts.clicks += 1;
      if (meeting.taken !== "unknown") expect([outcome.status === 204, name]).toEqual([meeting.taken, name]);
      if (!attempt.id) continue;
      // A minute later what has hung is over, and all is well with the API.
      await vi.advanceTimersByTimeAsync(61_000);
      const isTaken = outcome.status === 204;
      counts[isTaken ? "taken" : "refused"] += 1;
      meeting = FINE;
      const again = await deliver(proxy, attempt, random);
      expect([again.status, again.headers.get("idempotent-replayed"), name]).toEqual([
        204,
        isTaken ? "true" : undefined,
        name,
      ]);
      expect([passed.length, name]).toEqual([isTaken ? 1 : 2, name]);
    }
    expect(Math.min(counts.taken, counts.refused)).toBeGreaterThan(50);
  },
);

const OUTCOMES: readonly (() => unknown)[] = [
  () => undefined,
  () => null,
  () => true,
  () => 0,
  () => "text\r\nSet-Cookie: a=b",
  () => Number.NaN,
  () => Number.POSITIVE_INFINITY,
  () => 1n,
  () => Symbol("x"),
  () => ({}),
  () => [KEY],
  fail,
  async () => fail(),
  async () => 7,
  () => new Promise(() => {}),
  () => Object.create(null),
  // biome-ignore lint/suspicious/noThenProperty: a hook may return what only looks like a promise.
  () => ({ then: fail }),
];

it.each(SEEDS)("200 hooks of seed %i that return or throw anything: each response is sound", async (seed) => {
  const random = createRandom(seed);
  for (let number = 0; number < 200; number++) {
    passed = [];
    meeting = random.chance(0.5) ? FINE : makeMeeting(random);
    const store = { has: random.one(OUTCOMES), add: random.one(OUTCOMES) };
    const limit = random.one(OUTCOMES);
    const options = { ...(random.chance(0.7) && { store }), ...(random.chance(0.5) && { limit }) };
    const proxy = createProxy({ dataset: DATASET, apiKey: KEY, ...options } as unknown as ProxyOptions);
    for (let copy = 0; copy < 2; copy++)
      expectSound(await deliver(proxy, makeAttempt(random, number), random));
  }
});
