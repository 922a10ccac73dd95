// Owns how the panel and what is in its tabs look.

export const PANEL = `
.panel { inset: 0 0 var(--lift, 0px) auto; inline-size: clamp(272px, 34vw, 400px); display: flex; flex-direction: column; border-width: 0 0 0 1px; overflow: hidden; }
.panel[data-side="left"] { inset: 0 auto var(--lift, 0px) 0; border-width: 0 1px 0 0; }
.panel[data-floating], .panel[data-collapsed] { border-width: 1px; border-radius: 16px; }
.panel[data-floating] { block-size: min(480px, calc(100dvh - 16px - var(--lift, 0px))); }
.panel[data-collapsed] { inset: auto 16px calc(16px + var(--lift, 0px)) auto; block-size: auto; inline-size: auto; max-inline-size: calc(100vw - 32px); }
.panel[data-collapsed][data-side="left"] { inset: auto auto calc(16px + var(--lift, 0px)) 16px; }
.head { display: flex; align-items: center; gap: 2px; padding: 8px 8px 8px 16px; cursor: grab; touch-action: none; user-select: none; -webkit-user-select: none; }
.head:active { cursor: grabbing; }
.head h2 { display: flex; align-items: center; gap: 9px; font-size: 15px; letter-spacing: -.005em; }
.dot { flex: none; inline-size: 9px; block-size: 9px; border-radius: 50%; background: var(--tone, var(--muted)); }
.sum.what { flex: none; font-weight: 400; padding: 0 16px 10px; font-size: 13px; color: var(--muted); white-space: normal; }
.banner { padding: 8px 16px; background: var(--check-soft); color: var(--check); font-size: 13px; font-weight: 580; }
.tabs { container-type: inline-size; flex: none; display: flex; gap: 2px; padding: 0 10px; overflow-x: auto; scrollbar-width: none; border-block-end: 1px solid var(--line); }
.tabs button { flex: 1; padding: 8px 4px 9px; border-block-end: 2px solid transparent; color: var(--muted); font-size: 13.5px; font-weight: 560; text-align: center; white-space: nowrap; }
.tabs button:hover { color: var(--ink); }
.tabs button[aria-selected="true"] { border-color: var(--accent); color: var(--ink); }
.tabs button:focus-visible { outline-offset: -3px; border-radius: 8px; }
.count { margin-inline-start: 3px; padding: 0 6px; border-radius: 999px; background: var(--sunk); color: var(--muted); font-size: 12px; font-weight: 620; }
.count[data-bad] { background: var(--invalid-soft); color: var(--invalid); }
@container (max-width: 350px) { .tabs button { padding-inline: 2px; font-size: 12.5px; } .count { margin-inline-start: 0; padding-inline: 3px; font-size: 11px; } .unit { display: none; } }
.body { flex: 1; overflow: auto; overscroll-behavior: contain; scrollbar-width: thin; padding: 14px 16px 18px; }
.body:focus-visible { outline-offset: -3px; }
.stack { display: grid; gap: 16px; grid-template-columns: minmax(0, 1fr); }
.blank { padding: 26px 12px; text-align: center; color: var(--muted); }
.foot { padding: 8px 16px 10px; border-block-start: 1px solid var(--line); font-size: 13px; color: var(--complete); }
.tight { gap: 8px; }

.clicks { margin-inline: -6px; }
.clicks summary, .findings summary { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 10px; padding: 9px 6px; border-radius: 9px; cursor: pointer; list-style: none; }
.clicks summary::-webkit-details-marker { display: none; }
.clicks summary .what::before { content: "▸ " / ""; color: var(--muted); }
.clicks [open] > summary .what::before { content: "▾ " / ""; }
.clicks summary:hover { background: var(--sunk); }
.clicks > li + li { border-block-start: 1px solid var(--line); }
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

.tally { display: grid; grid-template-columns: repeat(auto-fit, minmax(66px, 1fr)); gap: 4px; }
.tally div { display: flex; flex-direction: column-reverse; padding: 8px 4px; border-radius: 9px; background: var(--sunk); text-align: center; }
.tally dt { font-size: 12px; }
.tally dd { font-size: 20px; font-weight: 640; font-variant-numeric: tabular-nums; line-height: 1.3; }
dl.tally { gap: 6px; }
p.verdict { color: var(--ink); }
.verdict { padding: 10px 12px; border-radius: 9px; background: var(--soft); }
.verdict h3 { color: var(--tone); }
.guide summary { padding: 7px 0; font-size: 13.5px; font-weight: 560; cursor: pointer; }
.guide details + details { border-block-start: 1px solid var(--line); }
.guide code { padding: 0 3px; border-radius: 4px; background: var(--sunk); }
.guide li:focus { border-radius: 6px; outline: 6px solid var(--accent-soft); background: var(--accent-soft); }
.rows strong code { font-weight: 640; }
.rows { display: grid; gap: 10px; grid-template-columns: minmax(0, 1fr); }
.setup dl { grid-template-columns: 96px minmax(0, 1fr); font-size: 12.5px; margin-block-start: 4px; }
`;
