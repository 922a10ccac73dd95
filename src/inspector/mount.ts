// Owns the inspector's element and its shadow root: where it stands in the page, and how its styles get in.
import { queryAll } from "../audit/results";
import { attempt } from "../report";
import { STYLE } from "./style";

const NAME = "clicktrail-inspector";

/**
 * Puts the element on top. A modal dialog covers everything and makes all but its own content inert: a search box in one
 * needs the inspector inside. Elsewhere it stands beside the body: a framework that owns the body would take it away.
 */
export function rise(host: HTMLElement): void {
  const modal = attempt(() => queryAll("dialog:modal").at(-1));
  const home = modal ?? document.documentElement;
  if (host.parentNode === home) return;
  home.append(host);
  // In the top layer. Browsers without one have the styles' z-index.
  attempt(() => host.showPopover());
}

export function mount(): { readonly host: HTMLElement; readonly root: ShadowRoot } {
  const host = document.createElement(NAME);
  host.popover = "manual";
  const root = host.attachShadow({ mode: "open" });
  // A policy can forbid style elements, but not sheets made by script.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  rise(host);
  return { host, root };
}
