// Counting: once, together, and never lost when the store fails.
import { describe, expect, it, vi } from "vitest";
import { entryAt, START, settled } from "../test/entries";
import { counts, ledger, left, setUpStand, stand, stored } from "../test/stand";
import { createAccount, type End } from "./account";
import type { Outcome } from "./ledger";
import type { Entry } from "./row";

setUpStand();

function open() {
  const told: Outcome[] = [];
  return { ...createAccount(stand.store, (outcome) => told.push(outcome)), told };
}

const delivered = ({ id, at, attempt }: Entry): End => ({
  end: { name: "delivered", id, at, attempt, stored: true },
});
const fails: End["learn"] = (health) => ({ ...health, fails: health.fails + 1 });

describe("an outcome", () => {
  it("is counted, told and forgotten", async () => {
    const [entry] = left(1) as [Entry];
    const account = open();
    await account.count([delivered(entry)]);
    expect(account.told).toEqual([{ name: "delivered", id: entry.id, at: entry.at, attempt: 1 }]);
    expect(account.uncounted()).toEqual([]);
    expect(await counts()).toEqual({ delivered: 1 });
    expect(await stored()).toEqual([]);
  });

  it("is counted once, whoever settles first, and told by that one", async () => {
    const [entry] = left(1) as [Entry];
    const tabs = [open(), open()];
    await Promise.all(tabs.map((tab) => tab.count([delivered(entry)])));
    expect(await counts()).toEqual({ delivered: 1 });
    expect(tabs.map(({ told }) => told.length)).toEqual([1, 0]);
  });

  it("that comes while others are counted shares one transaction with its kin", async () => {
    const entries = left(6);
    const transact = vi.spyOn(stand.store, "transact");
    const account = open();
    await Promise.all(entries.map((entry) => account.count([delivered(entry)])));
    await settled();
    expect(transact).toHaveBeenCalledTimes(2);
    expect(await counts()).toEqual({ delivered: 6 });
    expect(account.told).toHaveLength(6);
  });

  it("that can't be counted is counted with the next, not told before, and nothing rejects", async () => {
    const [one, two] = left(2) as [Entry, Entry];
    const transact = vi.spyOn(stand.store, "transact").mockRejectedValue(new Error("full"));
    const account = open();
    await expect(account.count([delivered(one)])).resolves.toBeUndefined();
    expect(account.told).toEqual([]);
    expect(account.uncounted()).toMatchObject([{ id: one.id, name: "delivered" }]);
    transact.mockRestore();
    await account.count([delivered(two)]);
    expect(await counts()).toEqual({ delivered: 2 });
    expect(account.told.map(({ id }) => id)).toEqual([one.id, two.id]);
    expect(account.uncounted()).toEqual([]);
  });

  it("that can't be counted is counted by the next call though that has nothing new", async () => {
    const [one] = left(1) as [Entry];
    const transact = vi.spyOn(stand.store, "transact").mockRejectedValue(new Error("full"));
    const account = open();
    await account.count([delivered(one)]);
    transact.mockRestore();
    await account.count([]);
    expect(await counts()).toEqual({ delivered: 1 });
  });

  it("that comes while a count fails is not held up by that, and takes it along", async () => {
    const [one, two] = left(2) as [Entry, Entry];
    let fail = () => {};
    const failing = new Promise<void>((_, reject) => {
      fail = () => reject(new Error("full"));
    });
    const transact = vi.spyOn(stand.store, "transact").mockReturnValueOnce(failing);
    const account = open();
    const counting = [account.count([delivered(one)]), account.count([delivered(two)])];
    fail();
    await Promise.all(counting);
    expect(transact).toHaveBeenCalledTimes(2);
    expect(await counts()).toEqual({ delivered: 2 });
    expect(account.uncounted()).toEqual([]);
  });

  it("that comes in the very moment in which a count ends is counted", async () => {
    const entries = left(12);
    const account = open();
    let turns = 0;
    for (const entry of entries) {
      void account.count([delivered(entry)]);
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      turns++;
    }
    await settled();
    expect(account.uncounted()).toEqual([]);
    expect(await counts()).toEqual({ delivered: 12 });
  });

  it("that fails to be counted for ever is tried once a call", async () => {
    const [one] = left(1) as [Entry];
    const transact = vi.spyOn(stand.store, "transact").mockRejectedValue(new Error("full"));
    const account = open();
    await account.count([delivered(one)]);
    await account.count([]);
    expect(transact).toHaveBeenCalledTimes(2);
    expect(account.uncounted()).toHaveLength(1);
  });

  it("that can't be read in full counts all the same: one bad end harms no other", async () => {
    const [one, two] = left(2) as [Entry, Entry];
    const account = open();
    await account.count([delivered({ ...one, id: "nobody's" }), delivered(one), delivered(two)]);
    expect(await counts()).toEqual({ delivered: 2 });
  });
});

describe("the endpoint's health", () => {
  it("is known here at once, and written with the count", async () => {
    const [one] = left(1) as [Entry];
    const account = open();
    const counting = account.count([{ ...delivered(one), learn: fails }]);
    expect(account.health().fails).toBe(1);
    await counting;
    expect((await ledger()).health.fails).toBe(1);
    expect(account.health().fails).toBe(1);
  });

  it("is learned on top of what others have written meanwhile", async () => {
    const [one, two] = left(2) as [Entry, Entry];
    await open().count([{ ...delivered(one), learn: fails }]);
    const account = open();
    await account.count([{ ...delivered(two), learn: fails }]);
    expect(account.health().fails).toBe(2);
  });

  it("is learned once per response, though its count was tried twice", async () => {
    const [one] = left(1) as [Entry];
    const transact = vi.spyOn(stand.store, "transact").mockRejectedValueOnce(new Error("full"));
    const account = open();
    await account.count([{ ...delivered(one), learn: fails }]);
    expect(transact).toHaveBeenCalledTimes(1);
    await account.count([]);
    expect((await ledger()).health.fails).toBe(1);
  });

  it("is taken over from the ledger", () => {
    const account = open();
    account.know({ ...account.health(), until: START });
    expect(account.health().until).toBe(START);
  });
});

describe("a callback that throws", () => {
  it("keeps no outcome from being counted", async () => {
    const entries = left(3);
    const told: string[] = [];
    const account = createAccount(stand.store, ({ id }) => {
      told.push(id);
      throw new Error("mine");
    });
    await account.count(entries.map(delivered));
    await account.count([delivered(entryAt(START, { id: "later" }))]);
    expect(await counts()).toEqual({ delivered: 3 });
    expect(account.uncounted()).toEqual([]);
  });
});
