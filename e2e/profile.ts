// Owns a Chromium on a profile folder of its own, which a test can quit, kill and start again: what the disk holds is all
// that is left. Chromium only; tests that need no restart use `context`, `page` or `tab`.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type LaunchOptions, type Page } from "playwright";

/** A browser that died may hold its files for a moment. */
const REMOVE_RETRIES = 10;

export interface RunningBrowser {
  readonly context: BrowserContext;
  /** The page that the browser started with. */
  readonly page: Page;
  /** SIGKILL to the browser's process: nothing is flushed, and its children end with it. */
  kill(): Promise<void>;
  /** The ordinary way out. */
  quit(): Promise<void>;
}

export interface Profile {
  readonly folder: string;
  /** Starts the browser on this profile; again after `kill()` or `quit()`. `args` are Chromium's own. */
  start(args?: readonly string[]): Promise<RunningBrowser>;
}

export async function createProfile(launch: LaunchOptions) {
  const folder = await mkdtemp(join(tmpdir(), "clicktrail-profile-"));
  const running = new Set<RunningBrowser>();

  async function start(args: readonly string[] = []): Promise<RunningBrowser> {
    const options = { ...launch, args: [...(launch.args ?? []), ...args] };
    const context = await chromium.launchPersistentContext(folder, options);
    const pid = await processOf(context);
    const ended = new Promise<void>((resolve) => context.once("close", () => resolve()));

    async function kill(): Promise<void> {
      process.kill(pid, "SIGKILL");
      await ended;
      running.delete(browser);
    }
    async function quit(): Promise<void> {
      await context.close();
      running.delete(browser);
    }

    const page = context.pages()[0] ?? (await context.newPage());
    const browser: RunningBrowser = { context, page, kill, quit };
    running.add(browser);
    return browser;
  }

  async function remove(): Promise<void> {
    for (const browser of running) await browser.quit().catch(() => undefined);
    await rm(folder, { recursive: true, force: true, maxRetries: REMOVE_RETRIES, retryDelay: 100 });
  }

  const profile: Profile = { folder, start };
  return { profile, remove };
}

async function processOf(context: BrowserContext): Promise<number> {
  const session = await context.browser()?.newBrowserCDPSession();
  const known = await session?.send("SystemInfo.getProcessInfo");
  await session?.detach();
  const browser = known?.processInfo.find((one) => one.type === "browser");
  if (!browser) throw new Error("this browser does not tell its process");
  return browser.id;
}
