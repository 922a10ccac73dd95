// Owns the list of clicks that wait in this browser: the queue's own rows, as the inspector reads and words them. Knows no server.
import { nameOf } from "./chunk.js";
import { byId, make } from "./dom.js";
import { readBody } from "./panel-received.js";

const SHOWN = 4;

/** The inspector's module is large: it is loaded with the first click that waits. */
async function queue() {
  return import("/inspector.js").then(({ waitingClicks }) => waitingClicks()).catch(() => []);
}

function row({ id, payload, attempt, waitsFor }) {
  const { chunkId, position } = readBody(payload);
  const sent = attempt ? `attempt ${attempt}` : "not sent yet";
  return make(
    "li",
    { "data-click-id": id },
    make("span", { class: "spinner", "aria-hidden": "true" }),
    make("span", { class: "what" }, nameOf(chunkId)),
    make("span", { class: "where" }, `Position ${position} · ${sent} · ${waitsFor}`),
  );
}

/** The count is the library's, with what is in the page's memory; the rows are those in its database. */
export async function showWaiting({ waiting, inDoubt }) {
  const all = waiting || inDoubt ? await queue() : [];
  const rows = all.slice(-SHOWN).reverse().map(row);
  const others = Math.max(0, waiting - rows.length);
  const words = rows.length ? `and ${others} more` : `${others} in this page’s memory`;
  const more = make("li", { class: "more" }, words);
  byId("waiting").replaceChildren(...rows, ...(others ? [more] : []));
  byId("waiting-blank").hidden = rows.length + others > 0;
}
