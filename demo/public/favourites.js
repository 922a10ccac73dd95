// Owns the favourites and their button. A favourite isn't a click-through: the button isn't a link, so nothing is reported.
import { make } from "./dom.js";

const KEY = "atlas-favourites";
const STAR =
  '<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path d="m12 4 2.4 5 5.6.8-4 3.9.9 5.5-4.9-2.6-4.9 2.6.9-5.5-4-3.9 5.6-.8z" stroke="currentColor" stroke-width="1.7" stroke-linejoin="round"/></svg>';

function read() {
  try {
    return new Set(JSON.parse(localStorage.getItem(KEY) ?? "[]"));
  } catch {
    return new Set();
  }
}

function toggle(id) {
  const kept = read();
  if (!kept.delete(id)) kept.add(id);
  try {
    localStorage.setItem(KEY, JSON.stringify([...kept]));
  } catch {
    // Not kept over visits, then.
  }
  return kept.has(id);
}

/** @param {{ id: string, name: string }} chunk */
export function favouriteButton({ id, name }) {
  const button = make("button", {
    type: "button",
    class: "favourite",
    "aria-label": `Favourite ${name}`,
    "aria-pressed": String(read().has(id)),
    onclick: () => button.setAttribute("aria-pressed", String(toggle(id))),
  });
  button.innerHTML = STAR;
  return button;
}
