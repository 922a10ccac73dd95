// Owns Playwright's contexts: the one that lasts over a worker's tests, as WebKitGTK's session does, and those of single
// tests. It knows no spec and no tab.
import { createServer } from "node:http";
import type { Browser, BrowserContext, Page } from "playwright";
import { listen } from "./listen.ts";
import { createResting } from "./resting.ts";

/** A page that takes longer to leave is stuck. */
const CLEAR_MS = 5_000;

export interface Context {
  readonly browserContext: BrowserContext;
  /** One that nobody uses. */
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

/** `restAt`: where tabs are between tests. */
export function createContexts(browser: Browser, restAt: string): Contexts {
  let shared: Context | undefined;

  async function lasting(): Promise<Context> {
    if (shared) return shared;
    const browserContext = await browser.newContext();
    const pages = createResting<Page>({
      open: () => browserContext.newPage(),
      clear: (page) => page.goto(restAt, { timeout: CLEAR_MS }),
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

/**
 * An empty page of the site that all tests' pages belong to. Firefox starts a process for each tab that comes from another site,
 * `about:blank` too, and that costs it as much as all else in a short spec.
 */
export async function startRestingPlace() {
  const server = createServer((_, response) => {
    response.setHeader("content-type", "text/html").end('<!doctype html><link rel="icon" href="data:,">');
  });
  const url = `http://localhost:${await listen(server, "localhost")}/`;
  function stop(): void {
    server.close();
    server.closeAllConnections();
  }
  return { url, stop };
}
