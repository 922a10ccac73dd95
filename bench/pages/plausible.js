// Plausible's official npm tracker: a custom event with properties.
import { init, track } from "@plausible-analytics/tracker";
import { collector, onResultClick } from "./common.js";

init({
  domain: "bench.example",
  endpoint: `${collector}/api/event`,
  autoCapturePageviews: false,
  captureOnLocalhost: true,
});

onResultClick(({ requestId, chunkId, position }) => {
  track("click", { props: { request_id: requestId, chunk_id: chunkId, position: String(position) } });
});
