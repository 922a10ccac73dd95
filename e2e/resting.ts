// Owns what becomes of a test's tabs: they rest until the next test takes them, for a new tab costs more than most of what a
// spec does in it (0.7 CPU seconds in Firefox, where a navigation takes 0.1). Every test has origins of its own, so
// nothing that an earlier one left in a tab is of its site.

/** Few specs open more side by side. In Firefox each has a process of its own up to here: one that leaves its site ends it. */
const MOST = 4;

/** How one driver opens a tab, leads it away from a test's pages, and closes it. */
interface Handling<Item> {
  readonly open: () => Promise<Item>;
  /** Rejects where the tab is of no more use: closed, crashed, stuck. */
  readonly clear: (item: Item) => Promise<unknown>;
  readonly close: (item: Item) => Promise<unknown>;
}

export interface Resting<Item> {
  take(): Promise<Item>;
  /** Takes back what was taken since the last time. */
  giveBack(): Promise<void>;
  /** Whether such a one rests here. */
  rests(isSuch: (item: Item) => boolean): boolean;
}

export function createResting<Item>({ open, clear, close }: Handling<Item>): Resting<Item> {
  const resting: Item[] = [];
  let taken: Item[] = [];

  async function take(): Promise<Item> {
    const item = resting.pop() ?? (await open());
    taken.push(item);
    return item;
  }

  async function putAside(item: Item): Promise<void> {
    try {
      await clear(item);
      resting.push(item);
    } catch {
      await close(item).catch(() => undefined);
    }
  }

  async function giveBack(): Promise<void> {
    const all = taken;
    taken = [];
    const room = MOST - resting.length;
    await Promise.all(all.slice(0, room).map(putAside));
    await Promise.all(all.slice(room).map((item) => close(item).catch(() => undefined)));
  }

  return { take, giveBack, rests: (isSuch) => resting.some(isSuch) };
}
