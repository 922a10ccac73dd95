// One timer for the earliest time.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { START } from "../test/entries";
import { createAlarm } from "./alarm";

const ring = vi.fn();

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: START });
  ring.mockReset();
});
afterEach(() => vi.useRealTimers());

describe("an alarm", () => {
  it("rings once, at its time", () => {
    createAlarm(ring).set(START + 1_000);
    vi.advanceTimersByTime(999);
    expect(ring).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(ring).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(100_000);
    expect(ring).toHaveBeenCalledTimes(1);
  });

  it.each([
    ["an earlier time replaces a later one", 2_000, 1_000],
    ["a later time does not replace an earlier one", 1_000, 2_000],
    ["the same time changes nothing", 1_000, 1_000],
  ])("%s", (_, first, second) => {
    const alarm = createAlarm(ring);
    alarm.set(START + first);
    vi.advanceTimersByTime(500);
    alarm.set(START + second);
    vi.advanceTimersByTime(499);
    expect(ring).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(ring).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(100_000);
    expect(ring).toHaveBeenCalledTimes(1);
  });

  it("never rings for no time, and keeps the one that is set", () => {
    const alarm = createAlarm(ring);
    alarm.set(START + 1_000);
    alarm.set(0);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(1_000);
    expect(ring).toHaveBeenCalledTimes(1);
    alarm.set(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("takes a later time once it has rung, and once it was cleared", () => {
    const alarm = createAlarm(ring);
    alarm.set(START + 1_000);
    vi.advanceTimersByTime(1_000);
    alarm.set(START + 3_000);
    vi.advanceTimersByTime(2_000);
    expect(ring).toHaveBeenCalledTimes(2);
    alarm.set(START + 4_000);
    alarm.clear();
    expect(vi.getTimerCount()).toBe(0);
    alarm.set(START + 5_000);
    vi.advanceTimersByTime(2_000);
    expect(ring).toHaveBeenCalledTimes(3);
  });

  it("waits no longer than anything is waited for: a time years away comes from a clock that jumped", () => {
    createAlarm(ring).set(START + 365 * 86_400_000);
    vi.advanceTimersByTime(2 * 3_600_000);
    expect(ring).toHaveBeenCalledTimes(1);
  });

  it("is not put off by such a time that is set again and again", () => {
    const alarm = createAlarm(ring);
    for (let hour = 0; hour < 2; hour++) {
      alarm.set(START + 365 * 86_400_000);
      vi.advanceTimersByTime(3_600_000);
    }
    expect(ring).toHaveBeenCalledTimes(1);
  });
});
