// Owns the proof that results keep their chunk and position in what real libraries make of a list: jQuery, slick, Swiper, Alpine, an
// autocomplete. The libraries are the same in every engine.

import { expect, test } from "../fixtures.ts";
import { API_KEY, chunkId, DATASET, requestId } from "../pages.ts";
import { scriptAttributes, serveScript, written } from "../strict/page.ts";
import type { Tab } from "../tabs.ts";
import { trackerReady } from "../tracker.ts";
import { packaged } from "./packages.ts";

declare global {
  /** What the libraries' files and `start` put there; only what is used here. */
  interface Window {
    $(selector: string): { append(html: string): void; slick(...options: unknown[]): void };
    Swiper: new (selector: string, options: object) => Window["swiper"];
    swiper: { slideTo(index: number, ms: number): void; slideNext(ms: number): void };
    autoComplete: new (options: object) => Window["complete"];
    complete: { start(query: string): void; goTo(index: number): void };
    tagAll(): void;
    tracked: string | undefined;
  }
}

const LIBRARIES = {
  jquery: "jquery/dist/jquery.min.js",
  slick: "slick-carousel/slick/slick.min.js",
  swiper: "swiper/swiper-bundle.min.js",
  autocomplete: "@tarekraafat/autocomplete.js/dist/autoComplete.min.js",
  alpine: "alpinejs/dist/cdn.min.js",
};
const STYLES = ["slick-carousel/slick/slick.css", "swiper/swiper-bundle.min.css"];

const COUNT = 5;
const NUMBERS = Array.from({ length: COUNT }, (_, index) => index + 1);
/** Each list has a request of its own; its chunks are its number's hundred and on. */
const LISTS = { slick: 1, byHand: 2, swiper: 3, alpine: 4, autocomplete: 5 };
const chunkOf = (list: number, number: number) => chunkId(list * 100 + number);
const response = (list: number) => ({
  id: requestId(list),
  chunks: NUMBERS.map((number) => ({ chunk: { id: chunkOf(list, number) } })),
});

const items = (text: (number: number) => string) => NUMBERS.map(text).join("");
const BODY = `
<div id="slick">${items((n) => `<div><a href="#s${n}">Slide ${n}</a></div>`)}</div>
<div id="by-hand" data-ctr-request-id="${requestId(LISTS.byHand)}">
  ${items((n) => `<div data-ctr-chunk-id="${chunkOf(LISTS.byHand, n)}"><a href="#h${n}">Slide ${n}</a></div>`)}</div>
<div class="swiper"><div class="swiper-wrapper" id="swiper">
  ${items((n) => `<div class="swiper-slide"><a href="#w${n}">Slide ${n}</a></div>`)}</div></div>
<ol id="alpine" x-data="{ shown: [1, 2, 3, 4, 5] }"><template x-for="n in shown" :key="n"><li><a :href="'#a' + n" x-text="n"></a></li></template></ol>
<input id="complete" autocomplete="off">`;

/** Runs in the page when the libraries are there. */
function start({
  tag,
  responses,
}: {
  tag: string;
  responses: Record<string, { id: string; chunks: object[] }>;
}) {
  window.$("head").append(tag);
  window.tagAll = () => {
    const { tagResults } = window.clicktrail;
    for (const name of ["slick", "swiper", "alpine"])
      tagResults(document.querySelector(`#${name}`) as Element, responses[name] as never);
    window.$("#slick, #by-hand").slick({ infinite: true, slidesToShow: 2, slidesToScroll: 1 });
    window.swiper = new window.Swiper(".swiper", { loop: true, slidesPerView: 2 });
  };
  const { id, chunks } = responses.autocomplete as { id: string; chunks: { chunk: { id: string } }[] };
  window.complete = new window.autoComplete({
    selector: "#complete",
    data: { src: ["apple 1", "apple 2", "apple 3", "apple 4", "apple 5"] },
    resultsList: { maxResults: 5 },
    resultItem: {
      element(item: HTMLElement, { value }: { value: string }) {
        item.dataset.ctrRequestId = id;
        item.dataset.ctrChunkId = chunks[Number(value.slice(-1)) - 1]?.chunk.id;
      },
    },
  });
  document.querySelector("#complete")?.addEventListener("selection", () => {
    window.tracked = window.clicktrail.trackClick(
      document.querySelector('[aria-selected="true"]') as Element,
    );
  });
}

/** What a click on each element would report: chunk and position, in the document's order. */
function said(tab: Tab, selector: string) {
  return tab.evaluate(
    (all) =>
      [...document.querySelectorAll(all)].map((element) => {
        const { chunkId, position } = window.clicktrail.read(element) ?? {};
        return [chunkId, position];
      }),
    selector,
  );
}

/** Each of these says its own position, however often and wherever it stands. */
function expectRight(list: number, found: unknown[][], count = COUNT) {
  const right = NUMBERS.map((number) => [chunkOf(list, number), number]);
  for (const one of found) expect(right).toContainEqual(one);
  expect(new Set(found.map(([chunk]) => chunk)).size).toBe(count);
}

test("jQuery, slick, Swiper, Alpine and an autocomplete: each result says its own chunk and position", {
  tag: "@full",
}, async ({ tab, site, collector }) => {
  for (const [name, path] of Object.entries(LIBRARIES))
    serveScript(site, `/${name}.js`, await packaged(path));
  const styles = (await Promise.all(STYLES.map(packaged))).join("");
  const tag = `<script async ${written(scriptAttributes(collector.endpoint))}></script>`;
  const responses = Object.fromEntries(Object.entries(LISTS).map(([name, list]) => [name, response(list)]));
  const scripts = Object.keys(LIBRARIES).map(
    (name) => `<script src="/${name}.js"${name === "alpine" ? " defer" : ""}></script>`,
  );
  await tab.goto(
    site.serveHtml(
      "/libraries",
      `<!doctype html><html lang="en"><meta charset="utf-8"><title>Libraries</title><link rel="icon" href="data:,">
<style>${styles} body{width:600px}</style>${scripts.join("")}${BODY}`,
    ),
  );
  // README's tag, as jQuery inserts it.
  await tab.evaluate(start, { tag, responses });
  await trackerReady(tab);
  await tab.evaluate(() => window.tagAll());

  expectRight(LISTS.slick, await said(tab, "#slick .slick-slide a"));
  expectRight(LISTS.byHand, await said(tab, "#by-hand .slick-slide a"));
  await tab.evaluate(() => window.swiper.slideTo(4, 0));
  await tab.evaluate(() => window.swiper.slideNext(0));
  expectRight(LISTS.swiper, await said(tab, "#swiper a"));
  expectRight(LISTS.alpine, await said(tab, "#alpine a"));

  // Turned past its end: what is shown are copies.
  await tab.evaluate(() => window.$("#slick").slick("slickGoTo", 4, true));
  await tab.click('#slick .slick-active [href="#s5"]');
  await tab.click('#slick .slick-active [href="#s1"]');
  const expected = [
    { request_id: requestId(LISTS.slick), clicked_chunk_id: chunkOf(LISTS.slick, 5), position: 5 },
    { request_id: requestId(LISTS.slick), clicked_chunk_id: chunkOf(LISTS.slick, 1), position: 1 },
  ];
  const [put] = await collector.expectPuts(expected);
  expect(put?.headers).toMatchObject({ "tr-dataset": DATASET, authorization: API_KEY });

  // Enter on an option is no click: the page tells it by its element.
  await tab.evaluate(() => window.complete.start("apple"));
  await expect
    .poll(() => tab.evaluate(() => document.querySelectorAll('[role="option"]').length))
    .toBe(COUNT);
  await tab.evaluate(() => window.complete.goTo(2));
  await tab.press("#complete", "Enter");
  await expect.poll(() => tab.evaluate(() => window.tracked)).toEqual(expect.any(String));
  await collector.expectPuts([
    ...expected,
    {
      request_id: requestId(LISTS.autocomplete),
      clicked_chunk_id: chunkOf(LISTS.autocomplete, 3),
      position: 3,
    },
  ]);
});
