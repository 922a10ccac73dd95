// Runs inside `npm version`: what was unreleased gets the new version's heading. With `check`, before anything else does, it only
// looks whether that will work. It must not know what changed.
import { readFileSync, writeFileSync } from "node:fs";

const HEADING = "## Unreleased\n";
const changelog = readFileSync("CHANGELOG.md", "utf8");
if (!changelog.includes(HEADING))
  throw new Error(`CHANGELOG.md has no "${HEADING.trim()}": write what has changed under it`);

if (process.argv[2] !== "check") {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  const today = new Date().toISOString().slice(0, 10);
  writeFileSync("CHANGELOG.md", changelog.replace(HEADING, `## ${version} · ${today}\n`));
}
