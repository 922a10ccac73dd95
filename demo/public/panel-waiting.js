// Owns the list of clicks that wait in this browser, from the library's events and its count. Knows no server.
import { nameOf } from "./chunk.js";
import { byId, make } from "./dom.js";
import { readBody } from "./panel-received.js";

const SHOWN = 4;

function stateOf({ name, attempt, status, message }) {
  if (name === "click") return "on its way";
  const why = status ? `${status} ${message ?? ""}`.trim() : "no response";
  return `attempt ${attempt ?? 1} · ${why}`;
}

function row([id, { payload, state }]) {
  const { chunkId, position } = readBody(payload);
  const what = payload ? nameOf(chunkId) : `Click ${id.slice(-6)}`;
  const where = position === undefined ? "" : `position ${position} · `;
  return make(
    "li",
    { "data-click-id": id },
    make("span", { class: "spinner", "aria-hidden": "true" }),
    make("span", { class: "what" }, what),
    make("span", { class: "where" }, `${where}${state}`),
  );
}

export function createWaiting() {
  /** @type {Map<string, { payload: any, state: string }>} */
  const open = new Map();

  function hear(told) {
    if (told.name === "delivered" || told.name === "dropped" || told.name === "in-doubt") {
      open.delete(told.id);
      return;
    }
    open.set(told.id, { payload: told.payload ?? open.get(told.id)?.payload, state: stateOf(told) });
  }

  /** The count is what the library has stored; the events only say which clicks those are. */
  function show({ waiting }) {
    if (!waiting) open.clear();
    const rows = [...open].slice(-SHOWN).reverse().map(row);
    const others = Math.max(0, waiting - rows.length);
    const more = make(
      "li",
      { class: "more" },
      rows.length ? `and ${others} more` : `${others} from an earlier page`,
    );
    byId("waiting").replaceChildren(...rows, ...(others ? [more] : []));
    byId("waiting-blank").hidden = rows.length + others > 0;
  }

  return { hear, show };
}
