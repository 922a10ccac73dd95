// Owns the built stub: what happens before the script has loaded is reported as it was then, and what the page took from it lives on.
// Nothing here is an engine's.
import { expect, test } from "./fixtures.ts";
import { chunkId, REQUEST_ID, requestId } from "./pages.ts";
import { expectStats } from "./tracker.ts";

const HELD = { stub: true, isInjected: true, isHeld: true };
const list = (id: string, request: number, numbers: readonly number[], inner = "") =>
  `<ol id="${id}" data-ctr-request-id="${requestId(request)}">${numbers
    .map((n) => `<li data-ctr-chunk-id="${chunkId(n)}"><a href="#${n}">${n}</a>${inner}</li>`)
    .join("")}</ol>`;

interface Kept {
  at: number[];
  heard: string[];
  thrown: string[];
  undone: number;
  stats: Promise<unknown>;
  before: Pick<Window["clicktrail"], "trackClick" | "tagResults" | "on" | "revokeConsent">;
}

declare global {
  interface Window {
    early: Kept;
  }
}

test("clicks from before the script are reported as they were, calls are done, and references live on", async ({
  tab,
  site,
  collector,
}) => {
  const body = [
    list("emptied", 2, [21, 22, 23]),
    list("reused", 3, [31, 32, 33]),
    `<div data-ctr-request-id="${requestId(4)}"><my-card></my-card></div>`,
    list("tracked", 5, [51]).replaceAll("data-ctr-chunk-id", "data-ctr-chunk-tracking-id"),
    '<ol id="later"><li><a href="#x">x</a></li></ol>',
  ].join("");
  await tab.goto(site.search({ snippet: HELD, body, target: "_blank" }));
  const isClean = await tab.evaluate(
    ({ other, cards, manual, later }) => {
      const { trackClick, tagResults, on, revokeConsent } = window.clicktrail;
      const kept: Kept = {
        at: [],
        heard: [],
        thrown: [],
        undone: 0,
        stats: Promise.resolve(),
        before: { trackClick, tagResults, on, revokeConsent },
      };
      window.early = kept;
      addEventListener("error", ({ message }) => kept.thrown.push(message));
      addEventListener("unhandledrejection", ({ reason }) => kept.thrown.push(`${reason}`));
      addEventListener("click", (event) => {
        event.preventDefault();
        kept.at.push(performance.timeOrigin + event.timeStamp);
      });
      const find = (selector: string) => document.querySelector<HTMLElement>(selector) as HTMLElement;
      const { clicktrail } = window;
      // Each has its undo before the script is there.
      clicktrail.on("click", () => kept.undone++)();
      clicktrail.use(() => ({ undone: 1 }))();
      clicktrail.on("click", ({ id }) => kept.heard.push(id));
      clicktrail.use(() => ({ early: 1 }));
      // What a slot shows by itself, a favourite beside it, and three cards with a root each.
      const host = find("my-card");
      const root = host.attachShadow({ mode: "open" });
      root.innerHTML = cards
        .map(
          (id) =>
            `<div data-ctr-chunk-id="${id}"><slot><a href="#c">c</a></slot><button>Favourite</button></div>`,
        )
        .join("");
      root.querySelectorAll("a")[1]?.click();
      root.querySelectorAll("button")[2]?.click();
      root.replaceChildren();
      // Emptied, used again for the next search, gone.
      find("#emptied li:nth-child(3) a").click();
      find("#emptied").replaceChildren();
      find("#reused li:nth-child(2) a").click();
      find("#reused").setAttribute("data-ctr-request-id", other);
      for (const item of find("#reused").children) item.setAttribute("data-ctr-chunk-id", other);
      find("#tracked a").click();
      find("#tracked").remove();
      // The page's own calls, the list tagged before the click on it.
      clicktrail.trackClick(manual);
      clicktrail.tagResults(find("#later"), later);
      find("#later a").click();
      kept.stats = clicktrail.stats();
      const holds = (what: unknown): boolean =>
        what instanceof Node ||
        (Array.isArray(what) && what.some(holds)) ||
        (what?.constructor === Object && Object.values(what).some(holds));
      const { q } = clicktrail as unknown as { q: [string, unknown[]][] };
      return !q.filter(([name]) => name === "capture").some(holds);
    },
    {
      other: requestId(9),
      cards: [41, 42, 43].map(chunkId),
      manual: { requestId: requestId(6), chunkId: chunkId(61), position: 7 },
      later: { id: requestId(7), chunks: [{ chunk: { id: chunkId(71) } }] },
    },
  );
  expect(isClean, "no element is held").toBe(true);
  // A second open of the same result, later than a repeat is.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  await tab.click("#link-1");
  await tab.evaluate(() => document.querySelector<HTMLElement>("#later a")?.click());
  await collector.expectNothing();
  site.releaseScripts();
  const click = (request: string, chunk: number, position: number) => ({
    request_id: request,
    clicked_chunk_id: chunkId(chunk),
    position,
  });
  const expected = [
    click(requestId(4), 42, 2),
    click(requestId(2), 23, 3),
    click(requestId(3), 32, 2),
    { request_id: requestId(5), clicked_chunk_tracking_id: chunkId(51), position: 1 },
    click(requestId(6), 61, 7),
    click(requestId(7), 71, 1),
    click(REQUEST_ID, 1, 1),
    click(requestId(7), 71, 1),
  ];
  const puts = await collector.expectPuts(expected);
  const kept = await tab.evaluate(async () => ({
    ...window.early,
    stats: await window.early.stats,
    before: undefined,
  }));
  const trails = puts.map(
    ({ body }) =>
      (body as never as { metadata: { clicktrail: Record<string, unknown> } }).metadata.clicktrail,
  );
  for (const trail of trails) expect(trail).toMatchObject({ early: 1 });
  expect(trails.filter(({ undone }) => undone)).toEqual([]);
  expect([kept.undone, kept.thrown, kept.heard.length]).toEqual([0, [], expected.length]);
  expect(kept.stats).toMatchObject({ made: expect.any(Number) });
  // Favourite and favourites' like were clicked too: each reported click has the time of one of these.
  const times = trails
    .filter(({ action }) => action === "click")
    .map((trail) => Date.parse(`${trail.clicked_at}`));
  for (const time of times) expect(kept.at.some((at) => Math.abs(at - time) < 2)).toBe(true);
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(1_000);

  // A request that has begun as consent is withdrawn may reach the server; here none does.
  await collector.goDown();
  const lived = await tab.evaluate(
    async ({ manual, later }) => {
      const { trackClick, tagResults, on, revokeConsent } = window.early.before;
      const heard: string[] = [];
      const undo = on("click", ({ id }) => heard.push(id));
      const id = trackClick(manual);
      undo();
      const { tagged } = tagResults(document.querySelector("#later") as Element, later);
      await revokeConsent();
      return {
        isHeard: heard[0] === id,
        heard: heard.length,
        tagged,
        after: trackClick({ ...manual, position: 9 }) ?? "none",
      };
    },
    {
      manual: { requestId: requestId(8), chunkId: chunkId(81), position: 1 },
      later: { id: requestId(8), chunks: [{ chunk: { id: chunkId(82) } }] },
    },
  );
  expect(lived).toEqual({ isHeard: true, heard: 1, tagged: 1, after: "none" });
});

test("fifty calls and clicks are kept, and what comes after them does no harm", async ({
  tab,
  site,
  collector,
}) => {
  await tab.goto(site.search({ snippet: { ...HELD, dryRun: true } }));
  const early = await tab.evaluate((request) => {
    const kept = { thrown: [] as string[] } as Kept;
    window.early = kept;
    addEventListener("error", ({ message }) => kept.thrown.push(message));
    addEventListener("unhandledrejection", ({ reason }) => kept.thrown.push(`${reason}`));
    const { clicktrail } = window;
    clicktrail.inspect();
    for (let n = 100; n < 160; n++)
      clicktrail.trackClick({
        requestId: request,
        chunkId: `c0000000-0000-4000-8000-000000000${n}`,
        position: n,
      });
    document.querySelector<HTMLElement>("#favourite-1")?.click();
    clicktrail.on("click", () => {})();
    clicktrail.use(() => ({}))();
    kept.stats = clicktrail.stats();
    return (clicktrail as unknown as { q: unknown[] }).q.length;
  }, requestId(2));
  expect(early).toBe(50);
  site.releaseScripts();
  await expectStats(tab, { made: 49, dropped: { "dry-run": 49 } });
  const { thrown, stats } = await tab.evaluate(async () => ({
    thrown: window.early.thrown,
    stats: (await window.early.stats) ?? "none",
  }));
  expect([thrown, stats]).toEqual([[], "none"]);
  await expect.poll(() => tab.evaluate(() => !!document.querySelector("clicktrail-inspector"))).toBe(true);
  await collector.expectNothing();
});
