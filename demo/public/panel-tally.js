// Owns the counts and the sentence that sums them up. Knows no events.
import { byId } from "./dom.js";

const PARTS = ["delivered", "waiting", "inDoubt", "dropped"];

function flatten(stats) {
  const dropped = Object.values(stats.dropped ?? {}).reduce((sum, count) => sum + count, 0);
  return {
    made: stats.made,
    delivered: stats.delivered,
    waiting: stats.waiting,
    inDoubt: stats.inDoubt,
    dropped,
  };
}

function clicks(count) {
  return count === 1 ? "1 click" : `${count} clicks`;
}

function sumUp({ made, waiting, inDoubt, dropped }) {
  if (!made) return { state: "idle", text: "No clicks yet. Open a result to make one." };
  if (waiting) return { state: "waiting", text: `${clicks(waiting)} safe in this browser's queue.` };
  if (dropped) return { state: "lost", text: `${clicks(dropped)} given up, each for a stated reason.` };
  if (inDoubt) return { state: "waiting", text: `${clicks(inDoubt)} handed over, answer not seen.` };
  return { state: "good", text: made === 1 ? "The click has arrived." : `All ${made} clicks have arrived.` };
}

function drawBalance(counts) {
  const balance = byId("balance");
  for (const part of PARTS) {
    const bar = balance.querySelector(`[data-part="${part}"]`);
    bar?.setAttribute("style", `flex-grow:${counts[part]}`);
    bar?.toggleAttribute("data-empty", !counts[part]);
  }
  balance.setAttribute(
    "aria-label",
    `Made ${counts.made}: delivered ${counts.delivered}, waiting ${counts.waiting}, in doubt ${counts.inDoubt}, dropped ${counts.dropped}`,
  );
}

function say(state, text, short) {
  byId("pulse").dataset.state = state;
  byId("panel-short").textContent = short;
  const status = byId("panel-status");
  status.dataset.state = state;
  // A live region speaks at every change of its text, so it is set only when it differs.
  if (status.textContent !== text) status.textContent = text;
}

/** @param {any} stats the library's, or undefined when the library never loaded */
export function showTally(stats) {
  if (!stats) {
    say("lost", "clicktrail.js did not load: no click is reported.", "not loaded");
    return;
  }
  const counts = flatten(stats);
  for (const [name, count] of Object.entries(counts)) {
    const place = byId(`count-${name}`);
    place.textContent = String(count);
    place.parentElement?.toggleAttribute("data-some", count > 0);
  }
  byId("tally-title").title = Object.entries(stats.dropped ?? {})
    .map(([reason, count]) => `${count} dropped: ${reason}`)
    .join("\n");
  drawBalance(counts);
  const { state, text } = sumUp(counts);
  say(state, text, `${counts.delivered} delivered · ${counts.waiting} waiting`);
}
