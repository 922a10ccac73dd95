// Owns what a click on an element does by itself: opens a link, moves a control, or nothing. Knows no tags but `data-ctr-click`.
import { attribute, nameOf, type Step, value } from "./step";

/** Addresses that lead to no page: mail, telephone, scripts. */
const ELSEWHERE = /^(?!https?:)[a-z][\w+.-]*:/i;
const CONTROL = /^(input|textarea|select|summary|dialog)$/;
const BUTTON = /^(button|submit|image)$/i;
const ROLE = /^(checkbox|switch|radio|slider|spinbutton|textbox|searchbox|combobox|dialog)$/;

/** Also links of SVG, in the old way of writing. */
const hrefOf = (step: Step) => attribute(step, "href") ?? attribute(step, "xlink:href");

export const isLink = (step: Step) => /^a(rea)?$/.test(nameOf(step)) && hrefOf(step) !== null;

/** A link to a page. */
export const isPageLink = (step: Step) => isLink(step) && !ELSEWHERE.test(`${hrefOf(step)}`.trim());

/** What a click moves, ticks or types in. */
export function isControl(step: Step): boolean {
  const name = nameOf(step);
  const editable = attribute(step, "contenteditable");
  if (CONTROL.test(name)) return !BUTTON.test(value(step, "type") ?? "");
  return (
    (editable !== null && editable !== "false") ||
    ROLE.test(value(step, "role") ?? "") ||
    (/^(audio|video)$/.test(name) && attribute(step, "controls") !== null)
  );
}
