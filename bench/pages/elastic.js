// Elastic's behavioral-analytics tracker: trackSearchClick.
import { createTracker, trackSearchClick } from "@elastic/behavioral-analytics-javascript-tracker";
import { apiKey, collector, onResultClick } from "./common.js";

createTracker({ endpoint: collector, collectionName: "bench", apiKey });

onResultClick(({ chunkId }) => {
  trackSearchClick({ document: { id: chunkId, index: "bench" }, search: { query: "bench" } });
});
