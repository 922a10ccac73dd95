// Owns the list of payloads as the server received them, newest first. Knows nothing of the queue.
import { nameOf } from "./chunk.js";
import { byId, make } from "./dom.js";

const KEPT = 40;
/** Older ones are behind a button, so that the chart stays in view. */
const SHOWN = 5;
const TYPES = { search: "Search", rag: "Answer", recommendation: "Recommended" };

/** One shape for both routes' bodies. */
export function readBody(body) {
  const clicked = body?.clicked_items;
  return {
    type: body?.ctr_type ?? body?.request?.request_type,
    position: body?.position ?? clicked?.position,
    chunkId: body?.clicked_chunk_id ?? clicked?.chunk_id,
    own: body?.metadata?.clicktrail,
  };
}

function flag({ status, repeat }, attempt) {
  if (repeat) return make("span", { class: "flag bad" }, "Repeat");
  if (status === 204 && attempt > 1) return make("span", { class: "flag" }, `Attempt ${attempt}`);
  return undefined;
}

/** A check that is refused is as it should be. */
function codeClass({ check }, accepted) {
  if (check) return "code";
  return accepted ? "code good" : "code bad";
}

/** What the add-on context says, in words. */
function seenWords({ context } = {}) {
  if (!context) return undefined;
  const ranges = context.seen.map(([first, last]) => (first === last ? first : `${first}–${last}`));
  const seen = ranges.length
    ? `Results seen before the click: ${ranges.join(", ")}`
    : "No result had been in view for half a second yet";
  const { away_ms: away } = context.previous ?? {};
  return away === undefined ? seen : `${seen} · back after ${(away / 1_000).toFixed(1)} s`;
}

function entry(one) {
  const { type, position, chunkId, own } = readBody(one.body);
  const accepted = one.status === 204;
  const time = new Date(one.at).toLocaleTimeString("en", { hour12: false });
  const what = one.check ? "Endpoint check" : (one.title ?? nameOf(chunkId));
  const where = one.check ? "Not a click" : `${TYPES[type] ?? "Unknown type"} · position ${position ?? "?"}`;
  return make(
    "li",
    { "data-n": one.n, "data-click-id": own?.id, "data-status": one.status, "data-repeat": one.repeat },
    make(
      "details",
      {},
      make(
        "summary",
        {},
        make("span", { class: codeClass(one, accepted) }, one.check ? "check" : String(one.status)),
        make("span", { class: "what" }, what),
        flag(one, own?.attempt),
        make("span", { class: "where" }, `${where} · ${time}`),
        own?.context && make("span", { class: "where", "data-seen": "" }, seenWords(own)),
      ),
      one.message && make("p", { class: "refused" }, one.message),
      make("pre", { tabindex: "0" }, JSON.stringify(one.body, null, 2)),
    ),
  );
}

/** Adds what is new at the top, so that opened entries stay open. */
export function showReceived({ received }) {
  const list = byId("received");
  const newest = Number(list.firstElementChild?.getAttribute("data-n") ?? 0);
  const kept = new Set(received.map(({ n }) => String(n)));
  for (const element of [...list.children]) {
    if (!kept.has(element.getAttribute("data-n") ?? "")) element.remove();
  }
  const fresh = received.filter(({ n }) => n > newest).slice(-KEPT);
  list.prepend(...fresh.reverse().map(entry));
  while (list.children.length > KEPT) list.lastElementChild?.remove();
  [...list.children].forEach((element, place) => {
    element.classList.toggle("older", place >= SHOWN);
  });
  const more = byId("received-more");
  more.hidden = list.children.length <= SHOWN || list.hasAttribute("data-all");
  more.textContent = `Show ${list.children.length - SHOWN} older`;
  more.onclick = () => {
    list.setAttribute("data-all", "");
    more.hidden = true;
  };
  byId("received-blank").hidden = list.children.length > 0;
  byId("clear").hidden = !list.children.length;
}
