// What is said on a click about what had been seen: in real Chromium, with real scrolling and real time.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runningTracker } from "../announce";
import type { Tracker } from "../page/api";
import { tagResults } from "../page/tag";
import { createTracker } from "../page/tracker";
import { chunkId, find, shade, show } from "../test/page";
import { IN_PAGE } from "../test/workers";
import { context } from "./context";
import { rangesOf } from "./visits";

const REQUEST = "11111111-1111-4111-8111-111111111111";
const OTHER = "22222222-2222-4222-8222-222222222222";
/** Until a result is seen, and some. */
const SEEN = { timeout: 10_000, interval: 50 };

/** A list in which `perView` results fill the viewport. */
function list(count: number, perView = 4, request = REQUEST): void {
  const height = Math.floor(innerHeight / perView);
  const items = Array.from(
    { length: count },
    (_, n) =>
      `<li style="height:${height}px;margin:0" data-ctr-chunk-id="${chunkId(n + 1)}" data-ctr-position="${n + 1}">${n + 1}</li>`,
  );
  show(
    `<ol style="margin:0;padding:0;list-style:none" data-ctr-request-id="${request}">${items.join("")}</ol>`,
  );
}

function start(options = {}): Tracker {
  const tracker = createTracker(
    {
      // Its own: a withdrawal holds for all pages of the origin, so for other files of tests, too.
      dataset: crypto.randomUUID(),
      dryRun: true,
      ...options,
    },
    IN_PAGE,
  );
  tracker.use(context());
  return tracker;
}

const at = (position: number, requestId = REQUEST) => ({
  requestId,
  chunkId: chunkId(position),
  position,
});
/** What a click would say now. */
function said(requestId = REQUEST): Record<string, unknown> {
  const extras = runningTracker()?.extras(at(1, requestId)) as { context: Record<string, unknown> };
  return extras.context;
}
const seen = (requestId?: string) => said(requestId).seen;
const kept = () => JSON.parse(sessionStorage["clicktrail context 2"] ?? "[]").slice(1) as [string, object][];

/** The tab is hidden or visible again: a stub, for a headless tab never is by itself. */
function hide(hidden: boolean): void {
  vi.spyOn(document, "hidden", "get").mockReturnValue(hidden);
  document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
}

beforeEach(() => {
  document.body.style.margin = "0";
  sessionStorage.clear();
  sessionStorage["clicktrail no worker"] = 1;
});
afterEach(() => {
  vi.restoreAllMocks();
  runningTracker()?.destroy();
  document.body.replaceChildren();
});

describe("ten thousand results", () => {
  it("cost as much as the first thousand", async () => {
    const observe = vi.spyOn(IntersectionObserver.prototype, "observe");
    list(1_200);
    start();
    await expect.poll(() => observe.mock.calls.length, SEEN).toBeGreaterThan(0);
    expect(observe).toHaveBeenCalledTimes(1_000);
    expect(observe).not.toHaveBeenCalledWith(find("li:nth-child(1001)"));
  });

  it("are not searched for roots with more results", async () => {
    list(3);
    const look = vi.fn(() => null);
    const inside = document.createElement("b");
    Object.defineProperty(inside, "shadowRoot", { get: look });
    find("li").append(inside);
    start();
    await expect.poll(seen, SEEN).toEqual([[1, 3]]);
    expect(look).not.toHaveBeenCalled();
  });
});

describe("seen", () => {
  it("are the positions of which half was in view for half a second", async () => {
    list(20);
    start();
    expect(seen()).toEqual([]);
    await vi.waitFor(() => expect(seen()).toEqual([[1, 4]]), SEEN);
    find("li:nth-child(13)").scrollIntoView();
    await vi.waitFor(
      () =>
        expect(seen()).toEqual([
          [1, 4],
          [13, 16],
        ]),
      SEEN,
    );
  });

  it("takes a tall one by half the viewport", async () => {
    list(3, 1 / 5);
    start();
    await vi.waitFor(() => expect(seen()).toEqual([[1, 1]]), SEEN);
    // Six tenths of the viewport are the second's.
    scrollTo(0, innerHeight * 4.6);
    await vi.waitFor(() => expect(seen()).toEqual([[1, 2]]), SEEN);
  });

  it("follows results that are added, replaced, used again, and tagged later", async () => {
    list(1);
    start();
    await vi.waitFor(() => expect(seen()).toEqual([[1, 1]]), SEEN);
    find("ol").insertAdjacentHTML(
      "beforeend",
      `<li style="height:40px" data-ctr-chunk-id="${chunkId(2)}" data-ctr-position="2"></li><li id="later" style="height:40px"></li>`,
    );
    await vi.waitFor(() => expect(seen()).toEqual([[1, 2]]), SEEN);
    find("#later").dataset.ctrChunkId = chunkId(3);
    await vi.waitFor(() => expect(seen()).toEqual([[1, 3]]), SEEN);
    find("ol").dataset.ctrRequestId = OTHER;
    await vi.waitFor(() => expect(seen(OTHER)).toEqual([[1, 3]]), SEEN);
    list(2);
    for (const item of document.querySelectorAll("li")) item.dataset.ctrPosition += "0";
    await vi.waitFor(
      () =>
        expect(seen()).toEqual([
          [1, 3],
          [10, 10],
          [20, 20],
        ]),
      SEEN,
    );
  });

  it("looks into open shadow roots: those that are there, and those that tagResults was given", async () => {
    show('<div id="one"></div><div id="two"></div>');
    const item = '<ol><li style="height:40px"></li></ol>';
    const response = (n: number) => ({ id: REQUEST, chunks: [{ chunk: { id: chunkId(n) } }] });
    const one = shade("#one", item);
    tagResults(find("ol", one), response(1), { firstPosition: 1 });
    start();
    await vi.waitFor(() => expect(seen()).toEqual([[1, 1]]), SEEN);
    const two = shade("#two", item);
    tagResults(find("ol", two), response(2), { firstPosition: 2 });
    await vi.waitFor(() => expect(seen()).toEqual([[1, 2]]), SEEN);
    find("ol", two).innerHTML =
      `<li style="height:40px" data-ctr-chunk-id="${chunkId(3)}" data-ctr-position="3"></li>`;
    await vi.waitFor(() => expect(seen()).toEqual([[1, 3]]), SEEN);
  });

  it("is of ranges in order", () => {
    expect(rangesOf({ 7: 600, 1: 500, 2: 900, 3: 499, 4: 500, 10: 700, 11: 500 })).toEqual([
      [1, 2],
      [4, 4],
      [7, 7],
      [10, 11],
    ]);
  });
});

describe("time", () => {
  it("leaves out what the tab was hidden", async () => {
    list(20);
    start();
    await vi.waitFor(() => expect(seen()).toEqual([[1, 4]]), SEEN);
    hide(true);
    const before = said().ms as number;
    await new Promise((resolve) => setTimeout(resolve, 700));
    hide(false);
    expect((said().ms as number) - before).toBeLessThan(300);
  });
});

describe("clicks", () => {
  it("are numbered, and each says the one before and how long the results were left after it", async () => {
    list(4);
    const tracker = start();
    await vi.waitFor(() => expect(seen()).toEqual([[1, 4]]), SEEN);
    const id = tracker.trackClick(at(2));
    expect(said()).toMatchObject({ nth: 2, previous: { id, position: 2 } });
    expect(said().previous).not.toHaveProperty("away_ms");
    const left = Date.now();
    hide(true);
    await new Promise((resolve) => setTimeout(resolve, 300));
    hide(false);
    const { away_ms } = said().previous as { away_ms: number };
    expect(away_ms).toBeGreaterThanOrEqual(300);
    expect(away_ms).toBeLessThanOrEqual(Date.now() - left);
    hide(true);
    hide(false);
    expect(said()).toMatchObject({ previous: { away_ms } });
    tracker.trackClick(at(3));
    expect(said()).toMatchObject({ nth: 3, previous: { position: 3 } });
    expect(said(OTHER)).toMatchObject({ nth: 1, seen: [], ms: 0 });
  });
});

describe("the tab's storage", () => {
  it("lets a page that is loaded again go on", async () => {
    list(4);
    const tracker = start();
    await vi.waitFor(() => expect(seen()).toEqual([[1, 4]]), SEEN);
    const id = tracker.trackClick(at(2));
    const since = performance.now();
    const { ms } = said() as { ms: number };
    tracker.destroy();
    document.body.replaceChildren();
    start();
    expect(said()).toMatchObject({ seen: [[1, 4]], nth: 2, previous: { id, position: 2 } });
    expect((said().ms as number) - ms).toBeLessThanOrEqual(performance.now() - since + 1);
  });

  it("has at most twenty requests, the last used", () => {
    const tracker = start();
    const ids = Array.from({ length: 25 }, () => crypto.randomUUID());
    for (const id of ids) tracker.trackClick(at(1, id));
    tracker.trackClick(at(2, ids[0]));
    tracker.destroy();
    expect(kept().map(([request]) => request)).toEqual([...ids.slice(6), ids[0]]);
  });

  it("has nothing before consent, and nothing after it was withdrawn", async () => {
    list(4);
    const tracker = start({ consent: "required" });
    await vi.waitFor(() => expect(seen()).toEqual([[1, 4]]), SEEN);
    hide(true);
    expect(kept()).toEqual([]);
    hide(false);
    tracker.grantConsent();
    expect(seen()).toEqual([[1, 4]]);
    hide(true);
    expect(kept()).toMatchObject([[REQUEST, { nth: 0 }]]);
    hide(false);
    await tracker.revokeConsent();
    expect(sessionStorage["clicktrail context 2"]).toBeUndefined();
    expect(said()).toMatchObject({ seen: [], ms: 0 });
    hide(true);
    expect(kept()).toEqual([]);
  });

  it("that is blocked costs nothing but its memory", async () => {
    vi.spyOn(window, "sessionStorage", "get").mockImplementation(() => {
      throw new DOMException("blocked", "SecurityError");
    });
    list(4);
    start();
    await vi.waitFor(() => expect(seen()).toEqual([[1, 4]]), SEEN);
    hide(true);
    hide(false);
    expect(seen()).toEqual([[1, 4]]);
  });
});

describe("observing", () => {
  it("ends with the tracker, and with the undo", async () => {
    const ended = vi.spyOn(IntersectionObserver.prototype, "disconnect");
    const observed = vi.spyOn(IntersectionObserver.prototype, "observe");
    list(4);
    start().destroy();
    expect(ended).toHaveBeenCalledOnce();
    const undo = createTracker(
      { dataset: "d0000000-0000-4000-8000-000000000001", dryRun: true },
      IN_PAGE,
    ).use(context());
    undo();
    expect(ended).toHaveBeenCalledTimes(2);
    // A look at the page that is still to come: after 100 ms, in idle time, which is 500 ms later at the latest.
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(observed).not.toHaveBeenCalled();
  });
});
