// Owns what the inspector shows at one moment, as one value, and what a person may do. Draws nothing.
import type { Found } from "../audit/rules";
import type { Stats } from "../courier/stats";
import type { Tracker } from "../page/api";
import type { Verdict } from "./check";
import type { Kept, Side, Spot, TabName } from "./keep";
import type { Rows } from "./rows";
import type { Scan } from "./scan";
import type { Seen } from "./seen";

export interface State {
  readonly tracker: Tracker | undefined;
  readonly scan: Scan;
  /** Findings about the set-up: they belong to no element. */
  readonly setup: readonly Found[];
  readonly seen: readonly Seen[];
  readonly rows: Rows | undefined;
  readonly stats: Stats | undefined;
  readonly now: number;
  readonly tab: TabName;
  readonly collapsed: boolean;
  /** The side that covers no panel of the page's own. */
  readonly freeSide: Side;
  /** Where the person has put the panel, if they have. */
  readonly spot: Spot | undefined;
  /** The result whose card is open, and whether it stays. */
  readonly card: { readonly key: string; readonly pinned: boolean } | undefined;
  /** The badge that the Tab key reaches; the arrow keys move it. */
  readonly current: string | undefined;
  readonly check: Verdict | "asking" | undefined;
  /** What the last flush did. */
  readonly flushed: string;
  /** Said once to screen readers, and shown for a moment. */
  readonly said: string;
}

export interface Actions {
  set(change: Partial<State>): void;
  /** Pins a result's card; on a phone the panel makes room for it. */
  pin(key: string): void;
  close(): void;
  copyAll(): void;
  copy(words: string, said: string): void;
  checkEndpoint(): void;
  flush(): void;
  clearHistory(): void;
  /** Opens the guide to the console's messages at what it says of this click. */
  explain(one: Seen): void;
  /** Escape closes the open card, and the inspector where no card is open. */
  escape(event: KeyboardEvent): void;
  /** Scrolls to an element and pins its card, if it has one. */
  show(element: Element): void;
}

export function firstState(tracker: Tracker | undefined, kept: Kept | undefined): State {
  return {
    tracker,
    scan: { marked: [], ignored: [], found: [] },
    setup: [],
    seen: kept?.seen ?? [],
    rows: undefined,
    stats: undefined,
    now: Date.now(),
    tab: kept?.tab ?? "clicks",
    collapsed: kept?.collapsed ?? false,
    freeSide: "right",
    spot: kept?.spot,
    card: undefined,
    current: undefined,
    check: undefined,
    flushed: "",
    said: "",
  };
}
