// Owns the panel's sentences: each is derived from all five counts, so that none can contradict another. Pure text, knows no page.

/**
 * @typedef {object} Counts
 * @property {number} made
 * @property {number} delivered
 * @property {number} waiting
 * @property {number} inDoubt
 * @property {number} dropped
 */

/**
 * The library's stats with the drops of every reason added up.
 * @returns {Counts}
 */
export function countsOf({ made, delivered, waiting, inDoubt, dropped = {} }) {
  const all = Object.values(dropped).reduce((sum, count) => sum + count, 0);
  return { made, delivered, waiting, inDoubt, dropped: all };
}

function clicks(count) {
  return count === 1 ? "1 click" : `${count} clicks`;
}

/** @param {Counts} counts */
function parts({ delivered, waiting, inDoubt, dropped }) {
  return [
    `${delivered} delivered`,
    waiting && `${waiting} waiting`,
    inDoubt && `${inDoubt} in doubt`,
    dropped && `${dropped} dropped`,
  ].filter((part) => typeof part === "string");
}

/** @param {Counts} counts */
function stateOf({ made, waiting, inDoubt, dropped }) {
  if (!made) return "idle";
  if (waiting || inDoubt) return "waiting";
  return dropped ? "lost" : "good";
}

/**
 * The sentence at the top, its short form for the phone, and the tone of both.
 * @param {Counts} counts
 */
export function sayStatus(counts) {
  const { made, delivered } = counts;
  const state = stateOf(counts);
  if (!made) return { state, text: "No clicks yet. Open a result to make one.", short: "No clicks yet" };
  const short = parts(counts).join(" · ");
  if (delivered === made)
    return {
      state,
      text: made === 1 ? "The click is delivered." : `All ${made} clicks are delivered.`,
      short,
    };
  return { state, text: `${clicks(made)}: ${new Intl.ListFormat("en").format(parts(counts))}.`, short };
}

/**
 * What stands in place of the waiting clicks when there are none.
 * @param {Counts} counts
 */
export function sayNoneWaiting({ made, delivered, inDoubt, dropped }) {
  if (!made) return "The queue is empty.";
  if (delivered === made) return "The queue is empty. The server has accepted every click.";
  const others = [inDoubt && `${inDoubt} in doubt`, dropped && `${dropped} dropped`].filter(Boolean);
  return `The queue is empty: ${[`${delivered} delivered`, ...others].join(", ")}.`;
}

/**
 * What stands in place of the received clicks when there are none.
 * @param {Counts} counts
 * @param {boolean} standIn with a real Trieve the list is what this tab saw delivered
 */
export function sayNoneReceived({ made, delivered, waiting, inDoubt }, standIn) {
  if (!made) return "Open a result, and its click appears here.";
  if (!standIn) return "No click was delivered from this page yet.";
  if (delivered) return "Nothing new has arrived.";
  const where = [
    waiting && `${clicks(waiting)} waiting in this browser`,
    inDoubt && `${clicks(inDoubt)} in doubt`,
  ];
  return `Nothing has arrived yet: ${where.filter(Boolean).join(", ") || "every click was dropped"}.`;
}
