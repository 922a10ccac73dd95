// Owns what a click says in pages that other trackers stumble over: lists in lists, links into the page, people's cards, mixed shadow
// roots, pens.
import type { Page } from "playwright";
import { expect, test } from "../fixtures.ts";
import { chunkId, REQUEST_ID, requestId } from "../pages.ts";
import { tabOfPage } from "../tabs.ts";
import { open } from "./page.ts";

const chunk = (number: number) => `data-ctr-chunk-id="${chunkId(number)}"`;
const list = (...items: string[]) => `<ol data-ctr-request-id="${REQUEST_ID}">${items.join("")}</ol>`;

test("a list in another request's list takes nothing of it", async ({ tab, site, collector }) => {
  const inner = `<ul data-ctr-request-id="${requestId(2)}"><li ${chunk(8)} id="first">Eight</li><li ${chunk(9)} id="second">Nine</li></ul>`;
  await open(
    tab,
    site,
    `<ol data-ctr-request-id="${REQUEST_ID}" data-ctr-first-position="11" data-ctr-type="recommendation"><li ${chunk(1)}>One</li><li>${inner}</li></ol>`,
  );
  await tab.click("#first");
  await tab.click("#second");
  await collector.expectPuts([
    { request_id: requestId(2), position: 1, ctr_type: "search" },
    { request_id: requestId(2), position: 2, ctr_type: "search" },
  ]);
});

test("links into the page beside the title's open nothing; a script's pages are pages", async ({
  tab,
  site,
  collector,
}) => {
  const links = ["#more1", "#0", "#!", "#"].map((href, at) => `<a id="more-${at}" href="${href}">More</a>`);
  await open(
    tab,
    site,
    list(
      `<li ${chunk(1)}><a href="/detail">Title</a> ${links.join(" ")} <a id="own" href="?#more">Own</a></li>`,
      `<li ${chunk(2)}><a href="/detail">Title</a> <a id="route" href="#/two">Two</a></li>`,
      `<li ${chunk(3)}><a href="/detail">Title</a> <a id="bang" href="#!/three">Three</a></li>`,
      `<li ${chunk(4)}><a id="part" href="#part">A part of this page is the result</a></li>`,
    ),
  );
  for (const at of links.keys()) await tab.click(`#more-${at}`);
  await tab.evaluate(() => {
    const own = document.querySelector("#own") as HTMLAnchorElement;
    own.href = `${location.href.split("#")[0]}#more`;
    own.click();
  });
  await collector.expectNothing();
  for (const id of ["route", "bang", "part"]) await tab.click(`#${id}`);
  await collector.expectPuts([{ position: 2 }, { position: 3 }, { position: 4 }]);
});

test("a card that a script opens counts, the telephone number in it doesn't", async ({
  tab,
  site,
  collector,
}) => {
  await open(
    tab,
    site,
    list(`<li ${chunk(1)}><p id="person">Ada</p><a id="call" href="tel:1">1</a> <a href="#">v</a></li>`),
  );
  await tab.click("#call");
  await collector.expectNothing();
  await tab.click("#person");
  await collector.expectPuts([{ position: 1 }]);
});

test("results in shadow roots and beside them are counted together", async ({ tab, site, collector }) => {
  const shadow = `<x-ad><template shadowrootmode="open"><div ${chunk(2)} id="two">Two</div></template></x-ad>`;
  await open(tab, site, list(`<li ${chunk(1)}>One</li>`, shadow, `<li ${chunk(3)} id="three">Three</li>`));
  await tab.click("#two");
  await tab.click("#three");
  await collector.expectPuts([
    { clicked_chunk_id: chunkId(2), position: 2 },
    { clicked_chunk_id: chunkId(3), position: 3 },
  ]);
});

async function pen(page: Page, from: { x: number; y: number }, to: { x: number; y: number }): Promise<void> {
  const client = await page.context().newCDPSession(page);
  const send = (type: string, { x, y }: { x: number; y: number }) =>
    client.send("Input.dispatchMouseEvent", {
      type: type as "mousePressed",
      x,
      y,
      button: "left",
      buttons: type === "mouseReleased" ? 0 : 1,
      clickCount: 1,
      pointerType: "pen",
    });
  await send("mousePressed", from);
  await send("mouseMoved", { x: (from.x + to.x) / 2, y: to.y });
  await send("mouseMoved", to);
  await send("mouseReleased", to);
}

test("a pen that selects text is no click, one that taps is", async ({ context, site, collector }) => {
  const page = await context.newPage();
  await open(
    tabOfPage(page),
    site,
    list(`<li ${chunk(1)} id="words">Some words that somebody wants to copy</li>`),
  );
  const { x, y } = (await page.locator("#words").boundingBox()) ?? { x: 0, y: 0 };
  const start = { x: x + 4, y: y + 8 };
  await pen(page, start, { x: x + 120, y: y + 8 });
  expect(await page.evaluate(() => `${getSelection()}`)).not.toBe("");
  await collector.expectNothing();
  await pen(page, start, start);
  await collector.expectPuts([{ position: 1 }]);
});
