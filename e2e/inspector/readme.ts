// Owns reading out of the README what readers copy from it, so that specs run that very text.
import { readFileSync } from "node:fs";

const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

/** The code block between the README's comments of that name. */
export function fromReadme(name: "bookmarklet" | "recipe" | "cypress"): string {
  const [, block = ""] = README.split(new RegExp(`<!-- ${name}:(?:start|end) -->`));
  const code = /^\n```\w*\n([\s\S]+)\n```\n$/.exec(block)?.[1];
  if (!code) throw new Error(`the README has no block named ${name}`);
  return code;
}
