// React, with the package from npm: attributes by `resultAttributes`, navigation on the client, pages loaded as one scrolls.
// `htm` stands for JSX, so that the example needs no compiler of its own.
import { init, resultAttributes } from "clicktrail";
import htm from "htm";
import { createElement, StrictMode, useEffect, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { search } from "./search.js";

const html = htm.bind(createElement);
const PAGE_SIZE = 6;
const { dataset, apiKey, url } = JSON.parse(document.getElementById("demo-config").textContent);

// Once a page, outside of components: rendering twice must not start it twice.
const tracker = init({ dataset, apiKey, endpoint: `${url}/api/analytics/ctr` });

/** The pages of one search so far; each response keeps its own request id. */
function useSearch(query) {
  const [pages, setPages] = useState([]);
  const [wanted, setWanted] = useState(1);
  useEffect(() => {
    let isCurrent = true;
    search(query, wanted, PAGE_SIZE).then((response) => {
      if (isCurrent) setPages((before) => [...before.slice(0, wanted - 1), response]);
    });
    return () => {
      isCurrent = false;
    };
  }, [query, wanted]);
  const last = pages.at(-1)?.total_pages ?? 1;
  return { pages, more: pages.length === wanted && wanted < last ? () => setWanted(wanted + 1) : undefined };
}

function Result({ requestId, chunk, position, open }) {
  const href = `/examples/react/${chunk.tracking_id}`;
  const onClick = (event) => {
    // The click is counted although the page takes the navigation over; one with Ctrl opens its own tab as ever.
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    open(href, chunk);
  };
  const tag = resultAttributes({ requestId, chunkId: chunk.id, position, type: "search" });
  return html`<li ...${tag}><a href=${href} onClick=${onClick}>${chunk.metadata.name}</a></li>`;
}

function Results({ query, open }) {
  const { pages, more } = useSearch(query);
  const end = useRef(null);
  useEffect(() => {
    if (!more) return;
    const observer = new IntersectionObserver(([entry]) => entry.isIntersecting && more());
    observer.observe(end.current);
    return () => observer.disconnect();
  });
  const results = pages.flatMap(({ id, chunks }, page) =>
    chunks.map(({ chunk }, index) => {
      const position = page * PAGE_SIZE + index + 1;
      return html`<${Result} key=${chunk.id} requestId=${id} chunk=${chunk} position=${position} open=${open} />`;
    }),
  );
  return html`<div>
    <ol id="results">${results}</ol>
    <p ref=${end}>${more ? "More to come…" : ""}</p>
  </div>`;
}

/** What became of the latest click: the tracker tells, the page need not ask. */
function Reported() {
  const [text, setText] = useState("Click a result: it opens in this page, and is reported.");
  useEffect(
    () =>
      tracker.on("delivered", ({ payload }) => setText(`Reported: a click at position ${payload.position}.`)),
    [],
  );
  return html`<p role="status">${text}</p>`;
}

function Search() {
  const [query, setQuery] = useState(new URLSearchParams(location.search).get("q") || "grid");
  const [opened, setOpened] = useState(null);
  useEffect(() => {
    const onBack = () => setOpened(null);
    addEventListener("popstate", onBack);
    return () => removeEventListener("popstate", onBack);
  }, []);
  const open = (href, chunk) => {
    history.pushState({}, "", href);
    setOpened(chunk);
  };
  const onSubmit = (event) => {
    event.preventDefault();
    setQuery(event.currentTarget.elements.q.value);
  };
  // The list stays where it was while a result is open.
  return html`<div>
    <${Reported} />
    ${opened && html`<article id="opened"><h2>${opened.metadata.name}</h2><p>${opened.chunk_html}</p><p><button onClick=${() => history.back()}>Back</button></p></article>`}
    <div hidden=${Boolean(opened)}>
      <form id="form" role="search" onSubmit=${onSubmit}><input type="search" name="q" aria-label="Search" defaultValue=${query} /> <button>Search</button></form>
      <${Results} key=${query} query=${query} open=${open} />
    </div>
  </div>`;
}

createRoot(document.getElementById("root")).render(html`<${StrictMode}><${Search} /><//>`);
