// Owns what the inspector and the audit do in every engine: they open, see, tell, and go.
import { expect, test } from "../fixtures.ts";
import type { Tab } from "../tabs.ts";
import { trackerReady } from "../tracker.ts";
import { loadAudit } from "./inspect.ts";

async function open(tab: Tab, url: string): Promise<void> {
  await tab.goto(url);
  await trackerReady(tab);
  await tab.evaluate(() => window.clicktrail.inspect());
}

/** The text of a part of the inspector; empty as long as there is none. */
const textOf = (tab: Tab, selector: string) => () =>
  tab.evaluate((part) => {
    const root = document.querySelector("clicktrail-inspector")?.shadowRoot;
    return [...(root?.querySelectorAll(part) ?? [])].map((node) => node.textContent).join("|");
  }, selector);

test("badges, a click's way, closing", async ({ tab, site, collector }) => {
  await open(tab, site.search({ target: "_blank" }));
  await expect.poll(textOf(tab, ".badge")).toBe("1|2|3");
  await tab.click("#link-2");
  await expect.poll(textOf(tab, "[data-state=delivered] .what")).toBe("Result 2");
  await tab.click("#favourite-1");
  await expect.poll(textOf(tab, "[data-state=not] .why")).toContain("beside the link");
  await collector.expectPuts([{ position: 2 }]);
  await tab.evaluate(() => {
    const root = document.querySelector("clicktrail-inspector")?.shadowRoot;
    root?.querySelector<HTMLElement>("[aria-label='Close the inspector']")?.click();
  });
  await expect
    .poll(() =>
      tab.evaluate(
        () => `${document.querySelector("clicktrail-inspector")} ${sessionStorage["clicktrail inspector"]}`,
      ),
    )
    .toBe("null undefined");
});

test("the audit as text for a test's browser", async ({ tab, site }) => {
  const { auditScript } = await loadAudit();
  await tab.goto(site.search());
  await trackerReady(tab);
  const audit = () =>
    // biome-ignore lint/security/noGlobalEval: this is what a test's browser does with the text.
    tab.evaluate((text) => globalThis.eval(text) as Promise<{ rule: string }[]>, auditScript);
  expect(await audit()).toEqual([]);
  await tab.evaluate(() => {
    for (const result of document.querySelectorAll("[data-ctr-chunk-id]")) {
      result.removeAttribute("data-ctr-chunk-id");
      result.removeAttribute("data-ctr-position");
    }
  });
  expect((await audit()).map(({ rule }) => rule)).toEqual(["untagged-list"]);
});
