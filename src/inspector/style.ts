// Owns how the inspector looks. Lives in its shadow root, so the page's styles and these don't meet.

export const STYLE = `
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

.layer { position: fixed; inset: 0; overflow: hidden; }
.box, .hatch { position: absolute; inset: 0 auto auto 0; border-radius: 8px; }
.box { border: 2px solid var(--tone); }
.box[data-open] { background: color-mix(in srgb, var(--tone) 7%, transparent); box-shadow: 0 0 0 3px color-mix(in srgb, var(--tone) 28%, transparent); }
.hatch { border-radius: 4px; border: 1px dashed #7d8296; background: repeating-linear-gradient(-45deg, rgb(110 116 138 / 42%) 0 3px, transparent 3px 9px); }
.badge { position: absolute; inset: 0 auto auto 0; display: flex; align-items: center; gap: 4px; min-inline-size: 26px; block-size: 24px; padding-inline: 7px; justify-content: center; border-radius: 12px; pointer-events: auto; background: var(--tone); color: var(--bg); font-size: 13px; font-weight: 680; font-variant-numeric: tabular-nums; line-height: 1; box-shadow: 0 0 0 2px var(--bg), 0 2px 6px rgb(0 0 0 / 25%); white-space: nowrap; }
.badge[data-small] { gap: 2px; min-inline-size: 17px; block-size: 16px; padding-inline: 4px; font-size: 10.5px; border-radius: 8px; }
[data-mark="complete"] { --tone: var(--complete); --soft: var(--complete-soft); }
[data-mark="check"] { --tone: var(--check); --soft: var(--check-soft); }
[data-mark="tracking"] { --tone: var(--tracking); --soft: var(--tracking-soft); }
[data-mark="duplicate"] { --tone: var(--duplicate); --soft: var(--duplicate-soft); }
[data-mark="invalid"] { --tone: var(--invalid); --soft: var(--invalid-soft); }
[data-hidden] { visibility: hidden; }

.card, .panel { pointer-events: auto; position: fixed; background: var(--bg); border: 1px solid var(--line); box-shadow: var(--shadow); color: var(--ink); }
.card { z-index: 2; inline-size: min(500px, calc(100vw - 16px)); max-block-size: min(480px, 62vh); overflow: auto; scrollbar-width: thin; overscroll-behavior: contain; border-radius: 12px; inset: 0 auto auto 0; }
.card-head { position: sticky; inset-block-start: 0; display: flex; align-items: center; gap: 10px; padding: 12px 14px; background: var(--bg); border-block-end: 1px solid var(--line); }
.card-body { display: grid; gap: 14px; padding: 14px; grid-template-columns: minmax(0, 1fr); }
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

.panel { inset: auto 16px 16px auto; inline-size: 408px; max-block-size: min(640px, calc(100vh - 32px)); min-block-size: 250px; display: flex; flex-direction: column; border-radius: 16px; overflow: hidden; }
.panel[data-side="left"] { inset-inline: 16px auto; }
.panel[data-collapsed] { min-block-size: 0; inline-size: auto; max-inline-size: calc(100vw - 32px); }
.head { display: flex; align-items: center; gap: 2px; padding: 8px 8px 8px 16px; }
.head h2 { display: flex; align-items: center; gap: 9px; font-size: 15px; letter-spacing: -.005em; }
.dot { flex: none; inline-size: 9px; block-size: 9px; border-radius: 50%; background: var(--tone, var(--muted)); }
.sum { padding: 0 16px 10px; font-size: 13px; color: var(--muted); }
.banner { padding: 8px 16px; background: var(--check-soft); color: var(--check); font-size: 13px; font-weight: 580; }
.tabs { display: flex; gap: 2px; padding: 0 10px; border-block-end: 1px solid var(--line); }
.tabs button { flex: 1; padding: 8px 4px 9px; border-block-end: 2px solid transparent; color: var(--muted); font-size: 13.5px; font-weight: 560; text-align: center; white-space: nowrap; }
.tabs button:hover { color: var(--ink); }
.tabs button[aria-selected="true"] { border-color: var(--accent); color: var(--ink); }
.tabs button:focus-visible { outline-offset: -3px; border-radius: 8px; }
.count { margin-inline-start: 5px; padding: 0 6px; border-radius: 999px; background: var(--sunk); color: var(--muted); font-size: 12px; font-weight: 620; }
.count[data-bad] { background: var(--invalid-soft); color: var(--invalid); }
.body { flex: 1; overflow: auto; overscroll-behavior: contain; scrollbar-width: thin; padding: 14px 16px 18px; }
.body:focus-visible { outline-offset: -3px; }
.stack { display: grid; gap: 16px; grid-template-columns: minmax(0, 1fr); }
.blank { padding: 26px 12px; text-align: center; color: var(--muted); }
.foot { padding: 0 16px 8px; font-size: 13px; color: var(--complete); }

.clicks { margin-inline: -6px; }
.clicks summary, .findings summary { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 10px; padding: 9px 6px; border-radius: 9px; cursor: pointer; list-style: none; }
.clicks summary::-webkit-details-marker { display: none; }
.clicks summary:hover { background: var(--sunk); }
.clicks li + li { border-block-start: 1px solid var(--line); }
.what { font-weight: 560; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.clicks .why { grid-column: 1 / -1; color: var(--muted); font-size: 13px; }
.inner { display: grid; gap: 10px; padding: 2px 6px 14px; grid-template-columns: minmax(0, 1fr); }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 14px; font-size: 13px; }
dt { color: var(--muted); }
dd { overflow-wrap: anywhere; }
.tries li { display: flex; gap: 10px; font-size: 13px; }

.legend { display: flex; flex-wrap: wrap; gap: 6px; }
.findings li { display: grid; gap: 4px; padding: 12px 0; grid-template-columns: minmax(0, 1fr); }
.findings li + li { border-block-start: 1px solid var(--line); }
.findings .fix { color: var(--muted); font-size: 13px; }
.where { display: flex; flex-wrap: wrap; gap: 6px; margin-block-start: 4px; }
.where .action { padding: 3px 10px; }

.tally { display: grid; grid-template-columns: repeat(5, 1fr); gap: 4px; }
.tally div { display: flex; flex-direction: column-reverse; padding: 8px 4px; border-radius: 9px; background: var(--sunk); text-align: center; }
.tally dt { font-size: 12px; }
.tally dd { font-size: 20px; font-weight: 640; font-variant-numeric: tabular-nums; line-height: 1.3; }
dl.tally { gap: 6px; }
.verdict { padding: 10px 12px; border-radius: 9px; background: var(--soft); }
.verdict h3 { color: var(--tone); }
.setup dl { grid-template-columns: 96px minmax(0, 1fr); font-size: 12.5px; margin-block-start: 4px; }

@media (max-width: 559px) {
  .panel, .panel[data-side="left"] { inset: auto 0 0 0; inline-size: auto; max-block-size: min(58dvh, 520px); border-radius: 16px 16px 0 0; border-width: 1px 0 0; padding-block-end: env(safe-area-inset-bottom); }
  .panel[data-collapsed] { max-inline-size: none; }
  [data-collapsed] h2 { min-inline-size: 0; white-space: nowrap; overflow: hidden; }
  .side { display: none; }
  .icon { inline-size: 40px; block-size: 40px; }
  .card { max-block-size: 46vh; }
}
@media (prefers-reduced-motion: no-preference) { .dot[data-busy] { animation: pulse 1.2s ease-in-out infinite; } @keyframes pulse { 50% { opacity: .35; } } }
@media (forced-colors: active) { .badge, .pill, .panel, .card { border: 1px solid CanvasText; } }
`;
