// Owns making elements without markup in strings. Knows no content.

/**
 * @param {string} name
 * @param {Record<string, unknown>} [attributes] `class`, `href`, `data-…`, `on…` listeners; false and undefined are left out
 * @param {...(Node | string | false | undefined)} children
 */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === undefined) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== false && child !== undefined));
  return element;
}

/** @returns {HTMLElement} */
export function byId(id) {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no #${id}`);
  return element;
}

/** "March 2022" from an ISO date. */
export function monthOf(date) {
  const format = new Intl.DateTimeFormat("en", { month: "long", year: "numeric", timeZone: "UTC" });
  return format.format(new Date(date));
}
