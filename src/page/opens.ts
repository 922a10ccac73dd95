// Owns what a click on an element does by itself: opens a link, moves a control, or nothing. Knows no tags but `data-ctr-click`.
import { attempt } from "../report";
import { attribute, nameOf, ofDocument, type Step, value } from "./step";

const CONTROL = /^(input|textarea|select|summary|dialog)$/;
const BUTTON = /^(button|submit|image)$/i;
/** In any role of several: check boxes, list boxes, text boxes, also those of menus. */
const ROLE = /box|switch|radio|slider|spinbutton|dialog/i;
const EDITABLE = /^(?!false)/i;

/** Also links of SVG, in the old way of writing. */
const hrefOf = (step: Step) => attribute(step, "href") ?? attribute(step, "xlink:href");

export const isLink = (step: Step) => /^a(rea)?$/.test(nameOf(step)) && hrefOf(step) !== null;

/**
 * How much a link opens. 3: a page, also one that a script makes of a fragment (`#/about`). 2: a part of this page, or what a script
 * does. 1: nothing by itself (`#`): a script may open something. 0: an address of another program's, or no link.
 */
export function gradeOf(step: Step): number {
  if (!isLink(step)) return 0;
  const href = `${hrefOf(step)}`.trim();
  if (/^#[!0]?$/.test(href)) return 1;
  if (/^javascript:/i.test(href)) return 2;
  if (/^(?!https?:)[a-z][\w+.-]*:/i.test(href)) return 0;
  const [page, fragment] = `${attempt(() => new URL(href, ofDocument("baseURI")))}`.split("#");
  const isHere = fragment !== undefined && page === location.href.split("#")[0];
  return isHere && !/^!?\//.test(fragment) ? 2 : 3;
}

/** What a click moves, ticks or types in. */
export function isControl(step: Step): boolean {
  const name = nameOf(step);
  if (CONTROL.test(name)) return !BUTTON.test(value(step, "type") ?? "");
  return (
    EDITABLE.test(attribute(step, "contenteditable") ?? "false") ||
    ROLE.test(value(step, "role") ?? "") ||
    // Players, and what has a button of its own to close it.
    (attribute(step, "controls") ?? attribute(step, "popover")) !== null
  );
}
