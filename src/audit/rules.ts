// Owns the rules that a page is checked by: how grave each is, what it means, what to do about it. Knows no DOM.

/** `error`: clicks are lost or counted wrongly. `warning`: they may be. `notice`: worth knowing, often intended. */
export type Severity = "error" | "warning" | "notice";

interface RuleText {
  readonly severity: Severity;
  /** What it does to the numbers. */
  readonly means: string;
  readonly fix: string;
}

const RULES = {
  "no-tracker": {
    severity: "error",
    means: "clicktrail isn't running on this page: no click is reported.",
    fix: "Add the script tag, or look in the console: it says which option is missing or wrong.",
  },
  "no-results": {
    severity: "warning",
    means: "Nothing on this page is tagged. On a search page no click can be counted.",
    fix: "Call tagResults() after rendering, or spread resultAttributes() over each result.",
  },
  "untagged-list": {
    severity: "error",
    means: "This list has a request id, but none of its results is tagged: their clicks are not counted.",
    fix: "Give each result its data-ctr-chunk-id.",
  },
  "attribute-name": {
    severity: "error",
    means: "There is no attribute with this name, so it is ignored: the result is not tagged as intended.",
    fix: "Write it with dashes, in lower case: data-ctr-request-id.",
  },
  "chunk-id-missing": {
    severity: "error",
    means: "This result has other data-ctr attributes but names no chunk: its clicks are not counted.",
    fix: "Set data-ctr-chunk-id to the chunk's id from the search response.",
  },
  "chunk-id-format": {
    severity: "error",
    means: "The chunk id isn't a UUID: the click is dropped, because the server would refuse it.",
    fix: "Use the chunk's id; a tracking id belongs in data-ctr-chunk-tracking-id.",
  },
  "request-id-missing": {
    severity: "error",
    means: "There is no request id on the result or around it: the click is dropped.",
    fix: "Set data-ctr-request-id on the list to the id of the search response.",
  },
  "request-id-format": {
    severity: "error",
    means: "The request id isn't a UUID: the click is dropped, because the server would refuse it.",
    fix: "Use the response's id, or its TR-QueryID header (API v1 and RAG).",
  },
  "tracking-id-only": {
    severity: "warning",
    means:
      "Only a tracking id: the server responds with 204 and stores the click under the nil id, for no chunk.",
    fix: "Set data-ctr-chunk-id as well: each search response carries both ids.",
  },
  "ids-swapped": {
    severity: "error",
    means:
      "All results name one chunk, each with its own request: the two ids are swapped, and no click counts for the chunk that was clicked.",
    fix: "data-ctr-request-id is the response's id, the same for the whole list; data-ctr-chunk-id is each chunk's own id.",
  },
  "button-in-link": {
    severity: "notice",
    means:
      "A button inside a link: a click on it counts as an open, because the browser would follow the link.",
    fix: "Put data-ctr-ignore on the button, unless it does open the result.",
  },
  "duplicate-chunk": {
    severity: "warning",
    means: "The same chunk of the same request is tagged twice: its clicks add up, at two positions.",
    fix: "Tag each chunk once; data-ctr-click makes another part of the same result count.",
  },
  "nested-result": {
    severity: "warning",
    means:
      "A tagged element is inside another one: a click in it counts for the inner one, and ranks count both.",
    fix: "If the inner one is your own content, tag only one of them. If a visitor wrote it, put data-ctr-untrusted around it.",
  },
  "position-format": {
    severity: "error",
    means: "The position isn't a whole number: the click is dropped, because the server would refuse it.",
    fix: "Set data-ctr-position to an integer, or remove it: then the rank is used.",
  },
  "first-position-format": {
    severity: "error",
    means:
      "data-ctr-first-position isn't a whole number: the results have no position, and their clicks are dropped.",
    fix: "Set it to the position of the list's first result, such as 11 on page 2.",
  },
  "position-zero": {
    severity: "warning",
    means: "Trieve's dashboard reads position 0 as none.",
    fix: "Count positions from 1.",
  },
  "position-repeated": {
    severity: "error",
    means: "Two results of one request have the same position: its click-through rate is wrong.",
    fix: "Number the results of a request without repeats, over pages and groups too.",
  },
  "position-gap": {
    severity: "warning",
    means:
      "Numbers are missing between the positions of a request: a result is not tagged, or something else was counted.",
    fix: "Tag the missing result. Count only results, not advertisements or headings.",
  },
  "position-restart": {
    severity: "warning",
    means: "Positions go back within one list: a later result is reported as a better one.",
    fix: "Positions are absolute over pages: pass page and pageSize to tagResults().",
  },
  "mixed-requests": {
    severity: "warning",
    means: "Results of two requests alternate in one list: some carry an id that is not theirs.",
    fix: "Tag the list again after each render, with the response that filled it.",
  },
  "several-requests": {
    severity: "notice",
    means:
      "One list shows results of several requests. This is right for infinite scroll; otherwise some are old results.",
    fix: "If the list was replaced, tag all its results with the latest response.",
  },
  "type-format": {
    severity: "error",
    means: "The type isn't one that Trieve knows: the click is dropped.",
    fix: "Use search, rag or recommendation.",
  },
  "metadata-format": {
    severity: "warning",
    means: "The metadata is not an object of at most 4096 characters of JSON: the click is sent without it.",
    fix: "Write an object with JSON.stringify(), shorter than that.",
  },
  "metadata-keys": {
    severity: "warning",
    means: "Trieve counts a click once for each top-level key of its metadata: these keys multiply it.",
    fix: "Leave the metadata out, or keep in mind that the click-through counts are multiples.",
  },
  "nothing-clickable": {
    severity: "warning",
    means: "Nothing in this result opens anything, yet every click on its text counts as an open.",
    fix: "Put a link into it, or mark the part that opens it with data-ctr-click.",
  },
  "two-scripts": {
    severity: "warning",
    means: "The script is on the page more than once. The first one runs; the others don't start.",
    fix: "Keep one script tag: look at the template and at the tag manager.",
  },
  "endpoint-insecure": {
    severity: "error",
    means: "An http: endpoint on an https: page: browsers block the request, no click arrives.",
    fix: "Use the endpoint's https: address.",
  },
  "key-missing": {
    severity: "error",
    means: "No API key, but the endpoint is Trieve's own: the server responds to every click with 401.",
    fix: "Set data-api-key to a key scoped to this route, or point data-endpoint at your proxy.",
  },
  "csp-endpoint": {
    severity: "error",
    means: "The page's Content-Security-Policy forbids the endpoint: no click can be sent.",
    fix: "Add the endpoint's origin to connect-src.",
  },
  "csp-worker": {
    severity: "warning",
    means:
      "The page's Content-Security-Policy forbids the worker: a response that comes after the page was left is not received.",
    fix: "Add 'self' to worker-src, or blob: where the courier's file comes from another origin.",
  },
  "dry-run": {
    severity: "notice",
    means: "This is a dry run: everything is done except sending.",
    fix: "Remove data-dry-run when clicks should be sent.",
  },
} satisfies Record<string, RuleText>;

export type RuleName = keyof typeof RULES;
export const RULE_TEXTS: Readonly<Record<RuleName, RuleText>> = RULES;

/** One thing found, with the element in hand; for the inspector. */
export interface Found {
  readonly rule: RuleName;
  /** The values seen. */
  readonly seen: string;
  readonly element?: Element | undefined;
}
