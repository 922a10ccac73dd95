// Owns the short names of the rules by which a click isn't counted: the console prints them, and the guide explains them by these names.
import type { Rule } from "./page/click";

export const RULE_NAMES: Readonly<Record<Rule, string>> = {
  button: "the right button opens a menu",
  middle: "the middle button opens only links",
  control: "a control or its label",
  untagged: "nothing here is tagged",
  ignored: "inside data-ctr-ignore",
  "beside-link": "beside the result's link",
  selection: "a drag or a text selection",
  repeat: "a repeat",
};
