// Owns how the inspector looks. Lives in its shadow root, so the page's styles and these don't meet.
import { OVERLAY } from "./style-overlay";
import { PANEL } from "./style-panel";

const BASE = `
:host {
  all: initial !important;
  position: fixed !important;
  inset: 0 !important;
  z-index: 2147483647 !important;
  display: block !important;
  pointer-events: none !important;
  color-scheme: light dark;
  --bg: #ffffff; --sunk: #f3f4f8; --line: #dcdfe8; --ink: #191c26; --muted: #5a6072; --accent: #5b3fd6; --accent-soft: #ece8fd;
  --complete: #15703f; --complete-soft: #def3e6; --check: #8a5200; --check-soft: #fbefd8; --tracking: #1f57b5; --tracking-soft: #e3edfc;
  --duplicate: #8b2f97; --duplicate-soft: #f7e6f9; --invalid: #b3211b; --invalid-soft: #fce6e4; --shadow: 0 2px 6px rgb(15 18 35 / 10%), 0 18px 50px rgb(15 18 35 / 22%);
  font: 14px/1.5 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif !important;
  color: var(--ink) !important;
}
@media (prefers-color-scheme: dark) {
  :host {
    --bg: #171922; --sunk: #20232f; --line: #343846; --ink: #eceef6; --muted: #a4aabd; --accent: #b3a1ff; --accent-soft: #2c2650;
    --complete: #6fd69d; --complete-soft: #15352a; --check: #f2b765; --check-soft: #3a2b12; --tracking: #8fb8ff; --tracking-soft: #1a2c4b;
    --duplicate: #e4a0ee; --duplicate-soft: #3a1f40; --invalid: #ff9b93; --invalid-soft: #45211f; --shadow: 0 2px 6px rgb(0 0 0 / 40%), 0 18px 50px rgb(0 0 0 / 55%);
  }
}
@media print { :host { display: none !important; } }
*, *::before, *::after { box-sizing: border-box; }
h2, h3, p, ul, ol, dl, dd, pre { margin: 0; padding: 0; }
ul, ol { list-style: none; }
h2, h3 { font-size: inherit; font-weight: 640; }
button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; text-align: start; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
code, pre { font: 12px/1.55 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.sr { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.grow { flex: 1; min-inline-size: 0; }
.pill { display: inline-block; padding: 1px 9px; border-radius: 999px; background: var(--soft, var(--sunk)); color: var(--tone, var(--muted)); font-size: 12.5px; font-weight: 620; line-height: 20px; white-space: nowrap; }
.muted { color: var(--muted); }
.small { font-size: 13px; }
.icon { display: grid; place-items: center; inline-size: 32px; block-size: 32px; border-radius: 8px; color: var(--muted); flex: none; }
.icon:hover { background: var(--sunk); color: var(--ink); }
.icon svg, .chevron svg { inline-size: 18px; block-size: 18px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
.action { padding: 6px 12px; border: 1px solid var(--line); border-radius: 8px; font-size: 13px; font-weight: 580; }
.action:hover { border-color: var(--muted); }
.action[disabled] { opacity: .6; cursor: default; }
.primary { background: var(--accent); border-color: transparent; color: var(--bg); }
.row { display: flex; align-items: center; gap: 8px; flex-wrap: wrap; }
.between { justify-content: space-between; }
.wire { padding: 10px 12px; border-radius: 9px; background: var(--sunk); white-space: pre-wrap; }
.wire b { font-weight: 680; color: var(--accent); }
`;

const MEDIA = `
@media (max-width: 559px) {
  .panel, .panel[data-side="left"], .panel[data-collapsed][data-side] { inset: auto 0 var(--lift, 0px) 0; inline-size: auto; max-inline-size: none; block-size: min(48dvh, 460px, calc(100dvh - var(--lift, 0px))); border-radius: 16px 16px 0 0; border-width: 1px 0 0; padding-block-end: env(safe-area-inset-bottom); }
  .panel[data-collapsed][data-side] { block-size: auto; }
  .head { cursor: auto; touch-action: auto; }
  [data-collapsed] h2 { min-inline-size: 0; white-space: nowrap; overflow: hidden; font-size: 13px; }
  .side { display: none; }
  .icon { inline-size: 40px; block-size: 40px; }
  .card { max-block-size: 44dvh; }
  .card-head .muted { display: none; }
}
@media (max-width: 900px) {
  .tabs { gap: 0; padding: 0 4px; }
  .tabs button { flex: auto; }
  .card[data-docked] .card-head { gap: 4px; padding: 8px 10px; }
  .card[data-docked] .card-head .pill { padding-inline: 6px; font-size: 11.5px; }
}
@media (prefers-reduced-motion: no-preference) { .dot[data-busy] { animation: pulse 1.2s ease-in-out infinite; } @keyframes pulse { 50% { opacity: .35; } } }
@media (forced-colors: active) { .badge, .pill, .panel, .card { border: 1px solid CanvasText; } }
`;

export const STYLE = BASE + OVERLAY + PANEL + MEDIA;
