// Owns the room that the docked panel takes from the page, so that it covers nothing of it. Knows no panel and no state.
import { attempt } from "../report";

export type Edge = "left" | "right" | "bottom";

export interface Dock {
  /** Makes room of that many CSS pixels at an edge; without an edge the page has all of the window again. */
  make(edge?: Edge, px?: number): void;
}

/** A sheet made by script: policies allow it, frameworks don't see it, and taking it away leaves nothing behind. */
export function createDock(signal: AbortSignal): Dock {
  const sheet = new CSSStyleSheet();
  let written = "";
  function make(edge?: Edge, px = 0): void {
    // At the bottom the page only becomes longer: its end can be scrolled clear.
    const property = edge === "bottom" ? "padding-bottom" : `margin-${edge}`;
    const rule = edge ? `html { ${property}: ${Math.round(px)}px !important; }` : "";
    if (rule === written) return;
    written = rule;
    sheet.replaceSync(rule);
  }
  attempt(() => document.adoptedStyleSheets.push(sheet));
  signal.addEventListener("abort", () =>
    attempt(() => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
    }),
  );
  return { make };
}
