// The inspector's entry: adds the audit to the global, and opens the inspector or brings back the one that is open.
import { audit } from "../audit/audit";
import { type Inspector, openInspector } from "./open";

const KEY = Symbol.for("clicktrail inspector");
const page = window as unknown as { clicktrail?: object; [KEY]?: Inspector | undefined };

function inspect(): void {
  if (page[KEY]) page[KEY].focus();
  else
    page[KEY] = openInspector(() => {
      delete page[KEY];
    });
}

// A bookmarklet adds a script element; nothing of the inspector shall be left when it closes.
document.currentScript?.remove();
// From now on here, for an import that has been made is not made again.
Object.assign(page.clicktrail ?? {}, { audit, inspect });
inspect();
