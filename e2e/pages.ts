// Owns the HTML of the small search pages that specs click on, made from options. It knows the attributes that the library
// documents, and no server.

export const DATASET = "d0000000-0000-4000-8000-000000000001";
export const API_KEY = "tr-scoped-key";
export const REQUEST_ID = requestId(1);

export function requestId(number: number): string {
  return `a0000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

export function chunkId(number: number): string {
  return `c0000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
}

/** The script tag. Every other key is an option of the library: `apiKey` becomes `data-api-key`; `undefined` leaves it out. */
export interface Snippet {
  /** The file of `dist/`. Default `clicktrail.js`. */
  readonly build?: string;
  /** `"cdn"` loads it from the site's other origin. Default `"site"`. */
  readonly from?: "site" | "cdn";
  /** The server keeps the script back until `site.releaseScripts()`. Combine with `isInjected`, or the load event waits too. */
  readonly isHeld?: boolean;
  /** Added by an inline script after the page's load event, as tag managers do. Default false. */
  readonly isInjected?: boolean;
  /** The inline stub before the script. Default false. */
  readonly stub?: boolean;
  readonly [option: string]: string | number | boolean | undefined;
}

export interface SearchPage {
  /** The script tag's options on top of the site's; null for a page without the library. */
  readonly snippet?: Snippet | null;
  /** How many results. Their chunks are `chunkId(1)` and on. Default 3. */
  readonly results?: number;
  /** Position of the first result. Default 1. */
  readonly firstPosition?: number;
  /** `"attributes"`: each result says its position. `"rank"`: the list says the first, the rest follows. `"none"`: no tag at all. Default `"attributes"`. */
  readonly tag?: "attributes" | "rank" | "none";
  readonly type?: "search" | "rag" | "recommendation";
  readonly requestId?: string;
  /** JSON for `data-ctr-metadata` of every result. */
  readonly metadata?: unknown;
  /** `chunk_tracking_id`s, `track-1` and on. Default false. */
  readonly trackingIds?: boolean;
  /**
   * Where the results lead: a page of this site without the library, one with it, one of the other site, or nowhere (then a result
   * holds text only). Default `"detail"`.
   */
  readonly links?: "detail" | "detail-with-snippet" | "other-site" | "none";
  /** The links' `target`, such as `_blank`. */
  readonly target?: string;
  /** Each result's content in an open shadow root. Default false. */
  readonly shadow?: boolean;
  /** HTML at the start of the head: inline scripts that have to run before the library. */
  readonly head?: string;
  /** HTML after the results. */
  readonly body?: string;
  /** Response headers, such as `content-security-policy`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Addresses that a page has to know. */
export interface Places {
  readonly detail: string;
  readonly detailWithSnippet: string;
  readonly otherSite: string;
  readonly otherOrigin: string;
}

export function searchPage(page: SearchPage, places: Places, stub: string): string {
  const results = Array.from({ length: page.results ?? 3 }, (_, index) => result(page, places, index));
  const attributes = page.tag === "none" ? {} : listAttributes(page);
  return wholePage("Search", [
    page.head ?? "",
    snippetTag(page.snippet, places, stub),
    `<ol id="results"${attributesText(attributes)}>`,
    ...results,
    "</ol>",
    page.body ?? "",
  ]);
}

export function detailPage(snippet: Snippet | null, places: Places, stub: string): string {
  const heading = '<h1 id="detail">Detail</h1>';
  return wholePage("Detail", [snippetTag(snippet, places, stub), heading, '<a id="home" href="/">Home</a>']);
}

function wholePage(title: string, lines: readonly string[]): string {
  const start = `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><link rel="icon" href="data:,">`;
  return [start, ...lines].filter(Boolean).join("\n");
}

function snippetTag(snippet: Snippet | null | undefined, places: Places, stub: string): string {
  if (!snippet) return "";
  const { build = "clicktrail.js", from = "site", isHeld, isInjected, stub: hasStub, ...options } = snippet;
  const src = `${from === "cdn" ? places.otherOrigin : ""}/dist/${build}${isHeld ? "?held" : ""}`;
  const named = Object.entries(options).map(([name, value]) => [`data-${kebab(name)}`, value]);
  const attributes = { src, ...Object.fromEntries(named) };
  const script = isInjected
    ? `<script>(${inject})(${JSON.stringify(attributes)})</script>`
    : `<script async${attributesText(attributes)}></script>`;
  return hasStub ? `<script>${stub}</script>\n${script}` : script;
}

/** Runs in the page. */
function inject(attributes: Readonly<Record<string, string>>): void {
  function add(): void {
    const script = document.createElement("script");
    for (const [name, value] of Object.entries(attributes)) script.setAttribute(name, value);
    document.head.append(script);
  }
  // Not in the event's own task: WebKitGTK's driver counts what starts there as part of the load.
  addEventListener("load", () => setTimeout(add));
}

function listAttributes(page: SearchPage) {
  return {
    "data-ctr-request-id": page.requestId ?? REQUEST_ID,
    "data-ctr-type": page.type ?? "search",
    "data-ctr-first-position": page.tag === "rank" ? page.firstPosition : undefined,
  };
}

function result(page: SearchPage, places: Places, index: number): string {
  const number = index + 1;
  const tag = {
    "data-ctr-chunk-id": chunkId(number),
    "data-ctr-chunk-tracking-id": page.trackingIds ? `track-${number}` : undefined,
    "data-ctr-position": page.tag === "rank" ? undefined : (page.firstPosition ?? 1) + index,
    "data-ctr-metadata": page.metadata === undefined ? undefined : JSON.stringify(page.metadata),
  };
  const attributes = attributesText({ id: `result-${number}`, ...(page.tag === "none" ? {} : tag) });
  const content = resultContent(page, places, number);
  const inner = page.shadow ? `<div><template shadowrootmode="open">${content}</template></div>` : content;
  return `<li${attributes}>${inner}</li>`;
}

function resultContent(page: SearchPage, places: Places, number: number): string {
  const words = `<span id="from-${number}">What result</span> is about, said in <span id="to-${number}">words.</span>`;
  const text = `<p id="text-${number}">${words}</p>`;
  if (page.links === "none") return text;
  const href = `${linkTo(page.links ?? "detail", places)}?result=${number}`;
  const link = attributesText({ id: `link-${number}`, href, target: page.target });
  const favourite = `<button id="favourite-${number}" type="button">Favourite</button>`;
  return `<a${link}><span id="title-${number}">Result ${number}</span></a> ${favourite}${text}`;
}

function linkTo(links: "detail" | "detail-with-snippet" | "other-site", places: Places): string {
  if (links === "other-site") return places.otherSite;
  return links === "detail" ? places.detail : places.detailWithSnippet;
}

function attributesText(attributes: Readonly<Record<string, unknown>>): string {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined && value !== false);
  return given
    .map(([name, value]) => (value === true ? ` ${name}` : ` ${name}="${escaped(String(value))}"`))
    .join("");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
