// Owns what an early click costs on a large page whose results carry their own request ids: some 1 ms, a few searches for an attribute;
// and that what is copied is no more than the path and its list. Chromium's clock is the finest.
import { expect, test } from "./fixtures.ts";
import { chunkId, requestId } from "./pages.ts";

const RESULTS = 100;
const OTHERS = 4_000;
const CLICKS = 40;

test("an early click on a page of 20,000 elements costs a few searches through them, and has its rank", async ({
  tab,
  site,
  collector,
}) => {
  const snippet = { stub: true, isInjected: true, isHeld: true };
  const other = `<section class="card" data-kind="other"><h2 class="title">Other</h2><p>Words <b>and</b> <i>more</i></p></section>`;
  const results = Array.from(
    { length: RESULTS },
    (_, n) =>
      `<li data-ctr-request-id="${requestId(2)}" data-ctr-chunk-id="${chunkId(n + 1)}"><div><a href="#x">${n}</a><p><b></b><i></i><u></u><s></s></p><em></em></div></li>`,
  ).join("");
  await tab.goto(
    site.search({ snippet, results: 0, body: `<main>${other.repeat(OTHERS)}<ul>${results}</ul></main>` }),
  );
  const { elements, click, search, copied } = await tab.evaluate((CLICKS) => {
    const links = document.querySelectorAll<HTMLElement>("main a");
    /** The quickest of many: other programs on the machine have their part in the rest. */
    function cost(work: (nth: number) => void): number {
      const took = Array.from({ length: CLICKS }, (_, nth) => {
        const before = performance.now();
        work(nth);
        return performance.now() - before;
      });
      return Math.min(...took);
    }
    const click = cost((nth) =>
      links[10 + nth]?.dispatchEvent(new MouseEvent("click", { bubbles: true, composed: true })),
    );
    const search = cost((nth) => document.querySelectorAll(`[data-ctr-chunk-id],[data-x${nth}]`));
    const { q } = window.clicktrail as unknown as { q: [string, [{ path: unknown[][] }]][] };
    const path = q[0]?.[1][0].path ?? [];
    const size = (shot: unknown[]): number =>
      1 + (shot[2] as unknown[][]).reduce((sum, child) => sum + size(child), 0);
    return {
      elements: document.querySelectorAll("*").length,
      click,
      search,
      copied: size(path[path.length - 1] ?? []),
    };
  }, CLICKS);
  test.info().annotations.push({ type: "ms", description: `${click} a click, ${search} a search` });
  expect(elements).toBeGreaterThan(20_000);
  // The results alone, the path, and what is inside the one that was clicked.
  expect(copied).toBeLessThan(RESULTS + 30);
  expect(click).toBeLessThan(5 * search + 0.3);
  site.releaseScripts();
  const positions = Array.from({ length: CLICKS }, (_, n) => ({ position: 11 + n }));
  await collector.expectPuts(positions);
});
