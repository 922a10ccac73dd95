// Owns the demo's documents: web-features as chunks with stable ids, and the index over them. Knows no HTTP.
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import MiniSearch from "minisearch";

const { features, groups } = createRequire(import.meta.url)("web-features/data.json");

/**
 * @typedef {object} Feature
 * @property {string} id web-features' own id, used as the chunk's tracking id
 * @property {string} chunkId a UUID made from the id, the same on every start
 * @property {string} name
 * @property {string} description plain text
 * @property {string[]} spec where it is specified
 * @property {string | undefined} caniuse id on caniuse.com
 * @property {"widely" | "newly" | "limited"} baseline
 * @property {string | undefined} since date on which it became (or will stay) Baseline
 * @property {Record<string, string>} support first version by browser
 * @property {string[]} groups names of its groups
 * @property {string | undefined} discouraged why not to use it
 */

const BASELINE = { high: "widely", low: "newly" };

/** A UUID of version 5's form from any text: the same text always gives the same UUID. */
export function uuidOf(name) {
  const bytes = createHash("sha1").update(`clicktrail-demo/${name}`).digest().subarray(0, 16);
  bytes[6] = (bytes[6] & 0x0f) | 0x50;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

/** @returns {Feature} */
function featureOf(id, source) {
  return {
    id,
    chunkId: uuidOf(id),
    name: source.name,
    description: source.description,
    spec: source.spec ?? [],
    caniuse: source.caniuse?.[0],
    baseline: BASELINE[source.status.baseline] ?? "limited",
    since: source.status.baseline_low_date?.replace("≤", ""),
    support: source.status.support,
    groups: (source.group ?? []).map((group) => groups[group]?.name ?? group),
    discouraged: source.discouraged?.reason,
  };
}

/** @type {Map<string, Feature>} every feature by its id */
export const byId = new Map(
  Object.entries(features)
    .filter(([, source]) => source.kind === "feature")
    .map(([id, source]) => [id, featureOf(id, source)]),
);

/** @type {Map<string, Feature>} every feature by its chunk id */
export const byChunkId = new Map([...byId.values()].map((feature) => [feature.chunkId, feature]));

const index = new MiniSearch({
  fields: ["name", "id", "description", "groups"],
  extractField: (feature, field) => (field === "groups" ? feature.groups.join(" ") : feature[field]),
  searchOptions: {
    boost: { name: 4, id: 3, groups: 2 },
    prefix: (term) => term.length > 2,
    fuzzy: (term) => (term.length > 4 ? 0.2 : false),
  },
});
index.addAll([...byId.values()]);

const STOP_WORDS = new Set(
  "a an and are can do does for how i in is it make my of on or the to use what with without you".split(" "),
);

/** What works everywhere comes first, and a feature that is called exactly so before all. */
const WEIGHT = { widely: 1.5, newly: 1.25, limited: 1 };

function plain(text) {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** @returns {{ feature: Feature, score: number }[]} the best first */
function ranked(hits, asked) {
  return hits
    .map(({ id, score }) => {
      const feature = /** @type {Feature} */ (byId.get(id));
      const exact = plain(feature.name) === plain(asked) || feature.id === asked ? 4 : 1;
      return { feature, score: score * WEIGHT[feature.baseline] * exact };
    })
    .sort((a, b) => b.score - a.score);
}

/** @returns {{ feature: Feature, score: number }[]} the best first */
export function find(query) {
  const words = query.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  const telling = words.filter((word) => !STOP_WORDS.has(word));
  const asked = (telling.length ? telling : words).join(" ");
  const all = index.search(asked, { combineWith: "AND" });
  const hits = all.length ? all : index.search(asked);
  return ranked(hits, query);
}

/** Features near the given ones, taken in turns so that each of them has its say. */
export function findNear(seeds, limit) {
  const near = seeds.map((seed) => {
    const asked = `${seed.name} ${seed.description}`;
    return ranked(index.search(asked, { prefix: false, fuzzy: false }), asked).slice(0, limit + seeds.length);
  });
  const taken = new Set(seeds.map((seed) => seed.id));
  const found = [];
  for (let turn = 0; turn < limit + seeds.length; turn += 1) {
    for (const hit of near.map((hits) => hits[turn])) {
      if (!hit || taken.has(hit.feature.id)) continue;
      taken.add(hit.feature.id);
      found.push(hit);
    }
  }
  return found.slice(0, limit);
}

/** A feature as Trieve (API v2) would return it. */
export function chunkOf(feature) {
  return {
    id: feature.chunkId,
    tracking_id: feature.id,
    link: feature.spec[0],
    chunk_html: feature.description,
    tag_set: feature.groups,
    metadata: {
      name: feature.name,
      baseline: feature.baseline,
      since: feature.since,
      support: feature.support,
      caniuse: feature.caniuse,
    },
    weight: 0,
  };
}
