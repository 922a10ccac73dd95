// Owns what a person may do with the open inspector: copy, clear, flush, check, and go to a result. Draws nothing.
import { toFinding } from "../audit/audit";
import { checkEndpoint } from "./check";
import { copy } from "./copy";
import { courierOf } from "./courier-words";
import { sayFlush } from "./flush-words";
import { openSection } from "./guide";
import type { History } from "./history";
import { PHONE_PX } from "./place";
import { scrollTo } from "./reveal";
import type { Actions, State } from "./state";
import { findingsOf } from "./tab-results";
import { understood } from "./tab-setup";

/** How long a confirmation stays. */
const SAID_MS = 6_000;

interface Parts {
  readonly root: ShadowRoot;
  readonly signal: AbortSignal;
  /** The state of this moment. */
  readonly state: () => State;
  readonly set: Actions["set"];
  readonly close: () => void;
  readonly refresh: () => Promise<void>;
  readonly history: History | undefined;
}

/** Everything that is known, for a bug report or a colleague; the key is masked in it. */
function everything(state: State): object {
  const { tracker } = state;
  return {
    page: location.href,
    at: new Date().toISOString(),
    browser: navigator.userAgent,
    configuration: understood(state),
    courier: tracker && courierOf(tracker, state.setup),
    stats: state.stats,
    queue: state.rows,
    clicks: state.seen,
    findings: findingsOf(state).map(toFinding),
    endpointCheck: state.check,
  };
}

export function createActions({ root, signal, state, set, close, refresh, history }: Parts): Actions {
  const { tracker } = state();
  let saying: ReturnType<typeof setTimeout> | undefined;

  signal.addEventListener("abort", () => clearTimeout(saying));

  function say(said: string): void {
    clearTimeout(saying);
    set({ said });
    saying = setTimeout(() => set({ said: "" }), SAID_MS);
  }

  /** The button may be the last thing in view; what it brought is drawn by then. */
  function revealVerdict(): void {
    queueMicrotask(() => root.querySelector(".verdict")?.scrollIntoView({ block: "nearest" }));
  }

  const actions: Actions = {
    set,
    close,
    pin(key) {
      // A phone has no room for both.
      const collapsed = state().collapsed || innerWidth < PHONE_PX;
      set({ card: { key, pinned: true }, current: key, collapsed });
      const one = state().scan.marked.find((marked) => marked.key === key);
      // The card takes the screen's lower half; the room for it is there once it is drawn.
      if (one && innerWidth < PHONE_PX) queueMicrotask(() => scrollTo(one.result.element, "start"));
    },
    copy: async (words, said) => say((await copy(words, root)) ? said : "This page does not allow copying."),
    async copyAll() {
      // What is drawn may be a moment old, and the counts and the clicks of one report must agree.
      await refresh();
      await actions.copy(JSON.stringify(everything(state()), undefined, 2), "Everything was copied as JSON.");
    },
    clearHistory: () => history?.clear(),
    explain(one) {
      set({ tab: "setup" });
      // The tab is drawn by then.
      queueMicrotask(() => openSection(root, one));
    },
    escape(event) {
      const { card } = state();
      if (event.key !== "Escape") return;
      // The page's own dialog stays open.
      event.preventDefault();
      if (!card) return close();
      const badge = root.querySelector<HTMLElement>(`[data-place="${card.key}"]`);
      // A badge that gets the focus opens its card, so that comes first.
      if (root.activeElement?.closest(".card")) badge?.focus();
      set({ card: undefined });
    },
    async flush() {
      await refresh();
      const before = state();
      await tracker?.flush();
      await refresh();
      set({ flushed: sayFlush(before, state()) });
      revealVerdict();
    },
    async checkEndpoint() {
      if (!tracker) return;
      set({ check: "asking" });
      set({ check: await checkEndpoint(tracker.route) });
      revealVerdict();
    },
    show(element) {
      scrollTo(element);
      const one = state().scan.marked.find(({ result }) => result.element === element);
      if (!one) return;
      actions.pin(one.key);
      // Only the current badge takes the focus while its result is out of sight: after it is drawn as such.
      const badge = root.querySelector<HTMLElement>(`[data-place="${one.key}"]`);
      queueMicrotask(() => badge?.focus({ preventScroll: true }));
    },
  };
  return actions;
}
