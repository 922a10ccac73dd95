// Owns the browser: its flags, a fresh page, and the meter of main-thread CPU time. Knows no system and no measure.
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import CDP from "chrome-remote-interface";
import { chromium } from "playwright-core";

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--ignore-certificate-errors",
];

const SYSTEM_CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/**
 * Playwright's own Chromium where it is installed, else the system's. Playwright only starts it: the pages are driven over
 * the DevTools protocol, because Playwright keeps the protocol's Network domain on in each of its pages, which adds a
 * quarter to the main-thread time of every fetch (and so would flatter whoever sends from elsewhere).
 */
export async function launch() {
  const own = chromium.executablePath();
  const executablePath = existsSync(own) ? own : SYSTEM_CHROMIUM.find((path) => existsSync(path));
  if (!executablePath)
    throw new Error("No Chromium: install chromium, or run `npx playwright-core install chromium`.");
  const port = await freePort();
  const browser = await chromium.launch({
    executablePath,
    args: [...ARGS, `--remote-debugging-port=${port}`],
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
  const { webSocketDebuggerUrl } = await CDP.Version({ port });
  const root = await CDP({ target: webSocketDebuggerUrl });
  async function close() {
    await root.close();
    await browser.close();
  }
  return { port, root, version: browser.version(), close };
}

async function freePort() {
  const server = createServer().listen(0);
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}

/** A page in a profile of its own. `without` names a global that it is made to lack. */
export async function freshPage({ port, root }, url, { without } = {}) {
  const { browserContextId } = await root.Target.createBrowserContext();
  const open = async (address) => {
    const { targetId } = await root.Target.createTarget({ url: "about:blank", browserContextId });
    const cdp = await CDP({ port, target: targetId });
    await cdp.Page.enable();
    const source = without ? `delete globalThis[${JSON.stringify(without)}]` : "";
    await cdp.Page.addScriptToEvaluateOnNewDocument({ source });
    const page = { cdp, evaluate: (expression) => evaluate(cdp, expression), go: (to) => go(cdp, to) };
    await page.go(address);
    return page;
  };
  const page = await open(url);
  async function close() {
    await page.cdp.close();
    await root.Target.disposeBrowserContext({ browserContextId });
  }
  return { ...page, open, close };
}

async function go(cdp, url) {
  const loaded = cdp.Page.loadEventFired();
  await cdp.Page.navigate({ url });
  await loaded;
}

async function evaluate(cdp, expression) {
  const options = { expression, awaitPromise: true, returnByValue: true };
  const { result, exceptionDetails } = await cdp.Runtime.evaluate(options);
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
}

/** A mouse event of the browser's input, as a visitor's. */
export function mouse(cdp, type, y = 10) {
  const button = type === "mouseMoved" ? "none" : "left";
  return cdp.Input.dispatchMouseEvent({ type, x: 30, y, button, clickCount: 1 });
}
