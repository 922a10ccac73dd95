// Owns the shape of the history: one click, or one DOM event that was none, and the name of what was clicked.
import { queryAll, trees } from "../audit/results";
import type { Outcome, OutcomeName } from "../courier/ledger";
import { type Clicked, clickedOf } from "../payload";
import type { Scan } from "./scan";
import type { NotCounted } from "./words";

/** One try: what the server said, or that it said nothing. */
export interface Try {
  readonly at: number;
  readonly attempt: number;
  readonly name: OutcomeName;
  readonly status?: number | undefined;
  readonly message?: string | undefined;
}

/** One click, or one DOM event that was none. */
export interface Seen extends Clicked {
  /** The click's id; for an event that was none, a number of its own. */
  readonly id: string;
  /** Epoch ms. */
  readonly at: number;
  /** `not`: not counted. `gone`: it left the queue and nobody knows how. */
  readonly state: OutcomeName | "not" | "gone";
  /** What was clicked, in the page's words. */
  readonly what: string;
  /** The page it was clicked on. */
  readonly page: string;
  readonly attempt: number;
  readonly tries: readonly Try[];
  readonly status?: number | undefined;
  readonly message?: string | undefined;
  readonly reason?: string | undefined;
  readonly rule?: NotCounted | undefined;
  readonly payload?: Outcome["payload"];
  /** Epoch ms of the next attempt, where that is known. */
  readonly due?: number | undefined;
  /** It waits in memory for consent. */
  readonly held?: boolean | undefined;
  /** Made by a page that is gone. */
  readonly before?: boolean | undefined;
}

/** What was clicked, by the payload or by the account, which keeps no more of a click that is over. */
export function clickedIn({ payload, chunkId, position }: Seen): Clicked {
  return payload ? clickedOf(payload) : { chunkId, position };
}

/** What was clicked: as seen at the click, else by the chunk's result on this page; "" where neither is known. */
export function nameOf(seen: Seen, { scan }: { readonly scan: Scan }): string {
  if (seen.what) return seen.what;
  const { chunkId, position } = clickedIn(seen);
  const results = scan.marked.filter(({ result: { click } }) => chunkId && click.chunkId === chunkId);
  // A page may show a chunk in an answer, too.
  const best = results.filter(({ result: { click } }) => click.position === position);
  const [link] = [...best, ...results].flatMap(({ result }) => queryAll("a", trees(result.element)));
  return link ? describe([link]) : "";
}

const text = (element: Element | null | undefined) =>
  // biome-ignore lint/performance/useDomNodeTextContent: as it is read, with a space between boxes
  ((element as HTMLElement | undefined)?.innerText ?? element?.textContent ?? "").replace(/\s+/g, " ").trim();

export function describe(path: readonly EventTarget[]): string {
  const elements = path.filter((node): node is Element => node instanceof Element);
  const pressed = elements.find((element) =>
    element.matches("a,button,area,summary,[role=button],[role=link]"),
  );
  const named = pressed ?? elements[0];
  const words = named?.getAttribute("aria-label") || text(named) || `<${named?.localName}>`;
  return words.length > 64 ? `${words.slice(0, 63)}…` : words;
}
