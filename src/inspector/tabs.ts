// Owns the strip of tabs: their names, what each counts, and moving between them by keyboard.
import { type ComponentChild, h } from "preact";
import type { TabName } from "./keep";
import type { Actions, State } from "./state";
import { errorsIn } from "./tab-results";
import { many } from "./words";

const TABS = { clicks: "Clicks", results: "Results", queue: "Queue", setup: "Set-up" } as const;
const NAMES = Object.keys(TABS) as TabName[];

interface Count {
  /** What stands on the tab. */
  readonly text: string;
  /** The word after it, where there is room. */
  readonly unit?: string;
  /** What it counts, in full. */
  readonly title: string;
  readonly bad?: boolean;
}

function countOf(tab: TabName, state: State): Count | undefined {
  const clicks = state.seen.filter(({ state: is }) => is !== "not").length;
  const results = state.scan.marked.length;
  const errors = errorsIn(state);
  const waiting = state.stats?.waiting ?? 0;
  if (tab === "clicks" && clicks)
    return { text: `${clicks}`, title: `${many(clicks, "click")} in this browser tab` };
  if (tab === "results" && errors)
    return {
      text: `${errors}`,
      unit: errors === 1 ? " error" : " errors",
      title: `${many(errors, "error")} found on this page`,
      bad: true,
    };
  if (tab === "results" && results)
    return { text: `${results}`, title: `${many(results, "tagged result")} on this page` };
  if (tab === "queue" && waiting)
    return { text: `${waiting}`, title: `${many(waiting, "click")} waiting in this browser` };
}

function badge({ text, unit, title, bad }: Count): ComponentChild {
  return h(
    "span",
    { class: "count", title, "data-bad": bad ? "" : undefined },
    text,
    unit && h("span", { class: "unit" }, unit),
  );
}

export function tabs(state: State, { set }: Actions): ComponentChild {
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = step && NAMES[(NAMES.indexOf(state.tab) + step + NAMES.length) % NAMES.length];
    if (!next) return;
    event.preventDefault();
    set({ tab: next });
    const root = (event.currentTarget as Element).getRootNode() as ShadowRoot;
    root.getElementById(`tab-${next}`)?.focus();
  };
  return h(
    "div",
    { class: "tabs", role: "tablist", "aria-label": "Inspector", onKeyDown: move },
    NAMES.map((tab) => {
      const count = countOf(tab, state);
      return h(
        "button",
        {
          key: tab,
          type: "button",
          id: `tab-${tab}`,
          role: "tab",
          "aria-selected": tab === state.tab,
          "aria-controls": "body",
          tabIndex: tab === state.tab ? 0 : -1,
          onClick: () => set({ tab }),
        },
        TABS[tab],
        count && " ",
        count && badge(count),
      );
    }),
  );
}
