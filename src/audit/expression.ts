// The entry of the text that `auditScript` holds: its value is the audit's promise.
import { audit } from "./audit";

export const findings = audit();
