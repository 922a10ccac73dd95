// Owns the tab of the queue: where all clicks are, what waits in this browser and for what, how the endpoint has been.
import { type ComponentChild, h } from "preact";
import type { Entry } from "../delivery/row";
import { nextAt } from "./rows";
import type { Actions, State } from "./state";
import { inWords, timeOf } from "./words";

function tally({ stats }: State): ComponentChild {
  if (!stats) return;
  const dropped = Object.values(stats.dropped).reduce((sum, count) => sum + count, 0);
  const counts = {
    Made: stats.made,
    Delivered: stats.delivered,
    Waiting: stats.waiting,
    "In doubt": stats.inDoubt,
    Dropped: dropped,
  };
  const reasons = Object.entries(stats.dropped).map(([reason, count]) => `${count} ${reason}`);
  return h(
    "section",
    {},
    h(
      "dl",
      { class: "tally" },
      Object.entries(counts).map(([name, count]) =>
        h("div", { key: name }, h("dt", {}, name), h("dd", {}, count)),
      ),
    ),
    reasons[0] && h("p", { class: "muted small" }, `Dropped: ${reasons.join(", ")}.`),
    stats.unreadable > 0 &&
      h("p", { class: "muted small" }, `${stats.unreadable} rows of another version are left alone.`),
  );
}

function waitsFor(row: Entry, { rows, now }: State): string {
  if (row.doubt) return "in doubt: its page left before the answer";
  const due = nextAt(row, rows?.ledger, now);
  if (due > now) return `next attempt ${inWords(due, now)} at the earliest`;
  return "goes with the next flush";
}

function entry(row: Entry, state: State): ComponentChild {
  const what = state.seen.find(({ id }) => id === row.id)?.what;
  return h(
    "li",
    { key: row.id },
    h(
      "details",
      {},
      h(
        "summary",
        {},
        h("span", { class: "what" }, what || `Click ${row.id.slice(0, 13)}…`),
        h("span", { class: "muted small" }, timeOf(row.at)),
        h("span", { class: "why" }, `Attempt ${row.attempt} · ${waitsFor(row, state)}`),
      ),
      h("div", { class: "inner" }, h("pre", { class: "wire" }, JSON.stringify(row, undefined, 2))),
    ),
  );
}

function health({ rows, now }: State): string {
  const { fails = 0, until = 0, asked = 0 } = rows?.ledger?.health ?? {};
  if (!fails) return "The endpoint answered the last request.";
  const silence =
    asked > now ? ` The server asked for silence: new clicks wait too, until ${timeOf(asked)}.` : "";
  return `${fails} failure${fails > 1 ? "s" : ""} in a row; next flush ${inWords(until, now)}.${silence}`;
}

export function queueTab(state: State, actions: Actions): ComponentChild {
  const { rows, tracker, stats } = state;
  if (!tracker) return h("p", { class: "blank" }, "clicktrail does not run on this page.");
  const entries = rows?.entries ?? [];
  const inMemory = Math.max(
    0,
    (stats?.waiting ?? 0) + (stats?.inDoubt ?? 0) - entries.length - (rows?.ledger?.counts["in-doubt"] ?? 0),
  );
  return h(
    "div",
    { class: "stack" },
    tally(state),
    h(
      "p",
      { class: "muted" },
      rows ? health(state) : "The database does not answer: clicks are kept in memory and sent at once.",
    ),
    entries.length > 0
      ? h(
          "ul",
          { class: "clicks", "aria-label": "Waiting clicks" },
          entries.map((row) => entry(row, state)),
        )
      : h("p", { class: "blank" }, "Nothing waits in the database."),
    inMemory > 0 &&
      h(
        "p",
        { class: "muted small" },
        `${inMemory} more in this page's memory${tracker.options.consent ? ", waiting for consent" : ""}.`,
      ),
    (rows?.journaled ?? 0) > 0 &&
      h("p", { class: "muted small" }, `${rows?.journaled} in the journal, on their way into the database.`),
    h("div", {}, h("button", { type: "button", class: "action", onClick: actions.flush }, "Flush now")),
  );
}
