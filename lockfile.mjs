// Owns the promise that `npm ci` installs what was locked: every package in the lock files has an integrity hash. npm leaves it out
// for other platforms' packages when it writes the file beside an existing node_modules. `node lockfile.mjs write` asks the registry
// for those that are missing. It must not know a registry: that is npm's configuration.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const FILES = [
  "package-lock.json",
  "bench/package-lock.json",
  "e2e/frameworks/package-lock.json",
  "e2e/bundlers/package-lock.json",
];
const NESTED = "node_modules/";

function unhashed(lock) {
  const packages = Object.entries(lock.packages).map(([path, entry]) => ({ path, entry }));
  return packages.filter(({ path, entry }) => path !== "" && !entry.link && !entry.integrity);
}

function nameOf({ path, entry }) {
  return `${entry.name ?? path.slice(path.lastIndexOf(NESTED) + NESTED.length)}@${entry.version}`;
}

/** Next to the version, where npm writes it. */
function withIntegrity({ version, ...entry }, integrity) {
  return { version, integrity, ...entry };
}

function complete(file, lock, missing) {
  for (const one of missing) {
    const [name, field] = [nameOf(one), "dist.integrity"];
    const integrity = execFileSync("npm", ["view", name, field], { encoding: "utf8" }).trim();
    if (!integrity.startsWith("sha512-")) throw new Error(`the registry has no ${field} for ${name}`);
    lock.packages[one.path] = withIntegrity(one.entry, integrity);
    console.log(`${file}: ${name} ${integrity}`);
  }
  writeFileSync(file, `${JSON.stringify(lock, undefined, 2)}\n`);
}

for (const file of FILES) {
  const lock = JSON.parse(readFileSync(file, "utf8"));
  const missing = unhashed(lock);
  if (missing.length === 0) continue;
  if (process.argv[2] === "write") complete(file, lock, missing);
  else {
    const names = missing.map((one) => `  ${nameOf(one)}`).join("\n");
    console.error(`${file}: no integrity hash for\n${names}\nRun: node lockfile.mjs write`);
    process.exitCode = 1;
  }
}
