// Owns the proof that the documents name all there is: every option, every call, every message of the console. Reads the source
// and the built declarations; opens no page.
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, test } from "../fixtures.ts";
import { DIST } from "../site.ts";

const SOURCE = new URL("../../src/", import.meta.url);
const document = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), "utf8");

/** The names of an interface's members, in the built declarations. */
async function membersOf(name: string): Promise<string[]> {
  const declarations = await readFile(new URL("index.d.ts", DIST), "utf8");
  const [, body = ""] = new RegExp(`interface ${name} {\\n([\\s\\S]*?)\\n}`).exec(declarations) ?? [];
  return [...body.matchAll(/^ {4}(?:readonly )?(\w+)[?(:<]/gm)].map(([, member = ""]) => member);
}

/** What stands in the first column of the table under a heading of the README. */
async function firstColumn(heading: string): Promise<string> {
  const [, section = ""] = (await document("README.md")).split(`\n## ${heading}\n`);
  const [rows = ""] = section.split("\n## ");
  return [...rows.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell]) => cell).join(" ");
}

test("the README lists the options", async () => {
  const listed = [...(await firstColumn("Options")).matchAll(/`(\w+)`/g)].map(([, name]) => name);
  expect(listed.sort()).toEqual((await membersOf("Options")).sort());
});

/** For add-ons and the inspector: public, but nothing that a page needs. */
const INTERNAL = ["options", "route", "capture", "consented", "courier", "read", "extras", "attach"];

test("the README lists the calls", async () => {
  const listed = [...new Set([...(await firstColumn("API")).matchAll(/`(\w+)\(/g)].map(([, name]) => name))];
  const members = (await membersOf("Tracker")).filter((name) => !INTERNAL.includes(name));
  expect(listed.sort()).toEqual([...members, "inspect"].sort());
});

/** What is given to the functions that print, and other sentences. */
const MESSAGES = [
  /\b(?:tell|mistake)\(\s*(["'`])((?:(?!\1|\$\{).)+)/g,
  /(["'`])([A-Z][\w']* (?:(?!\1|\$\{).){8,})/g,
];

/** What each message of the source begins with, up to its second part or the first thing that is filled in. */
function messagesIn(source: string): string[] {
  const code = source.replace(/^\s*(\/\/|\*|\/\*).*$/gm, "");
  return MESSAGES.flatMap((message) => [...code.matchAll(message)]).map(([, , text = ""]) =>
    text.replace(/[:;].*/, "").replace(/[.\s(]+$/, ""),
  );
}

test("troubleshooting.md names every message", async () => {
  const page = (await document("docs/troubleshooting.md")).replaceAll("`", "");
  const paths = (await readdir(SOURCE, { recursive: true })).filter(
    (path) => /(?<!\.test|\.d)\.ts$/.test(path) && !/^(inspector|audit|test|proxy)\b/.test(path),
  );
  const texts = await Promise.all(paths.map((path) => readFile(new URL(path, SOURCE), "utf8")));
  const messages = [...new Set(texts.flatMap(messagesIn))];
  expect(messages.length, fileURLToPath(SOURCE)).toBeGreaterThan(5);
  expect(messages.filter((text) => !page.includes(text))).toEqual([]);
});

test("an address of this project comes from package.json's homepage alone: where none is set, nothing names one", async () => {
  const { homepage = "" } = JSON.parse(await document("package.json")) as { homepage?: string };
  const source = await readdir(SOURCE, { recursive: true });
  const pages = await readdir(new URL("../../docs/", import.meta.url));
  const paths = [
    "README.md",
    "CONTRIBUTING.md",
    ...pages.filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`),
    ...source.filter((name) => name.endsWith(".ts")).map((name) => `src/${name}`),
  ];
  const named: string[] = [];
  for (const path of paths)
    for (const [address] of (await document(path)).matchAll(/https?:\/\/[^\s)"'`]*clicktrail[^\s)"'`]*/g))
      if (!/\.example\b/.test(address) && !(homepage && address.startsWith(homepage.replace(/#.*/, ""))))
        named.push(`${path}: ${address}`);
  expect(named).toEqual([]);
});
