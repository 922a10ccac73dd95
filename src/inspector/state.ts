// Owns what the inspector shows at one moment, as one value, and what a person may do. Draws nothing.
import type { Found } from "../audit/rules";
import type { Stats, Tracker } from "../page/tracker";
import type { Verdict } from "./check";
import type { TabName } from "./keep";
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
  readonly side: "left" | "right";
  /** The result whose card is open, and whether it stays. */
  readonly card: { readonly key: string; readonly pinned: boolean } | undefined;
  /** The badge that the Tab key reaches; the arrow keys move it. */
  readonly current: string | undefined;
  readonly check: Verdict | "asking" | undefined;
  /** Said once to screen readers, and shown for a moment. */
  readonly said: string;
}

export interface Actions {
  set(change: Partial<State>): void;
  close(): void;
  copyAll(): void;
  copy(words: string, said: string): void;
  checkEndpoint(): void;
  flush(): void;
  clearHistory(): void;
  /** Scrolls to an element and opens its card, if it has one. */
  show(element: Element): void;
}
