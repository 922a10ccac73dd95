// Owns "You may also like": recommendations for what is shown, tagged as type recommendation.
import { rememberNames, view } from "./chunk.js";
import { byId, make } from "./dom.js";
import { countShown } from "./impressions.js";
import { tag } from "./tracker.js";
import { recommend } from "./trieve.js";

const SHOWN = 3;
const SHOWN_FIRST = 6;
const FIRST_VISIT = ["grid", "dialog", "fetch", "scroll-driven-animations", "webauthn", "masks"];

function tile({ chunk }) {
  const shown = view(chunk);
  return make(
    "li",
    { class: "tile" },
    make("a", { href: shown.href }, shown.name),
    make("p", {}, shown.description),
    shown.label && make("span", { class: "badge", "data-baseline": shown.baseline }, shown.label),
  );
}

/** Hides the section when there is nothing to recommend; a failure costs the page nothing else. */
export async function showAlso({ chunkIds, title = "You may also like" }) {
  const section = byId("also");
  const list = byId("also-list");
  try {
    const response = await recommend({
      chunkIds,
      trackingIds: chunkIds ? undefined : FIRST_VISIT,
      limit: chunkIds ? SHOWN : SHOWN_FIRST,
    });
    rememberNames(response.chunks);
    byId("also-title").textContent = title;
    list.replaceChildren(...response.chunks.map(tile));
    section.hidden = !response.chunks.length;
    tag(list, response, { type: "recommendation" });
    countShown("recommendation", 1, response.chunks.length);
  } catch {
    section.hidden = true;
  }
}
