// Owns the counts, their bar and the sentences beside them. Knows no events.
import { byId } from "./dom.js";
import { countsOf, sayNoneReceived, sayNoneWaiting, sayStatus } from "./panel-words.js";
import { config } from "./trieve.js";

const PARTS = ["delivered", "waiting", "inDoubt", "dropped"];

function drawBalance(counts) {
  const balance = byId("balance");
  for (const part of PARTS) {
    const bar = balance.querySelector(`[data-part="${part}"]`);
    bar?.setAttribute("style", `flex-grow:${counts[part]}`);
    bar?.toggleAttribute("data-empty", !counts[part]);
  }
  balance.setAttribute("aria-label", counts.made ? sayStatus(counts).text : "No clicks yet");
}

/** A live region speaks at every change of its text, so a text is set only when it differs. */
function setText(id, text) {
  const element = byId(id);
  if (element.textContent !== text) element.textContent = text;
}

function say({ state, text, short }) {
  byId("pulse").dataset.state = state;
  byId("panel-status").dataset.state = state;
  setText("panel-status", text);
  setText("panel-short", short);
}

function reasonsOf({ dropped = {} }) {
  return Object.entries(dropped)
    .filter(([, count]) => count)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(", ");
}

/** @param {any} stats the library's, or undefined when the library never loaded */
export function showTally(stats) {
  if (!stats) {
    say({ state: "lost", text: "clicktrail.js did not load, so no click is reported.", short: "Not loaded" });
    for (const part of ["waiting", "received", "chart"])
      setText(`${part}-blank`, "Nothing is reported on this page.");
    return;
  }
  const counts = countsOf(stats);
  for (const [name, count] of Object.entries(counts)) {
    const place = byId(`count-${name}`);
    place.textContent = String(count);
    place.parentElement?.toggleAttribute("data-some", count > 0);
  }
  byId("doubt").hidden = !counts.inDoubt;
  byId("dropped").hidden = !counts.dropped;
  setText("dropped", `Dropped: ${reasonsOf(stats)}.`);
  drawBalance(counts);
  say(sayStatus(counts));
  setText("waiting-blank", sayNoneWaiting(counts));
  setText("received-blank", sayNoneReceived(counts, config.standIn));
}
