// Owns Playwright's contexts: the one that lasts over a worker's tests, as WebKitGTK's session does, and those of single
// tests. It knows no spec and no tab.
import type { Browser, BrowserContext, Page } from "playwright";
import { createResting } from "./resting.ts";

/** A page that takes longer to leave is stuck. */
const CLEAR_MS = 5_000;

export interface Context {
  readonly browserContext: BrowserContext;
  /** One that nobody uses, at `about:blank`. */
  newPage(): Promise<Page>;
  /** Resolves when no page runs any more; after a failure the next test gets another context. */
  giveBack(isSound: boolean): Promise<void>;
}

export interface Contexts {
  /** Shared by tests one after another: for those that change nothing but their own origins. */
  lasting(): Promise<Context>;
  /** For one test. */
  fresh(): Promise<Context>;
}

export function createContexts(browser: Browser): Contexts {
  let shared: Context | undefined;

  async function lasting(): Promise<Context> {
    if (shared) return shared;
    const browserContext = await browser.newContext();
    const pages = createResting<Page>({
      open: () => browserContext.newPage(),
      clear: (page) => page.goto("about:blank", { timeout: CLEAR_MS }),
      close: (page) => page.close(),
    });
    async function giveBack(isSound: boolean): Promise<void> {
      if (!isSound) {
        shared = undefined;
        return browserContext.close();
      }
      await pages.giveBack();
      const opened = browserContext.pages().filter((page) => !pages.rests((one) => one === page));
      await Promise.all(opened.map((page) => page.close()));
      await browserContext.clearCookies();
    }
    shared = { browserContext, newPage: pages.take, giveBack };
    return shared;
  }

  async function fresh(): Promise<Context> {
    const browserContext = await browser.newContext();
    return {
      browserContext,
      newPage: () => browserContext.newPage(),
      giveBack: () => browserContext.close(),
    };
  }

  return { lasting, fresh };
}
