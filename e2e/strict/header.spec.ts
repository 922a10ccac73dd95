// Owns the proof of the one complete header in docs/csp.md: sent as it stands there, with the page and with all of the site's own files, it
// lets the script, its courier and the inspector work, and the browser reports no violation.
import { markedBlock } from "../documents.ts";
import { expect, test } from "../fixtures.ts";
import { chunkId, REQUEST_ID } from "../pages.ts";
import { trackerReady } from "../tracker.ts";
import { clickThrough } from "./couriers.ts";
import { scriptAttributes, serveScript, written } from "./page.ts";

test("the complete header of docs/csp.md: script, courier and inspector work, nothing is reported", async ({
  tab,
  site,
  collector,
}) => {
  const [, policy = ""] = (await markedBlock("docs/csp.md", "header")).split("Content-Security-Policy: ");
  expect(policy).toContain("connect-src https://api.trieve.ai");
  // The collector stands in for Trieve; nothing else of the header is filled in.
  const headers = {
    "content-security-policy": policy.replace("https://api.trieve.ai", new URL(collector.endpoint).origin),
  };
  site.replaceBuilt("clicktrail.courier.js", { headers });
  serveScript(site, "/reports.js", `(${keepReports})()`);
  const url = site.serveHtml(
    "/strict",
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>Search</title>
<script src="/reports.js"></script><script defer ${written(scriptAttributes(collector.endpoint))}></script>
<ol data-ctr-request-id="${REQUEST_ID}"><li data-ctr-chunk-id="${chunkId(1)}"><a id="link-1" href="/detail">One</a></li></ol>`,
    headers,
  );

  await tab.goto(url);
  await trackerReady(tab);
  await tab.evaluate(() => window.clicktrail.inspect());
  const panel = () =>
    tab.evaluate(() => {
      const found = document.querySelector("clicktrail-inspector")?.shadowRoot?.querySelector(".panel");
      return found && getComputedStyle(found).position;
    });
  await expect.poll(panel, { message: "the panel is there, and styled" }).toBe("fixed");
  const setUp = () =>
    tab.evaluate(async () => {
      const { audit } = window.clicktrail as unknown as { audit(): Promise<{ rule: string }[]> };
      return (await audit()).map(({ rule }) => rule).filter((rule) => /^csp-/.test(rule));
    });
  expect(await setUp()).toEqual([]);

  await clickThrough(tab, collector, url, "worker");
  // The page that the click has opened is of the same origin.
  expect(await tab.evaluate(() => sessionStorage.reports)).toBe("");
});

/** Runs in the page, before all else. */
function keepReports(): void {
  sessionStorage.reports ??= "";
  document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => {
    sessionStorage.reports += `${effectiveDirective} ${blockedURI} `;
  });
}
