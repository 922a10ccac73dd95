// Owns the inspector's element and its shadow root: where it stands in the page, and how its styles get in.
import { STYLE } from "./style";

const NAME = "clicktrail-inspector";

export function mount(): { readonly host: HTMLElement; readonly root: ShadowRoot } {
  const host = document.createElement(NAME);
  const root = host.attachShadow({ mode: "open" });
  // A policy may forbid style elements; sheets made by script it can't.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  // Beside the body: a framework that owns the body would take it away.
  document.documentElement.append(host);
  return { host, root };
}
