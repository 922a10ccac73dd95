// Counting: once, together, and never lost when the disk fails.
import { IDBDatabase, IDBObjectStore } from "fake-indexeddb";
import { describe, expect, it, vi } from "vitest";
import { fillDisk } from "../test/disk";
import { START, settled } from "../test/entries";
import { busyDisk, counts, knows, ledger, left, pass, routeTo, setUpStand, stored } from "../test/stand";
import type { Health, Outcome, Settled } from "./ledger";
import { count, flush, type Queue } from "./queue";
import type { Entry } from "./row";
import { createDesk } from "./worker";

setUpStand();

/** A worker's queue, and what it told. */
function open(): { readonly queue: Queue; readonly told: Outcome[] } {
  const told: Outcome[] = [];
  const desk = createDesk(routeTo(), "worker");
  desk.isHeard = true;
  desk.port = { postMessage: ({ outcome }) => void (outcome && told.push(outcome)) };
  return { queue: desk.queue, told };
}

interface End {
  readonly end: Settled;
  readonly learn?: (health: Health) => Health;
}
const delivered = ({ id, at, attempt }: Entry): End => ({
  end: { name: "delivered", id, at, attempt, stored: true },
});
const fails: End["learn"] = (health) => ({ ...health, failedAt: health.failedAt + 1 });
/** How many transactions that write are begun from now on. */
function watchWrites(): () => number {
  const begun = vi.spyOn(IDBDatabase.prototype, "transaction");
  return () => begun.mock.calls.filter(([, mode]) => mode === "readwrite").length;
}

describe("an outcome", () => {
  it("is counted, told and forgotten", async () => {
    const [entry] = left(1) as [Entry];
    const account = open();
    await count(account.queue, delivered(entry));
    expect(account.told).toEqual([{ name: "delivered", id: entry.id, at: entry.at, attempt: 1 }]);
    expect(account.queue.uncounted).toEqual([]);
    expect(await counts()).toEqual({ delivered: 1 });
    expect(await stored()).toEqual([]);
  });

  it("is counted once, whoever settles first, and told by that one", async () => {
    const [entry] = left(1) as [Entry];
    const tabs = [open(), open()];
    await Promise.all(tabs.map((tab) => count(tab.queue, delivered(entry))));
    expect(await counts()).toEqual({ delivered: 1 });
    expect(tabs.map(({ told }) => told.length)).toEqual([1, 0]);
  });

  it("that comes while others are counted shares one transaction with its kin", async () => {
    const entries = left(6);
    const writes = watchWrites();
    const account = open();
    await Promise.all(entries.map((entry) => count(account.queue, delivered(entry))));
    await settled();
    expect(writes()).toBe(2);
    expect(await counts()).toEqual({ delivered: 6 });
    expect(account.told).toHaveLength(6);
  });

  it("that can't be counted is counted with the next, not told before, and nothing rejects", async () => {
    const [one, two] = left(2) as [Entry, Entry];
    const full = fillDisk();
    const account = open();
    await expect(count(account.queue, delivered(one))).resolves.toBeUndefined();
    expect(account.told).toEqual([]);
    expect(account.queue.uncounted).toMatchObject([{ end: { id: one.id, name: "delivered" } }]);
    full.mockRestore();
    await count(account.queue, delivered(two));
    expect(await counts()).toEqual({ delivered: 2 });
    expect(account.told.map(({ id }) => id)).toEqual([one.id, two.id]);
    expect(account.queue.uncounted).toEqual([]);
  });

  it("that can't be counted is counted by the next call though that has nothing new", async () => {
    const [one] = left(1) as [Entry];
    const full = fillDisk();
    const account = open();
    await count(account.queue, delivered(one));
    full.mockRestore();
    await count(account.queue);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("that comes while a count fails is not held up by that, and takes it along", async () => {
    const [one, two] = left(2) as [Entry, Entry];
    // The disk is full for the first of them.
    const full = vi.spyOn(IDBObjectStore.prototype, "put").mockImplementationOnce(function (
      this: IDBObjectStore,
    ) {
      const request = this.get("nothing");
      this.transaction.abort();
      return request;
    });
    const writes = watchWrites();
    const account = open();
    const counting = [count(account.queue, delivered(one)), count(account.queue, delivered(two))];
    await Promise.all(counting);
    full.mockRestore();
    expect(writes()).toBe(2);
    expect(await counts()).toEqual({ delivered: 2 });
    expect(account.queue.uncounted).toEqual([]);
  });

  it("that comes in the very moment in which a count ends is counted", async () => {
    const entries = left(12);
    const account = open();
    let turns = 0;
    for (const entry of entries) {
      void count(account.queue, delivered(entry));
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      turns++;
    }
    await settled();
    expect(account.queue.uncounted).toEqual([]);
    expect(await counts()).toEqual({ delivered: 12 });
  });

  it("that fails to be counted for ever is tried once a call", async () => {
    const [one] = left(1) as [Entry];
    const full = fillDisk();
    const writes = watchWrites();
    const account = open();
    await count(account.queue, delivered(one));
    await count(account.queue);
    full.mockRestore();
    expect(writes()).toBe(2);
    expect(account.queue.uncounted).toHaveLength(1);
  });

  it("that waits longer than a transaction may, with more of its kin than the ledger knows again, is counted once", async () => {
    // Within its lease, so that its row need not be on the disk yet.
    const [first, ...entries] = left(151)
      .map(delivered)
      .map(({ end }) => ({ end: { ...end, stored: false } }));
    const account = open();
    await count(account.queue, first as End);
    const release = await busyDisk();
    const counting = count(account.queue, ...entries);
    await pass(6_000);
    await counting;
    // What was given up gets its turn all the same.
    await release();
    await count(account.queue);
    expect(await counts()).toEqual({ delivered: 151 });
    expect(account.queue.uncounted).toEqual([]);
  });

  it("that can't be read in full counts all the same: one bad end harms no other", async () => {
    const [one, two] = left(2) as [Entry, Entry];
    const account = open();
    await count(account.queue, delivered({ ...one, id: "nobody's" }), delivered(one), delivered(two));
    expect(await counts()).toEqual({ delivered: 2 });
  });
});

describe("the endpoint's health", () => {
  it("is known here at once, and written with the count", async () => {
    const [one] = left(1) as [Entry];
    const account = open();
    const counting = count(account.queue, { ...delivered(one), learn: fails });
    expect(account.queue.health.failedAt).toBe(1);
    await counting;
    expect((await ledger()).health.failedAt).toBe(1);
    expect(account.queue.health.failedAt).toBe(1);
  });

  it("is learned on top of what others have written meanwhile", async () => {
    const [one, two] = left(2) as [Entry, Entry];
    await count(open().queue, { ...delivered(one), learn: fails });
    const account = open();
    await count(account.queue, { ...delivered(two), learn: fails });
    expect(account.queue.health.failedAt).toBe(2);
  });

  it("is learned once per response, though its count was tried twice", async () => {
    const [one] = left(1) as [Entry];
    const full = fillDisk();
    const account = open();
    await count(account.queue, { ...delivered(one), learn: fails });
    full.mockRestore();
    await count(account.queue);
    expect((await ledger()).health.failedAt).toBe(1);
  });

  it("is known here while others are still counted before it", async () => {
    const { queue } = open();
    const known: number[] = [];
    const heard = { ...queue, tell: () => void known.push(heard.health.failedAt) };
    const [last, ...others] = left(80).map(delivered);
    await count(heard, ...others, { ...(last as End), learn: fails });
    expect(new Set(known)).toEqual(new Set([1]));
    expect((await ledger()).health.failedAt).toBe(1);
  });

  it("is taken over from the ledger by a flush", async () => {
    await knows({ until: START + 5_000 });
    const { queue } = open();
    expect(await flush(queue, "later")).toBe(START + 5_000);
    expect(queue.health.until).toBe(START + 5_000);
  });
});

describe("a callback that throws", () => {
  it("keeps no outcome from being counted", async () => {
    const entries = left(3);
    const { queue } = open();
    const throwing = { ...queue, tell: () => JSON.parse("mine") };
    await count(throwing, ...entries.map(delivered));
    expect(await counts()).toEqual({ delivered: 3 });
    expect(queue.uncounted).toEqual([]);
  });
});
