// Plain HTML: the script tag is in the page, so all that is left to do is to tag what a search has rendered.
import { search } from "./search.js";

const list = document.querySelector("#results");
const form = document.querySelector("#form");

async function show(query) {
  const response = await search(query);
  list.replaceChildren(...response.chunks.map(({ chunk }) => resultFor(chunk)));
  // The nth child shows the nth chunk; position and request id go onto the elements.
  window.clicktrail.tagResults(list, response);
}

function resultFor(chunk) {
  const result = document.createElement("li");
  const link = document.createElement("a");
  link.href = `/feature/${chunk.tracking_id}`;
  link.textContent = chunk.metadata.name;
  result.append(link);
  return result;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  show(form.elements.q.value);
});
show(form.elements.q.value);
