// Owns what counts as a click, with real pointers and keys: one PUT for each that does, none for what doesn't.
import { expect, test } from "./fixtures.ts";
import { chunkId, REQUEST_ID, requestId } from "./pages.ts";

const OTHER_BUTTONS = "WebKitGTK's driver releases every button as the left one";

function click(number: number, request = REQUEST_ID) {
  return { request_id: request, ctr_type: "search", position: number, clicked_chunk_id: chunkId(number) };
}

test("a link that leads away in the same tab", async ({ tab, site, collector }) => {
  await tab.goto(site.search());
  await tab.click("#link-2");
  await tab.at("/detail?result=2");
  await collector.expectPuts([click(2)]);
});

test("a link to another site, over a slow preflight and a slow answer", { tag: "@once" }, async ({
  tab,
  site,
  collector,
}) => {
  collector.behave({ preflightDelayMs: 1_000, delayMs: 1_000 });
  await tab.goto(site.search({ links: "other-site" }));
  await tab.click("#link-1");
  await tab.at("/other-site?result=1");
  await collector.expectPuts([click(1)]);
});

test("a link that opens a new tab", async ({ tab, tabs, site, collector }) => {
  await tab.goto(site.search({ target: "_blank" }));
  const detail = await tabs.opened(() => tab.click("#link-3"));
  await detail.at("/detail?result=3");
  await collector.expectPuts([click(3)]);
});

test("a middle click", async ({ tab, tabs, site, collector }) => {
  test.skip(!tabs.hasOtherButtons, OTHER_BUTTONS);
  await tab.goto(site.search());
  const detail = await tabs.opened(() => tab.click("#link-1", { button: "middle" }));
  await detail.at("/detail?result=1");
  await collector.expectPuts([click(1)]);
});

test("a click with Ctrl", async ({ tab, tabs, site, collector }) => {
  await tab.goto(site.search());
  const act = () => tab.click("#link-1", { modifiers: ["Control"] });
  if (tabs.hasModifiedClicks) await (await tabs.opened(act)).at("/detail?result=1");
  else await act();
  await collector.expectPuts([click(1)]);
});

test("the Enter key on a link", async ({ tab, site, collector }) => {
  await tab.goto(site.search());
  await tab.press("#link-3", "Enter");
  await tab.at("/detail?result=3");
  await collector.expectPuts([click(3)]);
});

test("a link in a shadow root", async ({ tab, site, collector }) => {
  await tab.goto(site.search({ shadow: true }));
  await tab.click("#title-2");
  await tab.at("/detail?result=2");
  await collector.expectPuts([click(2)]);
});

test("a favourite button or text beside the link is no click", { tag: "@once" }, async ({
  tab,
  site,
  collector,
}) => {
  await tab.goto(site.search());
  await tab.click("#favourite-1");
  await tab.click("#text-1");
  await tab.press("#favourite-1", "Enter");
  await collector.expectNothing();
  await tab.click("#link-1");
  await collector.expectPuts([click(1)]);
});

test("a favourite button beside a link in a shadow root is no click", { tag: "@once" }, async ({
  tab,
  site,
  collector,
}) => {
  await tab.goto(site.search({ shadow: true }));
  await tab.click("#favourite-1");
  await tab.click("#text-1");
  await collector.expectNothing();
});

test("a result without a link counts anywhere but in data-ctr-ignore", { tag: "@once" }, async ({
  tab,
  site,
  collector,
}) => {
  await tab.goto(site.search({ links: "none" }));
  await tab.evaluate(() => {
    document.querySelector("#text-2")?.setAttribute("data-ctr-ignore", "");
  });
  await tab.click("#text-2");
  await tab.click("#text-1");
  await collector.expectPuts([click(1)]);
});

test("data-ctr-click counts beside a link", { tag: "@once" }, async ({ tab, site, collector }) => {
  await tab.goto(site.search());
  await tab.evaluate(() => {
    document.querySelector("#favourite-2")?.setAttribute("data-ctr-click", "");
  });
  await tab.click("#favourite-2");
  await collector.expectPuts([click(2)]);
});

test("a right click is no click", async ({ tab, tabs, site, collector }) => {
  test.skip(!tabs.hasOtherButtons, OTHER_BUTTONS);
  await tab.goto(site.search());
  await tab.click("#link-1", { button: "right" });
  await collector.expectNothing();
});

test("a double click and a repeat within a second are one", async ({ tab, site, collector }) => {
  await tab.goto(site.search({ links: "none" }));
  // Behind the second click in the page: a driver on a busy machine may take more than a second.
  await tab.evaluate(() => {
    document.title = "0";
    addEventListener("click", () => {
      document.title = `${+document.title + 1}`;
      if (document.title === "2") setTimeout(() => document.querySelector<HTMLElement>("#text-1")?.click());
    });
  });
  await tab.click("#text-1", { count: 2 });
  await expect.poll(() => tab.evaluate(() => document.title)).toBe("3");
  await collector.expectPuts([click(1)]);
});

test("selecting a result's text is no click", async ({ tab, site, collector }) => {
  await tab.goto(site.search({ links: "none" }));
  await tab.drag("#from-1", "#to-1");
  await collector.expectNothing();
});

test("a page that stops the event's propagation hides nothing", { tag: "@once" }, async ({
  tab,
  site,
  collector,
}) => {
  const head = `<script>
    document.addEventListener("click", (event) => { event.stopImmediatePropagation(); event.preventDefault(); }, true);
  </script>`;
  await tab.goto(site.search({ head }));
  await tab.click("#title-1");
  await collector.expectPuts([click(1)]);
});

test("results that were added or replaced later carry their own request", { tag: "@once" }, async ({
  tab,
  site,
  collector,
}) => {
  const url = site.search({ body: '<ol id="more"></ol>' });
  await tab.goto(url);
  const more = { request: requestId(2), chunk: chunkId(9) };
  await tab.evaluate(({ request, chunk }) => {
    const list = document.querySelector<HTMLElement>("#more");
    list?.setAttribute("data-ctr-request-id", request);
    const result = document.createElement("li");
    result.setAttribute("data-ctr-chunk-id", chunk);
    result.innerHTML =
      '<a id="later" href="#later"><svg width="20" height="20"><rect id="icon" width="20" height="20"/></svg></a>';
    list?.append(result);
  }, more);
  await tab.click("#icon");
  await collector.expectPuts([{ request_id: more.request, clicked_chunk_id: more.chunk, position: 1 }]);
  await tab.evaluate(({ request }) => {
    const list = document.querySelector("#results");
    list?.setAttribute("data-ctr-request-id", request);
    for (const result of list?.children ?? []) {
      result.setAttribute("data-ctr-position", String(10 + Number(result.getAttribute("data-ctr-position"))));
    }
  }, more);
  await tab.click("#link-2");
  await tab.at("/detail?result=2");
  await collector.expectPuts([
    { request_id: more.request, clicked_chunk_id: more.chunk, position: 1 },
    { request_id: more.request, clicked_chunk_id: chunkId(2), position: 12 },
  ]);
});
