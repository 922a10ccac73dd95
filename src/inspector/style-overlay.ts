// Owns how frames, badges and the card of a result look.

export const OVERLAY = `
.layer { position: fixed; inset: 0 0 var(--lift, 0px) 0; overflow: clip; }
.box, .hatch { position: absolute; inset: 0 auto auto 0; border-radius: 8px; }
.box { border: 2px solid var(--tone); }
.box[data-open] { background: color-mix(in srgb, var(--tone) 7%, transparent); box-shadow: 0 0 0 3px color-mix(in srgb, var(--tone) 28%, transparent); }
.hatch { border-radius: 4px; border: 1px dashed #7d8296; background: repeating-linear-gradient(-45deg, rgb(110 116 138 / 42%) 0 3px, transparent 3px 9px); }
.badge { position: absolute; inset: 0 auto auto 0; display: flex; align-items: center; gap: 4px; min-inline-size: 26px; block-size: 24px; padding-inline: 7px; justify-content: center; border-radius: 12px; pointer-events: auto; background: var(--tone); color: var(--bg); font-size: 13px; font-weight: 680; font-variant-numeric: tabular-nums; line-height: 1; box-shadow: 0 0 0 2px var(--bg), 0 2px 6px rgb(0 0 0 / 25%); white-space: nowrap; }
.badge[data-small] { gap: 2px; min-inline-size: 17px; block-size: 16px; padding-inline: 4px; font-size: 10.5px; border-radius: 8px; }
/* Small to the eye, large enough for a finger. */
.badge[data-small]::after { content: ""; position: absolute; inset: -4px; }
[data-mark="complete"] { --tone: var(--complete); --soft: var(--complete-soft); }
[data-mark="check"] { --tone: var(--check); --soft: var(--check-soft); }
[data-mark="tracking"] { --tone: var(--tracking); --soft: var(--tracking-soft); }
[data-mark="duplicate"] { --tone: var(--duplicate); --soft: var(--duplicate-soft); }
[data-mark="wrong"], [data-mark="invalid"] { --tone: var(--invalid); --soft: var(--invalid-soft); }
[data-hidden] { visibility: hidden; }
/* Out of sight it can still take the focus, which scrolls its result into view. */
.badge[data-hidden="clipped"][tabindex="0"] { visibility: visible; opacity: 0; pointer-events: none; }
.badge[data-seen="true"]::before { content: ""; inline-size: 6px; block-size: 6px; border-radius: 50%; background: var(--bg); }
.badge[data-seen="false"] { outline: 2px dashed var(--tone); outline-offset: 1px; }
.badge[data-pinned] { box-shadow: 0 0 0 2px var(--bg), 0 0 0 5px var(--accent); }

.card, .panel { pointer-events: auto; position: fixed; background: var(--bg); border: 1px solid var(--line); box-shadow: var(--shadow); color: var(--ink); }
.card { z-index: 2; inline-size: min(500px, calc(100vw - 16px)); max-block-size: min(480px, 62vh); overflow: auto; scrollbar-width: thin; overscroll-behavior: contain; border-radius: 12px; inset: 0 auto auto 0; }
.card[data-docked] { max-block-size: none; border-radius: 12px 12px 0 0; }
.card[data-pinned] { border: 2px solid var(--accent); }
.card[data-pinned] .card-head { background: var(--accent-soft); }
.card[data-pinned] .pin .icon { background: var(--accent); color: var(--bg); }
.card[data-docked] .card-head .muted { display: none; }
.card-head .pill { flex: none; }
.card-head { position: sticky; inset-block-start: 0; display: flex; align-items: center; gap: 10px; padding: 12px 14px; background: var(--bg); border-block-end: 1px solid var(--line); }
.card-body { display: grid; gap: 14px; padding: 14px; grid-template-columns: minmax(0, 1fr); }
`;
