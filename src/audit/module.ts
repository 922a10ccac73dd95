// The npm entry `clicktrail/audit`.
import { auditSource } from "audit-source";

export type { Finding } from "./audit";
export { audit } from "./audit";
export type { RuleName, Severity } from "./rules";

/**
 * The audit as the text of an expression, for tests that drive a browser: its value is a promise of the findings.
 *
 * @example expect(await page.evaluate(auditScript)).toEqual([]);
 */
export const auditScript: string = auditSource;
