// Owns the live panel: wires what the server received and what the library reports to the panel's parts.
import { byId } from "./dom.js";
import { createChart } from "./panel-chart.js";
import { createFeed } from "./panel-feed.js";
import { showReceived } from "./panel-received.js";
import { showTally } from "./panel-tally.js";
import { showWaiting } from "./panel-waiting.js";
import { trackerRuns } from "./tracker.js";
import { config } from "./trieve.js";

const POLL_MS = 1_000;

function addToggle() {
  const panel = byId("panel");
  const toggle = byId("panel-toggle");
  function open(wanted) {
    panel.dataset.open = String(wanted);
    toggle.setAttribute("aria-expanded", String(wanted));
  }
  toggle.addEventListener("click", () => open(panel.dataset.open !== "true"));
  // On a phone the two would lie over each other.
  document.addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest("[data-inspect]")) open(false);
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || panel.dataset.open !== "true") return;
    open(false);
    toggle.focus();
  });
}

/** The switches follow the server, so two tabs show the same. */
function showMood(mood, isReachable = true) {
  for (const radio of document.querySelectorAll('input[name="mood"]')) {
    if (!(radio instanceof HTMLInputElement)) continue;
    radio.checked = isReachable && radio.value === mood;
    if (radio.checked) byId("mood-hint").textContent = radio.dataset.hint ?? "";
  }
  if (!isReachable) byId("mood-hint").textContent = "It doesn’t respond. Is the demo still running?";
  byId("panel").dataset.mood = mood;
}

function addMoods(feed) {
  for (const radio of document.querySelectorAll('input[name="mood"]')) {
    radio.addEventListener("change", () => {
      if (!(radio instanceof HTMLInputElement)) return;
      showMood(radio.value);
      void feed.setMood(radio.value);
    });
  }
  byId("clear").addEventListener("click", () => void feed.clear());
}

/** Runs now and every second, but not while nobody looks. */
function every(run) {
  void run();
  setInterval(() => {
    if (!document.hidden) void run();
  }, POLL_MS);
}

export async function startPanel() {
  addToggle();
  const chart = createChart();
  const feed = createFeed(config);
  addMoods(feed);
  every(async () => {
    const state = await feed.read();
    if (config.standIn) showMood(state.mood, state.reachable);
    showReceived(state);
    chart.show(state);
  });

  const tracker = await trackerRuns();
  if (!tracker) {
    showTally(undefined);
    return;
  }
  const refresh = async () => {
    // While the page is left nothing can be asked; the next turn asks again.
    const stats = await tracker.stats().catch(() => undefined);
    if (!stats) return;
    showTally(stats);
    await showWaiting(stats);
  };
  for (const name of ["click", "delivered", "waiting", "in-doubt", "dropped"]) {
    tracker.on(name, (told) => {
      feed.hear(told);
      void refresh();
    });
  }
  every(refresh);
}
