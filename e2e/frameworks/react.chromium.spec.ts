// Owns the proof that `clicktrail/react` works in React 18 and 19: in strict mode, rendered on a server and hydrated, with the visitor's
// consent as a prop. React is the same in every engine; the apps are React's development builds, as only those run effects twice.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import type { Collector } from "../collector.ts";
import { expect, test } from "../fixtures.ts";
import { API_KEY, chunkId, DATASET, requestId } from "../pages.ts";
import { DIST, type Site } from "../site.ts";
import { serveScript } from "../strict/page.ts";
import type { Tab } from "../tabs.ts";
import { emitted } from "./packages.ts";

declare global {
  interface Window {
    /** What the console was given as a warning or an error. */
    problems: string[];
    setConsent(consent: boolean): void;
    /** What the page hands to the app. */
    given: { endpoint: string; response: { id: string; chunks: object[] } };
  }
}

const SOURCES = {
  "package.json": '{ "type": "module" }',
  "App.jsx": `import { resultProps, useClicktrail } from "clicktrail/react";
import { useState } from "react";
export function App({ options, response, initialConsent }) {
  const [consent, setConsent] = useState(initialConsent);
  if (typeof window !== "undefined") window.setConsent = setConsent;
  const tracker = useClicktrail({ ...options, consent });
  return <main data-started={tracker ? "" : undefined}><ol>
    {response.chunks.map(({ chunk }, index) => (
      <li key={chunk.id} {...resultProps(response, index, { page: 2, pageSize: 10 })}><a id={"link-" + index} href="/detail">{index}</a></li>
    ))}</ol></main>;
}`,
  "client.jsx": `import { StrictMode } from "react";
import { createRoot, hydrateRoot } from "react-dom/client";
import { App } from "./App.jsx";
const { dataset, consent, ...given } = window.given;
const options = { dataset, apiKey: "${API_KEY}", endpoint: given.endpoint };
const app = <StrictMode><App options={options} response={given.response} initialConsent={consent} /></StrictMode>;
const root = document.getElementById("app");
if (root.firstChild) hydrateRoot(root, app);
else createRoot(root).render(app);`,
  "server.jsx": `import { renderToString } from "react-dom/server.browser";
import { App } from "./App.jsx";
export const render = (response) => renderToString(<App options={{ dataset: "${DATASET}" }} response={response} />);`,
};

interface Built {
  /** The files by name, the entry first. */
  readonly client: ReadonlyMap<string, string>;
  render(response: object): string;
}

const VERSIONS = {
  "React 18": { react: "react18", "react-dom": "react-dom18" },
  "React 19": { react: "react", "react-dom": "react-dom" },
} as const;

const builds = new Map<string, Built>();

async function bundle(
  root: string,
  entry: string,
  alias: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, string>> {
  const file = (name: string) => fileURLToPath(new URL(name, DIST));
  const made = await build({
    root,
    configFile: false,
    logLevel: "error",
    define: { "process.env.NODE_ENV": '"development"' },
    resolve: { alias: { ...alias, "clicktrail/react": file("react.js") } },
    build: {
      write: false,
      minify: false,
      lib: { entry: join(root, entry), formats: ["es"], fileName: "built" },
    },
  });
  return emitted(made);
}

test.beforeAll(async ({ browserHere: _ }, info) => {
  test.setTimeout(240_000);
  for (const [version, alias] of Object.entries(VERSIONS)) {
    const root = info.outputPath(alias.react);
    await mkdir(root, { recursive: true });
    for (const [name, text] of Object.entries(SOURCES)) await writeFile(join(root, name), text);
    const server = join(root, "server.mjs");
    const [text = ""] = (await bundle(root, "server.jsx", alias)).values();
    await writeFile(server, text);
    const { render } = (await import(server)) as Pick<Built, "render">;
    builds.set(version, { client: await bundle(root, "client.jsx", alias), render });
  }
});

const response = {
  id: requestId(1),
  chunks: [1, 2, 3].map((number) => ({ chunk: { id: chunkId(number) }, score: 1 })),
};

/** Page 2 of ten results each. */
const click = (index: number) => ({
  request_id: requestId(1),
  clicked_chunk_id: chunkId(index + 1),
  position: 11 + index,
  ctr_type: "search",
});

/** Runs before the app; links stay on the page. */
function prepare(given: Window["given"]): void {
  window.given = given;
  window.problems = [];
  for (const name of ["error", "warn"] as const)
    console[name] = (...all: unknown[]) => window.problems.push(all.join(" "));
  addEventListener("click", (event) => event.preventDefault());
}

interface Opened {
  readonly tab: Tab;
  readonly site: Site;
  readonly collector: Collector;
}

async function open(
  { tab, site, collector }: Opened,
  version: string,
  {
    html = "",
    ...more
  }: { readonly html?: string; readonly dataset?: string; readonly consent?: boolean } = {},
): Promise<void> {
  for (const [name, text] of builds.get(version)?.client ?? []) serveScript(site, `/${name}`, text);
  const given = { dataset: DATASET, endpoint: collector.endpoint, response, ...more };
  await tab.goto(
    site.serveHtml(
      "/react",
      `<!doctype html><html lang="en"><meta charset="utf-8"><title>React</title><link rel="icon" href="data:,">
<div id="app">${html}</div><script>(${prepare})(${JSON.stringify(given)})</script><script type="module" src="/built.js"></script>`,
    ),
  );
}

const isShown = (tab: Tab, selector: string) =>
  expect.poll(() => tab.evaluate((one) => !!document.querySelector(one), selector)).toBe(true);
const problems = (tab: Tab) => tab.evaluate(() => window.problems);

for (const version of Object.keys(VERSIONS)) {
  test(`${version}, strict mode: one tracker, each click once at its position`, async ({
    tab,
    site,
    collector,
  }) => {
    await open({ tab, site, collector }, version);
    await isShown(tab, "[data-started]");
    await tab.click("#link-2");
    await tab.click("#link-0");
    await collector.expectPuts([click(2), click(0)]);
    expect(await problems(tab)).toEqual([]);
  });

  test(`${version}: rendered on a server and hydrated without a difference`, async ({
    tab,
    site,
    collector,
  }) => {
    const html = builds.get(version)?.render(response) ?? "";
    expect(html).toContain(`data-ctr-chunk-id="${chunkId(1)}"`);
    await open({ tab, site, collector }, version, { html });
    await isShown(tab, "[data-started]");
    await tab.click("#link-1");
    await collector.expectPuts([click(1)]);
    expect(await problems(tab)).toEqual([]);
  });

  test(`${version}: consent as a prop`, async ({ tab, site, collector }) => {
    await open({ tab, site, collector }, version, { consent: false });
    await isShown(tab, "[data-started]");
    await tab.click("#link-0");
    const stored = () => tab.evaluate(async () => (await indexedDB.databases()).length);
    expect(await stored()).toBe(0);
    await tab.evaluate(() => window.setConsent(true));
    await collector.expectPuts([click(0)]);
    await tab.evaluate(() => window.setConsent(false));
    const consented = () =>
      tab.evaluate(() => {
        const page = window as unknown as { [key: symbol]: { consented(): boolean } | undefined };
        return page[Symbol.for("clicktrail")]?.consented();
      });
    await expect.poll(consented).toBe(false);
    await tab.click("#link-1");
    await tab.evaluate(() => window.setConsent(true));
    await expect.poll(consented).toBe(true);
    await tab.click("#link-2");
    await collector.expectPuts([click(0), click(2)]);
  });

  test(`${version}: a wrong option is printed, and the results stay on the page`, {
    tag: version === "React 19" ? [] : "@full",
  }, async ({ tab, site, collector }) => {
    await open({ tab, site, collector }, version, { dataset: "DATASET_UUID" });
    await expect
      .poll(() => problems(tab))
      .toEqual([expect.stringContaining("dataset"), ...[expect.stringContaining("dataset")]]);
    await isShown(tab, "#link-2");
    await collector.expectPuts([]);
  });
}
