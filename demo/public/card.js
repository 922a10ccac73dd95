// Owns how one result looks, as a plain card or as a web component in an open shadow root. Knows no requests.
import { view } from "./chunk.js";
import { make, monthOf } from "./dom.js";
import { favouriteButton } from "./favourites.js";

function outside(href, label) {
  return make("a", { class: "outside", href, target: "_blank", rel: "noopener" }, label);
}

function meta({ baseline, label, since, groups }) {
  return make(
    "p",
    { class: "meta" },
    label && make("span", { class: "badge", "data-baseline": baseline }, label),
    since && baseline !== "limited" && make("span", {}, `since ${monthOf(since)}`),
    groups.length > 0 && make("span", {}, groups.slice(0, 2).join(", ")),
  );
}

function content(chunk) {
  return [
    make(
      "div",
      { class: "card-head" },
      make("h3", {}, make("a", { href: chunk.href }, chunk.name)),
      favouriteButton(chunk),
    ),
    meta(chunk),
    make("p", { class: "description" }, chunk.description),
    make(
      "p",
      { class: "card-links" },
      chunk.link && outside(chunk.link, "Specification"),
      chunk.caniuse && outside(chunk.caniuse, "Can I use"),
    ),
  ];
}

function pageStyles() {
  const sheet = new CSSStyleSheet();
  const rules = [...document.styleSheets].flatMap((source) => [...source.cssRules]);
  sheet.replaceSync(rules.map((rule) => rule.cssText).join("\n"));
  return sheet;
}

let styles;

class FeatureCard extends HTMLElement {
  /** @param {ReturnType<typeof view>} chunk */
  show(chunk) {
    styles ??= pageStyles();
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [styles];
    root.replaceChildren(make("article", { class: "card", "data-component": "" }, ...content(chunk)));
  }
}
customElements.define("feature-card", FeatureCard);

/** @param {{ chunk: any }} scored @param {boolean} inShadow */
export function resultCard({ chunk }, inShadow) {
  const shown = view(chunk);
  if (!inShadow) return make("li", {}, make("article", { class: "card" }, ...content(shown)));
  const card = /** @type {FeatureCard} */ (make("feature-card"));
  card.show(shown);
  return make("li", {}, card);
}

/** A grey shape where a result will be. */
export function placeholderCard() {
  const line = (width) => make("span", { class: "bone", style: `inline-size:${width}` });
  return make(
    "li",
    { "aria-hidden": "true" },
    make("div", { class: "card ghost" }, line("40%"), line("24%"), line("92%"), line("70%")),
  );
}
