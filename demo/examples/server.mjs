// A server-rendered page: the server searches and writes the attributes. The page needs the script tag and nothing else.
// `resultAttributes` works without a DOM.
import { resultAttributes } from "clicktrail";
import { html } from "../html.mjs";

const PAGE_SIZE = 6;

async function search({ url, dataset, apiKey }, query, page) {
  const response = await fetch(`${url}/api/chunk/search`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "TR-Dataset": dataset, Authorization: apiKey },
    body: JSON.stringify({ query, page, page_size: PAGE_SIZE, search_type: "fulltext" }),
  });
  if (!response.ok) throw new Error(`The search responded ${response.status}.`);
  return response.json();
}

/** The results of one page; positions are absolute over pages. */
export async function renderResults(api, query, page) {
  const { id, chunks } = await search(api, query, page);
  const results = chunks.map(({ chunk }, index) => {
    const position = (page - 1) * PAGE_SIZE + index + 1;
    return html`<li${attributes({ chunkId: chunk.id, position })}><a href="/feature/${chunk.tracking_id}">${chunk.metadata.name}</a></li>`;
  });
  return html`<ol id="results"${attributes({ requestId: id, type: "search" })} style="--before: ${(page - 1) * PAGE_SIZE}">${results}</ol>`;
}

function attributes(tag) {
  return Object.entries(resultAttributes(tag)).map(([name, value]) => html` ${name}="${value}"`);
}
