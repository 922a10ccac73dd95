// React with the npm package: each result spreads its attributes, links open in the page, and more results load as one scrolls.
import { init, resultAttributes } from "clicktrail";
import { StrictMode, useEffect, useRef, useState } from "react";
import { createRoot } from "react-dom/client";
import { search } from "./search.js";

const PAGE_SIZE = 6;
const { dataset, apiKey, url } = JSON.parse(document.getElementById("demo-config").textContent);

// Once for the whole page, outside of components: rendering twice must not start it twice.
const tracker = init({ dataset, apiKey, endpoint: `${url}/api/analytics/ctr` });

/** The responses of one search so far; each keeps its own request id, and its results their positions. */
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
    // The click is counted although the page handles the navigation. With Ctrl, the link opens a tab of its own as usual.
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    open(href, chunk);
  };
  const tag = resultAttributes({ requestId, chunkId: chunk.id, position, type: "search" });
  return (
    <li {...tag}>
      <a href={href} onClick={onClick}>
        {chunk.metadata.name}
      </a>
    </li>
  );
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
      return <Result key={chunk.id} requestId={id} chunk={chunk} position={position} open={open} />;
    }),
  );
  return (
    <div>
      <ol id="results">{results}</ol>
      <p ref={end}>{more ? "Loading more…" : ""}</p>
    </div>
  );
}

/** What happened to the latest click: the tracker calls back. */
function Reported() {
  const [text, setText] = useState("Click a result. It opens in this page, and the click is reported.");
  useEffect(
    () =>
      tracker.on("delivered", ({ payload }) =>
        setText(`Delivered: a click at position ${payload.position}.`),
      ),
    [],
  );
  return <p role="status">{text}</p>;
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
  return (
    <div>
      <Reported />
      {opened && (
        <article id="opened">
          <h2>{opened.metadata.name}</h2>
          <p>{opened.chunk_html}</p>
          <p>
            <button type="button" onClick={() => history.back()}>
              Back
            </button>
          </p>
        </article>
      )}
      <div hidden={Boolean(opened)}>
        <form id="form" onSubmit={onSubmit}>
          <input type="search" name="q" aria-label="Search" defaultValue={query} />
          <button type="submit">Search</button>
        </form>
        <Results key={query} query={query} open={open} />
      </div>
    </div>
  );
}

createRoot(document.getElementById("root")).render(
  <StrictMode>
    <Search />
  </StrictMode>,
);
