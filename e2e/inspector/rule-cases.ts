// Owns the pages by which the audit's rules about results are proved: for each, one that trips it and one that comes close.
import type { RuleName } from "../../src/audit/rules";
import { chunkId, requestId } from "../pages.ts";

const LINK = '<a href="/detail">Open</a>';
const request = (number: number) => `data-ctr-request-id="${requestId(number)}"`;
export const chunk = (number: number) => `data-ctr-chunk-id="${chunkId(number)}"`;
export const at = (position: number | string) => `data-ctr-position="${position}"`;
export const item = (attributes: string, content = LINK) => `<li ${attributes}>${content}</li>`;
const list = (attributes: string, ...items: string[]) => `<ol ${attributes}>${items.join("")}</ol>`;
export const results = (...items: string[]) => list(request(1), ...items);
export const RIGHT = results(
  item(`${chunk(1)} ${at(1)}`),
  item(`${chunk(2)} ${at(2)}`),
  item(`${chunk(3)} ${at(3)}`),
);
export const shadow = (inner: string) => `<div><template shadowrootmode="open">${inner}</template></div>`;

const inLink = (content: string) => `<a href="/detail">${content}</a>`;
const PRESSABLE = "<b data-ctr-click>Open</b>";

export interface Case {
  readonly rule: RuleName;
  readonly trips: string;
  readonly fine: string;
  /** Where the finding points to. */
  readonly element?: string;
  /** Other rules that the page which trips it trips as well. */
  readonly also?: readonly RuleName[];
}

export const CASES: readonly Case[] = [
  { rule: "no-results", trips: "<p>No results here.</p>", fine: RIGHT },
  {
    rule: "untagged-list",
    trips: list(`id="list" ${request(1)}`, item(""), item("")),
    // A list in a component, whose results are slotted into it.
    fine: `<div>${item(chunk(1))}<template shadowrootmode="open"><ol ${request(1)}><slot></slot></ol></template></div>`,
    element: "#list",
  },
  {
    rule: "attribute-name",
    trips: results(item(`id="one" data-ctrChunkId="${chunkId(1)}"`), item(`${chunk(2)} ${at(1)}`)),
    // Attributes of somebody else's.
    fine: results(item(`${chunk(1)} data-ctrl="x" data-ctr-campaign="y"`)),
    element: "#one",
  },
  {
    rule: "chunk-id-missing",
    trips: results(item(`id="one" ${at(1)}`), item(`${chunk(2)} ${at(2)}`)),
    fine: results(item(chunk(1)), item(`${chunk(2)} ${at(2)}`)),
    element: "#one",
  },
  {
    rule: "chunk-id-format",
    trips: results(item(`id="one" data-ctr-chunk-id="popover" ${at(1)}`)),
    fine: results(item(`data-ctr-chunk-id="${chunkId(1).toUpperCase()}" ${at(1)}`)),
    element: "#one",
  },
  {
    rule: "request-id-missing",
    trips: list("", item(`id="one" ${chunk(1)} ${at(1)}`)),
    fine: `<section ${request(1)}>${shadow(list("", item(`${chunk(1)} ${at(1)}`)))}</section>`,
    element: "#one",
  },
  {
    rule: "request-id-format",
    trips: list('data-ctr-request-id="latest"', item(`id="one" ${chunk(1)} ${at(1)}`)),
    fine: RIGHT,
    element: "#one",
  },
  {
    rule: "tracking-id-only",
    trips: results(item(`id="one" data-ctr-chunk-tracking-id="popover" ${at(1)}`)),
    fine: results(item(`${chunk(1)} data-ctr-chunk-tracking-id="popover" ${at(1)}`)),
    element: "#one",
  },
  {
    rule: "nested-result",
    trips: results(item(`${chunk(1)} ${at(1)}`, `<p id="inner" ${chunk(2)} ${at(2)}>${LINK}</p>`)),
    fine: results(
      item(`${chunk(1)} ${at(1)}`, `<div data-ctr-untrusted><p ${chunk(1)} ${at(9)}>${LINK}</p></div>`),
    ),
    element: "#inner",
  },
  {
    rule: "duplicate-chunk",
    trips: results(item(`${chunk(1)} ${at(1)}`), item(`id="two" ${chunk(1)} ${at(2)}`)),
    // The same chunk of another request, and an answer's citation beside its list of sources.
    fine:
      RIGHT +
      list(request(2), item(`${chunk(1)} ${at(1)}`)) +
      list(`${request(3)} data-ctr-type="rag"`, item(`${chunk(1)} ${at(1)}`), item(`${chunk(1)} ${at(1)}`)),
    element: "#two",
  },
  {
    rule: "ids-swapped",
    trips: list(
      "",
      item(`id="one" ${request(1)} ${chunk(1)} ${at(1)}`),
      item(`${request(2)} ${chunk(1)} ${at(2)}`),
      item(`${request(3)} ${chunk(1)} ${at(3)}`),
    ),
    // One chunk that two searches have found, and a second one.
    fine:
      list(request(1), item(`${chunk(1)} ${at(1)}`)) +
      list(request(2), item(`${chunk(1)} ${at(1)}`), item(`${chunk(2)} ${at(2)}`)),
    element: "#one",
  },
  {
    rule: "button-in-link",
    trips: results(item(`id="one" ${chunk(1)} ${at(1)}`, inLink("Open <button>Save</button>"))),
    fine: results(
      item(
        `${chunk(1)} ${at(1)}`,
        `${inLink("Open <button data-ctr-ignore>Save</button>")}<button>Save</button>`,
      ),
    ),
    element: "#one",
  },
  {
    rule: "position-format",
    trips: results(item(`id="one" ${chunk(1)} ${at("1.5")}`)),
    fine: results(item(chunk(1))),
    element: "#one",
  },
  {
    rule: "first-position-format",
    trips: list(`${request(1)} data-ctr-first-position="eleven"`, item(`id="one" ${chunk(1)}`)),
    fine: list(`${request(1)} data-ctr-first-position="11"`, item(chunk(1))),
    element: "#one",
  },
  {
    rule: "position-zero",
    trips: results(item(`id="one" ${chunk(1)} ${at(0)}`), item(`${chunk(2)} ${at(1)}`)),
    fine: RIGHT,
    element: "#one",
  },
  {
    rule: "position-repeated",
    trips: results(item(`${chunk(1)} ${at(1)}`), item(`id="two" ${chunk(2)} ${at(1)}`)),
    fine: RIGHT + list(request(2), item(`${chunk(4)} ${at(1)}`)),
    element: "#two",
  },
  {
    rule: "position-gap",
    trips: results(item(`${chunk(1)} ${at(1)}`), item(`id="two" ${chunk(2)} ${at(4)}`)),
    // A later page starts where it starts; an answer leaves sources out.
    fine:
      results(item(`${chunk(1)} ${at(11)}`), item(`${chunk(2)} ${at(12)}`)) +
      list(`${request(2)} data-ctr-type="rag"`, item(`${chunk(3)} ${at(1)}`), item(`${chunk(4)} ${at(3)}`)),
    element: "#two",
  },
  {
    rule: "position-restart",
    trips: list(
      "",
      item(`${request(1)} ${chunk(1)} ${at(1)}`),
      item(`${request(1)} ${chunk(2)} ${at(2)}`),
      item(`id="three" ${request(2)} ${chunk(3)} ${at(1)}`),
    ),
    fine: RIGHT + list(request(2), item(`${chunk(1)} ${at(1)}`), item(`${chunk(2)} ${at(2)}`)),
    element: "#three",
    also: ["several-requests"],
  },
  {
    rule: "mixed-requests",
    trips: list(
      "",
      item(`${request(1)} ${chunk(1)} ${at(1)}`),
      item(`id="two" ${request(2)} ${chunk(2)} ${at(2)}`),
      item(`${request(1)} ${chunk(3)} ${at(3)}`),
    ),
    fine: RIGHT + list(request(2), item(`${chunk(1)} ${at(1)}`), item(`${chunk(2)} ${at(2)}`)),
    element: "#two",
    also: ["position-gap"],
  },
  {
    rule: "several-requests",
    trips: list(
      "",
      item(`${request(1)} ${chunk(1)} ${at(1)}`),
      item(`id="two" ${request(2)} ${chunk(2)} ${at(2)}`),
    ),
    fine: RIGHT + list(request(2), item(`${chunk(1)} ${at(1)}`)),
    element: "#two",
  },
  {
    rule: "type-format",
    trips: list(`${request(1)} data-ctr-type="chat"`, item(`id="one" ${chunk(1)} ${at(1)}`)),
    fine: list(`${request(1)} data-ctr-type="rag"`, item(`${chunk(1)} ${at(1)}`)),
    element: "#one",
  },
  {
    rule: "metadata-format",
    trips: results(item(`id="one" ${chunk(1)} ${at(1)} data-ctr-metadata="{source: search}"`)),
    fine: results(item(`${chunk(1)} ${at(1)} data-ctr-metadata="{}"`)),
    element: "#one",
  },
  {
    rule: "metadata-keys",
    trips: results(item(`id="one" ${chunk(1)} ${at(1)} data-ctr-metadata='{"a":1,"b":2}'`)),
    fine: results(item(`${chunk(1)} ${at(1)} data-ctr-metadata="{}"`)),
    element: "#one",
  },
  {
    rule: "nothing-clickable",
    trips: results(item(`id="one" ${chunk(1)} ${at(1)}`, "Only words")),
    fine:
      results(item(`${chunk(1)} ${at(1)}`, shadow(LINK)), item(`${chunk(2)} ${at(2)}`, PRESSABLE)) +
      inLink(`<p ${request(2)} ${chunk(1)} ${at(1)}>Inside a link</p>`),
    element: "#one",
  },
];
