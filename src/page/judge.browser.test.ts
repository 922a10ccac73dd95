// What counts as a click, by what was clicked: without a document, on what the stub keeps of one.
import { describe, expect, it } from "vitest";
import { CHUNK, OTHER_CHUNK } from "../test/entries";
import { pathIn, shot } from "../test/shots";
import { judge } from "./click";
import type { Shot } from "./dom";
import { taggedPart } from "./result";

const RESULT = { "data-ctr-chunk-id": CHUNK };
const IGNORE = { "data-ctr-ignore": "" };
const CLICK = { "data-ctr-click": "" };
const UNTRUSTED = { "data-ctr-untrusted": "" };
const hit = (attributes = {}, ...children: Shot[]) => shot("b", { id: "hit", ...attributes }, ...children);
const link = (href: string, ...children: Shot[]) => shot("a", { href }, ...children);
const page = (...children: Shot[]) => shot("body", {}, ...children);
const result = (...children: Shot[]) => shot("li", RESULT, ...children);

/** The verdict on a click on what has the id `hit`. */
function verdictOn(root: Shot, button = 0) {
  const path = pathIn(root, "hit");
  return judge(path, taggedPart(path)[0], button);
}

it.each<[string, Shot, ReturnType<typeof judge>, number?]>([
  ["outside of results", page(hit()), "untagged"],
  ["the right button", page(result(link("/one", hit()))), "button", 2],
  ["a side button outside of results", page(hit()), "button", 3],
  ["a link", page(result(link("/one", hit()))), "link"],
  ["a link around the result", page(link("/one", result(hit()))), "link"],
  ["a link, by the middle button", page(result(link("/one", hit()))), "link", 1],
  ["text, by the middle button", page(result(hit())), "middle", 1],
  ["a control, by the middle button", page(result(hit({ role: "switch" }))), "middle", 1],
  ["what counts too, by the middle button", page(result(hit(CLICK))), "middle", 1],
  ["text in a result without a link", page(result(hit())), "text"],
  ["text beside the link", page(result(hit(), link("/one"))), "beside-link"],
  [
    "text beside a link deep inside",
    page(result(hit(), shot("p", {}, shot("i", {}, link("/one"))))),
    "beside-link",
  ],
  ["text beside an anchor that leads nowhere", page(result(hit(), shot("a"))), "text"],
  ["text of a card whose links open nothing", page(result(hit(), link("tel:1"), link("#"))), "text"],
  ["a telephone's link in a card without another", page(result(link("tel:1", hit()))), "beside-link"],
  ["a lone # that a script serves", page(result(link("#", hit()), link("tel:1"))), "link"],
  ["a lone # beside the page's", page(result(link("#0", hit()), link("/one"))), "beside-link"],
  ["a part of this page beside the page's", page(result(link("#more1", hit()), link("/one"))), "beside-link"],
  ["a part of this page, alone", page(result(link("#part", hit()))), "link"],
  ["text beside a part of this page", page(result(hit(), link("#part"))), "beside-link"],
  ["a page that a script makes, beside the page's", page(result(link("#/one", hit()), link("/one"))), "link"],
  ["a mail link beside the page's", page(result(link("mailto:a@b", hit()), link("/one"))), "beside-link"],
  ["an opener of a script's, alone", page(result(link("javascript:open()", hit()))), "link"],
  ["what counts too", page(result(hit(CLICK), link("/one"))), "link"],
  ["what counts too, without a link", page(result(hit(CLICK))), "link"],
  ["a control", page(result(hit({ role: "switch" }))), "control"],
  ["a control in a link", page(result(link("/one", hit({ role: "switch" })))), "control"],
  ["a link in a control", page(result(shot("dialog", {}, link("/one", hit())))), "link"],
  ["a control that counts", page(result(hit({ role: "switch", ...CLICK }))), "link"],
  ["a result that is a dialog", page(shot("dialog", RESULT, hit())), "text"],
  ["a control around the result", page(shot("dialog", {}, result(hit()))), "text"],
  ["what is ignored", page(result(link("/one", hit(IGNORE)))), "ignored"],
  ["a result that is ignored", page(shot("li", { ...RESULT, ...IGNORE }, hit())), "ignored"],
  ["what is ignored around the result", page(shot("ol", IGNORE, result(hit()))), "ignored"],
])("%s", (_, root, verdict, button) => {
  expect(verdictOn(root, button)).toBe(verdict);
});

describe("content that isn't trusted", () => {
  it("has no tags of ours", () => {
    const fake = shot("i", { "data-ctr-chunk-id": OTHER_CHUNK }, hit());
    const root = page(shot("li", { ...RESULT, ...UNTRUSTED }, shot("div", {}, fake)));
    expect(taggedPart(pathIn(root, "hit"))[0]?.[1 as never]).toMatchObject(RESULT);
    expect(verdictOn(page(shot("div", UNTRUSTED, fake)))).toBe("untagged");
  });

  it("can't say that it counts, or doesn't", () => {
    const untrusted = (attributes = {}) => page(result(shot("p", UNTRUSTED, hit(attributes)), link("/one")));
    expect(verdictOn(untrusted(CLICK))).toBe("beside-link");
    expect(verdictOn(untrusted(IGNORE))).toBe("beside-link");
  });

  it("has links and controls as any other", () => {
    const around = (...inside: Shot[]) => page(result(shot("p", UNTRUSTED, ...inside)));
    expect(verdictOn(around(link("/one", hit())))).toBe("link");
    expect(verdictOn(around(hit({ role: "switch" })))).toBe("control");
  });

  it("is untrusted up to the outermost mark", () => {
    const inner = shot("p", UNTRUSTED, hit());
    const between = shot("div", { "data-ctr-chunk-id": OTHER_CHUNK }, inner);
    expect(verdictOn(page(shot("section", UNTRUSTED, between)))).toBe("untagged");
  });
});
