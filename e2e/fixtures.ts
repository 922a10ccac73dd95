// Owns what a spec is given: a site, a collector, and tabs in the engine at hand. It wires the files that make them and
// starts nothing that a test doesn't ask for.
import type {
  Browser,
  BrowserContext,
  ConsoleMessage,
  LaunchOptions,
  Request,
  Response,
  WebError,
} from "playwright";
import { test as base, expect } from "playwright/test";
import type { Engine, Found } from "./browsers.mjs";
import { type Collector, startCollector } from "./collector.ts";
import { type Context, type Contexts, createContexts, startRestingPlace } from "./contexts.ts";
import { createProfile, type Profile } from "./profile.ts";
import { type Site, startSite } from "./site.ts";
import { type Tab, type Tabs, tabsOfPlaywright, tabsOfWebDriver } from "./tabs.ts";
import { type Driver, startDriver } from "./webdriver.ts";
import { beginTest, unexpectedViolations } from "./witness.ts";

/** What the configuration says of each project. */
export interface EngineOptions {
  /** What this engine's specs run in. */
  readonly found: Found;
}

interface ForTest {
  /** `test.use({ backForwardCache: true })`: pages are kept as they are for people; WebKit always does so. Default false. */
  backForwardCache: boolean;
  /** Fresh for each test, at `http://127.0.0.1:…`. */
  collector: Collector;
  /** Fresh for each test, at `http://localhost:…`; its script tags report to `collector`. */
  site: Site;
  /** Any number of tabs of one profile, in which nobody has been at this test's `site` yet. */
  tabs: Tabs;
  /** One of `tabs`. */
  tab: Tab;
  /** Chromium only: a browser that can be killed and started again on the same folder. */
  profile: Profile;
  /** Playwright's own, for specs of the engines it drives. The same profile as `tabs`. */
  context: BrowserContext;
  /** Skips the test, and says so, where the engine has no browser. */
  browserHere: undefined;
  /** Fails the test if any request of it broke the contract, after everything else has stopped. */
  contract: undefined;
  ownContext: Context | null;
}

interface ForWorker extends EngineOptions {
  ownLaunch: LaunchOptions;
  ownBrowser: Browser | null;
  /** Starts, or has started, a browser as people use it: few specs need it, and its start costs as much as several of them. */
  wholeBrowser: () => Promise<Browser>;
  contexts: Contexts | null;
  webDriver: Driver | null;
}

/** Such a spec uses its engine's own powers, on the context too: no other test may find that one. */
const OF_ONE_ENGINE = /\.(chromium|firefox|webkit)\.spec\.ts$/;

const MISSING: Found = { kind: "missing", what: "the configuration" };

export const test = base.extend<ForTest, ForWorker>({
  found: [MISSING, { option: true, scope: "worker" }],
  backForwardCache: [false, { option: true }],

  ownLaunch: [
    async ({ found, headless }, use) => {
      if (!("launchOptions" in found)) return use({});
      const channel = found.channel ? { channel: found.channel } : {};
      await use({ ...found.launchOptions, ...channel, headless: headless ?? true });
    },
    { scope: "worker" },
  ],

  // Not Playwright's own `browser`, which would start one for WebKitGTK too.
  ownBrowser: [
    async ({ found, ownLaunch, playwright, browserName }, use) => {
      if (!("launchOptions" in found)) return use(null);
      const browser = await playwright[browserName].launch(ownLaunch);
      await use(browser);
      await browser.close();
    },
    { scope: "worker" },
  ],

  wholeBrowser: [
    async ({ found, headless, playwright, browserName }, use) => {
      let browser: Promise<Browser> | undefined;
      const launch = { ...("whole" in found && found.whole), headless: headless ?? true };
      const ignoreDefaultArgs = browserName === "chromium" && ["--disable-back-forward-cache"];
      await use(() => {
        browser ??= playwright[browserName].launch({ ...launch, ignoreDefaultArgs });
        return browser;
      });
      await (await browser)?.close();
    },
    { scope: "worker" },
  ],

  contexts: [
    async ({ ownBrowser, browserName }, use) => {
      if (!ownBrowser) return use(null);
      if (browserName !== "firefox") return use(createContexts(ownBrowser, "about:blank"));
      const place = await startRestingPlace();
      await use(createContexts(ownBrowser, place.url));
      place.stop();
    },
    { scope: "worker" },
  ],

  webDriver: [
    async ({ found }, use) => {
      if (found.kind !== "webdriver") return use(null);
      const driver = await startDriver(found.driver, found.xvfb);
      await use(driver);
      driver.stop();
    },
    { scope: "worker" },
  ],

  // The first to begin and so the last to end.
  contract: [
    async ({ found: _ }, use, info) => {
      beginTest();
      await use(undefined);
      expect(unexpectedViolations(info), "each request keeps the contract").toEqual([]);
    },
    { auto: true },
  ],

  browserHere: [
    async ({ found, backForwardCache }, use, info) => {
      const text = `NOT TESTED: ${info.project.name.toUpperCase()}. Run: ${found.what}`;
      info.skip(found.kind === "missing", text);
      info.skip(
        backForwardCache && "launchOptions" in found && !found.whole,
        "Playwright's own Firefox keeps no pages",
      );
      await use(undefined);
    },
    { auto: true },
  ],

  // After the tabs, and so over before they are: what their pages still send is seen.
  collector: async ({ tabs: _ }, use, info) => {
    const collector = await startCollector();
    await use(collector);
    if (info.status === info.expectedStatus) await collector.settled();
    if (info.status !== info.expectedStatus) {
      const { puts, preflights } = collector;
      const body = JSON.stringify({ puts, preflights }, undefined, 2);
      await info.attach("collector", { body, contentType: "application/json" });
    }
    await collector.stop();
  },

  site: async ({ collector }, use) => {
    const site = await startSite(collector.endpoint);
    await use(site);
    await site.stop();
  },

  ownContext: async (
    { ownBrowser, contexts, wholeBrowser, backForwardCache, browserName, browserHere: _ },
    use,
    info,
  ) => {
    if (!ownBrowser || !contexts) return use(null);
    const context = backForwardCache
      ? await createContexts(await wholeBrowser(), "about:blank").fresh()
      : await (OF_ONE_ENGINE.test(info.file) ? contexts.fresh() : contexts.lasting());
    info.annotations.push({ type: "browser", description: `${browserName} ${ownBrowser.version()}` });
    const { errors, log, stop } = observe(context.browserContext);
    await use(context);
    const isSound = info.status === info.expectedStatus;
    if (!isSound) await info.attach("browser", { body: log.join("\n"), contentType: "text/plain" });
    await context.giveBack(isSound && !errors[0]);
    stop();
    expect(errors, "nothing may ever throw into the page").toEqual([]);
  },

  context: async ({ ownContext }, use) => {
    if (!ownContext) throw new Error("no context here: name the file *.chromium.spec.ts, or use tabs");
    await use(ownContext.browserContext);
  },

  tabs: async ({ ownContext, webDriver, browserName }, use, info) => {
    const session = await webDriver?.session();
    const tabs = session
      ? tabsOfWebDriver(session)
      : ownContext && tabsOfPlaywright(ownContext, browserName as Engine);
    if (!tabs) throw new Error("no browser here");
    if (session) info.annotations.push({ type: "browser", description: tabs.browser });
    await use(tabs);
    await webDriver?.giveBack(info.status === info.expectedStatus);
  },

  tab: async ({ tabs }, use) => {
    await use(await tabs.open());
  },

  profile: async ({ ownLaunch, browserName }, use) => {
    if (browserName !== "chromium")
      throw new Error("profile is Chromium's: name the file *.chromium.spec.ts");
    const { profile, remove } = await createProfile(ownLaunch);
    await use(profile);
    await remove();
  },
});

/** Firefox tells policy violations, refused files and requests cut off by a closing page like exceptions; nothing was thrown. */
const REPORT =
  /^(Content-Security-Policy: |The resource at “\S+” was blocked |None of the “sha|Cross-Origin Request Blocked: |Loading module from |Error: cut off)/;

/** What a browser says by itself, for the report of a failed test; and what was thrown in a page. */
function observe(context: BrowserContext) {
  const errors: string[] = [];
  const log: string[] = [];
  const listeners = {
    weberror: (error: WebError) => {
      const text = String(error.error());
      (REPORT.test(text) ? log : errors).push(text);
    },
    console: (said: ConsoleMessage) => log.push(`console.${said.type()}: ${said.text()}`),
    requestfailed: (request: Request) => log.push(`failed: ${request.url()} ${request.failure()?.errorText}`),
    response: (response: Response) => log.push(`${response.status()}: ${response.url()}`),
  };
  const each = (change: "on" | "off") => {
    for (const [name, listener] of Object.entries(listeners))
      context[change](name as "console", listener as never);
  };
  each("on");
  return { errors, log, stop: () => each("off") };
}

export { expect };
