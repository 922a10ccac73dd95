// What a click on an element does by itself, by its name and attributes.
import { describe, expect, it } from "vitest";
import { shot } from "../test/shots";
import { isControl, isLink, isPageLink } from "./opens";

type Row = [name: string, attributes?: Record<string, string>];

describe("a link is", () => {
  it.each<Row>([
    ["a", { href: "/one" }],
    ["a", { href: "" }],
    ["area", { href: "/one" }],
    ["a", { "xlink:href": "/one" }],
  ])("<%s %j>", (...row) => {
    expect(isLink(shot(...row))).toBe(true);
  });

  it.each<Row>([
    ["a"],
    ["a", { name: "top" }],
    ["area"],
    ["x-a", { href: "/one" }],
    ["a-card", { href: "/one" }],
    ["x-area", { href: "/one" }],
    ["p", { href: "/one" }],
  ])("not <%s %j>", (...row) => {
    expect(isLink(shot(...row))).toBe(false);
    expect(isPageLink(shot(...row))).toBe(false);
  });
});

describe("the address of a page is", () => {
  it.each([
    "",
    "/one",
    "one.html",
    "#part",
    "?q=a:b",
    "//shop.example/one",
    "http://shop.example/",
    " https://shop.example/",
    "HTTPS://SHOP.EXAMPLE/",
  ])("%j", (href) => {
    expect(isPageLink(shot("a", { href }))).toBe(true);
  });

  it.each(["#", " # ", "mailto:a@shop.example", "TEL:123", " javascript:open()", "web+shop.1-a:one", "x:"])(
    "not %j, which is a link all the same",
    (href) => {
      expect(isPageLink(shot("a", { href }))).toBe(false);
      expect(isLink(shot("a", { href }))).toBe(true);
    },
  );
});

describe("a control is", () => {
  it.each<Row>([
    ["input"],
    ["input", { type: "text" }],
    ["input", { type: "checkbox" }],
    ["input", { type: "x-button" }],
    ["input", { type: "buttons" }],
    ["textarea"],
    ["select"],
    ["summary"],
    ["dialog"],
    ["p", { contenteditable: "" }],
    ["p", { contenteditable: "plaintext-only" }],
    ...[
      "checkbox",
      "combobox",
      "listbox",
      "menuitemradio",
      "switch",
      "slider",
      "spinbutton",
      "alertdialog",
    ].map((role): Row => ["div", { role }]),
    ["div", { role: "Radio" }],
    ["video", { controls: "" }],
    ["div", { popover: "auto" }],
  ])("<%s %j>", (...row) => {
    expect(isControl(shot(...row))).toBe(true);
  });

  it.each<Row>([
    ["button"],
    ["p"],
    ["a", { href: "/one" }],
    ["input", { type: "button" }],
    ["input", { type: "SUBMIT" }],
    ["input", { type: "image" }],
    ["x-input"],
    ["input-group"],
    ["dialog-box"],
    ["p", { contenteditable: "false" }],
    ["p", { contenteditable: "FALSE" }],
    ["div", { role: "button" }],
    ["div", { role: "" }],
    ["video"],
  ])("not <%s %j>", (...row) => {
    expect(isControl(shot(...row))).toBe(false);
  });
});
