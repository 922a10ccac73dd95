// Owns the search for results: tagged elements in the page and all its open shadow roots, and how one is named. Judges nothing.
import { TAGGED } from "../attributes";
import { type ReadClick, readElement } from "../page/result";

/** A tagged element, with the click that it would report. */
export interface Result {
  readonly element: Element;
  readonly click: ReadClick;
}

/** The page's trees: the document and every open shadow root in it. */
export function trees(root: ParentNode = document): ParentNode[] {
  const inner = [...root.querySelectorAll("*")].flatMap(({ shadowRoot }) =>
    shadowRoot ? trees(shadowRoot) : [],
  );
  return [root, ...inner];
}

/** Elements that match in any of the trees; in the order of the page within each. */
export function queryAll(selector: string, roots = trees()): Element[] {
  return roots.flatMap((root) => [...root.querySelectorAll(selector)]);
}

/** The parent as events see it: above a shadow root comes its host. */
export function parentOf(element: Element): Element | undefined {
  return element.parentElement ?? (element.getRootNode() as Partial<ShadowRoot>).host;
}

/** The element and all above it, out of every shadow root. */
export function lineage(element: Element): Element[] {
  const parent = parentOf(element);
  return parent ? [element, ...lineage(parent)] : [element];
}

function comesBefore(a: Element, b: Element): number {
  const [above, beside] = [lineage(a).reverse(), lineage(b).reverse()];
  const fork = above.findIndex((element, depth) => element !== beside[depth]);
  const [left, right] = [above[fork], beside[fork]];
  if (!left || !right) return above.length - beside.length;
  return left.compareDocumentPosition(right) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1;
}

/** All results, as they follow in the page. */
export function findResults(firstPosition?: number): Result[] {
  const roots = trees();
  const elements = queryAll(TAGGED, roots);
  if (roots.length > 1) elements.sort(comesBefore);
  return elements.flatMap((element) => {
    const found = readElement(element, firstPosition);
    return found?.result === element ? [{ element, click: found.click }] : [];
  });
}

function step(element: Element): string {
  const name = element.localName;
  const alike = [...(element.parentNode?.children ?? [])].filter((other) => other.localName === name);
  return alike.length > 1 ? `${name}:nth-of-type(${alike.indexOf(element) + 1})` : name;
}

/** A selector for a person or `querySelector`; `>>>` goes into a shadow root. */
export function selectorOf(element: Element): string {
  const root = element.getRootNode() as Document | ShadowRoot;
  const steps: string[] = [];
  for (let at: Element | null = element; at; at = at.parentElement) {
    const named = at.id && root.querySelectorAll(`#${CSS.escape(at.id)}`).length === 1;
    steps.unshift(named ? `#${CSS.escape(at.id)}` : step(at));
    if (named) break;
  }
  const path = steps.join(" > ");
  return root instanceof ShadowRoot ? `${selectorOf(root.host)} >>> ${path}` : path;
}
