// Owns every sentence that the developer is told about a mistake: what is wrong, where, and what to write. Facts and
// what the page has seen in, text out: a page loads this file only when there is something to say.
import { REQUEST_TYPE, UUID } from "./options";
import { all, isElement, nameOf, read } from "./page/dom";
import { tell } from "./report";

declare const __HELP__: string;

/** Where a message sends its reader: a section of docs/troubleshooting.md. */
const see = (section: string) => ` See ${__HELP__}#${section}`;
const PAIRING = see("results-and-chunks");
const TAGS = see("tags-and-clicks");
const OPTIONS = see("options");
const REFUSALS = see("refusals-by-the-server");

const KEPT = "Clicks are kept, and sent when that is corrected.";
const UUID_EXAMPLE = "a UUID, such as 3f8a2c1e-5b7d-4e9f-8a1b-2c3d4e5f6a7b";

const many = (count: number, one: string, several = `${one}s`) => `${count} ${count === 1 ? one : several}`;

/** A value as the reader wrote it, cut to a length that fits a line. */
function quoted(value: unknown): string {
  if (value == null || value === "") return "nothing";
  const text = `${value}`;
  return `"${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`;
}

/** What a value is: `Promise`. */
const kindOf = (value: unknown) => Object.prototype.toString.call(value).slice(8, -1);

const textOf = (element: Element) => read(element, "textContent")?.trim().slice(0, 60);

/** The text of the one element that has no link while the others have. */
function oddOne(elements: readonly Element[]): string | undefined {
  const [odd, second] = elements.filter((element) => nameOf(element) !== "a" && !all(element, "a[href]")[0]);
  return odd && !second && elements[1] ? textOf(odd) : undefined;
}

const NO_ELEMENT: { readonly [kind: string]: string } = {
  String: "tagResults takes an element, not a selector: pass document.querySelector(selector).",
  Null: "The element given to tagResults isn't in the page (null): call it after the list has been rendered.",
  Undefined:
    "The element given to tagResults isn't there (undefined): call it after the list has been rendered.",
  Object: "tagResults takes an element, or a list of elements. If it is a React ref, pass ref.current.",
  Number: "tagResults takes an element, or a list of elements, not a number.",
  Promise: "The element given to tagResults is a Promise: await it first.",
};
const NO_RESPONSE: { readonly [kind: string]: string } = {
  Promise: "The response given to tagResults is a Promise: await it first.",
  Response: "The response given to tagResults has not been read: pass await response.json().",
  String: "The response given to tagResults is text: pass JSON.parse(text).",
  Null: "tagResults was called without a response (null): call it when the search has returned.",
  Undefined: "tagResults was called without a response (undefined): call it when the search has returned.",
  Object:
    "The response given to tagResults has no list of chunks: pass Trieve's response as it is, or its array of chunks together with requestId.",
  Array: "The array given to tagResults contains something that isn't a chunk.",
};

/** A UUID is 32 digits and four dashes; says how this text differs from one. */
function unlikeUuid(text: string): string {
  const digits = text.replace(/-/g, "");
  if (/[^\da-f]/i.test(digits)) return "has characters that a UUID can't have";
  return `has ${many(digits.length, "digit")} where a UUID has 32`;
}

/** Whether somebody meant to write a UUID. */
const isLikeUuid = (text: string) => /^[\da-f]{6,}-[\da-f-]{12,}$|^[\da-f]{28,36}$/i.test(text);

/** How an option is written where the reader wrote this one. */
const beside = (name: string, option: string) =>
  /^data-/.test(name) ? `data-${option.replace(/[A-Z]/g, "-$&").toLowerCase()}` : option;

export const WORDS = {
  // The call of tagResults.
  /** What is wrong with a call of which nothing is tagged. */
  input: (where: unknown, response: unknown, options: unknown): string => {
    const element = NO_ELEMENT[kindOf(where)];
    const { chunks, results, score_chunks, id } = Object(response);
    const { requestId, page, pageSize } = Object(options);
    if (!element && Array.isArray(chunks ?? results ?? score_chunks ?? response)) {
      if (!(requestId ?? id)) return WORDS.request();
      if (isElement(where) && /^(html|body)$/.test(nameOf(where))) return WORDS.list(nameOf(where));
      if (Number.parseFloat(page) > 1 && !Number.parseFloat(pageSize)) return WORDS["page-size"](page);
    }
    const known = NO_RESPONSE[kindOf(response)] ?? NO_RESPONSE.Object;
    // A list of chunks can be an object, so the response is blamed only where the elements are right.
    return `${element ?? known}${element && !/Object|Array/.test(kindOf(response)) ? ` ${known}` : ""}${PAIRING}`;
  },
  empty: (where: unknown) =>
    `${NO_ELEMENT[kindOf(where)] ?? "The list given to tagResults has no results in it: call it after the list has been rendered."}${PAIRING}`,
  list: (name: string) =>
    `tagResults was given the page's <${name}>, so nothing is tagged: pass the list whose children are the results.${PAIRING}`,
  request: () =>
    `tagResults has no request id, so nothing is tagged: pass the whole response, which has an id, or the option requestId with the value of the response's TR-QueryID header.${PAIRING}`,
  page: (page: unknown) =>
    `The option page of tagResults is ${quoted(page)}, and pages begin at 1: add 1 to it.${PAIRING}`,
  "page-size": (page: unknown) =>
    `tagResults was called for page ${page} without pageSize, so the positions aren't known and nothing is tagged: pass pageSize too, the number of results on a page.${PAIRING}`,
  counts: (chunks: number, elements: readonly Element[]) => {
    const odd = oddOne(elements);
    return `The list has ${many(elements.length, "child", "children")}, and the response has ${many(chunks, "chunk")}, so nothing is tagged, because it isn't clear which child shows which chunk.${
      odd
        ? ` ${quoted(odd)} is the only child without a link: if it isn't a result, put data-ctr-ignore on it.`
        : ""
    } Put data-ctr-ignore on children that aren't results, or write match: "order" if the first children show the first chunks.${PAIRING}`;
  },
  /** Why chunks or elements are left: no elements, another number of them than of chunks, or some that show no chunk. */
  unmatched: (
    paired: number,
    chunks: number,
    _elements: unknown,
    _chunks: unknown,
    where: unknown,
    elements: readonly Element[],
  ): string => {
    if (!elements?.[0]) return WORDS.empty(where);
    return paired || chunks === elements.length ? WORDS.partly() : WORDS.counts(chunks, elements);
  },
  partly: () =>
    `Some children of the list show no chunk of the response, or some chunks are shown by no child. These children are not tagged. If they aren't results, put data-ctr-ignore on them; if they are, link them to their chunk's link. The children's text, the children and the chunks:${PAIRING}`,
  more: () =>
    `The list holds results of an earlier request. They keep their tags. Pass only the new elements to tagResults.${PAIRING}`,
  swapped: (results: number) =>
    `All ${results} results name the same chunk, each with a request of its own, so no click counts for the chunk that was clicked: data-ctr-request-id is the response's id, the same for the whole list, and data-ctr-chunk-id is each chunk's own id.${TAGS}`,
  // A click.
  /** One mistake in these fields. */
  click: (
    requestId: string,
    isChunk: unknown,
    chunkId: unknown,
    position: unknown,
    type: unknown,
    api: unknown,
  ): string =>
    !UUID.test(requestId)
      ? WORDS["request-id"](requestId)
      : !isChunk
        ? WORDS["chunk-id"](chunkId, api)
        : REQUEST_TYPE.test(`${type}`)
          ? WORDS.position(position)
          : WORDS.type(type),
  "request-id": (given: unknown) =>
    `requestId is ${quoted(given)}, so the click is dropped: write the id of the response that the results came from, ${UUID_EXAMPLE}.${TAGS}`,
  "chunk-id": (given: unknown, api?: unknown) =>
    `chunkId is ${quoted(given)}, so the click is dropped: write the chunk's id, ${UUID_EXAMPLE}.${
      given || api !== "events" ? "" : ' With api: "events" a tracking id is not enough.'
    }${TAGS}`,
  position: (given: unknown) =>
    `position is ${quoted(given)}, so the click is dropped: write a whole number, not text.${
      Number.isNaN(given)
        ? " clicktrail can't find the position of a result in a closed shadow root or in no slot: set data-ctr-position."
        : ""
    }${TAGS}`,
  "position-zero": () =>
    `A result has position 0, which Trieve's dashboard reads as none: count positions from 1. Its clicks are sent with position 0.${TAGS}`,
  type: (given: unknown) =>
    `type is ${quoted(given)}, so the click is dropped: write search, rag or recommendation.${TAGS}`,
  metadata: (max: number) =>
    `The click is sent without its metadata, which must be a JSON object of up to ${max} characters: write one with JSON.stringify(). The metadata and the element:${TAGS}`,
  use: (max: number) =>
    `The click is sent without what an add-on given to use() returned, which must be a plain object of up to ${max} characters of JSON:${TAGS}`,
  "before-send": () =>
    `beforeSend returned something other than a payload, so the click is sent unchanged: return the payload, false to drop the click, or nothing. It returned:${TAGS}`,
  // The options. `name`: as the reader wrote it, `data-api-key` on a tag, `apiKey` in `init`.
  /** Why a script tag starts nothing. `message`: begins with the attribute's name. */
  start: (message: string, dataset: unknown, endpoint: unknown, api: unknown): string => {
    const [name = ""] = `${message}`.split(" ");
    if (name === "data-dataset") return WORDS.dataset(name, dataset);
    if (name === "data-endpoint") return WORDS.endpoint(name, endpoint, api);
    return `${message}`.replace(/( See .*)?$/, OPTIONS);
  },
  dataset: (name: string, given: unknown) => {
    const text = `${given ?? ""}`.trim();
    if (!text) return `${name} is missing: write your dataset's id, ${UUID_EXAMPLE}.${OPTIONS}`;
    if (/^[A-Z_]+_(UUID|ID)$/.test(text))
      return `${name} is still the placeholder ${text}: write your dataset's id, ${UUID_EXAMPLE}.${OPTIONS}`;
    if (isLikeUuid(text))
      return `${name} is ${quoted(text)}, which ${unlikeUuid(text)}: copy the dataset's id again.${OPTIONS}`;
    return `${name} is ${quoted(text)}, which is a name and not a UUID: write the dataset's id from Trieve's dashboard, ${UUID_EXAMPLE}. If it is the dataset's tracking id, write ${beside(name, "organization")} too.${OPTIONS}`;
  },
  "api-key": (name: string, given: unknown) => {
    const text = `${given ?? ""}`.trim();
    if (!text)
      return `${name} is missing, and Trieve's own server takes no click without a key: write a key whose only scope is PUT /api/analytics/ctr, or set ${beside(name, "endpoint")} to a proxy that adds the key.${OPTIONS}`;
    if (/^bearer\b/i.test(text)) return `${name} begins with "Bearer": write the key alone.${OPTIONS}`;
    if (/^[A-Z_]+_KEY$/.test(text))
      return `${name} is still the placeholder ${text}: write your own key.${OPTIONS}`;
    return `${name} has characters that a key can't have (…, quotation marks or a line break): copy the whole key again.${OPTIONS}`;
  },
  endpoint: (name: string, given: unknown, api: unknown = "ctr") => {
    const text = `${given ?? ""}`.trim();
    const route = `/api/analytics/${api}`;
    const address = text.replace(/[/?#]*$/, "");
    const right = (url: string, what: string) =>
      `${name} is ${quoted(text)}, ${what}: write ${url}.${OPTIONS}`;
    if (!/^(https?:\/\/|\/)/i.test(text))
      return right(
        /^[\w.-]+(:\d+)?(\/|$)/.test(text) ? `https://${address}` : `https://api.trieve.ai${route}`,
        "which doesn't begin with https://",
      );
    if (/^https?:\/\/[^/]*@/i.test(text))
      return right(text.replace(/\/\/[^/]*@/, "//"), "which has a password in it");
    if (/^https?:\/\/[^/]+$/i.test(address))
      return right(address + route, "which is only the server, without the route");
    const [, other] = /\/api\/analytics\/(ctr|events)$/.exec(address) ?? [];
    if (other && other !== api)
      return `${name} ends in /${other}, but ${beside(name, "api")} is ${api}: write ${address.replace(/\w+$/, `${api}`)}, or ${beside(name, "api")} ${other}.${OPTIONS}`;
    if (address !== text) return right(address, "which has an extra slash at its end");
    return `${name} is ${quoted(text)}: write the full address of the route, such as https://api.trieve.ai${route}, or a path of your own site that begins with a slash.${OPTIONS}`;
  },
  /** An option that isn't one, and the one that was meant. */
  "option-name": (given: string, right: string) =>
    `There is no option ${given}: write ${beside(given, right)}.${OPTIONS}`,
  /** `choices`: `a|b|c`. */
  choice: (name: string, given: unknown, choices: string) =>
    `${name} is ${quoted(given)}: write ${choices.split("|").join(" or ")}.${OPTIONS}`,
  /** An attribute of a result that isn't one, and the one that was meant. */
  attribute: (given: string, right: string) =>
    `There is no attribute ${given}, so this result is not tagged: write ${right}.${TAGS}`,
  // What the server refuses.
  refused: (
    status: number,
    endpoint: string,
    dataset: unknown,
    api: unknown = "ctr",
    said?: unknown,
    hasKey: unknown = true,
  ) => {
    const message = said ? ` (${status}: ${said})` : ` (${status})`;
    const scope = `PUT /api/analytics/${api}`;
    const cause =
      status === 401
        ? hasKey
          ? `The server at ${endpoint} rejected the API key${message}: it is mistyped, deleted or expired, or belongs to another server. Write the key of dataset ${dataset}.`
          : `The server at ${endpoint} requires an API key, and none was sent${message}: write data-api-key (apiKey in init).`
        : status === 403
          ? `The API key isn't allowed to report clicks${message}: its scopes must include ${scope}, and its datasets ${dataset}.`
          : status === 404
            ? `The server doesn't know dataset ${dataset}, or nothing is at ${endpoint}${message}: compare both with Trieve's dashboard.`
            : `The server at ${endpoint} refused the request${message}.`;
    return `${cause} ${KEPT}${REFUSALS}`;
  },
  /** `mayCopy`: a server that responds without CORS headers may have taken the click. */
  unreachable: (endpoint: string, mayCopy: unknown) =>
    `${endpoint} can't be reached: ${
      mayCopy
        ? "it is there, but its responses lack the CORS headers that this page needs. Clicks are kept, and may be sent several times."
        : "the address is wrong, nothing listens there, the browser is offline, or a content blocker or the page's policy forbids it. Clicks are kept, and sent later."
    }${REFUSALS}`,
  /** A click that the server has refused for good. */
  dropped: (status: number, said?: unknown) =>
    `The server refused a click (${status}${said ? `: ${said}` : ""}), so it is dropped: compare its payload with the server's message.${REFUSALS}`,
  /** `what`: an HTML page, a redirect. */
  "not-trieve": (endpoint: string, what: string) =>
    `${endpoint} responded with ${what}, which doesn't acknowledge the click: write the address of the API's own route. ${KEPT}${REFUSALS}`,
  /** The service worker could not be registered. */
  courier: (refused: string) =>
    `courier must be a script of this origin that is clicktrail.courier.js or imports it, so the page sends its clicks itself: ${refused}.${OPTIONS}`,
  // What waits.
  consent: (waiting: number) =>
    `${many(waiting, "click")} ${waiting === 1 ? "waits" : "wait"} for grantConsent(), which has not been called: call it when the visitor agrees, or remove data-consent (consent in init).${see("no-clicks-in-trieve")}`,
  stub: () =>
    `The page called clicktrail before the script had loaded: put the inline stub in front of the script tag, or call it later.${see("no-clicks-in-trieve")}`,
};

/** Says the sentence of this code to the developer. */
export function say(code: keyof typeof WORDS, args: readonly unknown[], ...seen: unknown[]): void {
  const sentence = (WORDS[code] as (...facts: readonly unknown[]) => string)(...args, ...seen);
  // Elements are not to be read in a log of a test run: their texts are.
  const texts = code === "unmatched" ? [(seen[0] as readonly Element[]).map(textOf)] : [];
  tell(sentence, ...texts, ...seen);
}
