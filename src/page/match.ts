// Owns which chunk an element shows, by its links. Writes nothing.
import { attempt } from "../report";
import type { Chunk } from "./response";
import { all, ofDocument } from "./step";

/** Says which chunk an element links to, each chunk once. */
export function createMatch(chunks: readonly Chunk[]): (element: Element) => Chunk | undefined {
  const byLink = new Map<unknown, Chunk[]>();
  for (const chunk of chunks) {
    const href = chunk.link && attempt(() => new URL(chunk.link as string, ofDocument("baseURI")).href);
    if (href) byLink.set(href, [...(byLink.get(href) ?? []), chunk]);
  }
  return (element) => {
    for (const link of [element, ...all(element, "a")]) {
      const chunk = byLink.get((link as HTMLAnchorElement).href)?.shift();
      if (chunk) return chunk;
    }
    return undefined;
  };
}
