// Owns what a person may do with the open inspector: copy, clear, flush, check, and go to a result. Draws nothing.
import { toFinding } from "../audit/audit";
import { checkEndpoint } from "./check";
import { copy } from "./copy";
import { courierOf } from "./courier-words";
import type { History } from "./history";
import type { Actions, State } from "./state";
import { findingsOf } from "./tab-results";
import { understood } from "./tab-setup";

/** As in the styles. */
const PHONE_PX = 560;
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

/** Everything that is known, for a report or a colleague; the key is masked in it. */
function everything(state: State): object {
  const { tracker } = state;
  return {
    page: location.href,
    at: new Date().toISOString(),
    browser: navigator.userAgent,
    configuration: understood(state),
    courier: tracker && courierOf(tracker),
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

  const actions: Actions = {
    set,
    close,
    copy: async (words, said) => say((await copy(words, root)) ? said : "Copying is not allowed here"),
    async copyAll() {
      // What is drawn may be a moment old: the counts and the clicks of one report agree.
      await refresh();
      await actions.copy(JSON.stringify(everything(state()), undefined, 2), "Copied as JSON");
    },
    clearHistory: () => history?.clear(),
    async flush() {
      await tracker?.flush();
      say("Flushed what may be sent now");
      refresh();
    },
    async checkEndpoint() {
      if (!tracker) return;
      set({ check: "asking" });
      set({ check: await checkEndpoint(tracker.route) });
    },
    show(element) {
      const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
      element.scrollIntoView({ block: "center", behavior });
      const one = state().scan.marked.find(({ result }) => result.element === element);
      if (!one) return;
      // A phone has no room for both.
      const collapsed = state().collapsed || innerWidth < PHONE_PX;
      set({ card: { key: one.key, pinned: true }, current: one.key, collapsed });
      root.querySelector<HTMLElement>(`[data-place="${one.key}"]`)?.focus({ preventScroll: true });
    },
  };
  return actions;
}
