// Owns the list of what is compared: each system's name, its page script and what it is for. Measures nothing.

/** The tracker inside Umami's npm package, whose other 14,000 files no page needs. */
export const UMAMI = {
  package: "umami@2.10.0",
  integrity:
    "sha512-+lmrnV0751R6U2rkIgVAlE1nWI7yZawlMlJDguW9tlFacCKhnGeCyc7tCMIhNNYIiGIQy4DEX5IzJhm4b3+dPA==",
  file: "package/src/tracker/index.js",
};

export const OURS = { kind: "ours", ours: true, queue: true };

/** `kind`: what a row is compared as. "ours", "peer", "base" (a hand-written way) or "calibration". */
export const SYSTEMS = [
  { name: "blank", label: "blank page", kind: "calibration" },
  { name: "listener", label: "a listener that reports nothing", kind: "calibration" },
  { name: "loop", label: "a busy loop of 200 µs", kind: "calibration" },
  { ...OURS, name: "clicktrail", label: "clicktrail, worker courier" },
  {
    ...OURS,
    name: "clicktrail-page",
    label: "clicktrail, page courier",
    kind: "ours",
    without: "SharedWorker",
  },
  {
    ...OURS,
    name: "clicktrail-context",
    label: "clicktrail with the add-on context",
    addOn: "../dist/clicktrail.context.js",
  },
  { name: "clicktrail-npm", label: "clicktrail in an npm user's bundle", kind: "ours" },
  { name: "bare", label: "bare keepalive PUT", kind: "base" },
  { name: "floor", label: "idb-keyval queue + plain retry", kind: "base", queue: true },
  { name: "trieve-ts-sdk", label: "trieve-ts-sdk (R)", kind: "peer" },
  { name: "search-insights", label: "search-insights", kind: "peer" },
  { name: "plausible", label: "Plausible", kind: "peer" },
  {
    name: "umami",
    label: "Umami",
    kind: "peer",
    attributes: { "data-website-id": "bench", "data-auto-track": "false", "data-host-url": "{collector}" },
  },
  { name: "elastic", label: "Elastic tracker", kind: "peer" },
  { name: "coveo", label: "Coveo relay", kind: "peer" },
  { name: "snowplow", label: "Snowplow browser tracker", kind: "peer" },
  { name: "segment", label: "Segment analytics-next", kind: "peer" },
  { name: "posthog", label: "PostHog", kind: "peer" },
];

export const DATASET = "1f0a6b0e-6c1c-4b6e-9a3d-0c6f7d5e4b3a";
export const API_KEY = "tr-bench0000000000000000000000000";
export const REQUEST = "3b241101-e2bb-4255-8caf-4136c566a962";

/** The n-th result's chunk id: a valid UUID. */
export function chunkId(n) {
  return `9c5b94b1-35ad-49bb-b118-${n.toString(16).padStart(12, "0")}`;
}

/** The expression that adds a system's script tag to the page and waits until it has loaded. */
export function scriptTag(system, collector) {
  const attributes = system.ours
    ? { "data-dataset": DATASET, "data-api-key": API_KEY, "data-endpoint": `${collector}/api/analytics/ctr` }
    : (system.attributes ?? {});
  const filled = JSON.stringify(attributes).replace("{collector}", collector);
  return `bench.inject(${JSON.stringify(system.name)}, ${filled})`;
}
