// Owns what the receiving ends of the test at hand have seen that breaks the contract: a test fails by it whatever it is about,
// unless it says by name what it sends on purpose. One test runs at a time in this process.
import type { TestInfo } from "playwright/test";
import { type Received, type Rule, violationsOf } from "./contract.ts";

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

/** Every receiving end calls this with each request that is complete. */
export function witness(request: Received): void {
  for (const { rule, what } of violationsOf(request, state.since)) {
    state.seen.push({ rule, text: `${rule}: ${what}` });
  }
}

export function beginTest(): void {
  state.since = Date.now();
  state.seen = [];
}

/** What the test's requests broke without its leave. */
export function unexpectedViolations({ annotations }: Pick<TestInfo, "annotations">): string[] {
  const allowed = annotations
    .filter(({ type }) => type === TYPE)
    .flatMap(({ description = "" }) => (description.split(":")[0] ?? "").split(", "));
  return state.seen.filter(({ rule }) => !allowed.includes(rule)).map(({ text }) => text);
}
