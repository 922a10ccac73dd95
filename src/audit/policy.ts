// Owns finding out what the page's Content-Security-Policy forbids, without a request that reaches another server than
// the page's own.
import { attempt } from "../report";

/** What the policy forbids. */
export interface Policy {
  readonly endpoint: boolean;
  readonly worker: boolean;
}

/** Violations are reported in a task of their own. */
const REPORT_MS = 150;

/**
 * Chromium checks the policy first, and then that this fetch may be answered from the cache of the page's own origin alone:
 * forbidden or not, nothing goes out, and a line goes to the console. Firefox 153 and WebKitGTK 2.50 check in the other order:
 * there it would tell nothing and complain all the same.
 */
function tryEndpoint(endpoint: string): void {
  if (!("userAgentData" in navigator)) return;
  const asked = fetch(endpoint, { mode: "same-origin", cache: "only-if-cached", credentials: "omit" });
  asked.catch(() => {});
}

/** Says nothing where it is allowed. As the tracker does: a file of the page's own origin by its address, one of another as a blob. */
export function tryWorker(courier: string | undefined): void {
  if (!courier || typeof SharedWorker === "undefined") return;
  const isOwn = courier.startsWith(`${location.origin}/`);
  const url = isOwn ? courier : URL.createObjectURL(new Blob([""], { type: "text/javascript" }));
  attempt(() => new Worker(url).terminate());
  if (!isOwn) URL.revokeObjectURL(url);
}

/** Calls back with each violation of an enforced policy; returns the undo. */
export function onViolation(callback: (policy: Partial<Policy>) => void): () => void {
  const listener = ({ effectiveDirective, disposition }: SecurityPolicyViolationEvent) => {
    if (disposition !== "enforce") return;
    if (/^connect-src/.test(effectiveDirective)) callback({ endpoint: true });
    if (/^(worker|child|script)-src/.test(effectiveDirective)) callback({ worker: true });
  };
  document.addEventListener("securitypolicyviolation", listener);
  return () => document.removeEventListener("securitypolicyviolation", listener);
}

export async function askPolicy(endpoint: string, courier: string | undefined): Promise<Policy> {
  let policy: Policy = { endpoint: false, worker: false };
  const undo = onViolation((broken) => {
    policy = { ...policy, ...broken };
  });
  tryEndpoint(endpoint);
  tryWorker(courier);
  await new Promise((resolve) => setTimeout(resolve, REPORT_MS));
  undo();
  return policy;
}
