// Owns the few icons, drawn as paths.
import { type ComponentChild, h } from "preact";

const PATHS = {
  close: "M6 6l12 12M18 6L6 18",
  pin: "M9 4h6l-1 6 3 3v2H7v-2l3-3zM12 15v6",
  copy: "M9 9h10v11H9zM5 15V4h10",
  down: "M6 9l6 6 6-6",
  up: "M6 15l6-6 6 6",
  left: "M4 5v14M20 12H9M13 8l-4 4 4 4",
  right: "M20 5v14M4 12h11M11 8l4 4-4 4",
};

export function icon(name: keyof typeof PATHS): ComponentChild {
  return h("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, h("path", { d: PATHS[name] }));
}

/** A button with an icon and a name. */
export function iconButton(
  name: keyof typeof PATHS,
  label: string,
  act: () => void,
  more = "",
): ComponentChild {
  return h(
    "button",
    { type: "button", class: `icon ${more}`, title: label, "aria-label": label, onClick: act },
    icon(name),
  );
}
