// The inspector's entry: opens it on the page that loads it, and adds the audit to the global.
import { audit } from "../audit/audit";

Object.assign((window as { clicktrail?: object }).clicktrail ?? {}, { audit });
