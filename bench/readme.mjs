// Owns putting the bench's table between the two comments of its own README, so that its figures come from a run and not from typing.
import { readFileSync, writeFileSync } from "node:fs";

const START = "<!-- bench:start -->";
const END = "<!-- bench:end -->";

const file = new URL("README.md", import.meta.url);
const table = readFileSync(new URL("results/README-table.md", import.meta.url), "utf8");
const text = readFileSync(file, "utf8");
const [start, end] = [text.indexOf(START), text.indexOf(END)];
if (start < 0 || end < start) throw new Error(`bench/README.md needs ${START} and, after it, ${END}`);
writeFileSync(file, `${text.slice(0, start + START.length)}\n${table}${text.slice(end)}`);
