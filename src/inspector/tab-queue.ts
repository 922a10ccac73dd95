// Owns the tab of the queue: where all clicks are, what waits in this browser and for what, and how the endpoint has responded.
import { type ComponentChild, h } from "preact";
import { ahead, type Entry } from "../courier/row";
import { isInDoubt } from "./compare";
import { nextAt } from "./rows";
import { nameOf } from "./seen";
import type { Actions, State } from "./state";
import { IN_DOUBT, IN_DOUBT_RESENT, inWords, many, sum, timeOf } from "./words";

function tally({ stats, tracker }: State): ComponentChild {
  if (!stats) return;
  const counts = {
    Made: stats.made,
    Delivered: stats.delivered,
    Waiting: stats.waiting,
    "In doubt": stats.inDoubt,
    Dropped: sum(stats.dropped),
  };
  const reasons = Object.entries(stats.dropped).map(([reason, count]) => `${count} ${reason}`);
  return h(
    "section",
    { class: "stack tight" },
    h("h3", {}, "All clicks in this browser, from every page and visit"),
    h(
      "dl",
      { class: "tally" },
      Object.entries(counts).map(([name, count]) =>
        h("div", { key: name }, h("dt", {}, name), h("dd", {}, count)),
      ),
    ),
    stats.inDoubt > 0 &&
      h("p", { class: "muted small" }, `In doubt: ${tracker?.route.resend ? IN_DOUBT_RESENT : IN_DOUBT}`),
    reasons[0] && h("p", { class: "muted small" }, `Dropped: ${reasons.join(", ")}.`),
    stats.unreadable > 0 &&
      h(
        "p",
        { class: "muted small" },
        `${many(stats.unreadable, "stored row")} can't be read by this version, and stay as they are.`,
      ),
  );
}

/** What a click in the queue waits for. */
export function waitsFor(row: Entry, { rows, now }: Pick<State, "rows" | "now">): string {
  if (row.begun && ahead(row.due, now)) return "under way";
  if (isInDoubt(row, now)) return "in doubt: its page closed before the response arrived";
  const due = nextAt(row, rows?.ledger, now);
  if (due > now) return `${row.attempt ? "next" : "first"} attempt ${inWords(due, now)} at the earliest`;
  return "sent with the next flush";
}

function entry(row: Entry, state: State): ComponentChild {
  const seen = state.seen.find(({ id }) => id === row.id);
  return h(
    "li",
    { key: row.id },
    h(
      "details",
      {},
      h(
        "summary",
        {},
        h("span", { class: "what" }, (seen && nameOf(seen, state)) || `Click ${row.id.slice(0, 13)}…`),
        h("span", { class: "muted small" }, timeOf(row.at)),
        h(
          "span",
          { class: "why" },
          `${row.attempt ? `Attempt ${row.attempt}` : "Not sent yet"} · ${waitsFor(row, state)}`,
        ),
      ),
      h("div", { class: "inner" }, h("pre", { class: "wire" }, JSON.stringify(row, undefined, 2))),
    ),
  );
}

function health({ rows, now, stats }: State): string {
  const { downSince = 0, until = 0, asked = 0 } = rows?.ledger?.health ?? {};
  const isUnsent = stats?.made === stats?.waiting && !rows?.entries.some(({ attempt }) => attempt);
  if (isUnsent) return "Nothing has been sent to the endpoint yet.";
  if (!downSince) return "The last request to the endpoint did not fail.";
  const silence =
    asked > now ? ` The server asked for a pause, so new clicks wait too, until ${timeOf(asked)}.` : "";
  return `The endpoint has been failing since ${timeOf(downSince)}. The next flush is ${inWords(until, now)}.${silence}`;
}

function flush({ flushed }: State, actions: Actions): ComponentChild {
  return h(
    "section",
    { class: "stack tight" },
    h("div", {}, h("button", { type: "button", class: "action", onClick: actions.flush }, "Flush now")),
    h(
      "div",
      { role: "status" },
      flushed && h("p", { class: "verdict small", "data-mark": "tracking" }, flushed),
    ),
    h(
      "p",
      { class: "muted small" },
      "Flushing sends every click that is due. Clicks that have to wait for their next attempt stay in the queue.",
    ),
  );
}

export function queueTab(state: State, actions: Actions): ComponentChild {
  const { rows, tracker, stats } = state;
  if (!tracker) return h("p", { class: "blank" }, "clicktrail isn't running on this page.");
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
      rows ? health(state) : "The database doesn't respond. Clicks are kept in memory and sent at once.",
    ),
    flush(state, actions),
    entries.length > 0
      ? h(
          "ul",
          { class: "clicks", "aria-label": "Waiting clicks" },
          entries.map((row) => entry(row, state)),
        )
      : h("p", { class: "blank" }, "The queue is empty."),
    inMemory > 0 &&
      h(
        "p",
        { class: "muted small" },
        `${many(inMemory, "more click")} in this page's memory${tracker.options.consent ? ", waiting for consent" : ""}.`,
      ),
    (rows?.journaled ?? 0) > 0 &&
      h(
        "p",
        { class: "muted small" },
        `${many(rows?.journaled ?? 0, "click")} in localStorage, until the database can take them.`,
      ),
  );
}
