// Owns the links to the pages of a result list. Knows no search.
import { make } from "./dom.js";

/** Which page numbers to show around the current one; 0 is a gap. */
function numbersAround(page, total) {
  const near = [1, page - 1, page, page + 1, total].filter((number) => number >= 1 && number <= total);
  const numbers = [...new Set(near)].sort((a, b) => a - b);
  return numbers.flatMap((number, place) =>
    place && number - numbers[place - 1] > 1 ? [0, number] : [number],
  );
}

function step(label, to, urlFor, allowed) {
  if (!allowed) return make("span", { class: "step", "aria-disabled": "true" }, label);
  return make("a", { class: "step", href: urlFor(to), rel: label === "Next" ? "next" : "prev" }, label);
}

/** @param {{ page: number, total: number, urlFor: (page: number) => string }} options */
export function pageLinks({ page, total, urlFor }) {
  const numbers = numbersAround(page, total).map((number) => {
    if (!number) return make("li", { class: "gap", "aria-hidden": "true" }, "…");
    const current = number === page && "page";
    return make(
      "li",
      {},
      make(
        "a",
        { href: urlFor(number), "aria-current": current, "aria-label": `Page ${number}` },
        String(number),
      ),
    );
  });
  return make(
    "ul",
    {},
    make("li", {}, step("Previous", page - 1, urlFor, page > 1)),
    ...numbers,
    make("li", {}, step("Next", page + 1, urlFor, page < total)),
  );
}
