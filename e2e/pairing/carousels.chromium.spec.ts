// Owns the proof that a drag of a carousel is no click where the carousel lets the link open nothing: with the carousels that shops
// use, and with a slip on a link that opens all the same.
import { readFile } from "node:fs/promises";
import type { Page } from "playwright";
import { expect, test } from "../fixtures.ts";
import { chunkId, REQUEST_ID } from "../pages.ts";
import { tabOfPage } from "../tabs.ts";
import { trackerReady } from "../tracker.ts";

/** Of this package's own, or of the frameworks'. */
const packaged = (path: string) => {
  const [own, frameworks] = ["../../node_modules/", "../frameworks/node_modules/"].map(
    (folder) => new URL(folder + path, import.meta.url),
  ) as [URL, URL];
  return readFile(own, "utf8").catch(() => readFile(frameworks, "utf8"));
};

const slide = (number: number, attributes: string) =>
  `<div ${attributes} data-ctr-chunk-id="${chunkId(number)}" data-ctr-position="${number}"><a id="link-${number}" href="#/detail?result=${number}" style="display:block;height:80px">Slide ${number}</a></div>`;
const slides = (attributes = "") => [1, 2, 3, 4, 5].map((number) => slide(number, attributes)).join("");
const REQUEST = `data-ctr-request-id="${REQUEST_ID}"`;

interface Carousel {
  readonly scripts: readonly string[];
  readonly styles?: readonly string[];
  readonly html: string;
  /** Runs in the page when the scripts have. */
  readonly start: string;
  /** By how many pixels, where the carousel swallows more than the usual ones. */
  readonly drags?: readonly number[];
  /** After this drag the next one catches the slide in its motion. */
  readonly caught?: number;
}

const CAROUSELS: { readonly [name: string]: Carousel } = {
  swiper: {
    scripts: ["swiper/swiper-bundle.min.js"],
    styles: ["swiper/swiper-bundle.min.css"],
    html: `<div class="swiper" ${REQUEST}><div class="swiper-wrapper">${slides('class="swiper-slide"')}</div></div>`,
    start: 'new Swiper(".swiper", { slidesPerView: 3 })',
    drags: [-80, 60, -80, -12],
    caught: 2,
  },
  "swiper that loops": {
    scripts: ["swiper/swiper-bundle.min.js"],
    styles: ["swiper/swiper-bundle.min.css"],
    html: `<div class="swiper" ${REQUEST}><div class="swiper-wrapper">${slides('class="swiper-slide"')}</div></div>`,
    start: 'new Swiper(".swiper", { slidesPerView: 3, loop: true })',
  },
  slick: {
    scripts: ["jquery/dist/jquery.min.js", "slick-carousel/slick/slick.min.js"],
    styles: ["slick-carousel/slick/slick.css"],
    html: `<div id="slick" ${REQUEST}>${slides()}</div>`,
    start: '$("#slick").slick({ infinite: false, slidesToShow: 3 })',
  },
  splide: {
    scripts: ["@splidejs/splide/dist/js/splide.min.js"],
    styles: ["@splidejs/splide/dist/css/splide.min.css"],
    html: `<div class="splide"><div class="splide__track"><div class="splide__list" ${REQUEST}>${slides('class="splide__slide"')}</div></div></div>`,
    start: 'new Splide(".splide", { perPage: 3 }).mount()',
  },
  embla: {
    scripts: ["embla-carousel/embla-carousel.umd.js"],
    html: `<div id="embla" style="overflow:hidden"><div style="display:flex" ${REQUEST}>${slides('style="flex:0 0 33%"')}</div></div>`,
    start: 'EmblaCarousel(document.querySelector("#embla"))',
  },
  "a row that is dragged by hand": {
    scripts: [],
    html: `<div id="row" style="display:flex;overflow:hidden" ${REQUEST}>${slides('style="flex:0 0 33%"')}</div>`,
    start: `(() => {
      const row = document.querySelector("#row");
      let from, left, moved;
      row.addEventListener("dragstart", (event) => event.preventDefault());
      row.addEventListener("mousedown", (event) => { from = event.pageX; left = row.scrollLeft; moved = false; });
      addEventListener("mouseup", () => { from = undefined; });
      addEventListener("mousemove", (event) => {
        if (from === undefined) return;
        row.scrollLeft = left - (event.pageX - from);
        moved ||= Math.abs(event.pageX - from) > 3;
      });
      row.addEventListener("click", (event) => moved && event.preventDefault());
    })()`,
    // The first one has nowhere to go.
    drags: [60, -80, 60, -12],
  },
};

const DRAGS = [-80, 60, -12];

/** Drags the middle of the element by so many pixels, as a hand does: in steps. */
async function drag(page: Page, selector: string, by: number): Promise<void> {
  const box = await page.locator(selector).first().boundingBox();
  if (!box) throw new Error(`${selector} isn't shown`);
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + by, y, { steps: 8 });
  await page.mouse.up();
}

/** Waits until the carousel has come to rest: the element stands where it stood ten frames ago. */
async function rests(page: Page, selector: string): Promise<void> {
  await page.waitForFunction(async (selected) => {
    const where = () => document.querySelector(selected)?.getBoundingClientRect().x;
    const before = where();
    for (let frame = 0; frame < 10; frame += 1) await new Promise(requestAnimationFrame);
    return where() === before;
  }, selector);
}

/** Marks a slide's link in the middle of what is shown. */
async function markVisible(page: Page): Promise<void> {
  const isThere = await page.evaluate(() => {
    document.querySelector("[data-test]")?.removeAttribute("data-test");
    const shown = [...document.querySelectorAll<HTMLElement>("a[id^=link]")].find((link) => {
      const { x, width } = link.getBoundingClientRect();
      return width > 50 && x > 100 && x + width < 650;
    });
    shown?.setAttribute("data-test", "");
    return !!shown;
  });
  expect(isThere).toBe(true);
}

/** How many links the last act has opened, and how many clicks were counted: a click on the same slide within a second is a repeat. */
function whatCame(page: Page) {
  return page.evaluate(() => {
    const seen = window as unknown as { opened: number; counted: number };
    const { opened, counted } = seen;
    seen.opened = seen.counted = 0;
    return { opened, counted };
  });
}

for (const [name, { scripts, styles = [], html, start, drags = DRAGS, caught }] of Object.entries(CAROUSELS))
  test(`a drag that a carousel swallows is no click, a click on the slide is one: ${name}`, async ({
    context,
    site,
    collector,
  }) => {
    const page = await context.newPage();
    const head = await Promise.all(styles.map(packaged));
    const code = await Promise.all(scripts.map(packaged));
    await page.goto(
      site.search({
        tag: "none",
        results: 0,
        head: `<style>body{width:700px}${head.join("\n")}</style>`,
        body: html,
      }),
    );
    await trackerReady(tabOfPage(page));
    for (const content of [...code, start]) await page.addScriptTag({ content });
    await page.evaluate(() => {
      const seen = Object.assign(window, { opened: 0, counted: 0 });
      addEventListener("click", ({ target, defaultPrevented }) => {
        // Pressed on one slide and released on another, it is a click on what both are in.
        if ((target as Element).closest("a") && !defaultPrevented) seen.opened++;
      });
      window.clicktrail.on("click", () => seen.counted++);
      window.clicktrail.on("not-counted", ({ rule }) => rule === "repeat" && seen.counted++);
    });
    let swallowed = 0;
    for (const [nth, by] of drags.entries()) {
      if (nth - 1 !== caught) await markVisible(page);
      await drag(page, "[data-test]", by);
      if (nth !== caught) await rests(page, "[data-test]");
      const { opened, counted } = await whatCame(page);
      // Splide opens a link now and then, by how fast it was dragged.
      expect(counted, `a drag of ${by} px`).toBe(opened);
      if (!opened) swallowed++;
    }
    expect(swallowed).toBeGreaterThan(1);
    await markVisible(page);
    await rests(page, "[data-test]");
    await page.locator("[data-test]").click();
    expect(await whatCame(page)).toEqual({ opened: 1, counted: 1 });
    await collector.arrived(1);
  });

test("a slip on a link that isn't draggable opens it, and counts", async ({ context, site, collector }) => {
  const page = await context.newPage();
  await page.goto(
    site.search({
      tag: "none",
      results: 0,
      body: `<ol ${REQUEST}>${slides().replaceAll("<a ", '<a draggable="false" ')}</ol>`,
    }),
  );
  await trackerReady(tabOfPage(page));
  await drag(page, "#link-2", 12);
  await page.waitForURL(/detail\?result=2/);
  await collector.expectPuts([{ position: 2 }]);
});
