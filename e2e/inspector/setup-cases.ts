// Owns the pages by which the audit's rules about the set-up are proved: for each, one that trips it and one that comes close.
import type { RuleName } from "../../src/audit/rules";
import { API_KEY, DATASET, type SearchPage, type Snippet } from "../pages.ts";

interface SetupCase {
  readonly rule: RuleName;
  readonly trips: SearchPage;
  readonly fine: SearchPage;
}

const again: Snippet = { dataset: DATASET, build: "clicktrail.js" };
const POLICY = "content-security-policy";

export const SETUP_CASES: readonly SetupCase[] = [
  { rule: "no-tracker", trips: { snippet: null }, fine: {} },
  {
    rule: "key-missing",
    trips: { snippet: { endpoint: undefined, apiKey: undefined } },
    fine: { snippet: { apiKey: undefined } },
  },
  { rule: "dry-run", trips: { snippet: { dryRun: true } }, fine: { snippet: { dryRun: false } } },
  {
    rule: "two-scripts",
    trips: {
      body: `<script async src="/dist/${again.build}?again" data-dataset="${again.dataset}" data-api-key="${API_KEY}"></script>`,
    },
    fine: { body: '<script async src="/dist/stub.js"></script>' },
  },
  {
    rule: "csp-endpoint",
    trips: { headers: { [POLICY]: "connect-src 'self'" } },
    fine: { headers: { [POLICY]: "connect-src 'self' http://127.0.0.1:*" } },
  },
  {
    rule: "csp-worker",
    trips: { headers: { [POLICY]: "worker-src 'none'" } },
    fine: { headers: { [POLICY]: "worker-src 'self'" } },
  },
];
