// A web component: the results are in an open shadow root and are tagged there. clicktrail sees their clicks from outside.
import { search } from "./search.js";

class SearchResults extends HTMLElement {
  static observedAttributes = ["query"];

  async attributeChangedCallback(_name, _before, query) {
    const list = this.shadowRoot?.querySelector("ol") ?? this.prepare();
    const response = await search(query);
    // A newer query has been made in the meantime.
    if (this.getAttribute("query") !== query) return;
    list.replaceChildren(...response.chunks.map(({ chunk }) => resultFor(chunk)));
    window.clicktrail.tagResults(list, response);
  }

  /** The style comes before the results: a late one would move them under the visitor's pointer. */
  prepare() {
    const list = document.createElement("ol");
    this.attachShadow({ mode: "open" }).append(styleSheet(), list);
    return list;
  }
}

function resultFor(chunk) {
  const result = document.createElement("li");
  const link = document.createElement("a");
  link.href = `/feature/${chunk.tracking_id}`;
  link.textContent = chunk.metadata.name;
  result.append(link);
  return result;
}

function styleSheet() {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = "/examples.css";
  return link;
}

customElements.define("search-results", SearchResults);

const form = document.querySelector("#form");
const results = document.querySelector("search-results");
form.addEventListener("submit", (event) => {
  event.preventDefault();
  results.setAttribute("query", form.elements.q.value);
});
