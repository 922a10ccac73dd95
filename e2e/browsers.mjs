// Owns the answer to "which browser does each engine's specs run in here?": Playwright's own where it is installed,
// else the system's, else none. It looks and never installs; set-up, configuration and reporter all ask this file.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { chromium, firefox, webkit } from "playwright";

/** @typedef {"chromium" | "firefox" | "webkit"} Engine */
/** @typedef {import("playwright").LaunchOptions} LaunchOptions */

/**
 * A browser of Playwright's, or one of the system's that Playwright can drive.
 * @typedef {object} Launchable
 * @property {"playwright" | "system"} kind
 * @property {string} what the executable, for the report
 * @property {string} [channel] the driver Playwright has to use
 * @property {LaunchOptions} launchOptions
 * @property {LaunchOptions} [whole] of one that keeps pages as people's does: Chromium's headless shell has no back/forward cache,
 *   and Playwright's own Firefox can't be given one
 */

/**
 * WebKitGTK's own WebDriver, with a display of its own where the machine has none.
 * @typedef {object} Driver
 * @property {"webdriver"} kind
 * @property {string} what
 * @property {string} driver
 * @property {string} [xvfb]
 */

/**
 * @typedef {object} Missing
 * @property {"missing"} kind
 * @property {string} what the commands that bring it in
 */

/** @typedef {Launchable | Driver | Missing} Found */

/** @type {readonly Engine[]} */
export const ENGINES = ["chromium", "firefox", "webkit"];

/** Debian's and Ubuntu's packages by the engine they serve: a later engine's or tool's package is one line here. */
export const SYSTEM_PACKAGES = /** @type {const} */ ({
  chromium: ["chromium", "chromium-headless-shell"],
  firefox: ["firefox-esr"],
  webkit: ["webkit2gtk-driver", "xvfb"],
});

/**
 * Programs that single specs need beside a browser: without one its specs are skipped, and the report says so.
 * @type {readonly { name: string, debian: string, paths: readonly string[], use: string }[]}
 */
export const TOOLS = [
  {
    name: "nginx",
    debian: "nginx-light",
    paths: ["/usr/sbin/nginx", "/usr/local/sbin/nginx", "/opt/homebrew/bin/nginx", "/usr/local/bin/nginx"],
    use: "the first-party proxy's configuration",
  },
];

/** What every Chromium here needs so as not to talk to anyone but our servers. */
const CHROMIUM_ARGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  // A process in reserve for each site that might be next: few specs go there.
  "--disable-features=SpareRendererForSitePerProcess",
];

/**
 * The engines this run is about: all three, or those that `E2E_ENGINES` lists.
 * @returns {Engine[]}
 */
export function wantedEngines() {
  const listed = process.env.E2E_ENGINES?.split(",").map((name) => name.trim());
  return ENGINES.filter((engine) => !listed || listed.includes(engine));
}

/**
 * Whether the absence of this engine or tool is a failure: `E2E_REQUIRE` names it or says `all`.
 * @param {string} name
 * @returns {boolean}
 */
export function isRequired(name) {
  const required = (process.env.E2E_REQUIRE ?? "").split(",").map((part) => part.trim());
  return required.includes("all") || required.includes(name);
}

/**
 * @param {string} name one of TOOLS
 * @returns {string | undefined} the program's path
 */
export function findTool(name) {
  if (isLeftOut(name)) return undefined;
  return firstThere(TOOLS.find((tool) => tool.name === name)?.paths ?? []);
}

/**
 * @param {Engine} engine
 * @returns {Found}
 */
export function findBrowser(engine) {
  if (isLeftOut(engine)) return { kind: "missing", what: `unset E2E_WITHOUT, which names ${engine}` };
  if (engine === "chromium") return findChromium();
  return engine === "firefox" ? findFirefox() : findWebKit();
}

/** @returns {Found} */
function findChromium() {
  const own = playwrights(chromium);
  const isRoot = process.getuid?.() === 0;
  if (own) {
    // Its headless shell, unless the channel says otherwise.
    const launchOptions = { args: sandboxed(!isRoot) };
    return { kind: "playwright", what: own, launchOptions, whole: { ...launchOptions, channel: "chromium" } };
  }
  const system = firstThere([
    process.env.E2E_CHROMIUM,
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
  ]);
  if (!system) return missing("chromium");
  // Without the browser's own interface, which costs each tab more than the page in it.
  const shell = firstThere([process.env.E2E_CHROMIUM, "/usr/bin/chromium-headless-shell"]) ?? system;
  // Debian's chromium without the recommended chromium-sandbox has no SUID helper, so nobody can sandbox it.
  const args = sandboxed(false);
  return {
    kind: "system",
    what: shell,
    launchOptions: { executablePath: shell, args },
    whole: { executablePath: system, args },
  };
}

/** @returns {Found} */
function findFirefox() {
  const own = playwrights(firefox);
  if (own) return { kind: "playwright", what: own, launchOptions: {} };
  const system = firstThere([process.env.E2E_FIREFOX, "/usr/bin/firefox-esr", "/usr/bin/firefox"]);
  if (!system) return missing("firefox");
  const prefs = {
    // As on Windows: the middle button scrolls where nothing opens.
    "general.autoScroll": true,
    // Nobody looks: at 60 frames a second its window costs more than the page in it.
    "layout.frame_rate": 10,
    // No process and no page in reserve for what might be next.
    "dom.ipc.processPrelaunch.enabled": false,
    "browser.newtab.preload": false,
  };
  const channel = "moz-firefox";
  // A stock Firefox is driven over WebDriver BiDi, where goBack() out of the back/forward cache never returns
  // (Firefox 153, Playwright 1.64.1): 0 turns that cache off.
  const firefoxUserPrefs = { ...prefs, "browser.sessionhistory.max_total_viewers": 0 };
  return {
    kind: "system",
    what: system,
    channel,
    launchOptions: { executablePath: system, firefoxUserPrefs },
    whole: { executablePath: system, firefoxUserPrefs: prefs, channel },
  };
}

/** @returns {Found} */
function findWebKit() {
  const own = playwrights(webkit);
  if (own) return { kind: "playwright", what: own, launchOptions: {} };
  const driver = firstThere([process.env.E2E_WEBKIT_DRIVER, "/usr/bin/WebKitWebDriver"]);
  if (!driver) return missing("webkit");
  if (process.env.DISPLAY || process.env.WAYLAND_DISPLAY) return { kind: "webdriver", what: driver, driver };
  // Without a display MiniBrowser cannot start, and WebKitWebDriver then never answers.
  const xvfb = firstThere(["/usr/bin/Xvfb"]);
  return xvfb ? { kind: "webdriver", what: `${driver} under Xvfb`, driver, xvfb } : missing("webkit");
}

/**
 * @param {Engine} engine
 * @returns {Missing}
 */
function missing(engine) {
  const packages = SYSTEM_PACKAGES[engine].join(" ");
  const what = `npx playwright install --with-deps ${engine}   or   apt-get install --no-install-recommends ${packages}`;
  return { kind: "missing", what };
}

/**
 * Playwright's own browser. `playwright install --only-shell` leaves only the headless shell, beside the folder that
 * `executablePath()` names.
 * @param {typeof chromium} type
 * @returns {string | undefined}
 */
function playwrights(type) {
  if (process.env.E2E_SYSTEM_BROWSERS) return undefined;
  const path = executablePath(type);
  const folder = path && /[/\\]chromium-(\d+)[/\\]/.exec(path);
  if (!path || !folder) return firstThere([path]);
  const shell = join(path.slice(0, folder.index), `chromium_headless_shell-${folder[1]}`);
  return firstThere([path, shell]);
}

/**
 * @param {typeof chromium} type
 * @returns {string | undefined} undefined where Playwright has no build for this system
 */
function executablePath(type) {
  try {
    return type.executablePath();
  } catch {
    return undefined;
  }
}

/** @param {boolean} sandbox */
function sandboxed(sandbox) {
  return sandbox ? [...CHROMIUM_ARGS] : ["--no-sandbox", ...CHROMIUM_ARGS];
}

/** @param {readonly (string | undefined)[]} paths */
function firstThere(paths) {
  return paths.find((path) => path && existsSync(path));
}

/**
 * `E2E_WITHOUT=webkit,nginx` shows what a machine without them gets to see.
 * @param {string} name
 */
function isLeftOut(name) {
  return (process.env.E2E_WITHOUT ?? "").split(",").includes(name);
}
