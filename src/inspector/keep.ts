// Owns what outlives the page while the inspector is open: its clicks and how it stands, in this tab's session storage alone.
import { attempt } from "../report";
import type { Seen } from "./seen";

export type TabName = "clicks" | "results" | "queue" | "setup";

export interface Kept {
  readonly seen: readonly Seen[];
  readonly tab: TabName;
  readonly collapsed: boolean;
  readonly side: "left" | "right";
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
