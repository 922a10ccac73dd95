// One attempt: its request, and what came back.
import { describe, expect, it, vi } from "vitest";
import type { Route } from "../options";
import { body } from "../payload";
import { entryAt, START, settled } from "../test/entries";
import { never, type Responding, routeTo, setUpStand, stand, status, unreachable } from "../test/stand";
import type { Entry } from "./row";
import { type Answer, type Flights, fits, send } from "./send";

setUpStand();

const entry = entryAt(START);

async function sent(
  respond: Responding,
  change: Partial<Entry> = {},
  route: Partial<Route> = {},
  signal?: AbortSignal,
): Promise<Answer> {
  stand.respond = respond;
  const row = { ...entry, ...change };
  return send(routeTo(route), row, body(row.payload, row.attempt), signal);
}

describe("a request", () => {
  it("is a keepalive PUT without cookies and referrer, that follows no redirect, within the caller's task", () => {
    void sent(never);
    expect(stand.requests).toHaveLength(1);
    expect(stand.requests[0]).toMatchObject({
      method: "PUT",
      keepalive: true,
      credentials: "omit",
      redirect: "manual",
      referrerPolicy: "no-referrer",
      headers: { "TR-Dataset": "11111111-1111-4111-8111-111111111111" },
    });
    expect(stand.requests[0]?.headers).not.toHaveProperty("Idempotency-Key");
  });

  it("carries its attempt", () => {
    void sent(never, { attempt: 3 });
    expect(stand.arrivals).toMatchObject([{ id: entry.id, attempt: 3 }]);
  });

  it("is a POST with the click's id behind an address that takes each click once", () => {
    void sent(never, {}, { idempotent: true });
    expect(stand.requests[0]).toMatchObject({ method: "POST", headers: { "Idempotency-Key": entry.id } });
  });

  it.each([
    [47_999, true],
    [48_000, false],
  ])("of %i bytes is kept alive: %s", (size, keepalive) => {
    void sent(never, { size });
    expect(stand.requests[0]?.keepalive).toBe(keepalive);
  });

  it("ends with its signal: no response came", async () => {
    const abort = new AbortController();
    const answer = sent(never, {}, {}, abort.signal);
    abort.abort();
    expect(await answer).toMatchObject({ status: 0, isSilent: true, text: "AbortError: aborted" });
  });
});

describe("a response", () => {
  it.each([200, 204, 400, 503])("%i comes with its status and the beginning of its text", async (code) => {
    const text = code === 204 ? null : "x".repeat(10_000);
    expect(await sent(() => new Response(text, { status: code }))).toEqual({
      status: code,
      text: text ? "x".repeat(200) : "",
      retryAfter: null,
    });
  });

  it("of a page shows that it is one, however many blank lines a template begins with", async () => {
    const { text } = await sent(() => new Response(`${"\n ".repeat(500)}<!doctype html>`));
    expect(text).toBe("<!doctype html>");
  });

  it("comes with its Retry-After", async () => {
    expect(await sent(() => status(429, "", { "Retry-After": "60" }))).toMatchObject({ retryAfter: "60" });
  });

  it("is read to its end: an unread body keeps its share of the browser's budget", async () => {
    const response = new Response("x".repeat(10_000));
    await sent(() => response);
    expect(response.bodyUsed).toBe(true);
  });

  it.each(["opaqueredirect", "opaque", "error"])("without a status says its type: %s", async (type) => {
    const respond = () => Object.defineProperties(Response.error(), { type: { value: type } });
    expect(await sent(respond)).toMatchObject({ status: 0, text: type });
  });
});

describe("no response", () => {
  it("is a silent one, in the browser's words", async () => {
    expect(await sent(unreachable)).toEqual({
      status: 0,
      isSilent: true,
      text: "TypeError: Failed to fetch",
    });
  });

  it("is told a task later: then the page knows whether it has left", async () => {
    const told = vi.fn();
    let next = () => {};
    vi.stubGlobal("setTimeout", (work: () => void) => {
      next = work;
    });
    const answer = sent(unreachable).then(told);
    await settled();
    expect(told).not.toHaveBeenCalled();
    next();
    await answer;
    expect(told).toHaveBeenCalledTimes(1);
  });

  it("is one where fetch throws, or is not there", async () => {
    for (const broken of [undefined, () => JSON.parse("{")]) {
      vi.stubGlobal("fetch", broken);
      expect(await sent(never)).toMatchObject({ status: 0, isSilent: true });
    }
  });
});

describe("a fetch of the page's own", () => {
  it.each<[string, unknown]>([
    ["nothing", undefined],
    ["null", null],
    ["JSON", { ok: true, status: 204 }],
    ["text", "done"],
  ])("that resolves to %s leaves the click's fate unknown", async (_, value) => {
    expect(await sent(() => value)).toEqual({ status: 0, text: "", isForeign: true });
  });

  it("that resolves to a response of another realm is as good as the browser's", async () => {
    const { headers } = status(204);
    const theirs = {
      [Symbol.toStringTag]: "Response",
      status: 204,
      type: "cors",
      headers,
      text: async () => "",
    };
    expect(await sent(() => theirs)).toMatchObject({ status: 204 });
  });
});

describe("the keepalive budget", () => {
  const flying = (...sizes: number[]): Flights =>
    new Map(sizes.map((size, at) => [`${at}`, { size, abort: new AbortController() }]));

  it.each<[number[], number, boolean]>([
    [[], 1, true],
    [[], 70_000, true],
    [[1], 47_998, true],
    [[1], 47_999, false],
    [[47_000, 999], 1, false],
    [Array(199).fill(1), 1, true],
    [Array(200).fill(1), 1, false],
  ])("with %j under way takes %i more or not", (sizes, size, is) => {
    expect(fits(flying(...sizes), size)).toBe(is);
  });
});
