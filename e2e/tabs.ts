// Owns the one browser surface that specs use, so that each is written once for every engine.
// Below it are two drivers, Playwright and WebKitGTK's WebDriver; a spec never learns which.
import type { Page } from "playwright";
import { expect } from "playwright/test";
import type { Engine } from "./browsers.mjs";
import type { Context } from "./contexts.ts";
import { focus, pointAt } from "./pointing.ts";
import type { Session, Window as WebDriverWindow } from "./webdriver.ts";

export interface ClickOptions {
  readonly button?: "left" | "middle" | "right";
  /** In WebKitGTK's driver a modified click navigates in place: see `opened`. */
  readonly modifiers?: readonly ("Control" | "Shift" | "Meta")[];
  /** 2 makes a double click. */
  readonly count?: number;
}

/** One tab. Selectors are CSS and see into open shadow roots. */
export interface Tab {
  /** Resolves after the page's load event. */
  goto(url: string): Promise<void>;
  click(selector: string, options?: ClickOptions): Promise<void>;
  /** Presses the button on one element and releases it on another. */
  drag(from: string, to: string): Promise<void>;
  hover(selector: string): Promise<void>;
  /** Focuses the element, then presses the key on it. */
  press(selector: string, key: "Enter" | " "): Promise<void>;
  /** Runs a function in the page and waits for its promise. It must use nothing from outside but its argument. */
  evaluate<Result>(run: () => Result): Promise<Awaited<Result>>;
  evaluate<Result, Argument>(
    run: (argument: Argument) => Result,
    argument: Argument,
  ): Promise<Awaited<Result>>;
  /**
   * Playwright's own waits for a load event, which a page from the back/forward cache has not. In WebKitGTK the driver goes: a
   * question to a page that goes into the cache meanwhile is never answered.
   */
  goBack(): Promise<void>;
  reload(): Promise<void>;
  close(): Promise<void>;
  /** What `location.href` says in the page; empty while there is no page to ask. */
  url(): Promise<string>;
  /** Waits until the tab is at an address that contains `part`, and the page there is complete. */
  at(part: string): Promise<void>;
}

/** The tabs of one browser profile, which is fresh for each test. */
export interface Tabs {
  readonly engine: Engine;
  /** Name and version of the browser that runs. */
  readonly browser: string;
  open(): Promise<Tab>;
  /**
   * False in WebKitGTK 2.50, whose driver presses the middle and the right button but releases the left one, so that the page
   * sees an ordinary click.
   */
  readonly hasOtherButtons: boolean;
  /** False in WebKitGTK 2.50 under its driver, where a click with Ctrl or Shift navigates in place. */
  readonly hasModifiedClicks: boolean;
  /** The tab that `act` makes the page open. */
  opened(act: () => Promise<unknown>): Promise<Tab>;
}

interface Whereabouts {
  readonly href: string;
  readonly state: string;
}

type Driven = Omit<Tab, "at" | "url"> & { whereabouts(): Promise<Whereabouts> };

export function tabsOfPlaywright({ browserContext, newPage }: Context, engine: Engine): Tabs {
  const browser = browserContext.browser();
  return {
    engine,
    browser: `${engine} ${browser?.version() ?? ""}`.trim(),
    hasOtherButtons: true,
    hasModifiedClicks: true,
    open: async () => tabOfPage(await newPage()),
    opened: async (act) => {
      const [page] = await Promise.all([browserContext.waitForEvent("page"), act()]);
      return tabOfPage(page);
    },
  };
}

export function tabsOfWebDriver(session: Session): Tabs {
  return {
    engine: "webkit",
    browser: `WebKitGTK ${session.version}`,
    hasOtherButtons: false,
    hasModifiedClicks: false,
    open: async () => tabOfWindow(await session.newWindow()),
    opened: async (act) => tabOfWindow(await session.opened(act)),
  };
}

export function tabOfPage(page: Page): Tab {
  const evaluate = (run: (argument: never) => unknown, argument?: unknown) =>
    page.evaluate(run as (argument: unknown) => unknown, argument) as Promise<never>;
  const moveTo = async (selector: string) => {
    const { x, y } = await pointAt(evaluate, selector);
    await page.mouse.move(x, y);
  };
  return withWaits({
    goto: async (url) => void (await page.goto(url)),
    click: async (selector, { button = "left", modifiers = [], count = 1 } = {}) => {
      const { x, y } = await pointAt(evaluate, selector);
      for (const key of modifiers) await page.keyboard.down(key);
      await page.mouse.click(x, y, { button, clickCount: count });
      for (const key of modifiers) await page.keyboard.up(key);
    },
    drag: async (from, to) => {
      await moveTo(from);
      await page.mouse.down();
      await moveTo(to);
      await page.mouse.up();
    },
    hover: moveTo,
    press: async (selector, key) => {
      await evaluate(focus, selector);
      await page.keyboard.press(key);
    },
    evaluate,
    whereabouts: () => page.evaluate(() => ({ href: location.href, state: document.readyState })),
    // In a later task: as it runs, the page that is asked may be gone before it has answered.
    goBack: () => page.evaluate(() => void setTimeout(() => history.back())),
    reload: async () => void (await page.reload()),
    close: () => page.close(),
  });
}

function tabOfWindow(window: WebDriverWindow): Tab {
  return withWaits({
    goto: async (url) => void (await window.goto(url)),
    click: (selector, options) => window.click(selector, options),
    drag: window.drag,
    hover: window.hover,
    press: window.press,
    evaluate: (run: (argument: never) => unknown, argument?: unknown) =>
      window.evaluate(`(${run})`, argument) as Promise<never>,
    whereabouts: () => window.whereabouts() as Promise<Whereabouts>,
    goBack: async () => void (await window.goBack()),
    reload: async () => void (await window.reload()),
    close: window.close,
  });
}

/** The address is asked of the page itself: Playwright's own notion lags in tabs that a stock Firefox opened. */
function withWaits(driven: Driven): Tab {
  const whereabouts = () => driven.whereabouts().catch(() => ({ href: "", state: "gone" }));
  async function at(part: string): Promise<void> {
    const isThere = async () => {
      const { href, state } = await whereabouts();
      return state === "complete" && href.includes(part) ? "there" : `at "${href}" (${state})`;
    };
    await expect.poll(isThere, { message: `the tab is at ${part}`, intervals: [25, 50, 100] }).toBe("there");
  }
  return { ...driven, url: async () => (await whereabouts()).href, at };
}
