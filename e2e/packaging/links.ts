// Owns the links between the package's documents: where each leads, and whether a file or a heading is there. Opens no file.
import { posix } from "node:path";

export interface Link {
  readonly from: string;
  /** The file it leads to, as a path from the package's root. */
  readonly path: string;
  /** The heading, as GitHub names it; empty for the file itself. */
  readonly heading: string;
}

/** The links and pictures of a document that lead into the package; links in code are no links. */
export function linksOf(from: string, markdown: string): Link[] {
  const prose = markdown.replace(/^```[\s\S]*?^```$/gm, "").replace(/`[^`\n]*`/g, "");
  const targets = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
  return targets
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [file = "", heading = ""] = target.split("#");
      return { from, path: file ? posix.join(posix.dirname(from), file) : from, heading };
    });
}

export function leadsSomewhere(
  { path, heading }: Link,
  files: readonly string[],
  documents: ReadonlyMap<string, string>,
): boolean {
  if (!files.includes(path)) return false;
  return !heading || headingsOf(documents.get(path) ?? "").includes(heading);
}

/** The names that GitHub gives to a document's headings. */
function headingsOf(markdown: string): string[] {
  const prose = markdown.replace(/^```[\s\S]*?^```$/gm, "");
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/ /g, "-"),
  );
}
