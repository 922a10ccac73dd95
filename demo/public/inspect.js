// Owns the demo's way to the inspector: a button in every header, and open again on the next page as long as nobody closes it.
import { make } from "./dom.js";
import { whenLoaded } from "./tracker.js";

const OPEN = "clicktrail inspector";

async function inspect() {
  (await whenLoaded())?.inspect();
}

const title = "See what clicktrail sees on this page";
document
  .querySelector(".top")
  ?.append(make("button", { type: "button", class: "quiet inspect", title, onclick: inspect }, "Inspect"));
document.getElementById("inspect")?.addEventListener("click", inspect);
if (sessionStorage.getItem(OPEN) && !/[?&]clicktrail=inspect/.test(location.search)) void inspect();
