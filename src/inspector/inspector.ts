// The inspector's script: adds the audit to the global, and opens the inspector or brings back the one that is open.
import { audit } from "../audit/audit";
import { inspect } from "./module";

const page = window as unknown as { clicktrail?: object };

// A bookmarklet adds a script element; nothing of the inspector may be left when it closes.
document.currentScript?.remove();
// A module that has been imported does not run again, so from now on the global calls this function.
Object.assign(page.clicktrail ?? {}, { audit, inspect });
inspect();
