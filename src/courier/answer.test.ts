// What a response means for its click and for the endpoint; the waits, and what they do to an endpoint that comes back: a seeded
// simulation of 100,000 browsers.
import { describe, expect, it } from "vitest";
import { entryAt, START, seeded } from "../test/entries";
import { backoff, healthAfter, isLate, messageOf, outcomeOf, type Verdict, verdictOf } from "./answer";
import { type Health, NEW_LEDGER } from "./ledger";
import type { Entry } from "./row";
import type { Answer } from "./send";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const half = () => 0.5;
const healthy = NEW_LEDGER.health;

/** An answer with that verdict. */
const ANSWERS: Readonly<Record<Verdict, Answer>> = {
  delivered: { status: 204, text: "" },
  refused: { status: 422, text: "words" },
  unclear: { status: 400, text: "words" },
  config: { status: 403, text: "words" },
  retry: { status: 503, text: "words" },
  unknown: { status: 0, text: "", isForeign: true },
};
const silent: Answer = { status: 0, text: "TypeError: Failed to fetch", isSilent: true };

describe("an answer of", () => {
  it.each([200, 201, 202, 204, 299])("%i is an acknowledgement", (status) => {
    expect(verdictOf({ status, text: "" })).toBe("delivered");
  });

  it.each<[number, string, Verdict]>([
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
  ])("%i (%s) means: %s", (status, message, verdict) => {
    const answer = { status, text: message };
    expect([verdictOf(answer), messageOf(answer)]).toEqual([verdict, message]);
  });

  it.each([
    ["", ""],
    ["<html>Bad Gateway</html>", "an HTML page"],
    ["null", "null"],
    ['{"error":"x"}', '{"error":"x"}'],
  ])("503 with the body %j is one like any other", (text, message) => {
    const answer = { status: 503, text };
    expect([verdictOf(answer), messageOf(answer)]).toEqual(["retry", message]);
  });

  it.each(["<p>You are offline</p>", "  \n<!DOCTYPE html>"])(
    "200 with the page %j is no acknowledgement",
    (text) => {
      const answer = { status: 200, text };
      expect([verdictOf(answer), messageOf(answer)]).toEqual(["retry", "an HTML page"]);
    },
  );

  it.each(["", "{}", "ok", "[1 < 2]"])("200 with the body %j is one", (text) => {
    const answer = { status: 200, text };
    expect([verdictOf(answer), messageOf(answer)]).toEqual(["delivered", ""]);
  });

  it("404 that is an HTML page says what it says", () => {
    expect(verdictOf({ status: 404, text: "<p>Not found</p>" })).toBe("config");
  });

  it.each([
    ["opaqueredirect", "a redirect"],
    ["error", "error"],
    ["opaque", "opaque"],
  ])("no status, of the type %s, is a failure", (text, message) => {
    const answer = { status: 0, text };
    expect([verdictOf(answer), messageOf(answer)]).toEqual(["retry", message]);
  });

  it("nobody is a failure, in the browser's words", () => {
    expect([verdictOf(silent), messageOf(silent)]).toEqual(["retry", "TypeError: Failed to fetch"]);
  });

  it("a page's own function says nothing", () => {
    expect(verdictOf(ANSWERS.unknown)).toBe("unknown");
  });
});

interface Case {
  readonly entry?: Partial<Entry>;
  readonly answer?: Partial<Answer>;
  readonly seenAt?: number;
  readonly now?: number;
  readonly isCopy?: boolean;
}

function judged(
  verdict: Verdict,
  { entry, answer, seenAt = 0, now = START + 1_000, isCopy = false }: Case = {},
) {
  const row = { ...entryAt(START), begun: true, doubt: true, due: START + 30_000, ...entry };
  const given = { ...ANSWERS[verdict], ...answer };
  expect(verdictOf(given)).toBe(verdict);
  return outcomeOf(row, given, { ...healthy, seenAt }, { isCopy, now, random: half });
}

describe("a click", () => {
  it("that is acknowledged is delivered", () => {
    const row = entryAt(START);
    expect(judged("delivered")).toEqual({
      name: "delivered",
      id: row.id,
      at: START,
      attempt: 1,
      payload: row.payload,
      status: 204,
      message: "",
      stored: false,
    });
  });

  it.each([
    ["while its lease runs, for nobody else counts it", 29_999, false],
    ["from its lease's end on", 30_000, true],
  ])("has to have a row or need not, %s", (_, later, stored) => {
    for (const verdict of ["delivered", "retry", "refused"] as const)
      expect(judged(verdict, { now: START + later })?.stored).toBe(stored);
  });

  it("of which nothing is known stays as it is: in doubt", () => {
    expect(judged("unknown")).toBeUndefined();
  });

  it("that is refused is dropped with the server's words", () => {
    expect(judged("refused")).toMatchObject({
      name: "dropped",
      reason: "refused",
      status: 422,
      message: "words",
    });
  });

  it("that failed waits from now on, with nobody's lease and no doubt", () => {
    expect(judged("retry")).toMatchObject({
      name: "waiting",
      remains: { begun: false, doubt: false, due: START + 1_000, attempt: 1, silent: 0, refusals: 0 },
    });
    expect(judged("retry")?.reason).toBeUndefined();
  });

  it("that may be a copy by now counts that", () => {
    expect(judged("retry", { isCopy: true })?.remains?.silent).toBe(1);
    expect(judged("retry", { isCopy: true, entry: { silent: 3 } })?.remains?.silent).toBe(4);
    expect(judged("retry", { entry: { silent: 3 } })?.remains?.silent).toBe(3);
  });

  it("that meets a 400 without a cause waits longer each time, and is dropped at the fourth", () => {
    const refusals = (before: number) => judged("unclear", { entry: { refusals: before } });
    expect([0, 1, 2].map((before) => refusals(before)?.remains?.due)).toEqual(
      [1_000, 2_000, 4_000].map((ms) => START + 1_000 + ms),
    );
    expect([0, 1, 2].map((before) => refusals(before)?.remains?.refusals)).toEqual([1, 2, 3]);
    expect(refusals(3)).toMatchObject({ name: "dropped", reason: "refused" });
  });

  it("that has failed by network four times and then meets one such 400 is not dropped: four of its kind", () => {
    expect(judged("unclear", { entry: { attempt: 5, silent: 4 } })).toMatchObject({
      name: "waiting",
      remains: { refusals: 1, silent: 4 },
    });
  });

  it("is not blamed for failures: refusals count no outage", () => {
    expect(judged("retry", { entry: { refusals: 3, attempt: 9 } })).toMatchObject({
      name: "waiting",
      remains: { refusals: 3 },
    });
  });

  it("refused as by a wrong configuration waits, and says so", () => {
    expect(judged("config")).toMatchObject({
      name: "waiting",
      reason: "config",
      remains: { refusals: 1, due: START + 1_000, refusedAt: START + 1_000 },
    });
  });

  it.each<[string, number, number, boolean]>([
    ["after three, others acknowledged since", 2, START + 1, false],
    ["after four, none acknowledged ever", 3, 0, false],
    ["after four, the last acknowledgement before the click", 3, START, false],
    ["after four, another acknowledged since the click", 3, START + 1, true],
    ["after forty, none acknowledged since", 39, START, false],
  ])("so refused %s is dropped or waits", (_, refusals, seenAt, isDropped) => {
    expect(judged("config", { entry: { refusals }, seenAt })).toMatchObject(
      isDropped ? { name: "dropped", reason: "refused" } : { name: "waiting", reason: "config" },
    );
  });

  it.each<[Verdict, Partial<Entry>]>([
    ["retry", { attempt: 9, silent: 5 }],
    ["unclear", { refusals: 2 }],
    ["config", { refusals: 9 }],
  ])("is not dropped for its age by %s: that is decided before it is sent", (verdict, entry) => {
    expect(judged(verdict, { entry, now: START + 30 * DAY_MS })?.name).toBe("waiting");
  });

  it("that is delivered late is delivered", () => {
    expect(judged("delivered", { entry: { attempt: 9 }, now: START + 30 * DAY_MS })?.name).toBe("delivered");
  });

  it("that waits keeps no answer that a page has left with it", () => {
    const answer = { status: 503, text: "" };
    expect(judged("retry", { entry: { answer } })?.remains).not.toHaveProperty("answer");
  });

  it("is late from its fourth attempt on", () => {
    expect([1, 3, 4, 5].map((attempt) => isLate(entryAt(START, { attempt })))).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });
});

describe("the endpoint", () => {
  const learned = (
    health: Partial<Health>,
    verdict: Verdict,
    answer: Partial<Answer> = {},
    random = half,
    id = "the click",
  ) => healthAfter({ ...healthy, ...health }, { ...ANSWERS[verdict], ...answer }, id, { now: START, random });

  it("that acknowledges is well, and nobody is suspected or refused", () => {
    const before = {
      downSince: START - 9,
      until: START + 5,
      failedAt: START - 9,
      suspect: "x",
      refusedAt: START - 1,
    };
    expect(learned(before, "delivered")).toEqual({
      downSince: 0,
      until: 0,
      asked: 0,
      failedAt: START - 9,
      seenAt: START,
      suspect: "",
      refusedAt: 0,
    });
  });

  it("that acknowledges what was under way is still asked nothing before the time that it named", () => {
    const asked = START + MINUTE_MS;
    const down = { downSince: START - 5, until: asked, asked };
    expect(learned(down, "delivered")).toMatchObject(down);
    expect(learned({ downSince: START - 5, until: START, asked: START }, "delivered")).toMatchObject({
      downSince: 0,
      until: 0,
      asked: 0,
    });
  });

  it("that fails is left alone for a second at most, and that is evidence", () => {
    expect(learned({}, "retry")).toEqual({
      ...healthy,
      downSince: START,
      until: START + 500,
      failedAt: START,
    });
  });

  it.each([
    [500, 1_000],
    [8_000, 8_000],
    [60_000, 60_000],
    [HOUR_MS, HOUR_MS],
    [DAY_MS, HOUR_MS],
  ])("that is down for %i ms is left alone for %i at most", (lasted, most) => {
    const downSince = START - lasted;
    expect(learned({ downSince }, "retry", {}, () => 1)).toMatchObject({ downSince, until: START + most });
    expect(learned({ downSince }, "retry", {}, () => 0).until).toBe(START);
  });

  it("is not thought to be down since a time to come: the clock was ahead", () => {
    expect(learned({ downSince: START + DAY_MS }, "retry", {}, () => 1)).toMatchObject({
      downSince: START,
      until: START + 1_000,
    });
  });

  it("that fails at requests which were under way together has failed once", () => {
    const until = START + 700;
    expect(learned({ downSince: START - 1, until }, "retry").until).toBe(until);
    expect(learned({ downSince: START - 4_000, until: START }, "retry").until).toBe(START + 2_000);
  });

  it("that names a time is left alone until then and up to a quarter of that longer, and clicks wait too", () => {
    const until = START + MINUTE_MS + MINUTE_MS / 8;
    expect(learned({}, "retry", { retryAfter: "60" })).toMatchObject({ until, asked: until });
  });

  it.each([
    [() => "60", MINUTE_MS],
    [() => new Date(START + MINUTE_MS).toUTCString(), MINUTE_MS],
  ])("that names a time gets everybody back spread over a quarter of that", (header, ms) => {
    const random = seeded(7);
    const times = Array.from(
      { length: 1_000 },
      () => learned({}, "retry", { retryAfter: header() }, random).until - START,
    );
    expect(Math.min(...times)).toBeGreaterThanOrEqual(ms);
    expect(Math.max(...times)).toBeGreaterThan(1.23 * ms);
    expect(Math.max(...times)).toBeLessThanOrEqual(1.25 * ms);
    const first = times.filter((time) => time < 1.125 * ms).length;
    expect(first).toBeGreaterThan(400);
    expect(first).toBeLessThan(600);
  });

  it.each<[string, () => string, number]>([
    ["in seconds", () => "120", 2 * MINUTE_MS],
    ["as a date", () => new Date(START + 90_000).toUTCString(), 90_000],
    ["too many seconds", () => "999999999", HOUR_MS],
    ["far too many seconds", () => "1e300", HOUR_MS],
    ["endless", () => "Infinity", HOUR_MS],
    ["at the end of time", () => "Fri, 31 Dec 9999 23:59:59 GMT", HOUR_MS],
  ])("that names a time %s is left alone until then, an hour at most", (_, header, ms) => {
    for (const status of [429, 503])
      expect(learned({}, "retry", { status, retryAfter: header() }, () => 0).asked).toBe(START + ms);
  });

  it.each([undefined, null, "0", "-5", "Tue, 31 Dec 2024 23:59:00 GMT", "soon", "", "1;2"])(
    "that names %j asks for nothing",
    (retryAfter) => {
      expect(learned({}, "retry", { retryAfter: retryAfter as string })).toMatchObject({
        asked: 0,
        until: START + 500,
      });
    },
  );

  it("that has named a time is not asked earlier for a failure without one", () => {
    const asked = START + MINUTE_MS;
    expect(learned({ downSince: START - 1, until: asked, asked }, "retry")).toMatchObject({
      until: asked,
      asked,
    });
  });

  it.each([
    ["past", -1],
    ["too far away: the clock was wrong", 30 * DAY_MS],
  ])("is not left alone for a named time that is %s", (_, ms) => {
    expect(
      learned({ asked: START + ms, until: START + ms, downSince: START - 4_000 }, "retry"),
    ).toMatchObject({
      asked: 0,
      until: START + 2_000,
    });
  });

  it("that blames the configuration at one click suspects that click, and that is evidence", () => {
    expect(learned({ downSince: 1 }, "config")).toEqual({
      ...healthy,
      downSince: 1,
      failedAt: START,
      suspect: "the click",
    });
  });

  it("that blames it again at the same click is not believed, at another one it is", () => {
    expect(learned({ suspect: "the click" }, "config").refusedAt).toBe(0);
    expect(learned({ suspect: "another" }, "config")).toMatchObject({
      refusedAt: START,
      suspect: "the click",
    });
    expect(learned({ suspect: "the click", refusedAt: START - 5 }, "config").refusedAt).toBe(START - 5);
  });

  it.each(["refused", "unclear", "unknown"] as const)("says nothing of itself by %s", (verdict) => {
    const before = { ...healthy, downSince: 2, until: START + 5, suspect: "x" };
    expect(learned(before, verdict)).toEqual(before);
  });

  it("never waits longer than two hours, whatever it asks", () => {
    const { until } = learned({ downSince: START - DAY_MS }, "retry", { retryAfter: "3600" }, () => 1);
    expect(until - START).toBeLessThanOrEqual(2 * HOUR_MS);
  });
});

const BROWSERS = 100_000;
/** Seconds. */
const OUTAGE = 600;
/** Seconds after the recovery that are looked at: no wait of this outage is longer. */
const AFTER = OUTAGE;

describe("a wait", () => {
  it("is as long as the outage so far at most, a second at least and an hour at most", () => {
    const longest = [0, 0.5, 1, 2, 16, 256, 300, 3_600, 5_000].map(
      (seconds) => backoff(seconds * 1_000, () => 1) / 1_000,
    );
    expect(longest).toEqual([1, 1, 1, 2, 16, 256, 300, 3_600, 3_600]);
  });

  it("is anything down to nothing: full jitter", () => {
    expect(backoff(64_000, () => 0)).toBe(0);
    expect(backoff(64_000, () => 0.25)).toBe(16_000);
  });
});

/** When, in seconds after the recovery, a browser whose first request failed at `second` gets through. */
function arrival(second: number, random: () => number): number {
  const began = second * 1000;
  let time = began;
  while (time < OUTAGE * 1000) time += backoff(time - began, random);
  return time / 1000 - OUTAGE;
}

/** Arrivals a second after the recovery. */
function recovery(failedAt: (browser: number) => number, random: () => number): number[] {
  const seconds = new Array<number>(AFTER + 1).fill(0);
  for (let browser = 0; browser < BROWSERS; browser++) {
    const second = Math.min(AFTER, Math.floor(arrival(failedAt(browser), random)));
    seconds[second] = (seconds[second] ?? 0) + 1;
  }
  return seconds;
}

const peak = (seconds: readonly number[]) => Math.max(...seconds);
/** Until when nine of ten browsers have come through. */
function ninety(seconds: readonly number[]): number {
  let sum = 0;
  return seconds.findIndex((arrivals) => {
    sum += arrivals;
    return sum >= BROWSERS * 0.9;
  });
}

describe("100,000 browsers after an outage of ten minutes", () => {
  it("come back spread over the minutes after it, not in waves", () => {
    const withJitter = seeded(1);
    const without = () => 1;
    const clicks = seeded(2);
    const spreadOut = Array.from({ length: BROWSERS }, () => clicks() * OUTAGE);
    const scenarios: [string, (browser: number) => number][] = [
      // A server that falls over cuts everybody's request in the same instant, or answers a crowd within a second.
      ["all requests cut at once", () => 0],
      ["cut within one second", (browser) => browser / BROWSERS],
      ["clicks all through the outage", (browser) => spreadOut[browser] ?? 0],
    ];
    const table = scenarios.map(([failed, failedAt]) => {
      const jitter = recovery(failedAt, withJitter);
      const none = recovery(failedAt, without);
      const ratio = peak(none) / peak(jitter);
      return {
        failed,
        "peak/s, full jitter": peak(jitter),
        "peak/s, none": peak(none),
        ratio: Math.round(ratio * 10) / 10,
        "mean/s in the busiest minute, full jitter": busiestMinute(jitter),
        "90% are through after s, full jitter": ninety(jitter),
        "90% none": ninety(none),
      };
    });
    console.table(table);
    const [atOnce, withinASecond, allThrough] = table;
    expect(atOnce?.["peak/s, none"]).toBe(BROWSERS);
    expect(atOnce?.ratio).toBeGreaterThan(50);
    expect(withinASecond?.ratio).toBeGreaterThan(50);
    // People's own clicks are spread already: jitter must not make it worse.
    expect(allThrough?.ratio).toBeGreaterThan(0.5);
    for (const { "peak/s, full jitter": highest } of table) expect(highest).toBeLessThan(BROWSERS / 30);
  }, 30_000);
});

function busiestMinute(seconds: readonly number[]): number {
  let most = 0;
  for (let start = 0; start + 60 <= seconds.length; start++) {
    const sum = seconds.slice(start, start + 60).reduce((total, arrivals) => total + arrivals, 0);
    most = Math.max(most, sum);
  }
  return Math.round(most / 60);
}
