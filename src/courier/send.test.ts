// One attempt: its request, and what each response means.
import { describe, expect, it, vi } from "vitest";
import type { Route } from "../config";
import { entryAt, START, settled } from "../test/entries";
import {
  HOUR_MS,
  MINUTE_MS,
  never,
  type Responding,
  routeTo,
  setUpStand,
  stand,
  status,
  unreachable,
} from "../test/stand";
import type { Entry } from "./row";
import { type Answer, createSend } from "./send";

setUpStand();

const entry = entryAt(START);

async function sent(
  respond: Responding,
  change: Partial<Entry> = {},
  route: Partial<Route> = {},
): Promise<Answer> {
  stand.respond = respond;
  return createSend(routeTo(route), async () => {})({ ...entry, ...change });
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

  it("ends after the entry's own time-out", () => {
    const timeout = vi.spyOn(AbortSignal, "timeout");
    for (const silent of [0, 1, 2, 3]) void sent(never, { silent });
    expect(timeout.mock.calls).toEqual([[10_000], [20_000], [40_000], [60_000]]);
    expect(stand.requests[0]?.signal).toBe(timeout.mock.results[0]?.value);
  });

  it("is made without one where the browser has none", () => {
    vi.stubGlobal("AbortSignal", {});
    void sent(never);
    expect(stand.requests[0]?.signal).toBeNull();
  });
});

const html = { "Content-Type": "text/html; charset=utf-8" };

describe("a response of", () => {
  it.each([200, 201, 202, 204, 299])("%i is an acknowledgement", async (code) => {
    expect(await sent(() => status(code))).toEqual({
      verdict: "delivered",
      status: code,
      message: "",
      retryAt: 0,
    });
  });

  it.each<[number, string, Answer["verdict"]]>([
    [400, "Json deserialize error: missing field `position` at line 1", "refused"],
    [400, "UUID parsing failed: invalid length", "refused"],
    [400, "could not deserialize", "refused"],
    [413, "JSON payload is larger than allowed", "refused"],
    [415, "Unsupported media type", "refused"],
    [422, "Unprocessable", "refused"],
    [400, "Could not get a connection from the pool", "unclear"],
    [400, "", "unclear"],
    [400, "Using Dataset Tracking IDs requires providing the TR-Organization header", "config"],
    [400, "Organization not found", "config"],
    [300, "Multiple Choices", "config"],
    [401, "Unauthorized", "config"],
    [403, "Forbidden", "config"],
    [404, "Dataset not found", "config"],
    [405, "", "config"],
    [410, "", "config"],
    [499, "", "config"],
    [408, "later", "retry"],
    [425, "later", "retry"],
    [429, "later", "retry"],
    [500, "later", "retry"],
    [502, "later", "retry"],
    [503, "later", "retry"],
    [504, "later", "retry"],
    [599, "later", "retry"],
  ])("%i (%s) means: %s", async (code, message, verdict) => {
    expect(await sent(() => status(code, message))).toEqual({ verdict, status: code, message, retryAt: 0 });
  });

  it.each(["", "<html>Bad Gateway</html>", "null", "[]", '{"error":"x"}', '{"message":null}'])(
    "503 with the body %j is one like any other",
    async (text) => {
      expect(await sent(() => new Response(text, { status: 503 }))).toMatchObject({
        verdict: "retry",
        status: 503,
        message: "",
      });
    },
  );

  it("200 that is an HTML page is no acknowledgement: somebody else answers for the endpoint", async () => {
    const page = () => new Response("<p>You are offline</p>", { status: 200, headers: html });
    expect(await sent(page)).toMatchObject({ verdict: "retry", status: 200, message: "an HTML page" });
    expect((await sent(page)).isSilent).toBeUndefined();
  });

  it("200 with JSON or text is one", async () => {
    for (const type of ["application/json", "text/plain"])
      expect(await sent(() => new Response("{}", { headers: { "Content-Type": type } }))).toMatchObject({
        verdict: "delivered",
      });
  });

  it("404 that is an HTML page says what it says", async () => {
    const page = () => new Response("<p>Not found</p>", { status: 404, headers: html });
    expect(await sent(page)).toMatchObject({ verdict: "config", status: 404 });
  });

  it("a redirect is no acknowledgement: a login page", async () => {
    const redirect = () => Object.defineProperties(Response.error(), { type: { value: "opaqueredirect" } });
    expect(await sent(redirect)).toMatchObject({ verdict: "retry", status: 0, message: "a redirect" });
  });

  it.each<[string, () => Response]>([
    ["error", () => Response.error()],
    ["opaque", () => Object.defineProperties(Response.error(), { type: { value: "opaque" } })],
  ])("the type %s, as a service worker or a wrapped fetch makes it, is a failure", async (message, make) => {
    expect(await sent(make)).toMatchObject({ verdict: "retry", status: 0, message });
  });
});

describe("no response", () => {
  it("is a silent failure", async () => {
    expect(await sent(unreachable)).toEqual({
      verdict: "retry",
      isSilent: true,
      status: 0,
      message: "TypeError: Failed to fetch",
      retryAt: 0,
    });
  });

  it("is told a task later: then the page knows whether it has left", async () => {
    const order: string[] = [];
    stand.respond = unreachable;
    const nextTask = async () => void order.push("a task");
    await createSend(routeTo(), nextTask)(entry);
    order.push("told");
    expect(order).toEqual(["a task", "told"]);
  });

  it("is told after the browser's next task where nobody says what to wait for", async () => {
    const told = vi.fn();
    stand.respond = unreachable;
    const answer = createSend(routeTo())(entry).then(told);
    await settled();
    expect(told).not.toHaveBeenCalled();
    await vi.runAllTimersAsync();
    await answer;
    expect(told).toHaveBeenCalledTimes(1);
  });

  it("is one where fetch throws, or is not there", async () => {
    for (const broken of [undefined, () => JSON.parse("{")]) {
      vi.stubGlobal("fetch", broken);
      expect(await createSend(routeTo(), async () => {})(entry)).toMatchObject({
        verdict: "retry",
        isSilent: true,
      });
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
    expect(await sent(() => value)).toEqual({ verdict: "unknown", status: 0, message: "", retryAt: 0 });
  });

  it("that resolves to a response of another realm is as good as the browser's", async () => {
    const { headers } = status(204);
    const theirs = { [Symbol.toStringTag]: "Response", status: 204, ok: true, type: "cors", headers };
    expect(await sent(() => theirs)).toMatchObject({ verdict: "delivered" });
  });
});

describe("Retry-After", () => {
  const asked = async (header: string, code = 429) =>
    (await sent(() => status(code, "slow down", { "Retry-After": header }))).retryAt - START;

  it.each<[string, () => string, number]>([
    ["in seconds", () => "120", 2 * MINUTE_MS],
    ["as a date", () => new Date(START + 90_000).toUTCString(), 90_000],
    ["too many seconds", () => "999999999", HOUR_MS],
    ["far too many seconds", () => "1e300", HOUR_MS],
    ["endless", () => "Infinity", HOUR_MS],
    ["at the end of time", () => "Fri, 31 Dec 9999 23:59:59 GMT", HOUR_MS],
  ])("%s is what it says, an hour at most", async (_, header, ms) => {
    expect(await asked(header())).toBe(ms);
    expect(await asked(header(), 503)).toBe(ms);
  });

  it.each(["0", "-5", "Tue, 31 Dec 2024 23:59:00 GMT", "soon", "", "1;2"])(
    "%j asks for nothing",
    async (header) => {
      expect(await asked(header)).toBe(-START);
    },
  );
});
