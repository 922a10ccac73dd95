// Wires the inspector of one page: what is known about clicks, results and queue into one state, the state onto the page.
import { render } from "preact";
import { onViolation, type Policy, tryWorker } from "../audit/policy";
import { checkSetup, courierAddress, runningTracker } from "../audit/setup";
import { attempt } from "../report";
import { createActions } from "./actions";
import { card } from "./card";
import { createDock } from "./dock";
import { createHistory } from "./history";
import { forget, keep, read } from "./keep";
import { mount, rise } from "./mount";
import { overlay } from "./overlay";
import { panel } from "./panel";
import { onMove, place } from "./place";
import { readRows } from "./rows";
import { watch } from "./scan";
import { barHeight, freeSide } from "./side";
import { firstState, type State } from "./state";
import { errorsIn } from "./tab-results";

export interface Inspector {
  /** Brings the panel back into view and focus. */
  focus(): void;
  /** Takes the inspector off the page: no element, listener, timer or stored byte of it is left. */
  close(): void;
}

/** Often enough for a countdown. */
const REFRESH_MS = 1_000;

export function openInspector(closed: () => void): Inspector {
  const { host, root } = mount();
  const controller = new AbortController();
  const { signal } = controller;
  const tracker = runningTracker();
  const kept = read();
  const dock = createDock(signal);
  /** Where the focus was: it goes back there when the inspector closes. */
  const opener = document.activeElement;
  let state = firstState(tracker, kept);
  let isScheduled = false;
  /** From the first press or key on, the person decides which tab is open. */
  let isTouched = !!kept;

  function draw(): void {
    isScheduled = false;
    if (signal.aborted) return;
    render([overlay(state, actions), card(state, actions), panel(state, actions)], root);
    place(root, state, dock);
  }

  function set(change: Partial<State>): void {
    if (signal.aborted) return;
    state = { ...state, ...change };
    isTouched ||= !!change.tab;
    if (!isTouched) state = { ...state, tab: errorsIn(state) ? "results" : "clicks" };
    const { seen, tab, collapsed, spot } = state;
    keep({ seen, tab, collapsed, spot });
    if (isScheduled) return;
    isScheduled = true;
    queueMicrotask(draw);
  }

  const history =
    tracker &&
    createHistory({
      tracker,
      signal,
      host,
      seen: state.seen,
      changed: () => {
        // The page may go away within this very task.
        set({ seen: history?.list() ?? state.seen });
        refreshSoon();
      },
    });

  // What earlier pages have left is marked as theirs.
  if (history) set({ seen: history.list() });

  async function refresh(): Promise<void> {
    if (!tracker || !history || signal.aborted) return;
    const rows = await readRows(tracker.route.scope).catch(() => undefined);
    const stats = await tracker.stats().catch(() => undefined);
    if (signal.aborted) return;
    if (rows) history.reconcile(rows.entries, rows.ledger);
    set({ rows, stats, now: Date.now() });
  }

  let refreshing: ReturnType<typeof setTimeout> | undefined;
  function refreshSoon(): void {
    refreshing ??= setTimeout(() => {
      refreshing = undefined;
      refresh();
    }, 100);
  }

  const actions = createActions({ root, signal, state: () => state, set, close, refresh, history });

  function close(): void {
    const hadFocus = document.activeElement === host;
    controller.abort();
    clearTimeout(refreshing);
    render(null, root);
    host.remove();
    forget();
    if (hadFocus) attempt(() => (opener as HTMLElement | null)?.focus({ preventScroll: true }));
    closed();
  }

  const touched = () => {
    isTouched = true;
  };
  for (const type of ["pointerdown", "keydown"])
    root.addEventListener(type, touched, { capture: true, signal });
  host.addEventListener("keydown", (event) => actions.escape(event), { signal });
  onMove(() => place(root, state, dock), signal);
  watch(
    host,
    (scan) => {
      rise(host);
      host.style.setProperty("--lift", `${barHeight(host)}px`);
      const keys = scan.marked.map(({ key }) => key);
      const shown = scan.marked.find(({ result }) => result.element.checkVisibility?.() !== false);
      const current = keys.find((key) => key === state.current) ?? shown?.key ?? keys[0];
      set({ scan, current, ...(state.card && !keys.includes(state.card.key) && { card: undefined }) });
    },
    signal,
  );
  // What the endpoint's policy is shows when something is sent: asking ahead would write to the console.
  let policy: Partial<Policy> = {};
  const judge = () => set({ setup: checkSetup(tracker, policy) });
  signal.addEventListener(
    "abort",
    onViolation((broken) => {
      policy = { ...policy, ...broken };
      judge();
    }),
  );
  judge();
  draw();
  attempt(() => set({ freeSide: freeSide(root.querySelector(".panel") as Element, host) }));
  if (tracker) {
    tryWorker(courierAddress(tracker));
    const again = setInterval(() => document.hidden || refresh(), REFRESH_MS);
    signal.addEventListener("abort", () => clearInterval(again));
    refresh();
  }
  const focus = () => {
    set({ collapsed: false });
    draw();
    attempt(() => root.querySelector<HTMLElement>(".tabs [aria-selected=true]")?.focus());
  };
  // A person who opened it by keyboard goes on there; on a page that opens it again the focus stays.
  if (!kept && attempt(() => opener?.matches(":focus-visible"))) focus();
  return { focus, close };
}
