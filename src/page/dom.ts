// Owns how the page is looked at: its elements by the prototypes' own methods, which no form field shadows, and along the flat tree, as
// events go; its events before its own listeners, and its idle time.
import { attempt, complain } from "../report";

/** What the stub kept of an element: its name, its attributes, its children in the flat tree. */
export type Shot = readonly [name: string, attributes: Readonly<Record<string, string>>, children: Shot[]];

/** An element of the page, or what the stub kept of one. */
export type Step = Element | Shot;

/** A property of the document, whatever the page's images and forms are called. */
export function ofDocument<Name extends keyof Document>(name: Name): Document[Name] {
  return Reflect.get(Document.prototype, name, document);
}

/** A property as the prototype has it: `form.children` may be a field of that name. */
export function read<Name extends keyof Element>(node: Node, name: Name): Element[Name] {
  return Reflect.get(Element.prototype, name, node);
}

/** Also of a node that another frame has made; `window` is no node. */
export function isElement(node: unknown): node is Element {
  return !!(node as Node | null)?.nodeType && node !== window && read(node as Node, "nodeType") === 1;
}

export const isShot = (step: Step): step is Shot => Array.isArray(step);

/** The attribute's text, or null where there is none. */
export function attribute(step: Step, name: string): string | null {
  return isShot(step) ? (step[1][name] ?? null) : Element.prototype.getAttribute.call(step, name);
}

/** The attribute's value; an empty one says nothing. */
export function value(step: Step, name: string): string | undefined {
  return attribute(step, name)?.trim() || undefined;
}

export const nameOf = (step: Step) => (isShot(step) ? step[0] : read(step, "localName"));

export const isSlot = (step: Step) => nameOf(step) === "slot";

/** The children that are shown: those of an open shadow root, or what is in a slot. */
export function childrenOf(step: Step): readonly Step[] {
  if (isShot(step)) return step[2];
  const slotted = isSlot(step) ? (step as Partial<HTMLSlotElement>).assignedNodes?.() : [];
  const nodes = slotted?.[0] ? slotted : read(read(step, "shadowRoot") ?? step, "childNodes");
  return [...nodes].filter(isElement);
}

/** Whether `test` holds for anything that is shown inside. */
export function holds(step: Step, test: (step: Step) => boolean): boolean {
  return childrenOf(step).some((child) => test(child) || holds(child, test));
}

/** All elements of the page's tree below one, in order. */
export function all(root: Element, selector: string): NodeListOf<Element> {
  return Element.prototype.querySelectorAll.call(root, selector);
}

/** The elements on the path of a click on this element: along the flat tree, as far as scripts may see it. */
export function pathOf(element: Element): Element[] {
  const around = read(element, "assignedSlot") ?? read(element, "parentNode");
  const parent = isElement(around) ? around : around?.nodeType === 11 && (around as ShadowRoot).host;
  return [element, ...(parent ? pathOf(parent) : [])];
}

/** Where the page's own work leaves no idle time, start anyway. */
const IDLE_MS = 500;

/**
 * Listens on the window before the page does, and never throws into it; returns the undo. With an abort signal a listener
 * takes half as long again to add (Chromium 156), and adding them is much of the script's evaluation.
 */
export function listen(types: string, callback: (event: never) => void): () => void {
  const listener = (event: Event) => attempt(() => callback(event as never), complain);
  const each = (change: typeof addEventListener) => {
    for (const type of types.split(" ")) change(type, listener, true);
  };
  each(addEventListener);
  return () => each(removeEventListener);
}

/** In idle time, once the page is shown: one that is prerendered has no worker before. */
export function whenShown(work: () => void): void {
  const start = () => whenIdle(work);
  if (ofDocument("prerendering" as never))
    addEventListener("prerenderingchange", start, { once: true, capture: true });
  else start();
}

export function whenIdle(work: () => void): void {
  (globalThis.requestIdleCallback ?? setTimeout)(work, { timeout: IDLE_MS } as never);
}
