// Owns the demo's pages for everybody: what they say, axe over each with the inspector open, one heading of the first rank, targets of 24 px.
import type { Page } from "playwright";
import { expect } from "../fixtures.ts";
import { findingsIn } from "./axe.ts";
import { test } from "./demo.ts";
import { partsOf } from "./inspect.ts";

/** Pages, with what one of them says besides. */
const PAGES: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  "/": async (page) => {
    await expect(page.locator(".hero")).toContainText("This is a Trieve search over");
    await expectHeading(page, "Click a result and watch it arrive");
    await page.getByRole("button", { name: "Open the inspector" }).click();
    const { panel, host } = partsOf(page);
    await expect(panel).toBeVisible();
    await host.getByRole("button", { name: "Close the inspector" }).click();
    await expect(host).toHaveCount(0);
  },
  "/?q=container+queries": async (page) => {
    const count = await page.locator("#results > li:not([aria-hidden])").count();
    await expectHeading(page, `${count} results for “container queries”`);
    // The answer's card has no space left once the answer is there.
    const words = page.locator("#answer .words");
    await expect(words).toHaveAttribute("aria-busy", "false");
    const space = () =>
      words.evaluate(
        (one) =>
          one.getBoundingClientRect().bottom - (one.lastElementChild?.getBoundingClientRect().bottom ?? 0),
      );
    await expect.poll(space).toBeLessThan(2);
  },
  "/?q=css&page=2": (page) => expectHeading(page, /^\d+ results for “css”, page 2 of \d+$/),
  "/?q=xyzzy": nothing,
  "/feature/grid": nothing,
  // On its way out: no browser will have it, so nothing says "yet".
  "/feature/mutation-events": async (page) => {
    await expect(page.locator(".feature")).not.toContainText("yet");
    await expect(page.locator('.support [data-has="false"] dd')).toHaveText(Array(4).fill("not supported"));
  },
  "/mistakes": async (page) => {
    // That in the shadow root too.
    await expect(page.getByRole("link", { name: "Shadow DOM" })).toBeVisible();
  },
  "/examples": nothing,
  "/examples/plain": nothing,
  "/examples/react": nothing,
  "/examples/component": nothing,
  "/examples/server": nothing,
  "/nowhere": nothing,
};
const PHONE = { width: 390, height: 800 };
const DESK = { width: 1280, height: 800 };

async function nothing(): Promise<void> {}

function expectHeading(page: Page, words: string | RegExp): Promise<void> {
  return expect(page.getByRole("heading", { level: 1 })).toHaveText(words);
}

async function visit(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await expect(page.locator("main [aria-busy=true]")).toHaveCount(0);
  if (/examples\/./.test(url)) await page.locator("main ol a").first().waitFor();
}

async function openInspector(page: Page): Promise<void> {
  await page.locator("header [data-inspect]").click();
  await expect(partsOf(page).panel).toBeVisible();
}

/** Links and controls that are smaller than a finger needs; those within a sentence may be. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const host = document.querySelector("clicktrail-inspector")?.shadowRoot;
    const roots: ParentNode[] = [document, ...(host ? [host] : [])];
    const all = roots.flatMap((root) => [
      ...root.querySelectorAll<HTMLElement>("a,button,select,summary,label,input"),
    ]);
    const seen = all.filter(
      (one) => one.checkVisibility({ visibilityProperty: true }) && !one.matches(".skip,.sr-only"),
    );
    return seen
      .filter((one) => {
        // A small badge has a larger area to press, as the links on whole tiles have.
        if (getComputedStyle(one, "::after").position === "absolute") return false;
        const { width, height } = one.getBoundingClientRect();
        return width < 24 || height < 24;
      })
      .map((one) => `${one.outerHTML.slice(0, 90)} ${one.offsetWidth} × ${one.offsetHeight}`);
  });
}

/** The rest differs in words. */
const QUICK = ["/", "/mistakes"];

for (const [path, expectMore] of Object.entries(PAGES)) {
  test(`${path}: its words; with the inspector open: axe, targets, one heading; light on a desk, dark on a phone`, {
    tag: QUICK.includes(path) ? [] : "@full",
  }, async ({ context, demo }) => {
    const page = await context.newPage();
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    await page.setViewportSize(DESK);
    await visit(page, demo.url + path);
    await expectMore(page);
    await openInspector(page);
    const check = async (width: number) => {
      expect(await findingsIn(page)).toEqual([]);
      expect(await smallTargets(page)).toEqual([]);
      await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    };
    await check(DESK.width);
    await page.emulateMedia({ colorScheme: "dark" });
    await page.setViewportSize(PHONE);
    await check(PHONE.width);
  });
}

for (const [name, code] of [
  ["plain", "tagResults(list, response)"],
  ["react", "<li {...tag}>"],
  ["component", "attachShadow"],
  ["server", "resultAttributes(tag)"],
] as const) {
  test(`the example ${name}: its HTML and its source to copy, and its click in the panel`, {
    tag: "@full",
  }, async ({ context, demo }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    const page = await context.newPage();
    await page.goto(`${demo.url}/examples/${name}`);
    const sources = page.locator(".sources-of pre");
    await expect(sources).toHaveCount(2);
    if (name === "react") await expect(sources.first()).toContainText('src="react.jsx"');
    else await expect(sources.first()).toContainText(/<script async src="\/clicktrail.js"\s+data-dataset=/);
    await expect(sources.last()).toContainText(code);
    await page.bringToFront();
    await page.getByRole("button", { name: /^Copy .*js/ }).click();
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain(code);
    await page
      .locator("ol [data-ctr-chunk-id] a")
      .nth(1)
      .click({ modifiers: name === "react" ? [] : ["Control"] });
    await expect(page.locator("#received > li")).toHaveCount(1);
    await expect(page.locator("#panel-status")).toHaveText("The click is delivered.");
  });
}
