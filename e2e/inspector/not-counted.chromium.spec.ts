// Owns the panel's list of what was not counted: each DOM event that was no click, with the rule that stopped it.
import { expect, test } from "../fixtures.ts";
import { openOn } from "./inspect.ts";

test("clicks that are not counted, each with the rule that stopped it", async ({
  context,
  site,
  collector,
}) => {
  const body = '<p id="outside">No result</p>';
  const { page, rows } = await openOn(context, site.search({ target: "_blank", body }));
  const first = rows.first();
  await page.click("#favourite-1");
  await expect(first).toContainText("beside the link");
  await expect(first).toContainText("Favourite");
  await page.click("#outside");
  await expect(first).toContainText("Nothing here is tagged");
  await page.click("#link-1", { button: "right" });
  await expect(first).toContainText("right button");
  await page.evaluate(() => document.querySelector("#favourite-2")?.setAttribute("data-ctr-ignore", ""));
  await page.click("#favourite-2");
  await expect(first).toContainText("inside data-ctr-ignore");
  await expect(rows).toHaveCount(4);
  await collector.expectNothing();
});

test("a drag, a repeat and a double click", { tag: "@full" }, async ({ context, site, collector }) => {
  const { page, rows } = await openOn(context, site.search({ links: "none" }));
  const texts = () => rows.allInnerTexts();
  await page.hover("#from-1");
  await page.mouse.down();
  await page.hover("#to-1");
  await page.mouse.up();
  await expect.poll(texts).toEqual([expect.stringContaining("a drag or a text selection")]);
  await page.dblclick("#text-2");
  await expect.poll(async () => (await texts()).join()).toContain("second click of a double click");
  await page.evaluate(() =>
    addEventListener(
      "click",
      () => setTimeout(() => document.querySelector<HTMLElement>("#text-3")?.click()),
      {
        once: true,
      },
    ),
  );
  await page.click("#text-3");
  await expect.poll(async () => (await texts()).join()).toContain("a repeat: the same chunk");
  await collector.expectPuts([{ position: 2 }, { position: 3 }]);
});

test("an invalid click, and one after consent was revoked", { tag: "@full" }, async ({
  context,
  site,
  collector,
}) => {
  const { page, rows, tab } = await openOn(context, site.search({ target: "_blank" }));
  await tab("Clicks");
  await page.evaluate(() => document.querySelector("#result-1")?.setAttribute("data-ctr-position", "first"));
  await page.click("#link-1");
  await expect(rows.first()).toContainText("Trieve would refuse its payload");
  await expect(rows.first()).toContainText("Result 1");
  await page.evaluate(() => window.clicktrail.revokeConsent());
  await page.click("#link-2");
  await expect(rows.first()).toContainText("Consent was withdrawn");
  await expect(rows).toHaveCount(2);
  await collector.expectNothing();
});

test("a click that the page's beforeSend vetoes", async ({ context, site, collector }) => {
  const head = "<script>window.clicktrail = { beforeSend: () => false }</script>";
  const { page, rows } = await openOn(context, site.search({ head, target: "_blank" }));
  await page.click("#link-1");
  await expect(rows).toContainText("beforeSend vetoed this click");
  await expect(rows).toContainText("Result 1");
  await collector.expectNothing();
});
