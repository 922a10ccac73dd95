// Owns reading a chunk: what to show of it and where it leads. Copes with documents other than the demo's own.
import { config } from "./trieve.js";

const NAMES = "atlas-names";
const LABELS = {
  widely: "Widely available",
  newly: "Newly available",
  limited: "Limited availability",
};

function textOf(markup) {
  return new DOMParser().parseFromString(markup ?? "", "text/html").body.textContent?.trim() ?? "";
}

/** The stand-in sends plain text, in which "<dialog>" is a word; a real dataset sends HTML. */
function describe(chunk) {
  return config.standIn ? (chunk.chunk_html ?? "") : textOf(chunk.chunk_html);
}

/** @param {any} chunk as Trieve returns it */
export function view(chunk) {
  const facts = chunk.metadata ?? {};
  const description = describe(chunk);
  return {
    id: chunk.id,
    name: facts.name ?? facts.title ?? description.slice(0, 60) ?? chunk.id,
    description,
    href: config.standIn ? `/feature/${chunk.tracking_id}` : (chunk.link ?? "#"),
    link: chunk.link,
    caniuse: facts.caniuse && `https://caniuse.com/${facts.caniuse}`,
    baseline: facts.baseline,
    label: LABELS[facts.baseline],
    since: facts.since,
    groups: (chunk.tag_set ?? []).filter(Boolean),
  };
}

function readNames() {
  try {
    return JSON.parse(sessionStorage.getItem(NAMES) ?? "{}");
  } catch {
    return {};
  }
}

/** Keeps the names of shown chunks for this tab, so that the panel can name a click's chunk. */
export function rememberNames(scored) {
  const names = readNames();
  for (const { chunk } of scored) names[chunk.id] = view(chunk).name;
  try {
    sessionStorage.setItem(NAMES, JSON.stringify(names));
  } catch {
    // Storage is full or blocked: the panel then shows ids.
  }
}

/** @returns {string} */
export function nameOf(chunkId) {
  return readNames()[chunkId] ?? `Chunk ${String(chunkId ?? "").slice(0, 8)}`;
}
