// The npm entry `clicktrail/inspector`: one function that opens the inspector, so that no bundler can drop it. Runs nothing by itself.
import { runningTracker } from "../audit/setup";
import type { Payload } from "../payload";
import { type Inspector, openInspector } from "./open";
import { readRows } from "./rows";
import { waitsFor } from "./tab-queue";

export type { Inspector };

const KEY = Symbol.for("clicktrail inspector");

/**
 * Opens the inspector over this page, or brings back the one that is open, whichever copy of the script opened it.
 *
 * @example if (import.meta.env.DEV) inspect();
 */
export function inspect(): Inspector {
  const page = window as { [KEY]?: Inspector | undefined };
  page[KEY]?.focus();
  page[KEY] ??= openInspector(() => {
    delete page[KEY];
  });
  return page[KEY];
}

/** A click in this browser's queue. */
export interface WaitingClick {
  readonly id: string;
  readonly payload: Payload;
  /** How often it was sent. */
  readonly attempt: number;
  /** What it waits for, in the words of the inspector's Queue tab. */
  readonly waitsFor: string;
}

/**
 * The clicks that wait in this browser, as the inspector's Queue tab shows them. Rejects if the database doesn't respond.
 *
 * @example for (const { attempt, waitsFor } of await waitingClicks()) console.log(attempt, waitsFor);
 */
export async function waitingClicks(): Promise<WaitingClick[]> {
  const tracker = runningTracker();
  if (!tracker) return [];
  const rows = await readRows(tracker.route.scope);
  return rows.entries.map((row) => ({
    id: row.id,
    payload: row.payload,
    attempt: row.attempt,
    waitsFor: waitsFor(row, { rows, now: Date.now() }),
  }));
}
