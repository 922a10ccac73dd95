// Owns the layer over the page: a frame and a badge for every result, hatching over ignored parts. It never touches the page.
import { type ComponentChild, h } from "preact";
import { examined } from "./examined";
import { MARKS } from "./marks";
import { reveal } from "./reveal";
import type { Marked } from "./scan";
import type { Actions, State } from "./state";

/** Pointers cross badges on their way elsewhere. */
const OPEN_MS = 90;
const CLOSE_MS = 220;
let timer: ReturnType<typeof setTimeout> | undefined;

/** A card that isn't pinned follows the pointer. */
export function hover(actions: Actions, state: State, key?: string): void {
  clearTimeout(timer);
  if (state.card?.pinned) return;
  const card = key ? { key, pinned: false } : undefined;
  timer = setTimeout(() => actions.set({ card }), key ? OPEN_MS : CLOSE_MS);
}

export const stay = () => clearTimeout(timer);

export function positionOf({ result: { click } }: Marked): string {
  return Number.isInteger(click.position) ? `${click.position}` : "?";
}

function badge(one: Marked, state: State, actions: Actions, wasSeen: boolean | undefined): ComponentChild {
  const { key, mark } = one;
  const { label, sign } = MARKS[mark];
  const isOpen = state.card?.key === key;
  const isPinned = isOpen && state.card?.pinned;
  return h(
    "button",
    {
      key,
      type: "button",
      class: "badge",
      "data-place": key,
      "data-mark": mark,
      tabIndex: key === state.current ? 0 : -1,
      "aria-label": `Position ${positionOf(one)}: ${label}${wasSeen ? ", seen" : ""}`,
      "data-seen": wasSeen,
      "aria-expanded": isOpen,
      "data-pinned": isPinned || undefined,
      onPointerEnter: () => hover(actions, state, key),
      onPointerLeave: () => hover(actions, state),
      onFocus: (event: FocusEvent) => {
        // A pointer's press must not scroll the page away under it.
        if ((event.target as Element).matches(":focus-visible")) reveal(one.result.element);
        actions.set({ current: key, ...(!state.card?.pinned && { card: { key, pinned: false } }) });
      },
      onClick: () => {
        stay();
        if (isPinned) actions.set({ card: undefined });
        else actions.pin(key);
      },
    },
    positionOf(one),
    sign && h("span", { "aria-hidden": "true" }, sign),
  );
}

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

function move(event: KeyboardEvent, { scan, current }: State, { show }: Actions): void {
  const step = STEPS[event.key];
  const at = scan.marked.findIndex(({ key }) => key === current);
  const next = step && scan.marked[(at + step + scan.marked.length) % scan.marked.length];
  if (!next) return;
  event.preventDefault();
  show(next.result.element);
}

/** Frames and badges; their places are set by `place`, for scrolling must not wait for a render. */
export function overlay(state: State, actions: Actions): ComponentChild {
  const { marked, ignored } = state.scan;
  const seen = examined(state.tracker, marked);
  return h(
    "div",
    { class: "layer", role: "region", "aria-label": "clicktrail: results on this page" },
    ignored.map((_, at) => h("div", { key: `ignored ${at}`, class: "hatch", "data-ignored": at })),
    marked.map(({ key, mark }) =>
      h("div", {
        key,
        class: "box",
        "data-frame": key,
        "data-mark": mark,
        "data-open": state.card?.key === key || undefined,
      }),
    ),
    h(
      "div",
      {
        role: "group",
        "aria-label": "Tagged results; arrow keys move between them",
        onKeyDown: (event: KeyboardEvent) => move(event, state, actions),
      },
      marked.map((one) => badge(one, state, actions, seen?.has(one.key))),
    ),
  );
}
