// A click's row until it is known to be on disk: written within the click's task, in localStorage where it can't be.
import { IDBFactory, IDBObjectStore } from "fake-indexeddb";
import { describe, expect, it, vi } from "vitest";
import { openDatabase } from "../courier/database";
import { FAILURES, fillDisk, slowFactory } from "../test/disk";
import { idAt, START, settled } from "../test/entries";
import { inStash, pass, put, SCOPE, setUpStand, stashRow, stored } from "../test/stand";
import { createDisk, type Disk, keep, kept, leaveDisk, settle, write } from "./disk";

interface Row {
  readonly id: string;
  readonly n: number;
}

const row = (n: number): Row => ({ id: idAt(START, n), n });
const [one, two, three] = [row(1), row(2), row(3)] as const;
const answered = { ...one, answer: { status: 204 } };

setUpStand();

/** A page's disk whose database is open. */
async function opened(): Promise<Disk> {
  const disk = createDisk(SCOPE, () => {});
  await openDatabase(disk.database);
  return disk;
}

describe("a write", () => {
  it("begins in its task once the database is open", async () => {
    const disk = await opened();
    const add = vi.spyOn(IDBObjectStore.prototype, "add");
    write(disk, one);
    expect(add).toHaveBeenCalledWith(one, one.id);
    await settled();
    expect(await stored()).toEqual([one]);
  });

  it("that the database takes asks localStorage nothing", async () => {
    const disk = await opened();
    const asked = vi.fn();
    vi.stubGlobal("localStorage", { setItem: asked, removeItem: asked });
    write(disk, one);
    await settled();
    settle(disk, [one.id]);
    leaveDisk(disk);
    expect(asked).not.toHaveBeenCalled();
  });

  it("is in localStorage in its task while the database isn't open, and moves to the disk when it is", async () => {
    const disk = createDisk(SCOPE, () => {});
    write(disk, one);
    expect(inStash()).toEqual([one]);
    await settled();
    expect(await stored()).toEqual([one]);
    expect(inStash()).toEqual([]);
  });

  it("that comes while the database opens late is on the disk in the end", async () => {
    const factory = new IDBFactory();
    const slow = slowFactory(factory);
    vi.stubGlobal("indexedDB", slow);
    const disk = createDisk(SCOPE, () => {});
    write(disk, one);
    await pass(2_000);
    write(disk, two);
    expect(inStash()).toHaveLength(2);
    await slow.respond();
    await settled();
    expect(inStash()).toEqual([]);
    expect(disk.unwritten.size).toBe(0);
  });

  it.each(FAILURES)("where the database %s is in localStorage", async (_, make) => {
    vi.stubGlobal("indexedDB", make());
    const disk = createDisk(SCOPE, () => {});
    write(disk, one);
    await pass(2_000);
    expect(inStash()).toEqual([one]);
    expect([...disk.unwritten.values()]).toEqual([one]);
  });

  it("on a full disk is in localStorage", async () => {
    const disk = await opened();
    fillDisk();
    write(disk, one);
    await settled();
    expect(inStash()).toEqual([one]);
  });

  describe("that fails after its task", () => {
    const later = { ...one, n: 7 };

    const { add } = IDBObjectStore.prototype;

    /** A page whose next write the database takes, and gives up. */
    async function failing(): Promise<Disk> {
      const disk = await opened();
      vi.spyOn(IDBObjectStore.prototype, "add").mockImplementationOnce(function (
        this: IDBObjectStore,
        ...row
      ) {
        const request = this.put(...row);
        add.apply(this, row);
        return request;
      });
      return disk;
    }

    it("is in localStorage", async () => {
      const disk = await failing();
      write(disk, later);
      await settled();
      expect(inStash()).toEqual([later]);
      expect([...disk.unwritten.values()]).toEqual([later]);
    });

    it("is forgotten where a worker has the row too", async () => {
      const disk = await failing();
      write(disk, later, true);
      await settled();
      expect([inStash(), disk.unwritten.size]).toEqual([[], 0]);
    });

    it("is forgotten where what its request got has taken its place", async () => {
      const disk = await failing();
      write(disk, later);
      write(disk, answered);
      await settled();
      expect([inStash(), disk.unwritten.size]).toEqual([[], 0]);
      expect(await stored()).toEqual([answered]);
    });

    it("leaves what its courier has asked to be kept", async () => {
      const disk = await failing();
      write(disk, one, true);
      keep(disk, [later]);
      disk.unwritten.delete(one.id);
      await settled();
      expect(inStash()).toEqual([later]);
    });
  });

  it("of what its request got replaces the click's row, and the first write's end doesn't forget it", async () => {
    const disk = await opened();
    write(disk, one);
    write(disk, answered);
    expect([...disk.unwritten.values()]).toEqual([answered]);
    await settled();
    expect(await stored()).toEqual([answered]);
    expect(disk.unwritten.size).toBe(0);
  });

  it.each([
    ["the page's own", false],
    ["a worker's", true],
  ])("of a click, %s, that comes after its courier's leaves that one alone", async (_, isShared) => {
    const known = { ...one, n: 2 };
    put(known);
    const disk = await opened();
    write(disk, one, isShared);
    await settled();
    expect(await stored()).toEqual([known]);
    expect([inStash(), disk.unwritten.size]).toEqual([[], 0]);
  });

  it("that waited for its database leaves the courier's row alone", async () => {
    const disk = createDisk(SCOPE, () => {});
    const known = { ...one, n: 2 };
    write(disk, one);
    put(known);
    await settled();
    expect(await stored()).toEqual([known]);
    expect([inStash(), disk.unwritten.size]).toEqual([[], 0]);
  });

  it("never throws, not even of a row that can't be stored anywhere", async () => {
    const disk = await opened();
    const cyclic = { id: idAt(START, 9), n: 1, self: undefined as unknown };
    cyclic.self = () => cyclic;
    for (const odd of [{ ...one, n: () => 1 }, cyclic]) expect(() => write(disk, odd)).not.toThrow();
    await settled();
  });

  it("without localStorage is in memory until the database is there", async () => {
    const forbid = () => {
      throw new Error("SecurityError");
    };
    for (const blocked of [undefined, new Proxy({}, { get: forbid, set: forbid, ownKeys: forbid })]) {
      vi.stubGlobal("localStorage", blocked);
      const disk = createDisk(SCOPE, () => {});
      write(disk, one);
      leaveDisk(disk);
      // From memory, for this page's courier.
      expect(kept(disk)).toEqual([one]);
      await settled();
      expect(kept(disk)).toEqual([]);
    }
    expect(await stored()).toEqual([one]);
  });

  it("after the browser has closed the connection is in localStorage, then on the disk", async () => {
    const disk = await opened();
    disk.database.connection?.close();
    write(disk, one);
    expect(inStash()).toEqual([one]);
    await settled();
    expect(await stored()).toEqual([one]);
    expect(inStash()).toEqual([]);
  });
});

describe("what a page keeps", () => {
  it("is let go when it is on disk or over, and nothing else is", async () => {
    const disk = await opened();
    keep(disk, [one, two]);
    settle(disk, [one.id, three.id]);
    expect(inStash()).toEqual([two]);
  });

  it("is what earlier pages have left, too", async () => {
    stashRow(one);
    const disk = await opened();
    expect(kept(disk)).toEqual([one]);
    settle(disk, [one.id]);
    expect(inStash()).toEqual([]);
  });

  it("is named once where it is in memory too", async () => {
    const disk = createDisk(SCOPE, () => {});
    disk.unwritten.set(two.id, two);
    disk.unwritten.set(one.id, one);
    stashRow(one);
    expect(kept(disk)).toEqual([one, two]);
  });

  it("is not read again for each row that is settled: another page's row is none of its business", async () => {
    const disk = await opened();
    stashRow(one);
    settle(disk, [one.id]);
    expect(inStash()).toEqual([one]);
  });
});

describe("a page that goes", () => {
  it("keeps what is not known to be written, and no more", async () => {
    const disk = await opened();
    write(disk, one);
    await settled();
    write(disk, two);
    leaveDisk(disk);
    expect(inStash()).toEqual([two]);
    // Back from the back/forward cache, it sees that the write has ended.
    await settled();
    expect(inStash()).toEqual([]);
    expect(await stored()).toEqual([one, two]);
  });

  it.each([
    [16, 16],
    [17, 0],
  ])("with %i rows at once keeps %i: of a burst a ledger would not recognize all", async (count, left) => {
    const disk = await opened();
    for (let n = 1; n <= count; n++) write(disk, row(n));
    leaveDisk(disk);
    expect(inStash()).toHaveLength(left);
    await settled();
    expect(await stored()).toHaveLength(count);
  });
});
