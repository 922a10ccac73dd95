// What a response means for its click and for the endpoint; the growth of the waits, and what they do to an endpoint that
// comes back: a seeded simulation of 100,000 browsers.
import { describe, expect, it } from "vitest";
import { entryAt, START, seeded } from "../test/entries";
import { type Health, NEW_LEDGER } from "./ledger";
import type { Entry } from "./row";
import type { Answer, Verdict } from "./send";
import { backoff, isLate, judge, learn } from "./verdict";

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const half = () => 0.5;
const answer = (verdict: Verdict, change: Partial<Answer> = {}): Answer => ({
  verdict,
  status: 503,
  message: "words",
  retryAt: 0,
  ...change,
});
const healthy = NEW_LEDGER.health;

interface Case {
  readonly entry?: Partial<Entry>;
  readonly answer?: Partial<Answer>;
  readonly seenAt?: number;
  readonly time?: number;
}

function judged(verdict: Verdict, { entry, answer: change, seenAt = 0, time = START + 1_000 }: Case = {}) {
  const row = { ...entryAt(START), begun: true, doubt: true, due: START + 30_000, ...entry };
  return judge(row, answer(verdict, change), { ...healthy, seenAt }, time, half);
}

describe("a click", () => {
  it("that is acknowledged is delivered", () => {
    const row = entryAt(START);
    expect(judged("delivered", { answer: { status: 204 } })).toEqual({
      name: "delivered",
      id: row.id,
      at: START,
      attempt: 1,
      payload: row.payload,
      status: 204,
      message: "words",
      stored: true,
    });
  });

  it("of which nothing is known stays as it is: in doubt", () => {
    expect(judged("unknown")).toBeUndefined();
  });

  it("that is refused is dropped with the server's words", () => {
    expect(judged("refused", { answer: { status: 422 } })).toMatchObject({
      name: "dropped",
      reason: "refused",
      status: 422,
      message: "words",
    });
  });

  it("that failed waits from now on, with nobody's lease and no doubt", () => {
    expect(judged("retry")).toMatchObject({
      name: "waiting",
      stored: true,
      remains: { begun: false, doubt: false, due: START + 1_000, attempt: 1, silent: 0, refusals: 0 },
    });
    expect(judged("retry")?.reason).toBeUndefined();
  });

  it("that got no response counts its silence", () => {
    expect(judged("retry", { answer: { isSilent: true } })?.remains?.silent).toBe(1);
    expect(judged("retry", { answer: { isSilent: true }, entry: { silent: 3 } })?.remains?.silent).toBe(4);
    expect(judged("retry", { entry: { silent: 3 } })?.remains?.silent).toBe(3);
  });

  it("that meets a 400 without a cause waits longer each time, and is dropped at the fourth", () => {
    const refusals = (before: number) => judged("unclear", { entry: { refusals: before } });
    expect([0, 1, 2].map((before) => refusals(before)?.remains?.due)).toEqual(
      [500, 1_000, 2_000].map((ms) => START + 1_000 + ms),
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
    expect(judged("config", { answer: { status: 403 } })).toMatchObject({
      name: "waiting",
      reason: "config",
      remains: { refusals: 1, due: START + 1_000 },
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

  const week = 7 * DAY_MS;
  it.each<[string, number, number, boolean]>([
    ["at a week, at its fourth attempt", 4, week, false],
    ["past a week, at its third", 3, week + 1, false],
    ["past a week, at its fourth", 4, week + 1, true],
    ["past a week, at its fifth", 5, week + 1, true],
  ])("that fails %s expires or waits", (_, attempt, age, isExpired) => {
    for (const verdict of ["retry", "unclear", "config"] as const) {
      const end = judged(verdict, { entry: { attempt }, time: START + age });
      expect(end?.reason === "expired").toBe(isExpired);
    }
  });

  it("that is delivered late is delivered", () => {
    expect(judged("delivered", { entry: { attempt: 9 }, time: START + 30 * DAY_MS })?.name).toBe("delivered");
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
  const learned = (health: Partial<Health>, verdict: Verdict, change: Partial<Answer> = {}, random = half) =>
    learn({ ...healthy, ...health }, answer(verdict, change), "the click", START, random);

  it("that acknowledges is well, and its silence is over", () => {
    const before = { fails: 3, until: START + 5, failedAt: START - 9, suspect: "x" };
    expect(learned(before, "delivered")).toEqual({
      fails: 0,
      until: 0,
      asked: 0,
      failedAt: START - 9,
      seenAt: START,
      suspect: "",
    });
  });

  it("that acknowledges what was under way is still asked nothing before the time that it named", () => {
    const asked = START + MINUTE_MS;
    expect(learned({ fails: 1, until: asked, asked }, "delivered")).toMatchObject({
      fails: 1,
      until: asked,
      asked,
    });
    expect(learned({ fails: 1, until: START, asked: START }, "delivered")).toMatchObject({
      fails: 0,
      until: 0,
      asked: 0,
    });
  });

  it("that fails is left alone for the back-off, and that is evidence", () => {
    expect(learned({}, "retry")).toEqual({ ...healthy, fails: 1, until: START + 500, failedAt: START });
    expect(learned({ fails: 3 }, "retry").until).toBe(START + 4_000);
  });

  it("that fails at requests which were under way together has failed once", () => {
    const first = learned({}, "retry", {}, () => 1);
    expect(learn(first, answer("retry"), "another", START + 10, half).fails).toBe(1);
    expect(learn(first, answer("retry"), "another", START + 1_000, half).fails).toBe(2);
  });

  it("that names a time is left alone until then, and clicks wait too", () => {
    const retryAt = START + MINUTE_MS;
    const until = retryAt + 500;
    expect(learned({}, "retry", { retryAt })).toMatchObject({ until, asked: until });
  });

  it("that has named a time is not asked earlier for a failure without one", () => {
    const asked = START + MINUTE_MS;
    expect(learned({ fails: 1, until: asked, asked }, "retry")).toMatchObject({
      fails: 1,
      until: asked + 500,
      asked,
    });
  });

  it.each([
    ["past", -1],
    ["too far away: the clock was wrong", 30 * DAY_MS],
  ])("is not left alone for a named time that is %s", (_, ms) => {
    expect(learned({ asked: START + ms, until: START + ms, fails: 2 }, "retry")).toMatchObject({
      fails: 3,
      asked: 0,
      until: START + 2_000,
    });
  });

  it("that blames the configuration remembers whose click that was, and that is evidence", () => {
    expect(learned({ fails: 1 }, "config")).toEqual({
      ...healthy,
      fails: 1,
      failedAt: START,
      suspect: "the click",
    });
  });

  it.each(["refused", "unclear", "unknown"] as const)("says nothing of itself by %s", (verdict) => {
    const before = { ...healthy, fails: 2, until: START + 5, suspect: "x" };
    expect(learned(before, verdict)).toEqual(before);
  });

  it("never waits longer than an hour and five minutes, whatever it asks", () => {
    const { until } = learned({ fails: 50 }, "retry", { retryAt: START + HOUR_MS }, () => 1);
    expect(until - START).toBe(HOUR_MS + 300_000);
  });
});

const BROWSERS = 100_000;
/** Seconds. */
const OUTAGE = 600;
/** Seconds after the recovery that are looked at: no wait is longer. */
const AFTER = 300;

describe("a wait", () => {
  it("is at most 1 s after the first failure, twice that after each further one, and never over five minutes", () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 50, 5_000].map((fails) => backoff(fails, () => 1) / 1000);
    expect(longest).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
  });

  it("is anything down to nothing: full jitter", () => {
    expect(backoff(7, () => 0)).toBe(0);
    expect(backoff(7, () => 0.25)).toBe(16_000);
  });
});

/** When, in seconds after the recovery, a browser whose first request failed at `second` gets through. */
function arrival(second: number, random: () => number): number {
  let time = second * 1000;
  for (let fails = 1; time < OUTAGE * 1000; fails++) time += backoff(fails, random);
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
    for (const { "peak/s, full jitter": highest } of table) expect(highest).toBeLessThan(BROWSERS / 50);
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
