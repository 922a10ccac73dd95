// Owns elements without a document, in the form that the stub keeps: everything that reads the page takes them too.
import type { Shot } from "../page/dom";

export function shot(name: string, attributes: Record<string, string> = {}, ...children: Shot[]): Shot {
  return [name, attributes, children];
}

/** The path of a click on the element with this `id`, up to `root`. */
export function pathIn(root: Shot, id: string): Shot[] {
  if (root[1].id === id) return [root];
  const [path] = root[2].map((child) => pathIn(child, id)).filter((found) => found[0]);
  return path ? [...path, root] : [];
}
