// Runs inside `npm version`: what was unreleased gets the new version's heading. It must not know what changed.
import { readFileSync, writeFileSync } from "node:fs";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const changelog = readFileSync("CHANGELOG.md", "utf8");
const heading = "## Unreleased\n";
if (!changelog.includes(heading))
  throw new Error(`CHANGELOG.md has no "${heading.trim()}": say what changed`);
const today = new Date().toISOString().slice(0, 10);
writeFileSync("CHANGELOG.md", changelog.replace(heading, `## ${version} · ${today}\n`));
