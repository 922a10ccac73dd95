// Owns what the receiving ends of the test at hand have seen that breaks the contract: a test fails by it whatever it is about,
// unless it says by name what it sends on purpose. One test runs at a time in this process.
import type { IncomingMessage } from "node:http";
import { text as bodyText } from "node:stream/consumers";
import type { TestInfo } from "playwright/test";
import { type Received, type Rule, violationsOf } from "./contract.ts";
import { headersOf, parsed } from "./messages.ts";

const TYPE = "off contract";

interface Seen {
  readonly rule: Rule;
  readonly text: string;
}

const state = { since: Date.now(), seen: [] as Seen[] };

/** For a test's details: `{ annotation: offContract("clicked_at", "the page's clock is a year ahead") }`. */
export function offContract(rules: Rule | readonly Rule[], why: string) {
  return { type: TYPE, description: `${[rules].flat().join(", ")}: ${why}` };
}

/** For tests of the inspector's endpoint check, whose one PUT has an empty body, so that it can't be a click. */
export const NO_CLICK = offContract(
  ["body", "id", "clicked_at", "attempt"],
  "the endpoint check is no click",
);

/** Every receiving end calls this with each request that is complete. */
export function witness(request: Received): void {
  for (const { rule, what } of violationsOf(request, state.since)) {
    state.seen.push({ rule, text: `${rule}: ${what}` });
  }
}

/** The same for a server that keeps no record of its own. Resolves to the body's text. */
export async function witnessMessage(request: IncomingMessage): Promise<string> {
  const text = await bodyText(request);
  const { method = "", url: path = "" } = request;
  witness({ method, path, headers: headersOf(request), body: parsed(text), at: Date.now() });
  return text;
}

export function beginTest(): void {
  state.since = Date.now();
  state.seen = [];
}

/** This test has clicks that were made earlier, at `at` at the earliest: it writes them into the store by hand. */
export function clicksFrom(at: number): void {
  state.since = Math.min(state.since, at);
}

/** What the test's requests broke without its leave. */
export function unexpectedViolations({ annotations }: Pick<TestInfo, "annotations">): string[] {
  const allowed = annotations
    .filter(({ type }) => type === TYPE)
    .flatMap(({ description = "" }) => (description.split(":")[0] ?? "").split(", "));
  return state.seen.filter(({ rule }) => !allowed.includes(rule)).map(({ text }) => text);
}
