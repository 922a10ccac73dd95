// Owns the specs' way to the documents' own code: what they ask people to write is what is run. It knows no expectation.
import { readFile } from "node:fs/promises";

/** A document, as a path from the repository's root. */
function read(document: string): Promise<string> {
  return readFile(new URL(`../${document}`, import.meta.url), "utf8");
}

/** The one fenced block of a document in that language that contains `part`. */
export async function codeBlock(document: string, language: string, part: string): Promise<string> {
  const blocks = [...(await read(document)).matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)];
  const found = blocks.filter(([, written, code]) => written === language && code?.includes(part));
  const [block] = found;
  if (!block?.[2] || found.length > 1)
    throw new Error(`${document} has ${found.length} ${language} blocks with "${part}"`);
  return block[2];
}

/** The code block of a document between the comments of that name. */
export async function markedBlock(document: string, name: string): Promise<string> {
  const [, block = ""] = (await read(document)).split(new RegExp(`<!-- ${name}:(?:start|end) -->`));
  const code = /^\n```\w*\n([\s\S]+?)\n```\n/.exec(block)?.[1];
  if (!code) throw new Error(`${document} has no block named ${name}`);
  return code;
}
