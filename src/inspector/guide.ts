// Owns the guide to the console's messages: the sections of docs/troubleshooting.md, each behind its title. Knows no state.
import { guide, type Section } from "guide-source";
import { type ComponentChild, h } from "preact";
import type { Rule } from "../page/click";
import { RULE_NAMES } from "../rule-names";
import type { Seen } from "./seen";

/** Code, bold and slanted text, and links, whose text alone is shown: their files are in the package. */
const INLINE = /`([^`]+)`|\*\*([^*]+)\*\*|\*([^*]+)\*|\[([^\]]+)\]\([^)]+\)/g;

function inline(text: string): ComponentChild[] {
  const parts: ComponentChild[] = [];
  let at = 0;
  for (const found of text.matchAll(INLINE)) {
    const [whole, code, bold, slanted, link] = found;
    parts.push(text.slice(at, found.index));
    if (code) parts.push(h("code", {}, code));
    else if (bold) parts.push(h("strong", {}, inline(bold)));
    else parts.push(slanted ? h("em", {}, slanted) : inline(link ?? ""));
    at = found.index + whole.length;
  }
  return [...parts, text.slice(at)];
}

const list = (rows: readonly ComponentChild[]) => h("ul", { class: "rows" }, rows);

const cellsOf = (line: string) =>
  line
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim())
    .filter(Boolean);

/** Each row of a table as an item, below the names of its columns: a panel is too narrow for columns. */
function table([head = "", , ...lines]: readonly string[]): ComponentChild {
  const rows = lines.map((line) =>
    h(
      "li",
      { tabIndex: -1 },
      cellsOf(line).map((cell, at) => h(at ? "p" : "strong", {}, inline(cell))),
    ),
  );
  return h("div", { class: "rows" }, h("p", { class: "muted" }, cellsOf(head).join(" · ")), list(rows));
}

function block(text: string): ComponentChild {
  if (text.startsWith("|")) return table(text.split("\n"));
  if (text.startsWith("```")) return h("pre", { class: "wire" }, text.replace(/^```.*\n|\n```$/g, ""));
  const isList = /^(-|\d+\.) /.test(text);
  if (isList)
    return list(text.split(/\n(?=- |\d+\. )/).map((item) => h("li", {}, inline(item.replace(/^- /, "")))));
  return h("p", {}, inline(text));
}

const idOf = (name: string) => `guide-${name}`;

function section({ name, title, text }: Section): ComponentChild {
  return h(
    "details",
    { id: idOf(name), key: name },
    h("summary", {}, inline(title)),
    h("div", { class: "inner small" }, text.split("\n\n").map(block)),
  );
}

/** The part of the set-up's tab. */
export function guideToMessages(): ComponentChild {
  return h(
    "div",
    { class: "stack tight guide" },
    h("h3", {}, "What the messages mean"),
    h(
      "p",
      { class: "muted small" },
      "This is the text of docs/troubleshooting.md. Each message in the console ends with the name of one of these sections.",
    ),
    h("div", {}, guide.map(section)),
  );
}

/** The section that explains this click's state, where something is wrong with it. */
export function sectionFor({ state, reason, status }: Seen): string | undefined {
  if (state === "not") return "clicks-that-are-not-counted";
  if (reason === "invalid") return "tags-and-clicks";
  const isUnsent = state === "waiting" || state === "dropped";
  return isUnsent && (status !== undefined || reason === "config") ? "refusals-by-the-server" : undefined;
}

/** How the row begins that is about this click: with its rule's name, or with its response's status, such as 503 in "429, 5xx". */
function subjectOf({ rule, status }: Seen): RegExp | undefined {
  if (status) return new RegExp(`\\b(${status}|${`${status}`[0]}xx)\\b`);
  const name = rule === "double" ? RULE_NAMES.repeat : RULE_NAMES[rule as Rule];
  return name ? new RegExp(`^${name}$`) : undefined;
}

/** Opens the section about this click in the guide that is drawn, and brings it into view, or of it the row about the click. */
export function openSection(root: ParentNode, one: Seen): void {
  const section = root.querySelector<HTMLDetailsElement>(`#${idOf(sectionFor(one) ?? "")}`);
  if (!section) return;
  section.open = true;
  const subject = subjectOf(one);
  const isAbout = (item: Element) => subject?.test(item.querySelector("strong")?.textContent ?? "");
  const row = [...section.querySelectorAll("li")].find(isAbout);
  (row ?? section).scrollIntoView({ block: row ? "center" : "start" });
  (row ?? section.querySelector("summary"))?.focus({ preventScroll: true });
}
