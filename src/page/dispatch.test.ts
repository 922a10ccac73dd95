// Who sends a click, the worker or the page, and when what is left is sent: on a database in memory, with workers that speak when a
// test says so.
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Outcome } from "../delivery/ledger";
import { leaseOf } from "../delivery/row";
import { entryAt, START, settled } from "../test/entries";
import { createLocks } from "../test/locks";
import { routeTo, SECOND_MS, setUpStand, stand, status } from "../test/stand";
import { createStorage } from "../test/storage";
import { type FakeWorker, fakeWorkers, READY } from "../test/workers";
import { createDispatch, type Dispatch } from "./dispatch";

let workers: FakeWorker[];
let hasResults: boolean;
let isOn: boolean;
let told: Outcome[];
let begun: number;

setUpStand();
beforeEach(() => {
  [hasResults, isOn, told, begun] = [true, true, [], 0];
  vi.stubGlobal("indexedDB", new IDBFactory());
  vi.stubGlobal("sessionStorage", createStorage());
  vi.stubGlobal("navigator", { onLine: true, locks: createLocks() });
  class Document {
    querySelector(selector: string) {
      return selector.includes("data-ctr") && hasResults ? {} : null;
    }
  }
  vi.stubGlobal("Document", Document);
  vi.stubGlobal("document", new Document());
  workers = fakeWorkers();
  const page = new EventTarget();
  vi.stubGlobal("window", page);
  for (const change of ["addEventListener", "removeEventListener"] as const)
    vi.stubGlobal(change, page[change].bind(page));
});

function create(change: Parameters<typeof routeTo>[0] = {}): Dispatch {
  return createDispatch({
    route: routeTo(change),
    isOn: () => isOn,
    withdrawnAt: () => 0,
    isHeard: () => false,
    tell: (outcome) => told.push(outcome),
    begin: () => begun++,
  });
}

/** With its database open, and its worker ready if the browser has one. */
async function opened(change: Parameters<typeof routeTo>[0] = {}): Promise<Dispatch> {
  const dispatch = create(change);
  dispatch.open();
  await settled();
  workers[0]?.say(READY);
  await settled();
  begun = 0;
  return dispatch;
}

const said = (at = 0) => workers[at]?.posted.at(-1);
/** What workers were given to send, one by one or all that is left. */
const given = () => workers.flatMap(({ posted }) => posted).filter((one) => one.entry || "flush" in one);
const rows = async (dispatch: Dispatch) => [...(await dispatch.store.all()).values()];
/** A click that waits, as an earlier page has left it. */
const waiting = (serial = 1) => entryAt(START - SECOND_MS, { due: START - 1, begun: false }, serial);
/** One whose page was killed in the middle of its request. */
const lapsed = () => entryAt(START - SECOND_MS, { due: START - 1, begun: true });

describe("a click", () => {
  it("goes to a worker that is ready, as a request that has begun, with its lease and not in doubt", async () => {
    const dispatch = await opened();
    const entry = entryAt(START);
    dispatch.deliver(entry);
    const row = { ...entry, due: START + leaseOf(entry), begun: true };
    expect(said()?.entry).toEqual(row);
    await settled();
    expect(await rows(dispatch)).toEqual([row]);
    expect(stand.arrivals).toEqual([]);
  });

  it.each<[string, object]>([
    ["goes to a worker", {}],
    ["is sent by the page", { SharedWorker: undefined }],
  ])(
    "that %s, and closes the page: the page leaves in the click's task, though no pagehide comes",
    async (_, globals) => {
      for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
      const dispatch = await opened();
      const leave = vi.spyOn(dispatch.courier, "leave");
      dispatch.deliver(entryAt(START));
      vi.stubGlobal("closed", true);
      expect(leave).not.toHaveBeenCalled();
      window.dispatchEvent(new Event("click"));
      expect(leave).toHaveBeenCalledTimes(1);
    },
  );

  it.each<[string, unknown]>([
    ["stays open", false],
    ["has a function named closed", () => {}],
  ])("leaves a page that %s as it is", async (_, closed) => {
    vi.stubGlobal("closed", closed);
    const dispatch = await opened();
    const leave = vi.spyOn(dispatch.courier, "leave");
    dispatch.deliver(entryAt(START));
    window.dispatchEvent(new Event("click"));
    expect(leave).not.toHaveBeenCalled();
  });

  it("is looked for when its lease has ended, for a worker that was killed says nothing", async () => {
    const dispatch = await opened();
    const entry = entryAt(START);
    dispatch.deliver(entry);
    await vi.advanceTimersByTimeAsync(leaseOf(entry) - 1);
    expect(begun).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(begun).toBe(1);
  });

  it.each<[string, () => Promise<Dispatch>]>([
    [
      "no worker outlives the page",
      () => {
        workers = fakeWorkers(false);
        return opened();
      },
    ],
    [
      "the worker is not ready yet",
      async () => {
        const dispatch = create();
        dispatch.open();
        await settled();
        return dispatch;
      },
    ],
    [
      "the database is not open, where the worker's may be",
      async () => {
        const dispatch = create();
        dispatch.startWorker();
        workers[0]?.say(READY);
        expect(dispatch.remote.name()).toBe("worker");
        return dispatch;
      },
    ],
  ])("goes from the page where %s, and is in doubt if that goes", async (_, be) => {
    const dispatch = await be();
    stand.respond = () => new Promise(() => {});
    dispatch.deliver(entryAt(START));
    expect(stand.arrivals).toHaveLength(1);
    expect(given()).toEqual([]);
    await settled();
    expect(await rows(dispatch)).toMatchObject([{ begun: true, doubt: true }]);
  });

  it("waits in the page while nothing may be sent", async () => {
    const dispatch = await opened();
    dispatch.courier.pause(true);
    dispatch.deliver(entryAt(START));
    await settled();
    expect([given(), stand.arrivals]).toEqual([[], []]);
    expect(await rows(dispatch)).toContainEqual(expect.objectContaining({ begun: false }));
  });

  it("of a dry run stays in the page", async () => {
    const dispatch = await opened({ dryRun: true });
    dispatch.deliver(entryAt(START));
    await settled();
    expect([given(), stand.arrivals]).toEqual([[], []]);
    expect(told).toMatchObject([{ name: "dropped", reason: "dry-run" }]);
  });

  it("that failed is looked for when it is due, unless consent has been withdrawn by then", async () => {
    workers = fakeWorkers(false);
    const dispatch = await opened();
    stand.respond = () => status(503);
    dispatch.deliver(entryAt(START));
    await settled();
    await vi.advanceTimersByTimeAsync(60 * SECOND_MS);
    expect(begun).toBe(1);
    dispatch.deliver(entryAt(START, {}, 2));
    isOn = false;
    await settled();
    await vi.advanceTimersByTimeAsync(60 * SECOND_MS);
    expect(begun).toBe(1);
  });
});

describe("what is left", () => {
  it.each([true, false])("is the worker's to send (at once: %s)", async (hope) => {
    const dispatch = await opened();
    dispatch.store.add(waiting());
    const flushing = dispatch.flush(hope);
    await settled();
    await flushing;
    expect(said()).toMatchObject({ flush: hope });
    expect(stand.arrivals).toEqual([]);
    expect(workers).toHaveLength(1);
  });

  it("goes from the page where there is no worker", async () => {
    workers = fakeWorkers(false);
    const dispatch = await opened();
    dispatch.store.add(waiting());
    await dispatch.flush();
    expect(stand.arrivals).toHaveLength(1);
  });

  it("goes from the page where the database can't be opened: the worker would not see it", async () => {
    vi.stubGlobal("indexedDB", undefined);
    const dispatch = create();
    dispatch.startWorker();
    workers[0]?.say(READY);
    expect(dispatch.remote.name()).toBe("worker");
    dispatch.store.add(waiting());
    await dispatch.flush();
    expect(given()).toEqual([]);
    expect(stand.arrivals).toHaveLength(1);
  });

  it("with a request whose context was killed is another worker's: that one may have had it", async () => {
    const dispatch = await opened();
    dispatch.store.add(lapsed());
    dispatch.store.add(waiting(2));
    const flushing = dispatch.flush();
    await settled();
    expect(said()).toMatchObject({ bye: true });
    workers[1]?.say(READY);
    await settled();
    await flushing;
    expect(said(1)).toMatchObject({ flush: false });
  });

  it("is looked for when it is due", async () => {
    workers = fakeWorkers(false);
    const dispatch = await opened();
    dispatch.store.add({ ...waiting(), due: START + SECOND_MS });
    await dispatch.flush();
    await vi.advanceTimersByTimeAsync(SECOND_MS);
    expect(begun).toBe(1);
  });
});

describe("the worker", () => {
  it("does not start where there are no results, then once when it is asked for", async () => {
    hasResults = false;
    const dispatch = create();
    dispatch.open();
    await settled();
    expect([dispatch.store.isOpen(), workers.length]).toEqual([true, 0]);
    dispatch.startWorker();
    expect(workers).toHaveLength(1);
    hasResults = true;
    dispatch.open();
    expect(workers).toHaveLength(1);
  });

  it("starts with the database where there are results", () => {
    create().open();
    expect(workers).toHaveLength(1);
  });

  it("does not start without consent", () => {
    isOn = false;
    create().startWorker();
    expect(workers).toEqual([]);
  });

  it.each(["end", "withdraw"] as const)("is told to %s, and nothing is looked for any more", async (why) => {
    const dispatch = await opened();
    dispatch.deliver(entryAt(START));
    dispatch.stop(why);
    expect(said()).toMatchObject({ stop: why, bye: true });
    expect(dispatch.courier.holds()).toBe(true);
    await vi.advanceTimersByTimeAsync(60 * SECOND_MS);
    expect(begun).toBe(0);
  });

  it("is told that the page goes, which stashes what is not known to be written", async () => {
    const dispatch = await opened();
    const entry = entryAt(START);
    dispatch.deliver(entry);
    dispatch.leave();
    expect(said()).toMatchObject({ bye: true });
    expect(JSON.stringify({ ...localStorage })).toContain(entry.id);
  });
});
