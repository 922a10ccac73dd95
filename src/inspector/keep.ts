// Owns what outlives the page while the inspector is open: its clicks and how it stands, in this tab's session storage alone.
import { attempt } from "../report";
import type { Seen } from "./seen";

export type TabName = "clicks" | "results" | "queue" | "setup";
export type Side = "left" | "right";

/** Where the person has put the panel: on a side, or dragged to a place in CSS pixels. */
export interface Spot {
  readonly side: Side;
  readonly at?: { readonly left: number; readonly top: number } | undefined;
}

export interface Kept {
  readonly seen: readonly Seen[];
  readonly tab: TabName;
  readonly collapsed: boolean;
  /** Absent as long as the person has not moved the panel: then each page decides. */
  readonly spot?: Spot | undefined;
}

/** Its presence means that the inspector was open: a page that allows it opens it again. */
export const KEY = "clicktrail inspector";

export const read = () => attempt(() => JSON.parse(sessionStorage[KEY]) as Kept);

export function keep(kept: Kept): void {
  attempt(() => {
    sessionStorage[KEY] = JSON.stringify(kept);
  });
}

export function forget(): void {
  attempt(() => sessionStorage.removeItem(KEY));
}
