// One page's tracker in real Chromium, with its real courier in the page: what is one click, consent, hooks, counting, and when a courier
// starts. Workers and endpoint are stubs: delivery has its own tests.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { userEvent } from "vitest/browser";
import type { Outcome, OutcomeName } from "../courier/ledger";
import { FORMAT, type Options, routeOf, scopeOf } from "../options";
import type { CtrPayload } from "../payload";
import { CHUNK, OTHER_CHUNK, OTHER_REQUEST, REQUEST } from "../test/entries";
import { find, LIST, shade, show, staysOnPage, untilTheEnd, watchListeners } from "../test/page";
import { type FakeWorker, fakeFile, IN_PAGE } from "../test/workers";
import type { Tracker } from "./api";
import type { CourierFile } from "./reach";
import { createTracker } from "./tracker";

const ENDPOINT = "https://api.example/api/analytics/ctr";
/** A moment to start from. */
const NOON = Date.UTC(2030, 0, 1, 12);

let bodies: CtrPayload[];
let answers: (body: CtrPayload) => number;
let trackers: Tracker[];
let made: Outcome[];
let complaints: string[];

staysOnPage();
beforeEach(() => {
  bodies = [];
  trackers = [];
  made = [];
  complaints = [];
  answers = () => 204;
  vi.spyOn(console, "error").mockImplementation((message) => complaints.push(`${message}`));
  const { fetch } = globalThis;
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    if (url !== ENDPOINT) return fetch(url, init);
    const body = JSON.parse(`${init.body}`);
    bodies.push(body);
    const status = answers(body);
    return new Response(status === 204 ? null : "{}", { status });
  });
});
afterEach(() => {
  for (const tracker of trackers) tracker.destroy();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** A tracker with a store of its own. */
function start(options: Partial<Options> = {}, file: CourierFile = IN_PAGE): Tracker {
  const tracker = createTracker({ dataset: crypto.randomUUID(), endpoint: ENDPOINT, ...options }, file);
  trackers.push(tracker);
  tracker.on("click", (outcome) => made.push(outcome));
  return tracker;
}

const outcome = (tracker: Tracker, name: OutcomeName) =>
  new Promise<Outcome>((resolve) => {
    const undo = tracker.on(name, (found) => {
      undo();
      resolve(found);
    });
  });

const chunks = () => made.map(({ payload }) => (payload as CtrPayload).clicked_chunk_id);
const click = { requestId: REQUEST, chunkId: CHUNK, position: 3 };

/** The start waits for idle time and for the database, which a busy machine is slow to give. */
const until = (check: () => unknown) => vi.waitFor(check, { timeout: 10_000, interval: 5 });

/** Time passes only when the test says so. */
function stopClock(): void {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
}

describe("a click on a result", () => {
  it("arrives as the contract's payload", async () => {
    const tracker = start({ userId: "u-1", firstPosition: 0 });
    show(LIST);
    const delivered = outcome(tracker, "delivered");
    await userEvent.click(find("#second a"));
    const { id, payload } = await delivered;
    expect(bodies).toEqual([
      {
        request_id: REQUEST,
        ctr_type: "search",
        position: 1,
        clicked_chunk_id: OTHER_CHUNK,
        metadata: {
          clicktrail: {
            id,
            clicked_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
            attempt: 1,
            version: "0.0.0-test",
            action: "click",
            first_position: 0,
            user_id: "u-1",
          },
        },
      },
    ]);
    expect(payload).toEqual(bodies[0]);
    expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });

  it("records the base that its list has", async () => {
    start();
    show(LIST);
    find("ol").dataset.ctrFirstPosition = "11";
    await userEvent.click(find("#second a"));
    const payload = made[0]?.payload as CtrPayload;
    expect([payload.position, payload.metadata.clicktrail.first_position]).toEqual([12, 11]);
  });

  it("counts though the page stops its way through the document", async () => {
    start();
    show(LIST);
    for (const selector of ["#first a", "#first", "ol", "body"])
      find(selector).addEventListener("click", (event) => event.stopImmediatePropagation(), {
        capture: true,
        signal: untilTheEnd(),
      });
    // Nobody else gets to see it, so nobody else keeps the page here.
    find("#first a").addEventListener("click", (event) => event.preventDefault(), { capture: true });
    find<HTMLAnchorElement>("#first a").href = "#here";
    await userEvent.click(find("#first a"));
    expect(chunks()).toEqual([CHUNK]);
  });

  it("counts though the page prevents its default: a router of its own", async () => {
    start();
    show(LIST);
    find("ol").addEventListener("click", (event) => event.preventDefault());
    await userEvent.click(find("#first a"));
    expect(chunks()).toEqual([CHUNK]);
  });

  it("is never prevented by us", async () => {
    start();
    show(LIST);
    const prevented: boolean[] = [];
    for (const type of ["click", "auxclick"])
      find("#first a").addEventListener(type, (event) => prevented.push(event.defaultPrevented));
    await userEvent.click(find("#first a"));
    await userEvent.click(find("#first a"), { button: "middle" });
    expect(prevented).toEqual([false, false]);
  });

  it("needs no listener on the results", async () => {
    const listens = vi.spyOn(Element.prototype, "addEventListener");
    const observes = vi.spyOn(MutationObserver.prototype, "observe");
    start();
    show(LIST);
    find("#first a").click();
    expect(chunks()).toEqual([CHUNK]);
    expect(listens).not.toHaveBeenCalled();
    expect(observes).not.toHaveBeenCalled();
  });

  it("counts in a shadow root", async () => {
    start();
    show(
      `<div data-ctr-request-id="${REQUEST}"><a-card data-ctr-chunk-id="${CHUNK}" data-ctr-position="1"></a-card></div>`,
    );
    const root = shade("a-card", '<a href="#one">One</a>');
    await userEvent.click(find("a", root));
    expect(chunks()).toEqual([CHUNK]);
  });

  it("from before the tracker is taken with the path that it had", async () => {
    show(LIST);
    const kept: [MouseEvent, EventTarget[]][] = [];
    addEventListener("click", (event) => kept.push([event, event.composedPath()]), {
      capture: true,
      signal: untilTheEnd(),
    });
    await userEvent.click(find("#first a"));
    const tracker = start();
    for (const [event, path] of kept) tracker.capture(event, path);
    expect(chunks()).toEqual([CHUNK]);
  });

  it("that can't be valid is told, naming the element, and counted", async () => {
    const tracker = start();
    show(`<p data-ctr-request-id="latest" data-ctr-chunk-id="${CHUNK}">Text</p>`);
    await userEvent.click(find("p"));
    expect(made).toEqual([]);
    await vi.waitFor(() =>
      expect(complaints.join()).toContain('requestId is "latest", so the click is dropped'),
    );
    expect(vi.mocked(console.error).mock.calls[0]?.[1]).toBe(find("p"));
    await vi.waitFor(async () => expect((await tracker.stats()).dropped).toEqual({ invalid: 1 }));
    expect(bodies).toEqual([]);
  });
});

describe("one open is one click", () => {
  it("when it is a double click", async () => {
    start();
    show(LIST);
    await userEvent.dblClick(find("#first a"));
    expect(chunks()).toEqual([CHUNK]);
  });

  it("when it is a slow double click: the browser says that it is one", () => {
    stopClock();
    start();
    show(LIST);
    const press = (detail: number) =>
      find("#first a").dispatchEvent(
        new MouseEvent("click", { bubbles: true, composed: true, cancelable: true, detail }),
      );
    press(1);
    vi.setSystemTime(NOON + 1_500);
    press(2);
    expect(chunks()).toEqual([CHUNK]);
  });

  it("when the same chunk is clicked again within a second, and not after it", () => {
    stopClock();
    start();
    show(LIST);
    find("#first a").click();
    vi.setSystemTime(NOON + 999);
    find("#first a").click();
    // The second starts from the last event: whoever is impatient, or holds Enter, opens it once.
    for (const at of [1_650, 2_300, 2_950]) {
      vi.setSystemTime(NOON + at);
      find("#first a").click();
    }
    expect(made).toHaveLength(1);
    vi.setSystemTime(NOON + 3_950);
    find("#first a").click();
    expect(made).toHaveLength(2);
  });

  it("when a click and a call speak of the same chunk: one id", () => {
    stopClock();
    const tracker = start();
    show(LIST);
    find("#first a").click();
    const id = tracker.trackClick({ requestId: REQUEST, chunkId: CHUNK, position: 1 });
    expect(made.map((outcome) => outcome.id)).toEqual([id]);
    vi.setSystemTime(NOON + 5_000);
    const again = tracker.trackClick({ requestId: REQUEST, chunkId: CHUNK, position: 1 });
    find("#first a").click();
    expect(made.map((outcome) => outcome.id)).toEqual([id, again]);
  });

  it("but two chunks within a second are two", () => {
    stopClock();
    start();
    show(LIST);
    find("#first a").click();
    find("#second a").click();
    expect(chunks()).toEqual([CHUNK, OTHER_CHUNK]);
  });

  it("but the same chunk of two requests is two", () => {
    stopClock();
    start();
    show(
      [REQUEST, OTHER_REQUEST]
        .map((id) => `<p data-ctr-request-id="${id}"><a href="#x" data-ctr-chunk-id="${CHUNK}">Text</a></p>`)
        .join(""),
    );
    for (const link of document.querySelectorAll("a")) link.click();
    expect(made.map(({ payload }) => (payload as CtrPayload).request_id)).toEqual([REQUEST, OTHER_REQUEST]);
  });

  it("but clicks counted by tracking id are told apart by it", () => {
    stopClock();
    const tracker = start();
    tracker.trackClick({ requestId: REQUEST, chunkTrackingId: "doc-1", position: 1 });
    tracker.trackClick({ requestId: REQUEST, chunkTrackingId: "doc-2", position: 2 });
    expect(made).toHaveLength(2);
  });

  it("and a clock that was set back does not keep clicks from counting", () => {
    stopClock();
    start();
    show(LIST);
    find("#first a").click();
    vi.setSystemTime(NOON - 3_600_000);
    find("#first a").click();
    expect(made).toHaveLength(2);
  });
});

describe("trackClick", () => {
  it.each(["search", "rag", "recommendation"] as const)(
    "reports a click for %s and returns its id",
    async (type) => {
      const tracker = start();
      const delivered = outcome(tracker, "delivered");
      const id = tracker.trackClick({ ...click, type, metadata: { action: "copy" } });
      expect((await delivered).id).toBe(id);
      expect(bodies).toMatchObject([
        {
          ctr_type: type,
          position: 3,
          metadata: { action: "copy", clicktrail: { id, action: "manual" } },
        },
      ]);
    },
  );

  it("is the tracker's type where the call says none", () => {
    const tracker = start({ type: "rag" });
    tracker.trackClick(click);
    expect(made[0]?.payload).toMatchObject({ ctr_type: "rag" });
  });

  it("of nothing at all returns undefined, and says once what to write", async () => {
    for (const wrong of [undefined, null, "click", {}]) {
      const tracker = start();
      expect(tracker.trackClick(wrong as never)).toBeUndefined();
      tracker.destroy();
    }
    await vi.waitFor(() => expect(complaints).not.toEqual([]));
    expect(complaints).toEqual([expect.stringContaining("requestId is nothing, so the click is dropped")]);
    expect(made).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ["a wrong request id", { ...click, requestId: "r-1" }, 'requestId is "r-1"'],
    ["a wrong chunk id", { ...click, chunkId: "c-1" }, 'chunkId is "c-1"'],
    ["a wrong position", { ...click, position: 1.5 }, 'position is "1.5"'],
    ["a wrong type", { ...click, type: "chats" }, 'type is "chats"'],
  ])("of %s returns undefined and says what to write", async (_, wrong, told) => {
    const tracker = start();
    let returned: unknown = "something";
    expect(() => {
      returned = tracker.trackClick(wrong as never);
    }).not.toThrow();
    expect(returned).toBeUndefined();
    await vi.waitFor(() => expect(complaints.join()).toContain(told));
    expect(made).toEqual([]);
  });

  it("never throws, whatever it is given", () => {
    const tracker = start();
    const trap = new Proxy(
      {},
      {
        get() {
          throw new Error("trap");
        },
        ownKeys() {
          throw new Error("trap");
        },
      },
    );
    expect(tracker.trackClick(trap as never)).toBeUndefined();
    expect(tracker.trackClick({ ...click, metadata: { trap, big: 1n } })).toBeDefined();
  });
});

describe("beforeSend", () => {
  it("may change the payload in place", async () => {
    const tracker = start({
      beforeSend(payload) {
        Object.assign(payload.metadata, { plan: "pro" });
        return undefined;
      },
    });
    const delivered = outcome(tracker, "delivered");
    tracker.trackClick(click);
    await delivered;
    expect(bodies).toMatchObject([{ position: 3, metadata: { plan: "pro" } }]);
  });

  it("may return another one", async () => {
    const tracker = start({ beforeSend: (payload) => ({ ...(payload as CtrPayload), position: 9 }) });
    const delivered = outcome(tracker, "delivered");
    tracker.trackClick(click);
    await delivered;
    expect(bodies).toMatchObject([{ position: 9 }]);
  });

  it("may veto: nothing is sent, and that is counted", async () => {
    const tracker = start({ beforeSend: () => false });
    const dropped = outcome(tracker, "dropped");
    expect(tracker.trackClick(click)).toBeUndefined();
    expect(await dropped).toMatchObject({ reason: "vetoed" });
    expect((await tracker.stats()).dropped).toEqual({ vetoed: 1 });
    expect(bodies).toEqual([]);
  });

  it("that throws is told, and the payload goes out unchanged", async () => {
    const tracker = start({
      beforeSend(payload) {
        Object.assign(payload, { position: 9 });
        throw new Error("mine is broken");
      },
    });
    const delivered = outcome(tracker, "delivered");
    tracker.trackClick(click);
    await delivered;
    expect(bodies).toMatchObject([{ position: 3 }]);
    expect(complaints.join()).toContain("mine is broken");
  });

  it.each<[string, unknown]>([
    ["a promise, for it must be synchronous", Promise.resolve({})],
    ["text", "payload"],
    ["true", true],
    ["nothing of use", {}],
    ["what has no JSON", { big: 1n }],
  ])("that returns %s does not cost the click", async (_, wrong) => {
    const tracker = start({ beforeSend: () => wrong as never });
    const delivered = outcome(tracker, "delivered");
    tracker.trackClick(click);
    await delivered;
    expect(bodies).toMatchObject([{ request_id: REQUEST, position: 3, clicked_chunk_id: CHUNK }]);
  });
});

describe("consent", () => {
  it("that is required and not given keeps clicks in memory: nothing is stored, nothing is sent", async () => {
    const before = { ...localStorage };
    const tracker = start({ consent: "required" });
    show(LIST);
    await userEvent.click(find("#first a"));
    tracker.trackClick({ ...click, requestId: OTHER_REQUEST });
    tracker.trackClick({ ...click, requestId: "wrong before consent" });
    expect(made).toHaveLength(2);
    // The wrong one waits too: nothing is counted before consent.
    expect(await tracker.stats()).toMatchObject({ waiting: 3, delivered: 0, dropped: {} });
    const names = (await indexedDB.databases()).map(({ name }) => name);
    expect(names).not.toContain(scopeOf(tracker.route));
    expect({ ...localStorage }).toEqual(before);
    expect(bodies).toEqual([]);
  });

  it("sends what has waited as soon as it is given", async () => {
    const tracker = start({ consent: "required" });
    const id = tracker.trackClick(click);
    const delivered = outcome(tracker, "delivered");
    tracker.grantConsent();
    expect((await delivered).id).toBe(id);
    const next = outcome(tracker, "delivered");
    tracker.trackClick({ ...click, requestId: OTHER_REQUEST });
    await next;
    expect(await tracker.stats()).toMatchObject({ made: 2, delivered: 2, waiting: 0 });
  });

  it("that is withdrawn empties memory and queue, and tracks nothing", async () => {
    answers = () => 503;
    const tracker = start();
    const waiting = outcome(tracker, "waiting");
    tracker.trackClick(click);
    await waiting;
    await tracker.revokeConsent();
    expect(await tracker.stats()).toMatchObject({ made: 1, waiting: 0, dropped: { consent: 1 } });
    expect(tracker.trackClick({ ...click, requestId: OTHER_REQUEST })).toBeUndefined();
    answers = () => 204;
    await tracker.flush();
    expect(bodies).toHaveLength(1);
  });

  it("that is withdrawn before it was given forgets what has waited", async () => {
    const tracker = start({ consent: "required" });
    tracker.trackClick(click);
    await tracker.revokeConsent();
    tracker.grantConsent();
    expect((await tracker.stats()).waiting).toBe(0);
    expect(bodies).toEqual([]);
  });
});

describe("a browser that wants no tracking", () => {
  it("is not tracked where Global Privacy Control is to be respected", () => {
    Object.defineProperty(navigator, "globalPrivacyControl", { value: true, configurable: true });
    try {
      expect(start({ respectGpc: true }).trackClick(click)).toBeUndefined();
      for (const tracker of trackers.splice(0)) tracker.destroy();
      expect(start().trackClick({ ...click, requestId: OTHER_REQUEST })).toBeDefined();
    } finally {
      Reflect.deleteProperty(navigator, "globalPrivacyControl");
    }
  });

  it("is not tracked where automation is to be ignored", () => {
    expect(navigator.webdriver).toBe(true);
    const tracker = start({ ignoreAutomation: true });
    show(LIST);
    find("#first a").click();
    expect(tracker.trackClick(click)).toBeUndefined();
    expect(made).toEqual([]);
  });
});

describe("the tracker", () => {
  it("throws what to write where clicks would have nowhere to go", () => {
    expect(() => start({ dataset: "" })).toThrow("dataset must be a UUID");
  });

  it("has its courier say what is wrong with the other options", async () => {
    start({ api: "v3" as never }).trackClick(click);
    await vi.waitFor(() => expect(complaints.join()).toContain('api is "v3": write ctr or events'));
  });

  it("is one a page: the second start returns the first, with a warning", () => {
    const first = start();
    expect(createTracker({ dataset: crypto.randomUUID() }, IN_PAGE)).toBe(first);
    // Here for the first time in this file: a message is told once a page.
    expect(complaints.at(-1)).toContain("it is running already; start it only once");
    show(LIST);
    find("#first a").click();
    expect(made).toHaveLength(1);
  });

  it("is over when it is destroyed, and another one may start", async () => {
    const first = start();
    first.destroy();
    show(LIST);
    find("#first a").click();
    expect(made).toEqual([]);
    const second = start();
    expect(second).not.toBe(first);
    find("#first a").click();
    expect(made).toHaveLength(1);
  });

  it("leaves no listener behind when it is destroyed, also where a request is under way", async () => {
    show(LIST);
    const listeners = watchListeners();
    const tracker = start();
    const delivered = outcome(tracker, "delivered");
    find("#first a").click();
    await delivered;
    expect(listeners()).toEqual(
      "auxclick click click clicktrail focusin online pagehide pointerdown pointerover storage visibilitychange".split(
        " ",
      ),
    );
    tracker.destroy();
    expect(listeners()).toEqual([]);
  });

  it("tells each outcome to those who asked, until they undo it", async () => {
    const tracker = start();
    const heard: string[] = [];
    const undo = tracker.on("click", ({ id }) => heard.push(id));
    const id = tracker.trackClick(click);
    undo();
    tracker.trackClick({ ...click, requestId: OTHER_REQUEST });
    expect(heard).toEqual([id]);
  });

  it("makes no request in a dry run, and counts the click as that", async () => {
    const tracker = start({ dryRun: true });
    const dropped = outcome(tracker, "dropped");
    tracker.trackClick(click);
    expect(await dropped).toMatchObject({ reason: "dry-run" });
    expect(bodies).toEqual([]);
    expect((await tracker.stats()).dropped).toEqual({ "dry-run": 1 });
  });

  it("adds what an add-on knows at the click, until it is undone", async () => {
    let clicks = 0;
    const [begin, stop] = [vi.fn(), vi.fn()];
    const tracker = start();
    const undo = tracker.use(
      Object.assign(() => ({ web_vitals: { LCP: ++clicks } }), { start: begin, stop }),
    );
    expect(begin).toHaveBeenCalledOnce();
    tracker.trackClick(click);
    expect(made[0]?.payload?.metadata.clicktrail).toMatchObject({ web_vitals: { LCP: 1 } });
    expect(tracker.extras(click)).toEqual({ web_vitals: { LCP: 2 } });
    undo();
    expect(stop).toHaveBeenCalledOnce();
    expect(tracker.extras(click)).toEqual({});
  });

  it("accounts for every click", async () => {
    const tracker = start();
    const codes = [204, 204, 400, 503, 413];
    answers = ({ position }) => codes[position] as number;
    for (const [at, code] of codes.entries()) {
      const settled = outcome(tracker, code === 204 ? "delivered" : code === 413 ? "dropped" : "waiting");
      tracker.trackClick({ ...click, requestId: crypto.randomUUID(), position: at });
      await settled;
    }
    tracker.trackClick({ ...click, position: 0.5 });
    await vi.waitFor(async () =>
      expect(await tracker.stats()).toEqual({
        made: 6,
        delivered: 2,
        waiting: 2,
        inDoubt: 0,
        dropped: { refused: 1, invalid: 1 },
        unreadable: 0,
      }),
    );
  });

  it("counts a click under way as waiting, and as in doubt only after its lease", async () => {
    vi.stubGlobal("fetch", () => new Promise(() => {}));
    const tracker = start();
    tracker.trackClick(click);
    expect(await tracker.stats()).toMatchObject({ made: 1, waiting: 1, inDoubt: 0 });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 600_000 });
    expect(await tracker.stats()).toMatchObject({ made: 1, waiting: 0, inDoubt: 1 });
  });

  it("leaves an empty queue alone", async () => {
    const tracker = start();
    await tracker.stats();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "requestIdleCallback"] });
    const reads = vi.spyOn(IDBObjectStore.prototype, "getAll");
    for (let second = 0; second < 60; second++) {
      await tracker.stats();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    // All are the test's.
    expect(reads.mock.calls.length).toBe(60);
  });
});

describe("consent that is withdrawn", () => {
  /** The rows that a tracker's database holds now. */
  async function rowsOf(tracker: Tracker): Promise<unknown[]> {
    const db = await new Promise<IDBDatabase>((resolve) => {
      const request = indexedDB.open(scopeOf(tracker.route));
      request.onsuccess = () => resolve(request.result);
    });
    const rows = await new Promise<unknown[]>((resolve) => {
      const request = db.transaction("q").objectStore("q").getAll();
      request.onsuccess = () => resolve(request.result);
    });
    db.close();
    return rows;
  }

  it("is wiped later where the database is silent now: the page stops, the next one wipes", async () => {
    answers = () => 503;
    const dataset = crypto.randomUUID();
    const tracker = start({ dataset });
    const waiting = outcome(tracker, "waiting");
    tracker.trackClick(click);
    await waiting;
    const broken = vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementation(() => {
      throw new DOMException("busy", "UnknownError");
    });
    const opens: IDBOpenDBRequest[] = [];
    const silent = vi.spyOn(indexedDB, "open").mockImplementation(() => {
      const request = {} as IDBOpenDBRequest;
      opens.push(request);
      return request;
    });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const revoking = tracker.revokeConsent().catch(() => {});
    await vi.advanceTimersByTimeAsync(10_000);
    vi.useRealTimers();
    await revoking;
    expect(tracker.trackClick({ ...click, requestId: OTHER_REQUEST })).toBeUndefined();
    expect(tracker.consented()).toBe(false);
    broken.mockRestore();
    silent.mockRestore();
    tracker.destroy();
    // A page that goes frees its lock.
    for (const request of opens) request.onerror?.(new Event("error"));
    answers = () => 204;
    const next = start({ dataset });
    await vi.waitFor(async () => expect((await next.stats()).waiting).toBe(0));
    expect(next.consented()).toBe(false);
    expect(bodies).toHaveLength(1);
    expect(JSON.stringify(await rowsOf(next))).not.toContain("request_id");
  });

  it("and given again in the same task keeps what is clicked then", async () => {
    answers = () => 503;
    const tracker = start();
    await tracker.stats();
    const done = tracker.revokeConsent();
    tracker.grantConsent();
    const waiting = outcome(tracker, "waiting");
    // A click of the same ms as the withdrawal may have been made before it.
    for (const now = Date.now(); Date.now() === now; );
    tracker.trackClick({ ...click, requestId: OTHER_REQUEST });
    await done;
    await waiting;
    expect(await tracker.stats()).toMatchObject({ waiting: 1, dropped: {} });
    expect(tracker.consented()).toBe(true);
  });

  it("of an earlier visit that was not done is done, and noted", async () => {
    const dataset = crypto.randomUUID();
    const key = `consent ${scopeOf(routeOf({ dataset, endpoint: ENDPOINT }))}`;
    const word = `${Date.now()}`;
    localStorage.setItem(key, word);
    start({ dataset });
    await until(() => expect(localStorage.getItem(key)).toBe(`${word} empty`));
  });

  it("in another tab is heeded here", async () => {
    answers = () => 503;
    const tracker = start();
    const waiting = outcome(tracker, "waiting");
    tracker.trackClick(click);
    await waiting;
    answers = () => 204;
    const key = `consent ${scopeOf(tracker.route)}`;
    const word = `${Date.now()}`;
    localStorage.setItem(key, word);
    const dropped = outcome(tracker, "dropped");
    dispatchEvent(new StorageEvent("storage", { key }));
    expect(tracker.consented()).toBe(false);
    expect(tracker.trackClick(click)).toBeUndefined();
    await dropped;
    await new Promise((resolve) => setTimeout(resolve, 50));
    // That it is done is the other tab's to note: it may have been granted again there, which is not known here yet.
    expect(localStorage.getItem(key)).toBe(word);
    localStorage.setItem(key, `${word} given`);
    dispatchEvent(new StorageEvent("storage", { key }));
    const delivered = outcome(tracker, "delivered");
    tracker.trackClick({ ...click, requestId: OTHER_REQUEST });
    await delivered;
    localStorage.removeItem(key);
  });
});

describe("a tracker that has ended", () => {
  it("begins nothing: no backlog, no timer, no call", async () => {
    const tracker = start();
    tracker.destroy();
    expect(tracker.trackClick(click)).toBeUndefined();
    await tracker.flush();
    expect(await tracker.stats()).toMatchObject({ made: 0 });
    await new Promise((resolve) => requestIdleCallback(resolve));
    const names = (await indexedDB.databases()).map(({ name }) => name);
    expect(names).not.toContain(scopeOf(tracker.route));
    expect(bodies).toEqual([]);
  });

  it("ends a backlog that is being sent: nothing begins after it", async () => {
    const dataset = crypto.randomUUID();
    answers = () => 503;
    const first = start({ dataset });
    const waiting = vi.fn();
    first.on("waiting", waiting);
    for (let position = 1; position <= 20; position++)
      first.trackClick({ requestId: crypto.randomUUID(), chunkId: CHUNK, position });
    // One of them may have been tried again by now.
    await vi.waitFor(() => expect(new Set(waiting.mock.calls.map(([{ id }]) => id)).size).toBe(20));
    first.destroy();
    bodies = [];
    answers = () => 204;
    const { fetch } = globalThis;
    vi.stubGlobal("fetch", async (...request: Parameters<typeof fetch>) => {
      const response = await fetch(...request);
      await new Promise((resolve) => setTimeout(resolve, 30));
      return response;
    });
    const second = start({ dataset });
    dispatchEvent(new Event("online"));
    await vi.waitFor(() => expect(bodies.length).toBeGreaterThan(0), { interval: 5 });
    second.destroy();
    const begun = bodies.length;
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(begun).toBeLessThan(20);
    expect(bodies).toHaveLength(begun);
  });

  it("lets the site delete its database", async () => {
    const tracker = start();
    const delivered = outcome(tracker, "delivered");
    tracker.trackClick(click);
    await delivered;
    tracker.destroy();
    const deleted = await new Promise<string>((resolve) => {
      const request = indexedDB.deleteDatabase(scopeOf(tracker.route));
      request.onsuccess = () => resolve("deleted");
      request.onblocked = () => resolve("blocked");
    });
    expect(deleted).toBe("deleted");
  });
});

describe("what a page's other scripts can see", () => {
  it("is what changes: the start, consent in this tab and in another, the end", async () => {
    const details: unknown[] = [];
    const listener = (event: Event) => details.push((event as CustomEvent).detail);
    addEventListener("clicktrail", listener, { signal: untilTheEnd() });
    const news = () => details.splice(0);
    const tracker = start({ consent: "required" });
    expect(news()).toEqual([{ started: true }]);
    tracker.grantConsent();
    tracker.grantConsent();
    expect(news()).toEqual([{ consent: true }]);
    // Other tabs are listened to from idle time on.
    await new Promise((resolve) => requestIdleCallback(resolve, { timeout: 1_000 }));
    const key = `consent ${scopeOf(tracker.route)}`;
    const inAnotherTab = (word: string) => {
      localStorage.setItem(key, word);
      dispatchEvent(new StorageEvent("storage", { key }));
    };
    inAnotherTab(`${Date.now()}`);
    expect(news()).toEqual([{ consent: false }]);
    inAnotherTab(`${Date.now()} given`);
    expect(news()).toEqual([{ consent: true }]);
    const revoked = tracker.revokeConsent();
    expect(news()).toEqual([{ consent: false }]);
    await revoked;
    news();
    tracker.destroy();
    tracker.destroy();
    expect(news()).toEqual([{ destroyed: true }]);
  });

  it("is no consent where nobody is tracked", () => {
    const details: unknown[] = [];
    const tracker = start({ ignoreAutomation: true, consent: "required" });
    const listener = (event: Event) => details.push((event as CustomEvent).detail);
    addEventListener("clicktrail", listener, { signal: untilTheEnd() });
    tracker.grantConsent();
    expect(details).toEqual([]);
    expect(tracker.consented()).toBe(false);
  });

  it("is the tracker itself, to each copy of the script", () => {
    const tracker = start();
    expect(Reflect.get(globalThis, Symbol.for("clicktrail"))).toBe(tracker);
  });

  it("is only the tracker that runs: one that has ended ends no other", () => {
    const first = start();
    first.destroy();
    const second = start();
    first.destroy();
    expect(Reflect.get(globalThis, Symbol.for("clicktrail"))).toBe(second);
  });

  it("is no listener of a tracker that has ended, though the document was written anew", () => {
    const tracker = start();
    tracker.destroy();
    const listeners = watchListeners();
    tracker.attach();
    expect(listeners()).toEqual([]);
  });
});

describe("a worker", () => {
  let workers: FakeWorker[];
  let file: CourierFile;
  beforeEach(() => {
    ({ file, workers } = fakeFile());
  });

  /** Out of the reach of the real pointer, which an earlier test has left somewhere. */
  const RESULTS = `<div style="pointer-events: none">${LIST}</div>`;
  const idle = () => new Promise((resolve) => requestIdleCallback(resolve, { timeout: 1_000 }));
  const pointAt = (selector: string) =>
    find(selector).dispatchEvent(new PointerEvent("pointerover", { bubbles: true, composed: true }));
  const made = () => until(() => expect(workers).toHaveLength(1));

  /** A tracker with a worker that is ready. */
  async function ready(options: Partial<Options> = {}): Promise<Tracker> {
    show(RESULTS);
    const tracker = start(options, file);
    await made();
    workers[0]?.say({ ready: FORMAT });
    await until(() => expect(tracker.courier()).toBe("worker"));
    return tracker;
  }

  it("starts in idle time where there are results", async () => {
    show(RESULTS);
    start({}, file);
    expect(workers).toEqual([]);
    await made();
  });

  it("starts once the page is shown, where it was prerendered", async () => {
    vi.spyOn(Document.prototype, "prerendering" as never, "get").mockReturnValue(true as never);
    show(RESULTS);
    start({}, file);
    await idle();
    await idle();
    expect(workers).toEqual([]);
    const waits = vi.spyOn(globalThis, "requestIdleCallback");
    document.dispatchEvent(new Event("prerenderingchange"));
    document.dispatchEvent(new Event("prerenderingchange"));
    expect(waits).toHaveBeenCalledTimes(1);
    await made();
  });

  it("starts, where there were no results, only with the pointer on the first that comes", async () => {
    start({}, file);
    await idle();
    await idle();
    show(RESULTS);
    pointAt("#beside");
    await idle();
    expect(workers).toEqual([]);
    pointAt("#first a");
    pointAt("#second a");
    await made();
  });

  it("does not start before consent", async () => {
    show(RESULTS);
    const tracker = start({ consent: "required" }, file);
    await idle();
    await idle();
    pointAt("#first a");
    await idle();
    expect(workers).toEqual([]);
    tracker.grantConsent();
    await made();
  });

  it("starts when results are tagged, and with no other news", async () => {
    start({}, file);
    await idle();
    await idle();
    const news = (detail?: object) => dispatchEvent(new CustomEvent("clicktrail", { detail }));
    news();
    news({ consent: true });
    await idle();
    expect([workers, complaints]).toEqual([[], []]);
    news({ tagged: [] });
    await made();
  });

  it("is given the clicks once it is ready", async () => {
    const tracker = await ready();
    const id = tracker.trackClick(click);
    expect(workers[0]?.posted.at(-1)).toMatchObject({ entry: { id, attempt: 1, begun: true } });
    expect(bodies).toEqual([]);
  });

  it("is told whether the page wants to know of what is delivered", async () => {
    show(RESULTS);
    const quiet = createTracker({ dataset: crypto.randomUUID(), endpoint: ENDPOINT }, file);
    trackers.push(quiet);
    await made();
    expect(workers[0]?.posted[0]).toMatchObject({ hello: true, isHeard: false });
    quiet.on("delivered", () => {});
    expect(workers[0]?.posted.at(-1)).toEqual({ isHeard: true });
  });

  it("is asked for what is left: when the page is shown, when it is online, and by a call", async () => {
    const tracker = await ready();
    const asked = () => workers[0]?.posted.splice(0).flatMap(({ flush }) => flush ?? []);
    const when = (type: string) => dispatchEvent(new Event(type));
    await idle();
    asked();
    when("visibilitychange");
    await idle();
    expect(asked()).toEqual(["start"]);
    const hidden = vi.spyOn(Document.prototype, "hidden", "get").mockReturnValue(true);
    when("visibilitychange");
    hidden.mockRestore();
    when("online");
    await idle();
    expect(asked()).toEqual(["hope"]);
    tracker.flush().catch(() => {});
    await idle();
    expect(asked()).toEqual(["later"]);
  });

  it("is told why it has to stop", async () => {
    const tracker = await ready();
    const revoked = tracker.revokeConsent();
    await until(() => expect(workers[0]?.posted.at(-1)).toMatchObject({ stop: "withdraw" }));
    workers[0]?.say({ re: workers[0].posted.at(-1)?.ask as number });
    await revoked;
    tracker.grantConsent();
    tracker.destroy();
    expect(workers.at(-1)?.posted.at(-1)).toMatchObject({ stop: "end", bye: true });
  });

  it("is told that the page goes, and another one starts when it comes back", async () => {
    await ready();
    dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true }));
    expect(workers[0]?.posted.at(-1)).toEqual({ bye: true });
    dispatchEvent(new Event("visibilitychange"));
    await until(() => expect(workers).toHaveLength(2));
  });
});

it("tells what isn't counted, and by which rule", () => {
  const tracker = start();
  const rules: string[] = [];
  tracker.on("not-counted", ({ rule }) => rules.push(rule));
  show(LIST);
  find("#beside").click();
  find("button").click();
  find("#first a").click();
  find("#first a").click();
  expect(rules).toEqual(["untagged", "beside-link", "repeat"]);
});
