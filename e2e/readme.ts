// Owns the specs' way to the README's own code: what it tells people to write is what is run. It knows no expectation.
import { readFile } from "node:fs/promises";

const README = new URL("../README.md", import.meta.url);

/** The one fenced block in that language that contains `part`. */
export async function readmeBlock(language: string, part: string): Promise<string> {
  const text = await readFile(README, "utf8");
  const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
  const found = blocks.filter(([, written, code]) => written === language && code?.includes(part));
  const [block] = found;
  if (!block?.[2] || found.length > 1)
    throw new Error(`The README has ${found.length} ${language} blocks with "${part}"`);
  return block[2];
}
