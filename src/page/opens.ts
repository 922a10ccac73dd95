// Owns what a click on an element does by itself: opens a link, moves a control, or nothing. Knows no tags but `data-ctr-click`.
import { attribute, nameOf, type Step, value } from "./step";

/** Addresses that lead to no page: mail, telephone, scripts, and the "#" of a link that a script serves. */
const ELSEWHERE = /^((?!https?:)[a-z][\w+.-]*:|#$)/i;
const CONTROL = /^(input|textarea|select|summary|dialog)$/;
const BUTTON = /^(button|submit|image)$/i;
/** In any role of several: check boxes, list boxes, text boxes, also those of menus. */
const ROLE = /box|switch|radio|slider|spinbutton|dialog/i;
const EDITABLE = /^(?!false)/i;

/** Also links of SVG, in the old way of writing. */
const hrefOf = (step: Step) => attribute(step, "href") ?? attribute(step, "xlink:href");

export const isLink = (step: Step) => /^a(rea)?$/.test(nameOf(step)) && hrefOf(step) !== null;

/** A link to a page. */
export const isPageLink = (step: Step) => isLink(step) && !ELSEWHERE.test(`${hrefOf(step)}`.trim());

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
