// Owns the proof of docs/consent.md with the real consent managers that are npm packages: nothing is sent before the visitor agrees,
// what waited is sent then, and after they have changed their mind nothing is counted.

import { join } from "node:path";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { rollup } from "rollup";
import { QUIET_MS } from "../arrivals.ts";
import type { Collector } from "../collector.ts";
import { markedBlock } from "../documents.ts";
import { test } from "../fixtures.ts";
import { chunkId, REQUEST_ID } from "../pages.ts";
import type { Site } from "../site.ts";
import { serveScript } from "../strict/page.ts";
import type { Tab } from "../tabs.ts";
import { trackerReady } from "../tracker.ts";
import { FOLDER, packaged } from "./packages.ts";

const click = (number: number) => ({
  request_id: REQUEST_ID,
  clicked_chunk_id: chunkId(number),
  position: number,
});

/** The documented lines, and around them what that manager's own guide asks for. */
async function vanillaCookieConsent(site: Site): Promise<string> {
  const documented = await markedBlock("docs/consent.md", "vanilla-cookieconsent");
  const translation = {
    consentModal: { title: "Cookies", acceptAllBtn: "Accept", acceptNecessaryBtn: "Reject" },
    preferencesModal: { title: "Cookies", sections: [] },
  };
  const options = `{ ...consent, hideFromBots: false, categories: { necessary: { readOnly: true }, analytics: {} },
    language: { default: "en", translations: { en: ${JSON.stringify(translation)} } } }`;
  const code = `${documented}\nCookieConsent.run(${options});\nwindow.ask = () => CookieConsent.show(true);`;
  // In this folder, whose libraries it imports.
  const input = join(FOLDER, "own-module.js");
  const entry = {
    name: "own-module",
    resolveId: (id: string) => (id === input ? id : null),
    load: (id: string) => (id === input ? code : null),
  };
  const bundle = await rollup({ input, plugins: [entry, nodeResolve()] });
  const { output } = await bundle.generate({ format: "es" });
  serveScript(site, "/consent.js", output[0].code);
  const style = await packaged("vanilla-cookieconsent/dist/cookieconsent.css");
  return `<style>${style}</style><script type="module" src="/consent.js"></script>`;
}

async function klaro(site: Site): Promise<string> {
  const documented = await markedBlock("docs/consent.md", "klaro");
  serveScript(site, "/klaro.js", await packaged("klaro/dist/klaro.js"));
  const config = `window.klaroConfig = { privacyPolicy: "/", acceptAll: true, services: [clicktrailService] };
    window.ask = () => klaro.show(undefined, true);`;
  return `<script>${documented}\n${config}</script><script defer src="/klaro.js"></script>`;
}

interface Manager {
  readonly head: (site: Site) => Promise<string>;
  readonly accept: string;
  /** Pressed one after the other, once the visitor asks to be asked again. */
  readonly reject: readonly string[];
}

const MANAGERS: Readonly<Record<string, Manager>> = {
  "vanilla-cookieconsent": {
    head: vanillaCookieConsent,
    accept: '#cc-main .cm__btn[data-role="all"]',
    reject: ['#cc-main .cm__btn[data-role="necessary"]'],
  },
  klaro: {
    head: klaro,
    accept: ".klaro .cm-btn-success",
    reject: ["#service-item-clicktrail", ".klaro .cm-btn-accept"],
  },
};

/** Presses a button of the manager's once it is there; its own animations are not waited for. */
async function press(tab: Tab, selector: string): Promise<void> {
  await tab.evaluate(async (button) => {
    while (!document.querySelector(button)) await new Promise((resolve) => setTimeout(resolve, 20));
    document.querySelector<HTMLElement>(button)?.click();
  }, selector);
}

async function clickResult(tab: Tab, number: number): Promise<void> {
  await tab.evaluate(
    (id) => document.querySelector<HTMLElement>(`[data-ctr-chunk-id="${id}"]`)?.click(),
    chunkId(number),
  );
}

async function agreeAndChangeTheirMind(
  tab: Tab,
  collector: Collector,
  url: string,
  manager: Manager,
): Promise<void> {
  await tab.goto(url);
  await trackerReady(tab);
  await clickResult(tab, 1);
  await collector.expectNothing();
  await press(tab, manager.accept);
  await collector.expectPuts([click(1)], { settleMs: QUIET_MS });
  // A page that is loaded later knows the decision.
  await tab.reload();
  await trackerReady(tab);
  await clickResult(tab, 2);
  await collector.expectPuts([click(1), click(2)], { settleMs: QUIET_MS });
  await tab.evaluate(() => (window as unknown as { ask(): void }).ask());
  for (const button of manager.reject) await press(tab, button);
  await clickResult(tab, 3);
  await collector.expectPuts([click(1), click(2)]);
}

for (const [name, manager] of Object.entries(MANAGERS)) {
  test(`${name}: a visitor agrees, and changes their mind`, { tag: name === "klaro" ? "@full" : [] }, async ({
    tab,
    site,
    collector,
  }) => {
    const url = site.search({
      snippet: { stub: true, consent: "required" },
      links: "none",
      head: await manager.head(site),
    });
    await agreeAndChangeTheirMind(tab, collector, url, manager);
  });
}
