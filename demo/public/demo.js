// Owns what every page of the demo has: the live panel, and the buttons that open the inspector.
import { startPanel } from "./panel.js";
import { trackerRuns } from "./tracker.js";

const OPEN = "clicktrail inspector";

/** The global has it on pages with the script tag; a page with the npm package loads the same file by itself. */
async function inspect() {
  await trackerRuns();
  if (window.clicktrail?.inspect) await window.clicktrail.inspect();
  else await import("/inspector.js").then((module) => module.inspect());
}

for (const button of document.querySelectorAll("[data-inspect]")) button.addEventListener("click", inspect);
// Open on one page, it opens again on the next.
if (sessionStorage.getItem(OPEN) && !/[?&]clicktrail=inspect/.test(location.search)) void inspect();
void startPanel();
