// A seeded model test: random interleavings of clicks, tabs, workers, network and page death over one store. Whatever
// happens, a recorded click arrives or is accounted for, is copied only with an excuse, and is counted once.
import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { entryAt } from "../test/entries";
import { createStorage } from "../test/storage";
import { type Context, createWorld, modelQueue, type Weather, type World } from "../test/world";
import { type Courier, createCourier, LEASE_MS } from "./courier";
import { ahead, type Entry, isEntry, LEDGER, type Ledger } from "./row";
import { createQueue, type Queue } from "./store";

/** To see one failing life alone, write its seed here. */
const FIRST_SEED = 1;
const SCOPE = "clicktrail model";
const RUN_MS = 5 * 60_000;
const HOUR_MS = 3_600_000;
const MERGE_MS = 5_000;
const WEATHERS: Weather[] = ["fine", "fine", "slow", "flaky", "down", "strict"];

type MakeQueue = (world: World, context: Context, hasJournal: boolean) => Queue<Entry>;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

interface Worker {
  readonly context: Context;
  post(message: { entry?: Entry; flush?: { hope: boolean; done: () => void }; leave?: boolean }): void;
}

interface Page {
  readonly context: Context;
  click(): void;
  flush(hope?: boolean): Promise<void>;
  leave(): void;
}

function courierIn(
  world: World,
  context: Context,
  queue: Queue<Entry>,
  options: {
    resend: boolean;
    wake: (at: number) => void;
    delegate?: (hope: boolean) => Promise<boolean> | false;
    rest?: () => void;
  },
): Courier {
  return createCourier({
    scope: SCOPE,
    queue,
    send: world.createSend(context),
    emit: () => {},
    dryRun: false,
    now: world.now,
    random: world.random,
    ...options,
  });
}

/** The worker as `worker.ts` wires it. */
function openWorker(
  world: World,
  make: MakeQueue,
  name: string,
  resend: boolean,
  wake: (at: number) => void,
) {
  const context = world.createContext(name);
  const queue = make(world, context, false);
  let left = false;
  const close = () => left && world.kill(context, "left");
  const courier = courierIn(world, context, queue, { resend, wake, rest: close });
  const worker: Worker = {
    context,
    post(message) {
      world.at(world.now() + world.between(0, 2), async () => {
        if (!context.alive) return;
        world.locks.enter(name);
        if (message.entry) {
          queue.add(message.entry);
          courier.deliver(message.entry);
        }
        if (message.flush) {
          wake(await courier.flush(message.flush.hope));
          message.flush.done();
        }
        if (message.leave) {
          left = true;
          if (!courier.stop()) close();
        }
      });
    },
  };
  return worker;
}

let clicks = 0;

/** The page as `tracker.ts` wires it. */
function openPage(
  world: World,
  make: MakeQueue,
  name: string,
  options: { resend: boolean; worker: boolean },
): Page {
  const context = world.createContext(name);
  const queue = make(world, context, true);
  const delegate = (hope: boolean) => options.worker && handOver(hope);
  const courier = courierIn(world, context, queue, { resend: options.resend, wake, delegate });
  let worker: Worker | undefined;
  let alarm = 0;
  let flushed = () => {};

  function wake(at: number): void {
    if (!at || !Number.isFinite(at) || (alarm && alarm <= at)) return;
    alarm = at;
    world.at(at, () => {
      if (alarm !== at || !context.alive || context.frozen) return;
      alarm = 0;
      page.flush();
    });
  }

  const page: Page = {
    context,
    click() {
      const entry = entryAt(world.now(), {}, ++clicks);
      if (world.chance(0.05)) world.refused.add(entry.id);
      world.fateOf(entry.id);
      world.note(`${name} clicks ${entry.id.slice(-4)}`);
      const mine = { ...entry, due: world.now() + LEASE_MS };
      queue.add(mine);
      if (options.worker && !worker && world.chance(0.5)) start();
      if (worker && world.chance(0.8)) worker.post({ entry: mine });
      else courier.deliver(mine);
    },
    async flush(hope = false) {
      queue.merge(({ doubt, due }) => doubt || !ahead(due, world.now() + MERGE_MS));
      world.locks.enter(name);
      wake(await courier.flush(hope));
    },
    leave() {
      world.note(`${name} leaves`);
      courier.leave();
      worker?.post({ leave: true });
      worker = undefined;
      flushed();
    },
  };

  /** Has the worker flush, as `remote.ts` does. */
  async function handOver(hope: boolean): Promise<boolean> {
    if (!worker) start();
    await world.guard(
      context,
      new Promise<void>((resolve) => {
        flushed();
        flushed = resolve;
        worker?.post({ flush: { hope, done: resolve } });
      }),
    );
    // Asked for a lock afterwards, it is this page that asks.
    world.locks.enter(name);
    return true;
  }

  function start(): void {
    worker = openWorker(world, make, `${name} worker ${world.now()}`, options.resend, wake);
  }

  page.flush();
  return page;
}

/** One browser's life of some minutes, and a last visit long after in fine weather. */
async function live(world: World, make: MakeQueue): Promise<void> {
  const resend = world.chance(0.3);
  const workers = world.chance(0.5);
  world.full = world.chance(0.2) ? 0.03 : 0;
  const end = world.now() + RUN_MS;
  const moments = world.between(10, 40);
  const pages: Page[] = [];
  const frozen: Page[] = [];
  let opened = 0;

  const open = () => {
    const worker = workers && world.chance(0.8);
    pages.push(openPage(world, make, `page ${++opened}`, { resend, worker }));
  };

  function depart(page: Page): void {
    pages.splice(pages.indexOf(page), 1);
    page.leave();
    if (world.chance(0.4)) {
      world.freeze(page.context);
      frozen.push(page);
    } else world.kill(page.context, "left");
  }

  function comeBack(): void {
    const page = frozen.pop();
    if (!page?.context.alive) return;
    world.note(`${page.context.name} comes back`);
    world.thaw(page.context);
    pages.push(page);
    page.flush();
  }

  function crash(): void {
    // The browser with everything in it, or one renderer.
    const everything = world.chance(0.3);
    const victims = [...world.contexts].filter(() => everything || world.chance(0.3));
    for (const victim of victims) {
      world.note(`${victim.name} is killed`);
      world.kill(victim, "killed");
    }
    for (const list of [pages, frozen])
      list.splice(0, list.length, ...list.filter(({ context }) => context.alive));
  }

  function happen(): void {
    const page = pages[Math.floor(world.random() * pages.length)];
    const what = world.random();
    if (!page || what < 0.1) open();
    else if (what < 0.55) page.click();
    else if (what < 0.7) {
      page.click();
      world.at(world.now() + world.between(0, 300), () => pages.includes(page) && depart(page));
    } else if (what < 0.78) depart(page);
    else if (what < 0.84) comeBack();
    else if (what < 0.88) crash();
    else if (what < 0.91) {
      world.online = !world.online;
      if (world.online) for (const awake of pages) awake.flush(true);
    } else world.weather = WEATHERS[Math.floor(world.random() * WEATHERS.length)] ?? "fine";
  }

  for (let moment = 0; moment < moments; moment++) world.at(world.now() + world.between(0, RUN_MS), happen);
  await world.run(end);
  for (const page of [...pages]) depart(page);
  await world.run(end + 60_000);
  for (const context of [...world.contexts]) world.kill(context, "killed");
  Object.assign(world, { weather: "fine", online: true, full: 0 });
  await world.run(end + HOUR_MS + 1);
  world.note("the last visit");
  openPage(world, make, "last page", { resend, worker: false });
  await world.run(end + 3 * HOUR_MS);
}

/** What must hold for every click, in words where it does not. */
function complaints(world: World, rows: ReadonlyMap<string, unknown>): string[] {
  const wrong: string[] = [];
  let made = 0;
  let surplus = 0;
  for (const [id, { recorded, received, excuses, ends }] of world.fates) {
    const name = id.slice(-4);
    if (!recorded) continue;
    made++;
    const lost = !received && !ends.some((end) => end !== "delivered");
    if (lost) wrong.push(`${name} is lost: ${ends}`);
    if (received > 1 + excuses.length) wrong.push(`${name} arrived ${received} times: ${excuses}`);
    // A page that could not write keeps the row to itself: it cannot know that another has dealt with it, nor tell.
    const unwritten = excuses.some((excuse) => /^write/.test(excuse)) && received;
    if (unwritten) surplus += ends.length - 1;
    else if (ends.length !== 1) wrong.push(`${name} ended as [${ends}]: ${excuses}`);
    if (ends.includes("uncounted")) wrong.push(`${name} vanished: ${excuses}`);
  }
  const { counts } = (rows.get(LEDGER) ?? { counts: {} }) as Ledger;
  const sum = Object.values(counts).reduce((total, count) => total + count, 0);
  const left = [...rows.values()].filter(isEntry).length;
  if (left) wrong.push(`${left} still wait`);
  if (sum + left !== made + surplus)
    wrong.push(`${made} made, but ${JSON.stringify(counts)} and ${left} waiting`);
  if (world.requests() > 60 * (made + 10)) wrong.push(`${world.requests()} requests for ${made} clicks`);
  return wrong;
}

/** How many faults there are of each kind. */
function kinds(wrong: readonly string[]): string {
  const count: Record<string, number> = {};
  for (const complaint of wrong) {
    const kind = complaint.replace(/^[0-9a-f]{4} /, "").replace(/: .*|\d+ made.*/, "");
    count[kind] = (count[kind] ?? 0) + 1;
  }
  return JSON.stringify(count);
}

/** Runs the seeds and fails with the first that shows a fault, its log and how many others show one. */
async function check(seeds: number, turns: number, make: () => MakeQueue): Promise<void> {
  const faults: [seed: number, wrong: string[], log: string[]][] = [];
  const total = { clicks: 0, requests: 0, copies: 0 };
  const first = FIRST_SEED;
  for (let seed = first; seed < first + seeds; seed++) {
    clicks = 0;
    const world = createWorld(seed, turns);
    vi.stubGlobal("navigator", {
      // Insecure contexts have none: there the claim alone keeps two flushes apart.
      locks: seed % 4 ? world.locks : undefined,
      get onLine() {
        return world.online;
      },
    });
    const makeQueue = make();
    await live(world, makeQueue);
    const context = world.createContext("reader");
    const reading = makeQueue(world, context, true).all();
    await world.run(world.now() + 1_000);
    const wrong = complaints(world, await reading);
    if (wrong[0]) faults.push([seed, wrong, world.log]);
    total.requests += world.requests();
    for (const { recorded, received } of world.fates.values()) {
      total.clicks += +recorded;
      total.copies += Math.max(0, received - 1);
    }
  }
  console.log(`${seeds} runs:`, total);
  const [fault] = faults;
  const story = fault && [
    `${faults.length} runs with faults: ${kinds(faults.flatMap(([, wrong]) => wrong))}`,
    `seed ${fault[0]}`,
    ...fault[1],
    ...fault[2].filter((line) => line.includes(fault[1][0]?.slice(0, 4) ?? "") || !/clicks|sends/.test(line)),
  ];
  expect(story?.join("\n") ?? "").toBe("");
}

it("accounts for every click over thousands of random lives", async () => {
  await check(2_000, 1, () => modelQueue);
}, 60_000);

it("accounts for every click on the real queue, too", async () => {
  await check(100, 12, () => {
    vi.stubGlobal("indexedDB", new IDBFactory());
    vi.stubGlobal("localStorage", createStorage());
    return realQueue;
  });
}, 60_000);

/** The library's queue, with its context's death around it. */
function realQueue(world: World, context: Context): Queue<Entry> {
  const queue = createQueue<Entry>(SCOPE);
  return {
    ...queue,
    add(row) {
      world.fateOf(row.id).recorded = true;
      queue.add(row);
    },
    all: () => world.guard(context, queue.all()),
    transact: (ids, change) =>
      world.guard(
        context,
        queue.transact(ids, (rows) => {
          const before = new Map(rows);
          change(rows);
          world.counted(before, rows);
        }),
      ),
    open: () => world.guard(context, queue.open()),
  };
}
