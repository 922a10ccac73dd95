// Owns finding out what the page's Content-Security-Policy forbids, without a request that reaches any server.
import { attempt } from "../report";

/** What the policy forbids. */
export interface Policy {
  readonly endpoint: boolean;
  readonly worker: boolean;
}

/** Violations are reported in a task of their own. */
const REPORT_MS = 150;

/**
 * The browser checks the policy first, and then that this fetch may be answered from the cache of the page's own origin alone:
 * forbidden or not, nothing goes out.
 */
function tryEndpoint(endpoint: string): void {
  const asked = fetch(endpoint, { mode: "same-origin", cache: "only-if-cached", credentials: "omit" });
  asked.catch(() => {});
}

function tryWorker(): void {
  if (typeof SharedWorker === "undefined") return;
  const url = URL.createObjectURL(new Blob([""], { type: "text/javascript" }));
  attempt(() => new Worker(url).terminate());
  URL.revokeObjectURL(url);
}

export async function askPolicy(endpoint: string): Promise<Policy> {
  const directives = new Set<string>();
  const listener = ({ effectiveDirective, disposition }: SecurityPolicyViolationEvent) => {
    if (disposition === "enforce") directives.add(effectiveDirective);
  };
  document.addEventListener("securitypolicyviolation", listener);
  tryEndpoint(endpoint);
  tryWorker();
  await new Promise((resolve) => setTimeout(resolve, REPORT_MS));
  document.removeEventListener("securitypolicyviolation", listener);
  const blocks = (names: RegExp) => [...directives].some((directive) => names.test(directive));
  return { endpoint: blocks(/^connect-src/), worker: blocks(/^(worker|child|script)-src/) };
}
