// Owns set-up: `npm run setup` brings in what the tests need and is missing; `npm test` begins here, names what is missing, and sets up
// by itself only where it may. It never waits long for a host that isn't there. What is there already is decided in browsers.mjs.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findBrowser, findTool, isRequired, SYSTEM_PACKAGES, TOOLS, wantedEngines } from "./browsers.mjs";

/** @typedef {import("./browsers.mjs").Engine} Engine */

/** Long enough for a slow line, short enough for a machine without one. */
const PROBE_MS = 4_000;
/** Of `npm test`, and of `npm run test:full`, on two cores, with the browsers there. */
const USUAL_MINUTES = process.env.E2E_FULL ? 10 : 5;
/** Playwright's three browsers are about half a gigabyte. */
const DOWNLOAD_MS = 10 * 60_000;
const APT_MS = 10 * 60_000;
const NPM_MS = 5 * 60_000;
/** Half a gigabyte of bundlers and frameworks is only for those who run every spec. */
const LIBRARIES = ["frameworks", ...(process.env.E2E_FULL ? ["bundlers"] : [])];
const DOWNLOAD_HOST = process.env.PLAYWRIGHT_DOWNLOAD_HOST ?? "https://cdn.playwright.dev";

const canUseApt = process.getuid?.() === 0 && existsSync("/usr/bin/apt-get");

/** Without asking: as root of a machine with apt, which is a container's, and where a service builds. */
const mayInstall = canUseApt || !!process.env.CI;

const STEPS = { all: setUp, test: beforeTests, frameworks: installLibraries };
await STEPS[/** @type {keyof typeof STEPS} */ (process.argv[2] ?? "all")]();

/** `npm run setup`: everything that the tests need. */
async function setUp() {
  installLibraries();
  if (missingEngines().length > 0) await downloadPlaywrights(missingEngines());
  if (missingEngines().length > 0 || missingTools().length > 0) installPackages();
  for (const engine of wantedEngines()) sayEngine(engine);
  for (const tool of TOOLS) sayTool(tool);
}

/** The first step of `npm test`. */
async function beforeTests() {
  say(`types, builds, unit tests and end-to-end specs take about ${USUAL_MINUTES} minutes on two cores`);
  const missing = missingNames();
  if (missing.length > 0 && mayInstall) {
    say(`missing: ${missing.join(", ")}. Runs "npm run setup", which installs them: some minutes more`);
    await setUp();
  } else {
    installLibraries();
    if (missing.length > 0) shout(`missing, and so not tested: ${missing.join(", ")}. Run: npm run setup`);
  }
  if (missingNames().some(isRequired)) process.exitCode = 1;
}

/** Libraries that only some specs use have a lock file of their own, so that nobody else has to install them. */
function installLibraries() {
  for (const name of LIBRARIES) installLocked(name);
}

/** @param {string} name of a folder in e2e/ */
function installLocked(name) {
  const folder = fileURLToPath(new URL(name, import.meta.url));
  const wanted = versionsIn(join(folder, "package-lock.json"));
  const installed = versionsIn(join(folder, "node_modules/.package-lock.json"));
  const names = Object.keys(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).dependencies);
  if (names.every((library) => installed.get(library) === wanted.get(library))) return;
  say(`installing the libraries of e2e/${name}`);
  const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  if (!run("npm", ["ci", "--prefix", folder, ...quiet], NPM_MS)) process.exitCode = 1;
}

/**
 * The versions that a lock file names; empty where it isn't there. A file's time says little: folders are copied and kept.
 * @param {string} path
 * @returns {Map<string, string>}
 */
function versionsIn(path) {
  if (!existsSync(path)) return new Map();
  /** @type {Record<string, { readonly version: string }>} */
  const packages = JSON.parse(readFileSync(path, "utf8")).packages;
  return new Map(
    Object.entries(packages).map(([at, { version }]) => [at.replace(/^node_modules\//, ""), version]),
  );
}

/** @returns {Engine[]} */
function missingEngines() {
  return wantedEngines().filter((engine) => findBrowser(engine).kind === "missing");
}

function missingTools() {
  return TOOLS.filter((tool) => !findTool(tool.name));
}

function missingNames() {
  return [...missingEngines(), ...missingTools().map((tool) => tool.name)];
}

/** @param {Engine[]} engines */
async function downloadPlaywrights(engines) {
  if (!(await answers(DOWNLOAD_HOST))) {
    return say(`${engines.join(", ")}: missing, and Playwright's download host cannot be reached from here`);
  }
  say(`${engines.join(", ")}: missing, downloading Playwright's own`);
  const cli = join(dirname(createRequire(import.meta.url).resolve("playwright/package.json")), "cli.js");
  const withSystemLibraries = canUseApt ? ["--with-deps"] : [];
  run(process.execPath, [cli, "install", ...withSystemLibraries, ...engines], DOWNLOAD_MS);
}

function installPackages() {
  const engines = missingEngines();
  const packages = [
    ...engines.flatMap((engine) => SYSTEM_PACKAGES[engine]),
    ...missingTools().map((tool) => tool.debian),
  ];
  if (!canUseApt) return;
  say(`${missingNames().join(", ")}: installing ${packages.join(" ")} by apt`);
  run("apt-get", ["update", "-qq"], APT_MS);
  run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], APT_MS);
}

/** @param {Engine} engine */
function sayEngine(engine) {
  const found = findBrowser(engine);
  if (found.kind === "missing")
    return shout(`${engine} is missing and could not be installed. Run: ${found.what}`);
  const whose = found.kind === "playwright" ? "Playwright's own" : "the system's";
  say(`${engine}: uses ${whose}, ${found.what}`);
}

/** @param {(typeof TOOLS)[number]} tool */
function sayTool(tool) {
  const path = findTool(tool.name);
  if (path) return say(`${tool.name}: uses ${path}`);
  shout(
    `${tool.name} is missing (for ${tool.use}). Run: apt-get install --no-install-recommends ${tool.debian}`,
  );
}

/**
 * Any answer will do: a host that says "not found" is a host that can be reached.
 * @param {string} url
 */
async function answers(url) {
  try {
    await fetch(url, { method: "HEAD", redirect: "manual", signal: AbortSignal.timeout(PROBE_MS) });
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {number} timeout
 */
function run(command, args, timeout) {
  const env = {
    ...process.env,
    DEBIAN_FRONTEND: "noninteractive",
    PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: "15000",
  };
  const ended = spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"], env, timeout });
  if (ended.status !== 0) shout(`failed: ${command} ${args.join(" ")}`);
  return ended.status === 0;
}

/** @param {string} line */
function say(line) {
  console.log(`set-up: ${line}`);
}

/** @param {string} line */
function shout(line) {
  console.error(`\nset-up: !!! ${line}\n`);
}
