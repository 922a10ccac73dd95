// Owns the proof of the table of forty mistakes in docs/troubleshooting.md: what the console says is what the table says. The mistakes in
// options are thrown by `init` or found by the server: here their words alone are compared.
import { readFile } from "node:fs/promises";
import type { Page } from "playwright";
import { expect, test } from "../fixtures.ts";
import { chunkId, REQUEST_ID, requestId } from "../pages.ts";
import { tabOfPage } from "../tabs.ts";
import { open, responseOf, tag } from "./page.ts";

/** The table's rows by their numbers: the words, or an empty text where the row isn't told. */
async function told(): Promise<Map<number, string>> {
  const guide = await readFile(new URL("../../docs/troubleshooting.md", import.meta.url), "utf8");
  const rows = [...guide.matchAll(/^\| (\d+) \| .+ \| ((?:told|right|documented)[^|]*) \|(.*)\|$/gm)];
  return new Map(
    rows.map(([, number, kind = "", words = ""]) => [
      Number(number),
      /told/.test(kind) ? (/`(.+)`/.exec(words)?.[1] ?? "missing") : "",
    ]),
  );
}

const item = (id: number, more = "") => `<li id="r${id}" ${more}><a href="/p/${id}">${id}</a></li>`;
const list = (...items: string[]) => `<ol id="list">${items.join("")}</ol>`;
const THREE = list(item(1), item(2), item(3));
const LINKS = ["/p/1", "/p/2", "/p/3"];
const texts = list("<li>1</li>", "<li>2</li>", "<li>3</li>");
const result = (more = "", inner = "") =>
  `<ol data-ctr-request-id="${REQUEST_ID}"><li data-ctr-chunk-id="${chunkId(1)}" ${more}><a id="link" href="/p">1</a>${inner}</li></ol>`;
const press = (page: Page) => page.click("#link");

interface Mistake {
  readonly html?: string;
  readonly snippet?: object;
  readonly make?: (page: Page) => Promise<unknown>;
}

/** Calls `tagResults` in the page with what a function there returns. */
const call =
  (where: string, response: string, options = "{}") =>
  (page: Page) =>
    page.evaluate(`clicktrail.tagResults(${where}, ${response}, ${options})`);
/** Once the console's words are there: before, nobody hears of a click that isn't counted. */
async function pressHeard(page: Page): Promise<void> {
  await page.waitForFunction(() => Symbol.for("clicktrail words") in globalThis);
  await press(page);
}
const LIST = 'document.querySelector("#list")';
const RESPONSE = JSON.stringify(responseOf(LINKS));
const tagWith = (links: readonly string[], options?: object) => (page: Page) =>
  tag(tabOfPage(page), { links, ...(options && { options }) });

const MISTAKES: { readonly [number: number]: Mistake } = {
  1: { html: THREE, snippet: { debug: true } },
  2: {
    html: `<ol><li data-ctr-chunk-id="${chunkId(1)}"><a id="link" href="/p">1</a></li></ol>`,
    make: press,
  },
  3: { make: call("document.body", RESPONSE) },
  4: { make: call('"#list"', RESPONSE) },
  5: { make: call(LIST, `${RESPONSE}.chunks`) },
  10: { html: '<a id="link" href="/p">1</a>', snippet: { debug: true }, make: pressHeard },
  11: { html: list(item(0), item(3), item(1)), make: tagWith(LINKS) },
  12: { html: texts, make: tagWith(["", ""]) },
  15: {
    html: list(item(1)),
    async make(page) {
      await tag(tabOfPage(page), { links: ["/p/1"] });
      await page.evaluate(`${LIST}.insertAdjacentHTML("beforeend", '<li><a href="/p/2">2</a></li>')`);
      await tag(tabOfPage(page), { links: ["/p/2"], id: requestId(2) });
    },
  },
  17: { make: tagWith(LINKS, { page: 2 }) },
  18: { make: tagWith(LINKS, { page: 0, pageSize: 10 }) },
  19: { make: call(LIST, "Promise.resolve({})") },
  20: { make: call(LIST, "new Response('{}')") },
  21: {
    html: list(
      ...[1, 2, 3].map((n) =>
        item(n, `data-ctr-request-id="${requestId(n)}" data-ctr-chunk-id="${chunkId(1)}"`),
      ),
    ),
    snippet: { debug: true },
  },
  22: { html: result('data-ctr-position="0"'), make: press },
  26: { html: `<ol data-ctrRequestId="${REQUEST_ID}"></ol>`, snippet: { debug: true } },
  34: { html: result('data-ctr-metadata="{colour: red}"'), make: press },
  37: { html: '<ol id="list"></ol>', make: tagWith(LINKS) },
  38: { make: call(`{ current: ${LIST} }`, RESPONSE) },
  39: { make: call(LIST, '{ message: "Unauthorized" }') },
  40: {
    make: (page) =>
      page.evaluate(
        ([request, chunk]) =>
          window.clicktrail.trackClick({
            requestId: request,
            chunkId: chunk,
            position: "3" as never,
          } as never),
        [REQUEST_ID, chunkId(1)],
      ),
  },
};

test("the table has forty mistakes, each told, right or documented", async () => {
  const table = await told();
  expect([...table.keys()]).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
  expect([...table.values()]).not.toContain("missing");
});

for (const [number, { html = THREE, snippet = {}, make }] of Object.entries(MISTAKES))
  test(`mistake ${number} is told in the table's words`, async ({ context, site }) => {
    const words = (await told()).get(Number(number));
    const page = await context.newPage();
    const said: string[] = [];
    page.on("console", (message) => said.push(message.text()));
    await open(tabOfPage(page), site, html, snippet);
    await make?.(page);
    await expect.poll(() => said.join("\n")).toContain(words);
    expect(said.join("\n")).not.toMatch(/not "|TypeError|\^/);
  });

/** The words of mistakes that are not made here: their code, and what it is given. */
const WORDS_OF: readonly (readonly [number, string, readonly unknown[]])[] = [
  [6, "dataset", ["data-dataset", "DATASET_UUID"]],
  [7, "api-key", ["data-api-key", "SCOPED_KEY"]],
  [8, "refused", [401, "/e", "D"]],
  [23, "dataset", ["data-dataset", "my-shop"]],
  [24, "dataset", ["dataset", "d0000000-0000-4000-8000-00000000001"]],
  [25, "option-name", ["data-apikey", "apiKey"]],
  [27, "api-key", ["data-api-key", undefined]],
  [28, "api-key", ["data-api-key", "Bearer x"]],
  [29, "endpoint", ["endpoint", "api.shop.example/api/analytics/ctr"]],
  [30, "endpoint", ["endpoint", "https://a.example/api/analytics/ctr/"]],
  [31, "endpoint", ["endpoint", "https://a.example"]],
  [32, "endpoint", ["endpoint", "https://a.example/api/analytics/ctr", "events"]],
  [33, "unreachable", ["https://a.example/api/analytics/ctr", false]],
  [35, "consent", [2]],
];

test("mistakes in options, and what the server refuses, have the table's words", async () => {
  Object.assign(globalThis, { __HELP__: "docs/troubleshooting.md" });
  const { WORDS } = await import("../../src/words.ts");
  const say = WORDS as unknown as Readonly<Record<string, (...args: readonly unknown[]) => string>>;
  const table = await told();
  for (const [number, code, args] of WORDS_OF) expect(say[code]?.(...args)).toContain(table.get(number));
  // Every row that is told is proved here or above.
  const rows = [...table].flatMap(([number, words]) => (words ? [number] : []));
  const proved = [...Object.keys(MISTAKES).map(Number), ...WORDS_OF.map(([number]) => number)];
  expect(rows).toEqual(proved.sort((a, b) => a - b));
});
