// What a click on an element does by itself, by its name and attributes.
import { describe, expect, it } from "vitest";
import { shot } from "../test/shots";
import { gradeOf, isControl, isLink } from "./click";

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
    expect(gradeOf(shot(...row))).toBe(0);
  });
});

describe("a link leads", () => {
  const here = location.href.split("#")[0];
  it.each<[string, number, string[]]>([
    [
      "to a page",
      3,
      [
        "",
        "/one",
        "one.html",
        "?q=a:b",
        "//shop.example/one",
        "http://shop.example/",
        " https://shop.example/",
        "HTTPS://SHOP.EXAMPLE/",
        "/one#part",
        "/one#",
        "/one#0",
        "/one?to=javascript:open()",
        "#/about",
        "#!/about",
        `${here}#/about`,
        "http://[",
      ],
    ],
    [
      "to a part of this page, or to a script",
      2,
      ["#part", "#more1", "#part/1", `${here}#part`, " #!part", "javascript:open()"],
    ],
    ["nowhere by itself", 1, ["#", " # ", "#0", "#!"]],
    ["to another program", 0, ["mailto:a@shop.example", "TEL:123", "web+shop.1-a:one", "x:"]],
  ])("%s (%i): %j", (_, grade, hrefs) => {
    expect(hrefs.map((href) => gradeOf(shot("a", { href })))).toEqual(hrefs.map(() => grade));
    expect(hrefs.map((href) => isLink(shot("a", { href })))).not.toContain(false);
  });
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
