// Algolia's search-insights: clickedObjectIDsAfterSearch, as its documentation shows.
import insights from "search-insights";
import { apiKey, collector, onResultClick } from "./common.js";

insights("init", { appId: "BENCH", apiKey, host: collector, useCookie: true });

onResultClick(({ requestId, chunkId, position }) => {
  insights("clickedObjectIDsAfterSearch", {
    index: "bench",
    eventName: "Click",
    queryID: requestId.replaceAll("-", ""),
    objectIDs: [chunkId],
    positions: [position],
  });
});
