// Owns turning values into safe HTML text. Knows no page.

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** A value that is HTML already. */
class Html extends String {}

/** Marks text as HTML that needs no escaping. */
export function raw(text) {
  return new Html(text);
}

function escaped(value) {
  if (value === undefined || value === null || value === false) return "";
  if (Array.isArray(value)) return value.map(escaped).join("");
  if (value instanceof Html) return String(value);
  return String(value).replace(/[&<>"']/g, (sign) => ENTITIES[sign]);
}

/** Template tag: every value is escaped unless it is HTML made by this tag (or by `raw`). */
export function html(strings, ...values) {
  return raw(strings.reduce((text, part, place) => text + escaped(values[place - 1]) + part));
}

/** JSON that may stand inside a script element. */
export function jsonIn(value) {
  return raw(JSON.stringify(value).replaceAll("<", "\\u003c"));
}
