// Owns the search page: the URL says what is shown; a search renders it and tags it with the response.
import { showAlso } from "./also.js";
import { hideChat, startChat } from "./answer.js";
import { placeholderCard, resultCard } from "./card.js";
import { rememberNames } from "./chunk.js";
import { byId, make } from "./dom.js";
import { countShown } from "./impressions.js";
import { pageLinks } from "./pages.js";
import { tag } from "./tracker.js";
import { countResults, search } from "./trieve.js";

const PAGE_SIZE = 8;
/** Which result of a page is drawn as a web component. */
const IN_SHADOW = 2;

const input = /** @type {HTMLInputElement} */ (byId("q"));
let current = new AbortController();

function readUrl() {
  const params = new URLSearchParams(location.search);
  return { query: (params.get("q") ?? "").trim(), page: Math.max(1, Number(params.get("page")) || 1) };
}

function urlOf({ query, page }) {
  if (!query) return "/";
  return `/?${new URLSearchParams({ q: query, ...(page > 1 && { page: String(page) }) })}`;
}

function setState(state) {
  byId("search").dataset.state = state;
  byId("results").setAttribute("aria-busy", String(state === "loading"));
}

/** The page's heading, which is said to screen readers as well. */
function say(message) {
  byId("summary").textContent = message;
  byId("summary-said").textContent = message;
}

function clear(message = "") {
  say(message);
  byId("results").replaceChildren();
  byId("notice").replaceChildren();
  byId("pages").hidden = true;
}

function notice(title, text, ...actions) {
  byId("notice").replaceChildren(
    make("div", { class: "notice" }, make("h2", {}, title), make("p", {}, text), ...actions),
  );
}

function showEmpty({ query, page }) {
  setState("empty");
  clear(page > 1 ? `No results on page ${page}` : "No results");
  if (page > 1) {
    notice(
      "This page is past the end",
      "There are fewer results than that.",
      make("a", { class: "primary", href: urlOf({ query, page: 1 }) }, "Back to the first page"),
    );
    return;
  }
  notice(
    `Nothing found for “${query}”`,
    "Check the spelling, try a more general word, or start from one of the suggestions above.",
  );
}

function showError(error) {
  setState("error");
  hideChat();
  byId("also").hidden = true;
  clear("The search failed");
  const retry = make("button", { type: "button", class: "primary", onclick: () => show() }, "Try again");
  notice(
    "There was no response",
    error instanceof TypeError ? "You are offline, or the server can’t be reached." : error.message,
    retry,
  );
}

function heading({ query, page }, { total_pages }, count) {
  const results = count === undefined ? "Results" : count === 1 ? "1 result" : `${count} results`;
  return `${results} for “${query}”${total_pages > 1 ? `, page ${page} of ${total_pages}` : ""}`;
}

/** A search does not say how many results it has on all pages: that is a request of its own. */
async function sayCount(wanted, response, signal) {
  const isWhole = response.total_pages < 2;
  const count = isWhole ? response.chunks.length : await countResults({ query: wanted.query, signal });
  if (!signal.aborted && count !== undefined) say(heading(wanted, response, count));
}

function showResults(wanted, response) {
  const { query, page } = wanted;
  setState("results");
  clear(heading(wanted, response));
  rememberNames(response.chunks);
  const list = byId("results");
  list.start = (page - 1) * PAGE_SIZE + 1;
  list.replaceChildren(...response.chunks.map((scored, place) => resultCard(scored, place === IN_SHADOW)));
  tag(list, response, { page, pageSize: PAGE_SIZE });
  countShown("search", list.start, response.chunks.length);
  byId("pages").replaceChildren(
    pageLinks({ page, total: response.total_pages, urlFor: (to) => urlOf({ query, page: to }) }),
  );
  byId("pages").hidden = response.total_pages < 2;
  void showAlso({ chunkIds: response.chunks.map(({ chunk }) => chunk.id) });
}

function showLoading({ query }) {
  setState("loading");
  clear(`Searching for “${query}”…`);
  byId("results").replaceChildren(...Array.from({ length: 4 }, placeholderCard));
}

/** Shows what the URL says. */
async function show() {
  current.abort();
  current = new AbortController();
  const { signal } = current;
  const wanted = readUrl();
  input.value = wanted.query;
  document.title = wanted.query ? `${wanted.query} · Platform Atlas` : "Platform Atlas";
  sessionStorage.setItem("atlas-last-search", location.pathname + location.search);
  hideChat();
  if (!wanted.query) {
    setState("start");
    clear();
    await showAlso({ title: "Click one of these" });
    return;
  }
  byId("also").hidden = true;
  showLoading(wanted);
  try {
    const response = await search({ ...wanted, pageSize: PAGE_SIZE, signal });
    if (!response.chunks.length) return showEmpty(wanted);
    if (wanted.page === 1) void startChat(wanted.query, signal);
    showResults(wanted, response);
    void sayCount(wanted, response, signal);
  } catch (error) {
    if (!signal.aborted) showError(error);
  }
}

async function go(url, focus) {
  history.pushState(null, "", url);
  window.scrollTo({ top: 0 });
  await show();
  focus?.focus({ preventScroll: true });
}

/** Links to searches stay in this page, unless the visitor wants a tab of its own. */
function stayHere(event) {
  const link = event.target instanceof Element && event.target.closest('a[href="/"], a[href^="/?"]');
  if (
    !link ||
    event.defaultPrevented ||
    event.button ||
    event.metaKey ||
    event.ctrlKey ||
    event.shiftKey ||
    event.altKey
  )
    return;
  event.preventDefault();
  void go(link.getAttribute("href"), byId("summary"));
}

byId("search-form").addEventListener("submit", (event) => {
  event.preventDefault();
  // A touch keyboard would cover the results.
  if (matchMedia("(pointer: coarse)").matches) input.blur();
  void go(urlOf({ query: input.value.trim(), page: 1 }));
});
document.addEventListener("click", stayHere);
window.addEventListener("popstate", () => void show());
void show();
