// Owns the demo's live panel: its words follow from all five counts, its chart from clicks and impressions, and a check is no click.
import { expect } from "../fixtures.ts";
import { load, test } from "./demo.ts";
import { partsOf } from "./inspect.ts";

interface Counts {
  readonly made: number;
  readonly delivered: number;
  readonly waiting: number;
  readonly inDoubt: number;
  readonly dropped: number;
}

interface Words {
  sayStatus(counts: Counts): { readonly state: string; readonly text: string; readonly short: string };
  sayNoneWaiting(counts: Counts): string;
  sayNoneReceived(counts: Counts, standIn: boolean): string;
}

/** Every mix of none, one and some in each state. */
function allCounts(): Counts[] {
  const few = [0, 1, 3];
  return few.flatMap((delivered) =>
    few.flatMap((waiting) =>
      few.flatMap((inDoubt) =>
        few.map((dropped) => ({
          made: delivered + waiting + inDoubt + dropped,
          delivered,
          waiting,
          inDoubt,
          dropped,
        })),
      ),
    ),
  );
}

test("no sentence contradicts a count, whatever the counts are", { tag: "@full" }, async () => {
  const { sayStatus, sayNoneWaiting, sayNoneReceived } = await load<Words>("public/panel-words.js");
  for (const counts of allCounts()) {
    const { made, delivered, waiting, inDoubt, dropped } = counts;
    const { text, short, state } = sayStatus(counts);
    const what = JSON.stringify(counts);
    expect(/^(All \d+ clicks are|The click is) delivered\.$/.test(text), what).toBe(
      made > 0 && delivered === made,
    );
    for (const said of [text, short].filter(() => made && delivered < made)) {
      expect(said.includes(`${delivered} delivered`), what).toBe(true);
      expect(said.includes(`${waiting} waiting`), what).toBe(waiting > 0);
      expect(said.includes(`${inDoubt} in doubt`), what).toBe(inDoubt > 0);
      expect(said.includes(`${dropped} dropped`), what).toBe(dropped > 0);
    }
    expect(state === "good", what).toBe(made > 0 && delivered === made);
    expect(sayNoneWaiting(counts).includes("every click"), what).toBe(made > 0 && delivered === made);
    expect(sayNoneReceived(counts, true).includes("Open a result"), what).toBe(made === 0);
    const later = sayNoneReceived(counts, true);
    if (made && !delivered && waiting) expect(later, what).toContain("waiting in this browser");
    if (made && !delivered && inDoubt) expect(later, what).toContain("in doubt");
  }
});

test("an outage: the panel says what waits, then what was delivered", async ({ context, demo }) => {
  const page = await context.newPage();
  await page.goto(`${demo.url}/?q=popover`);
  await expect(page.locator("#panel-status")).toHaveText("No clicks yet. Open a result to make one.");
  await page.getByRole("radio", { name: "Down" }).check();
  await expect.poll(() => page.locator("#panel").getAttribute("data-mood")).toBe("unreachable");
  const link = (number: number) => page.locator(`#results > li:nth-child(${number}) h3 a`);
  await link(1).click({ modifiers: ["Control"] });
  await link(2).click({ modifiers: ["Control"] });
  await expect(page.locator("#panel-status")).toHaveText("2 clicks: 0 delivered and 2 waiting.");
  await expect(page.locator("#received-blank")).toHaveText(
    "Nothing has arrived yet: 2 clicks waiting in this browser.",
  );
  await page.setViewportSize({ width: 390, height: 800 });
  await expect(page.locator("#panel-short")).toHaveText("0 delivered · 2 waiting");
  demo.api.setMood("fine");
  await expect(page.locator("#panel-short")).toHaveText("2 delivered", { timeout: 60_000 });
});

test("a switch stays where it was put, though an older reply comes later", { tag: "@full" }, async ({
  context,
  demo,
}) => {
  const page = await context.newPage();
  await page.addInitScript(() => {
    const real = fetch;
    window.fetch = async (...request) => {
      const response = await real(...request);
      if (!String(request[0]).includes("/demo/received?")) return response;
      document.documentElement.dataset.reading = "";
      await new Promise((resolve) => setTimeout(resolve, 500));
      delete document.documentElement.dataset.reading;
      return response;
    };
    addEventListener("DOMContentLoaded", () => {
      const seen: string[] = [];
      const note = () => seen.push(document.querySelector<HTMLElement>("#panel")?.dataset.mood ?? "");
      Object.assign(window, { seen });
      new MutationObserver(note).observe(document.body, {
        subtree: true,
        attributeFilter: ["data-mood"],
      });
    });
  });
  await page.goto(`${demo.url}/?q=popover`);
  await page.locator("html[data-reading]").waitFor();
  await page.getByRole("radio", { name: "Down" }).click();
  await page.waitForTimeout(1_200);
  const seen = await page.evaluate(() => (window as unknown as { seen: string[] }).seen);
  const since = seen.slice(seen.indexOf("unreachable"));
  expect(new Set(since)).toEqual(new Set(["unreachable"]));
});

test("in doubt explains itself", { tag: "@full" }, async ({ context, demo }) => {
  const page = await context.newPage();
  await page.addInitScript(() => {
    const key = Symbol.for("clicktrail");
    const stats = { made: 3, delivered: 1, waiting: 0, inDoubt: 2, dropped: {}, unreadable: 0 };
    // The library's own tracker is made, and its counts are these.
    let tracker: object | undefined;
    Object.defineProperty(globalThis, key, {
      get: () => tracker && { ...tracker, stats: async () => stats },
      set: (made) => {
        tracker = made;
      },
    });
  });
  await page.goto(`${demo.url}/?q=popover`);
  await expect(page.locator("#panel-status")).toHaveText("3 clicks: 1 delivered and 2 in doubt.");
  await expect(page.locator("#doubt")).toContainText("the page closed before the response arrived");
  await expect(page.locator("#waiting-blank")).toHaveText("The queue is empty: 1 delivered, 2 in doubt.");
});

test("the chart has a bar a position, labelled with its rate, and nothing is cut off at 800 px", {
  tag: "@full",
}, async ({ context, demo }) => {
  const page = await context.newPage();
  await page.setViewportSize({ width: 800, height: 900 });
  await page.goto(`${demo.url}/?q=popover`);
  await page.locator("#results > li:nth-child(2) h3 a").click({ modifiers: ["Control"] });
  await page.locator("#panel-toggle").click();
  const bars = page.locator("#chart > li");
  await expect(bars.nth(1)).toHaveText("Position 2: 2100% 1 of 1");
  await expect(bars.nth(0)).toContainText("0 of 1");
  const panel = await page.locator("#panel-body").boundingBox();
  for (const bar of await bars.all()) {
    const { x = 0, width = 9_999 } = (await bar.boundingBox()) ?? {};
    expect(x + width).toBeLessThanOrEqual((panel?.x ?? 0) + (panel?.width ?? 0));
    const cut = await bar.evaluate((one) =>
      [...one.querySelectorAll(":scope > :not(.sr-only)")].some(
        (part) => part.scrollWidth > part.clientWidth + 1,
      ),
    );
    expect(cut).toBe(false);
  }
});

test("the endpoint check does not show up as a click", { tag: "@full" }, async ({ context, demo }) => {
  const page = await context.newPage();
  await page.goto(`${demo.url}/?q=popover`);
  await page.getByRole("button", { name: "Open the inspector" }).click();
  const { panel, tab, rows } = partsOf(page);
  await tab("Set-up");
  await panel.getByRole("button", { name: "Check the endpoint" }).click();
  await expect(panel.locator(".verdict")).toContainText("The endpoint accepts clicks from this page");
  const received = page.locator("#received > li");
  await expect(received).toContainText("Endpoint check");
  await expect(received).toContainText("Not a click");
  await expect(page.locator("#panel-status")).toHaveText("No clicks yet. Open a result to make one.");
  await tab("Clicks");
  await expect(rows).toHaveCount(0);
});

test("in an outage the demo's panel and the inspector name the same attempts, each with a countdown", {
  tag: "@full",
}, async ({ context, demo }) => {
  const page = await context.newPage();
  await page.goto(`${demo.url}/?q=popover`);
  await page.locator("#results > li").first().waitFor();
  await page.waitForFunction(() => "stats" in window.clicktrail);
  await page.evaluate(() => addEventListener("click", (event) => event.preventDefault()));
  demo.api.setMood("503");
  await page.locator("#results > li h3 a").first().click();
  await page.locator("#results > li h3 a").nth(1).click();
  await page.evaluate(() => window.clicktrail.inspect());
  const { panel, tab } = partsOf(page);
  await tab("Queue");
  /** By click: the attempt, and the seconds until the next where there is a countdown. */
  const said = (selector: string) =>
    page.evaluate((rows) => {
      const inspector = document.querySelector("clicktrail-inspector")?.shadowRoot;
      const all = [...document.querySelectorAll(rows), ...(inspector?.querySelectorAll(rows) ?? [])];
      return all
        .map((row) => /attempt \d+ · next attempt in/i.exec(row.textContent ?? "")?.[0].toLowerCase())
        .sort();
    }, selector);
  const inPanel = () => said("#waiting li[data-click-id]");
  const inInspector = () => said(".clicks li");
  await expect
    .poll(async () => {
      const [one, other] = [await inPanel(), await inInspector()];
      return one.length === 2 && one.every(Boolean) && JSON.stringify(one) === JSON.stringify(other);
    })
    .toBe(true);
  await expect(panel).toContainText("The endpoint has been failing since");
});

test("a click that has to wait for a pause has no attempt yet, in the panel and in the inspector", {
  tag: "@full",
}, async ({ context, demo }) => {
  const page = await context.newPage();
  await page.goto(`${demo.url}/?q=popover`);
  await page.waitForFunction(() => "stats" in window.clicktrail);
  await page.evaluate(() => addEventListener("click", (event) => event.preventDefault()));
  demo.api.setMood("429");
  const link = (number: number) => page.locator(`#results > li:nth-child(${number}) h3 a`);
  await link(1).click();
  await expect(page.locator("#received > li")).toHaveAttribute("data-status", "429");
  await link(2).click();
  await expect(page.locator("#waiting")).toContainText("Position 2 · not sent yet · first attempt in");
  await page.evaluate(() => window.clicktrail.inspect());
  const { panel, tab } = partsOf(page);
  await tab("Queue");
  await expect(panel).toContainText("Not sent yet · first attempt in");
});

test("the panel doesn't say how a server behaves that is not there", { tag: "@full" }, async ({
  context,
  demo,
}) => {
  const page = await context.newPage();
  await page.goto(`${demo.url}/?q=popover`);
  await expect(page.locator("#mood-hint")).toHaveText("Accepts every click at once.");
  await demo.api.close();
  await expect(page.locator("#mood-hint")).toHaveText("It doesn’t respond. Is the demo still running?");
});

for (const [name, size] of [
  ["a phone", { width: 390, height: 844 }],
  ["a page at 200 %", { width: 640, height: 400 }],
] as const) {
  test(`on ${name} nothing that has the focus is under the panel's bar, nor under its head once it is open`, {
    tag: "@full",
  }, async ({ context, demo }) => {
    const page = await context.newPage();
    await page.setViewportSize(size);
    await page.goto(`${demo.url}/?q=popover`);
    await page.locator("#results > li h3 a").last().waitFor();
    await page.waitForFunction(() => "stats" in window.clicktrail);
    await page.evaluate(() => addEventListener("click", (event) => event.preventDefault()));
    for (const number of [1, 2, 3, 4]) await page.locator(`#results > li:nth-child(${number}) h3 a`).click();
    await expect(page.locator("#received > li")).toHaveCount(4);
    /** The middle of what has the focus shows: nothing else is above it. */
    const isClear = () =>
      page.evaluate(() => {
        const one = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement;
        const { left, top, width, height } = one?.getBoundingClientRect() ?? new DOMRect();
        const above = document.elementFromPoint(left + width / 2, top + height / 2);
        return !above?.closest("#panel") || above.contains(one) || !!one?.contains(above);
      });
    const links = page.locator("main a");
    await links.first().focus();
    for (let at = 0; at < (await links.count()); at += 1) {
      await page.keyboard.press("Tab");
      expect(await isClear(), await page.evaluate(() => document.activeElement?.outerHTML)).toBe(true);
      if (await page.evaluate(() => !!document.activeElement?.closest("#panel"))) break;
    }
    await page.locator("#panel-toggle").click();
    await page.locator("#chart-type").focus();
    while (await page.evaluate(() => document.activeElement?.id !== "panel-toggle")) {
      await page.keyboard.press("Shift+Tab");
      expect(await isClear(), await page.evaluate(() => document.activeElement?.outerHTML)).toBe(true);
    }
  });
}
