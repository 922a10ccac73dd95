// Owns the page of the pairing specs: a list as a shop renders it, the library, and a response to tag it with. Clicks lead nowhere.
import { chunkId, REQUEST_ID } from "../pages.ts";
import type { Site } from "../site.ts";
import type { Tab } from "../tabs.ts";
import { trackerReady } from "../tracker.ts";

export interface Paired {
  /** The page's body. */
  readonly html: string;
  /** The links of the response's chunks; an empty one has none. */
  readonly links: readonly string[];
  readonly options?: object;
  /** Another request's id. */
  readonly id?: string;
}

/** Stops what links do, after everybody else. */
const STAYS = "<script>addEventListener('click', (event) => event.preventDefault())</script>";

export const responseOf = (links: readonly string[], id = REQUEST_ID) => ({
  id,
  chunks: links.map((link, at) => ({ chunk: { id: chunkId(at + 1), ...(link && { link }) } })),
});

/** Opens a page with this body, and waits for the library. */
export async function open(tab: Tab, site: Site, html: string, snippet = {}): Promise<void> {
  await tab.goto(site.search({ tag: "none", results: 0, body: html + STAYS, snippet }));
  await trackerReady(tab);
}

/** Tags `#list` and answers with what `tagResults` says. */
export function tag(tab: Tab, { links, options, id }: Omit<Paired, "html">) {
  return tab.evaluate(
    ([response, given]) => {
      const { tagged, unmatchedChunks, unmatchedElements } = window.clicktrail.tagResults(
        document.querySelector("#list") as Element,
        response as object,
        given as object,
      );
      return { tagged, chunks: unmatchedChunks.length, elements: unmatchedElements.map(({ id }) => id) };
    },
    [responseOf(links, id), options ?? {}],
  );
}

/** What a click on each element with an id that begins with `r` would say: its chunk's number and its position. */
export function said(tab: Tab): Promise<Record<string, string>> {
  return tab.evaluate(() => {
    const read = (element: Element) => window.clicktrail.read(element);
    const all = [...document.querySelectorAll("#list [id^=r]")];
    return Object.fromEntries(
      all.map((element) => {
        const click = read(element);
        return [element.id, click ? `${Number(click.chunkId?.slice(-3))} at ${click.position}` : "none"];
      }),
    );
  });
}
